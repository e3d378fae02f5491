"""The projects of ``cases.txt`` against the build sections that Compose gave them, recorded and live."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ctxsize.builds.compose import read
from tests.builds.compose import against_docker
from tests.builds.compose.cases import ROOT, Case, cases, docker_answer, expected
from tests.conftest import Engine

CASES = cases()
EXPECTED = expected()


def sections(case: Case) -> against_docker.Sections:
    found = read(case.project, load=case.load, environ=case.environ(ROOT), root=ROOT)
    assert found.problems == ()
    assert [build for build in found.builds if build.broken] == []
    return against_docker.sections(ROOT, found.builds)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_builds_are_what_compose_made_of_them(case: Case) -> None:
    assert sections(case) == EXPECTED[case.name]


def test_every_recorded_answer_has_its_case() -> None:
    assert list(EXPECTED) == [case.name for case in CASES]


@pytest.mark.engine
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_builds_are_what_compose_makes_of_them_here(case: Case, engine: Engine) -> None:
    theirs, refusal = docker_answer(case)
    assert sections(case) == theirs, f"docker {engine.version}: {refusal}"


@pytest.mark.engine
@pytest.mark.skipif(
    "CTXSIZE_REPOSITORIES" not in os.environ, reason="CTXSIZE_REPOSITORIES names no folder of repositories"
)
def test_real_repositories_have_the_builds_that_compose_sees(engine: Engine) -> None:
    folders = sorted(path for path in Path(os.environ["CTXSIZE_REPOSITORIES"]).iterdir() if path.is_dir())
    total = sum((against_docker.compare_folder(folder) for folder in folders), against_docker.Tally())
    assert total.differences == [], f"docker {engine.version}"
    assert total.services > 0
