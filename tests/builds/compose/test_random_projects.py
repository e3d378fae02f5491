"""Random projects through ours and through Compose: equal build sections, or both refuse.

``CTXSIZE_ENGINE_BUILDS`` says how many, ``CTXSIZE_ENGINE_SEED`` from which seed on.
"""

from __future__ import annotations

import os

import pytest

from ctxsize.builds.compose import read
from tests.builds.compose import against_docker
from tests.builds.compose.cases import ROOT, Case, docker_answer
from tests.builds.compose.random_projects import random_project
from tests.conftest import Engine

PROJECTS = int(os.environ.get("CTXSIZE_ENGINE_BUILDS", "40"))
SEED = int(os.environ.get("CTXSIZE_ENGINE_SEED", "1"))
# Compose 2.40 (compose-go 2.9) takes the services in random order, and what a tag in one of them resets in another
# that it extends depends on it: mended in compose-go 2.10 (f63fde4)
ASKED = 12


def ours(case: Case) -> against_docker.Sections | None:
    found = read(case.project, load=case.load, environ=case.environ(ROOT), root=ROOT)
    if found.problems or any(build.broken for build in found.builds):
        return None
    return against_docker.sections(ROOT, found.builds)


def agree(case: Case) -> bool:
    """Whether Compose gives our answer, at least once if it gives several."""
    expected = ours(case)
    first, _ = docker_answer(case)
    if first == expected:
        return True
    return any(docker_answer(case)[0] == expected for _ in range(ASKED))


@pytest.mark.engine
@pytest.mark.property
def test_random_projects_are_read_as_compose_reads_them(engine: Engine) -> None:
    apart = [seed for seed in range(SEED, SEED + PROJECTS) if not agree(random_project(seed))]
    assert apart == [], f"docker {engine.version}"
