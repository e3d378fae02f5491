"""Random builds on the real engine: what ctxsize says before, what the engine says afterwards, to the byte.

``CTXSIZE_ENGINE_BUILDS`` is how many (40), ``CTXSIZE_ENGINE_SEED`` the first one's seed (1): a failure names its seed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ctxsize.listing import entries
from ctxsize.measure import Request, measure
from ctxsize.model import BuildDefinition, BuilderName, Declaration, Kind
from ctxsize.repositories.disk import DiskRepository
from tests.conftest import Engine
from tests.corpus import EngineCase
from tests.engine.generator import random_case
from tests.engine.truth import Received, build_classic, build_cold

BUILDS = int(os.environ.get("CTXSIZE_ENGINE_BUILDS", "40"))
SEED = int(os.environ.get("CTXSIZE_ENGINE_SEED", "1"))


def foretold(case: EngineCase, folder: Path, builder: BuilderName) -> Received:
    """What ctxsize says that the builder receives."""
    build = BuildDefinition(case.id, Declaration("options"), ".", case.dockerfile, target=case.target,
                            args=tuple(case.args.items()))  # fmt: skip
    request = Request(DiskRepository(folder), (build,))
    builders = measure(request).measurements[0].builders
    assert builders is not None
    sent = builders[builder]
    listed = entries(request, build, builder, "sent").entries
    paths = sorted(f"{entry.path}/" if entry.kind is Kind.DIR else entry.path for entry in listed)
    return Received(sent.transfer_bytes, paths, sorted(sent.emptied), 0, sent.error or "")


def as_far_as_seen(told: Received, seen: Received) -> Received:
    """Without what could not be observed, and without how the build went on afterwards."""
    return Received(
        told.bytes,
        told.paths if seen.paths is not None else None,
        told.emptied if seen.emptied is not None else None,
        seen.returncode,
        seen.error,
    )


@pytest.mark.engine
@pytest.mark.parametrize("seed", range(SEED, SEED + BUILDS))
def test_ctxsize_foretells_what_the_engine_receives(seed: int, engine: Engine, tmp_path: Path) -> None:
    case = random_case(seed)

    folder, buildkit = build_cold(engine, case, tmp_path)
    archive = build_classic(engine, case, folder)

    assert as_far_as_seen(foretold(case, folder, BuilderName.BUILDKIT), buildkit) == buildkit
    assert as_far_as_seen(foretold(case, folder, BuilderName.ARCHIVE), archive) == archive
