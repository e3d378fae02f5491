"""The pre-commit hooks, run by pre-commit itself from a clone of this very project."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.history import History, copy_of_project, package_index  # noqa: F401 (a fixture)

ROOT = Path(__file__).parent.parent
HOOKS = {hook["id"]: hook for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}


def test_both_hooks_are_offered() -> None:
    assert {name: hook["entry"] for name, hook in HOOKS.items()} == {
        "ctxsize-check": "ctxsize check",
        "ctxsize-suggest": "ctxsize suggest --check",
    }


@pytest.mark.parametrize(
    ("path", "concerned"),
    [("Dockerfile", True), ("a/api.Dockerfile", True), ("Dockerfile.dev", True), (".dockerignore", True),
     ("a/Dockerfile.dockerignore", True), ("compose.yaml", True), ("docker-compose.prod.yml", True),
     ("docker-bake.hcl", True), ("ctxsize.toml", True), ("src/main.py", False), ("docs/compose.md", False)],
)  # fmt: skip
def test_the_suggestions_hook_runs_where_builds_are_described(path: str, concerned: bool) -> None:
    assert bool(re.search(HOOKS["ctxsize-suggest"]["files"], path)) is concerned


def test_the_manifest_is_what_pre_commit_expects() -> None:
    run = [sys.executable, "-m", "pre_commit", "validate-manifest", str(ROOT / ".pre-commit-hooks.yaml")]
    assert subprocess.run(run, capture_output=True, check=False).returncode == 0


@pytest.fixture
def project(tmp_path: Path) -> History:
    """This project as it stands, committed in a repository of its own, so that pre-commit can clone it."""
    history = History(copy_of_project(tmp_path / "ctxsize"))
    history.commit({})
    return history


@pytest.mark.usefixtures("package_index")
def test_pre_commit_runs_the_check_from_a_clone(
    project: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    work = History(tmp_path / "work")
    revision = project.git("rev-parse", "HEAD")
    config = (
        f"repos:\n- repo: {project.root}\n  rev: {revision}\n  hooks:\n  - id: ctxsize-check\n  - id: ctxsize-suggest\n"
    )
    work.commit({
        ".pre-commit-config.yaml": config, "Dockerfile": "FROM scratch\nCOPY . .\n",
        ".dockerignore": ".git\n", "ctxsize.toml": '[budget]\nmax_bytes = "10 kB"\n',
    })  # fmt: skip
    fine = _pre_commit(work.root)
    assert fine.returncode == 0, fine.stdout + fine.stderr
    assert fine.stdout.count("Passed") == 2
    work.commit({"big.bin": 20_000})
    over = _pre_commit(work.root)
    assert over.returncode == 1
    assert "over the budget of 10.0 kB" in over.stdout
    assert "big.bin 20.0 kB" in over.stdout
    work.commit({"big.bin": None, "Dockerfile": "FROM scratch\nCOPY src /\n", "src/a": 9, "junk/data": 90_000})
    loose = _pre_commit(work.root)
    assert loose.returncode == 1
    assert "- hook id: ctxsize-suggest\n- duration" in loose.stdout
    assert loose.stdout.count("Passed") == 1  # BuildKit sends src/ alone, the classic builder would send junk/ as well


def _pre_commit(root: Path) -> subprocess.CompletedProcess[str]:
    run = [sys.executable, "-m", "pre_commit", "run", "--all-files", "--verbose", "--color=never"]
    return subprocess.run(run, cwd=root, capture_output=True, text=True, check=False)
