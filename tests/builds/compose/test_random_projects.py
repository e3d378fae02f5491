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
ASKED = 20


def ours(case: Case) -> against_docker.Sections | None:
    found = read(case.project, load=case.load, environ=case.environ(ROOT), root=ROOT)
    if found.problems or any(build.broken for build in found.builds):
        return None
    return against_docker.sections(ROOT, found.builds)


def theirs(case: Case) -> against_docker.Sections | None:
    """Compose's answer. Services of one name in two files, extended this way and that, are a circle to Compose 2.40
    or none, as the order falls in which it takes the services: so it is asked again."""
    for _ in range(ASKED):
        answer, refusal = docker_answer(case)
        if "Circular reference" not in refusal:
            break
    return answer


@pytest.mark.engine
@pytest.mark.property
def test_random_projects_are_read_as_compose_reads_them(engine: Engine) -> None:
    projects = [random_project(seed) for seed in range(SEED, SEED + PROJECTS)]
    apart = [case.name for case in projects if ours(case) != theirs(case)]
    assert apart == [], f"docker {engine.version}"
