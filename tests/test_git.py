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


# --- more than one repository ---


def git_in(folder: Path, *words: str) -> None:
    quiet = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ["-c", "user.name=A", "-c", "user.email=a@b", "-c", "protocol.file.allow=always"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True, env={**os.environ, **quiet})


@pytest.fixture
def outer(tree: Callable[..., Path], repository: Path) -> Path:
    """A repository with another one as its submodule ``lib/inner``."""
    git_in(repository, "add", ".")
    git_in(repository, "commit", "-qm", "all")
    folder = tree({".gitignore": "*.tmp\n", "a.tmp": "", "lib/": None}, "outer")
    git_in(folder, "init", "-q")
    git_in(folder, "submodule", "add", "-q", str(repository), "lib/inner")
    (folder / "lib" / "inner" / "b.log").touch()
    (folder / "lib" / "inner" / "b.tmp").touch()
    return folder


@pytest.mark.parametrize("has_git", [True, False])
def test_a_submodule_has_rules_of_its_own(outer: Path, monkeypatch: pytest.MonkeyPatch, has_git: bool) -> None:
    if not has_git:
        without_git(monkeypatch)

    assert set(git.ignored(outer)) == {"a.tmp", "lib/inner/b.log"}
    assert set(git.ignored(outer / "lib")) == {"inner/b.log"}
    assert set(git.ignored(outer / "lib" / "inner")) == {"b.log"}


def test_a_work_tree_of_its_own_is_a_repository(repository: Path, tmp_path: Path) -> None:
    git_in(repository, "add", ".")
    git_in(repository, "commit", "-qm", "all")
    git_in(repository, "worktree", "add", "-q", str(tmp_path / "second"))
    (tmp_path / "second" / "x.log").touch()

    assert git.ignored(tmp_path / "second") == ("x.log",)


def test_a_hooks_variables_do_not_mislead(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git_in(repository, "add", "-f", "a.log")
    monkeypatch.setenv("GIT_DIR", str(repository / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(repository / "nowhere"))
    before = set(git.ignored(repository / "src"))
    whole = set(git.ignored(repository))

    assert before == {"gen/", "deep/local.env"}
    assert "a.log" not in whole


def test_a_folder_of_which_everything_is_ignored_names_its_files(repository: Path) -> None:
    (repository / "only").mkdir()
    (repository / "only" / "x.log").touch()

    assert git.ignored(repository / "only") == ("x.log",)
    assert git.ignored(repository / "dist") == ()


@pytest.mark.parametrize("has_git", [True, False])
def test_names_and_patterns_are_taken_literally_or_passed_over(
    tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, has_git: bool
) -> None:
    folder = tree({
        ".gitignore": b"\xef\xbb\xbfa\r\n!\n[z-a]\nc\\\n# no\n\\#yes\n", "a": "", "c": "", "#yes": "",
        "app/[id]/.gitignore": "/gen\n!x\n", "app/[id]/gen": "", "app/i/gen": "", "app/[id]/a": "",
    })  # fmt: skip
    git_in(folder, "init", "-q")
    (folder / ".git" / "info" / "exclude").write_text("[y-b]\n")
    if not has_git:
        without_git(monkeypatch)

    assert set(git.ignored(folder)) == {"a", "#yes", "app/[id]/gen", "app/[id]/a"}


def test_a_submodule_that_leads_elsewhere_is_not_followed(repository: Path) -> None:
    (repository / "round").symlink_to(".")
    modules = "".join(f'[submodule "{at}"]\n\tpath = {at}\n' for at in ("round", "..", ".", "/", "nowhere", "a\0b"))
    (repository / ".gitmodules").write_text(modules)

    assert "round/a.log" not in git.ignored(repository)
    assert "a.log" in git.ignored(repository)
