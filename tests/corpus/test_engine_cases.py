"""600 builds as a real engine received them: the same entries, the same bytes, for both builders."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctxsize.listing import Listing, entries
from ctxsize.measure import Request, measure
from ctxsize.model import BuildDefinition, BuilderName, Declaration, Kind, Sent
from ctxsize.repositories.disk import DiskRepository
from tests.corpus import EngineCase, engine_cases, lay_out

every_case = pytest.mark.parametrize("case", engine_cases(), ids=lambda case: case.id)


def build_of(case: EngineCase) -> BuildDefinition:
    return BuildDefinition(
        name=case.id,
        declared=Declaration("options"),
        context=".",
        dockerfile=case.dockerfile,
        target=case.target,
        args=tuple(case.args.items()),
    )


def received(case: EngineCase, folder: Path, builder: BuilderName) -> tuple[Listing, Sent]:
    build = build_of(case)
    request = Request(DiskRepository(lay_out(case, folder)), (build,))
    builders = measure(request).measurements[0].builders
    assert builders is not None
    return entries(request, build, builder, "sent"), builders[builder]


def names(listing: Listing) -> list[str]:
    return sorted(f"{entry.path}/" if entry.kind is Kind.DIR else entry.path for entry in listing.entries)


@every_case
def test_the_archive_is_the_classic_clients_tar(case: EngineCase, tmp_path: Path) -> None:
    listing, sent = received(case, tmp_path, BuilderName.ARCHIVE)

    expected = case.expect["archive"]
    assert (names(listing), sent.transfer_bytes) == (sorted(expected["paths"]), expected["bytes"])


@every_case
def test_buildkit_receives_what_the_engine_received(case: EngineCase, tmp_path: Path) -> None:
    listing, sent = received(case, tmp_path, BuilderName.BUILDKIT)

    expected = case.expect["buildkit"]
    found = (names(listing), sent.transfer_bytes, sorted(sent.emptied))
    assert found == (sorted(expected["paths"] or ()), expected["bytes"], sorted(expected["emptied"]))
