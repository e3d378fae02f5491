"""What git ignores: from git itself, and the same without it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ctxsize import git

TREE = {
    ".gitignore": "*.log\n/dist/\nnode_modules\n!keep.log\n# remark\n",
    "a.log": "x",
    "keep.log": "x",
    "dist/app.js": "x",
    "src/dist/kept.js": "x",
    "src/.gitignore": "/gen\nlocal.*\n!node_modules/\n",
    "src/gen/a.c": "x",
    "src/deep/gen/kept.c": "x",
    "src/deep/local.env": "x",
    "web/node_modules/x/i.js": "x",
    "odd/li\nne.log": "x",
    "odd/caf\udce9.log": "x",
}
IGNORED = ["a.log", "dist/", "odd/caf\udce9.log", "odd/li\nne.log", "src/deep/local.env", "src/gen/", "web/node_modules/"]


@pytest.fixture
def repository(tree: Callable[..., Path]) -> Path:
    folder = tree(TREE)
    subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
    (folder / ".git" / "info" / "exclude").write_text("")
    return folder


def without_git(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")


def test_git_is_asked(repository: Path) -> None:
    # a folder in which everything is ignored may be named as a whole
    assert {path.rstrip("/") for path in git.ignored(repository)} >= {"a.log", "dist", "src/gen", "src/deep/local.env"}
    assert not {"keep.log", "src/dist/kept.js"} & set(git.ignored(repository))


def test_without_git_the_files_are_read(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    without_git(monkeypatch)

    assert sorted(git.ignored(repository)) == sorted(IGNORED)


def test_both_agree_on_every_file(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def files(ignored: tuple[str, ...]) -> set[str]:
        return {path for path in TREE if any(path == one or path.startswith(one) for one in ignored if one.endswith("/"))
                or path in ignored}  # fmt: skip

    asked = files(git.ignored(repository))
    without_git(monkeypatch)

    assert asked == files(git.ignored(repository))


@pytest.mark.parametrize("has_git", [True, False])
def test_a_folder_inside_a_repository_gets_its_own_part(
    repository: Path, monkeypatch: pytest.MonkeyPatch, has_git: bool
) -> None:
    if not has_git:
        without_git(monkeypatch)

    assert set(git.ignored(repository / "src")) == {"gen/", "deep/local.env"}


def test_outside_a_repository_nothing_is_ignored(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*\n")

    assert git.ignored(tmp_path) == ()


def test_a_tracked_file_is_not_ignored(repository: Path) -> None:
    subprocess.run(["git", "add", "-f", "a.log"], cwd=repository, check=True)

    assert "a.log" not in git.ignored(repository)


def test_nothing_is_written(repository: Path) -> None:
    before = {path: os.stat(path).st_mtime_ns for path in repository.rglob("*")}
    git.ignored(repository)

    assert {path: os.stat(path).st_mtime_ns for path in repository.rglob("*")} == before
