"""Files that Compose refuses: what we say of them, where, and that everything else in the project is still read."""

from __future__ import annotations

import pytest

from ctxsize.builds.compose import ProjectBuilds, read
from tests.builds.compose.cases import ROOT, Case, cases, docker_answer
from tests.conftest import Engine

CASES = cases("refused.txt")


def verdict(found: ProjectBuilds) -> str:
    lines = [f"problem {problem.path}: {problem.message}" for problem in found.problems]
    for build in found.builds:
        place = f"{build.declared.file}:{build.declared.line}"
        lines.append(f"broken {build.name} {place}: {build.broken}" if build.broken else f"build {build.name} {place}")
    return "".join(f"{line}\n" for line in lines)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_refusal_says_what_and_where_and_hides_nothing_else(case: Case) -> None:
    files = {path: text for path, text in case.files.items() if path != "verdict"}
    bare = Case(case.name, files, case.environment)
    found = read(bare.project, load=bare.load, environ=bare.environ(ROOT), root=ROOT)
    assert verdict(found) == case.files["verdict"]


@pytest.mark.engine
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_compose_refuses_them_too(case: Case, engine: Engine) -> None:
    answer, _ = docker_answer(case, "--no-env-resolution")
    assert answer is None, f"docker {engine.version} accepts it"
