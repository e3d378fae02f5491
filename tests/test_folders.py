"""Folders of commits, what is tracked told from them, and objects read through one git: held against git's own lists."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctxsize.repositories import objects
from ctxsize.repositories.commit import CommitRepository
from ctxsize.repositories.disk import DiskRepository
from ctxsize.repositories.folders import GitFolder
from ctxsize.repositories.objects import Asked, IncompleteError, run
from ctxsize.repositories.sizes import MISSING, Sizes
from ctxsize.repositories.store import Store
from ctxsize.repositories.tracked import TrackedRepository
from ctxsize.tree import Directory, Tree
from tests.history import Files, History
from tests.test_commit import columns


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "repository")


def paths(folder: GitFolder) -> set[str]:
    """All files, and submodules with a slash."""
    found = {one.path_of(name) for one in folder.walk() for name in one.files}
    return found | {f"{one.path}/" for one in folder.walk() if one.path and not (one.files or one.folders)}


# --- what is tracked -----------------------------------------------------------------------------------


def listed(history: History) -> set[str]:
    """The same, from the index itself."""
    found = run(history.root, "ls-files", "--stage", "-z").stdout.decode("utf-8", "surrogateescape").split("\0")
    records = [record.partition("\t") for record in found if record]
    return {path + "/" * head.startswith("160000") for head, _, path in records}


def tracked(history: History, ref: str = "HEAD") -> TrackedRepository:
    return TrackedRepository(DiskRepository(history.root), CommitRepository(history.root, ref))


START: Files = {"a": 1, "d/b": 2, "d/e/c": 3, "d/e/f": 3, "only/this/one": 4, "ünï/x": 1, "d-e": 1}


def _submodule(history: History) -> None:
    other = History(history.root.parent / "other")
    other.commit({"inside": 5})
    history.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other.root), "d/sub")


def _submodule_gone(history: History) -> None:
    _submodule(history)
    history.commit({})
    history.git("rm", "-q", "--cached", "d/sub")


def _conflict(history: History) -> None:
    history.git("checkout", "-q", "-b", "other")
    history.commit({"a": 5, "both": "theirs"})
    history.git("checkout", "-q", "main")
    history.commit({"both": "ours", "a": None})
    history.git("merge", "-q", "other", check=False)


def _staged(files: Files) -> Callable[[History], None]:
    def stage(history: History) -> None:
        history.write(files)
        history.git("add", "-A")

    return stage


def _a_file_becomes_a_folder(history: History) -> None:
    history.write({"a": None})
    _staged({"a/below/it": 1})(history)


def _a_folder_becomes_a_file(history: History) -> None:
    history.write({"d/b": None, "d/e/c": None, "d/e/f": None})
    (history.root / "d" / "e").rmdir()
    (history.root / "d").rmdir()
    _staged({"d": 7})(history)


def _intended(history: History) -> None:
    history.write({"later/x": 1})
    history.git("add", "-N", "later/x")


CHANGES: list[tuple[str, Callable[[History], None]]] = [
    ("nothing", lambda history: None),
    ("added", _staged({"new": 1, "d/new": 1, "fresh/deep/er": 1})),
    ("gone", _staged({"a": None, "d/e/c": None})),
    ("the last of its folder gone", _staged({"only/this/one": None})),
    ("all gone", lambda history: history.git("rm", "-rq", "--cached", ".") and None),
    ("grown", _staged({"a": 50})),
    ("a file becomes a folder", _a_file_becomes_a_folder),
    ("a folder becomes a file", _a_folder_becomes_a_file),
    ("a submodule", _submodule),
    ("a submodule gone", _submodule_gone),
    ("a conflict", _conflict),
    ("intended to be added", _intended),
]


@pytest.mark.parametrize("change", [row[1] for row in CHANGES], ids=[row[0] for row in CHANGES])
def test_what_is_tracked_is_what_the_index_holds(history: History, change: Callable[[History], None]) -> None:
    first = history.commit(START)
    change(history)
    for ref in ("HEAD", first):
        assert paths(tracked(history, ref)._top) == listed(history)


def test_the_modes_of_conflicts_are_told(history: History) -> None:
    history.commit(START)
    _conflict(history)
    told = {one.path: one.mode for one in objects.changes(history.root, objects.compared(history.root, "HEAD"))}
    assert told == {"a": 0o100644, "both": 0o100644}


NAMES = st.sampled_from(["a", "b", "a/b", "a/c", "a/b/c", "b/a/x", "a-b", "a.b/c", "ü/x", "a/b/d", "c/é"])
STATES = st.dictionaries(NAMES, st.integers(0, 3), max_size=6).filter(
    lambda files: not any(other.startswith(f"{path}/") for path in files for other in files)
)


def put(history: History, files: dict[str, int], *, stage: bool) -> None:
    """Exactly these files, in the work tree and the index or in the work tree alone."""
    for path in sorted(history.root.rglob("*"), reverse=True):
        if ".git" not in path.relative_to(history.root).parts:
            path.rmdir() if path.is_dir() else path.unlink()
    history.write(files)
    if stage:
        history.git("add", "-A")


def plainly(folder: Directory, kept: set[str]) -> list[tuple[str, list[tuple[str, int]], list[str], int]]:
    """What is tracked of a folder, file by file: (path, names with sizes, subfolders, how many entries). A file counts
    that stands where git tracks a folder."""
    known = kept | {path[:place] for path in kept for place, char in enumerate(path) if char == "/"}
    files = [(name, size) for name, size in zip(folder.names, folder.sizes, strict=True) if folder.path_of(name) in known]
    below = [child for _, child in folder.folders if any(path.startswith(f"{child.path}/") for path in kept)]
    prefix = f"{folder.path}/" if folder.path else ""
    entries = {path[len(prefix) :].partition("/")[0] for path in kept if path.startswith(prefix)}
    own = (folder.path, files, [child.path for child in below], len(entries))
    return [own, *(row for child in below for row in plainly(child, kept))]


def rows(tree: Tree) -> list[tuple[str, list[tuple[str, int]], list[str], int]]:
    return [(one.path, list(zip(one.names, one.sizes, strict=True)), [child.path for _, child in one.folders], one.listed)
            for one in tree.root.walk()]  # fmt: skip


@pytest.mark.property
@settings(max_examples=40, deadline=None)
@given(then=STATES, index=STATES, now=STATES)
def test_the_three_sides_share_what_is_the_same_and_are_what_they_are_alone(
    tmp_path_factory: pytest.TempPathFactory, then: dict[str, int], index: dict[str, int], now: dict[str, int]
) -> None:
    history = History(tmp_path_factory.mktemp("any") / "repository")
    put(history, then, stage=True)
    first = history.commit({})
    put(history, index, stage=True)
    put(history, now, stage=False)
    commit, disk = CommitRepository(history.root, first), DiskRepository(history.root)
    there = TrackedRepository(disk, commit)
    kept, whole = there.scan("."), disk.scan(".")
    assert rows(kept) == plainly(whole.root, listed(history))
    # git's own folder is no work of the user
    untracked = {path for path, *_ in files_of(whole)} - listed(history)
    assert there.holds(".", whole.root) is not any(path.partition("/")[0] != ".git" for path in untracked)
    before = columns(kept)
    commit.expect(".", kept.root)
    assert columns(commit.scan(".")) == columns(CommitRepository(history.root, first).scan("."))
    assert columns(kept) == before


def files_of(tree: Tree) -> list[tuple[str, int]]:
    return [(one.path_of(name), size) for one in tree.root.walk() for name, size in zip(one.names, one.sizes, strict=True)]


def test_what_is_the_same_on_all_sides_is_one_tree(history: History) -> None:
    history.commit({"a": 1, "d/b": 2, "d/e/c": 3, "x/y": 1})
    history.write({"x/y": 9})
    disk, commit = DiskRepository(history.root), CommitRepository(history.root, "HEAD")
    whole = disk.scan(".").root
    there = TrackedRepository(disk, commit)
    kept = there.reduced(".", whole)
    assert kept is not None
    commit.expect(".", kept)
    before = commit.scan(".").root
    folders = {"d": (True, True), "x": (True, False)}
    found = {name: tuple(at(whole, name) is at(other, name) for other in (kept, before)) for name in folders}
    assert found == folders


def at(root: Directory, name: str) -> Directory:
    return next(child for _, child in root.folders if child.name == name)


# --- objects ---------------------------------------------------------------------------------------------


def test_objects_are_found_by_whatever_name_git_understands(history: History) -> None:
    commit = history.commit({"a": "text", "d/b": 300_000})
    store = Store(history.root)
    found = store.find("main^{commit}")
    assert found is not None
    assert (found.name, found.type) == (commit, "commit")
    for missing in ("nobody", "two\nlines", "with spaces", "main..main", "", "--all"):
        assert store.find(missing) is None
    large = store.find("main:d/b", at_most=299_999)
    assert large is not None
    assert (large.size, large.data) == (300_000, None)
    small = store.find("main:a")
    assert small is not None
    assert small.data == b"text"


def test_a_git_that_is_gone_finds_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store._process.wait()
    assert [store.find("main"), store.find("main")] == [None, None]


def test_thousands_of_folders_are_read_in_one_go(history: History) -> None:
    """More than fits into any pipe at once, in both directions."""
    files = {f"{number:04}/{'x' * 200}{inner}": 1 for number in range(1_500) for inner in range(3)}
    history.commit(files)
    commit = CommitRepository(history.root, "HEAD")
    commit.read_ahead({"0007"})
    assert [name for name, folder in commit.top.folders.items() if not folder.known] == ["0007"]
    assert paths(commit.top) == set(files)


def test_a_tree_that_is_missing_is_named(history: History) -> None:
    history.commit({"d/e/f": 1})
    name = history.git("rev-parse", "HEAD:d/e")
    (history.root / ".git" / "objects" / name[:2] / name[2:]).unlink()
    commit = CommitRepository(history.root, "HEAD")
    with pytest.raises(IncompleteError) as caught:
        commit.read_ahead(())
    assert caught.value.where == "d/e"


def made_by_hand(history: History, *entries: tuple[str, str, str]) -> str:
    """A folder that git itself would not write: (mode, type, path) with empty files and folders."""
    names = {"blob": history.git("hash-object", "-w", "--stdin"), "tree": history.git("mktree", "--missing", "-z")}
    lines = "".join(f"{mode} {kind} {names[kind]}\t{path}\n" for mode, kind, path in entries)
    run = ["git", "mktree"]
    tree = subprocess.run(run, cwd=history.root, input=lines, capture_output=True, text=True, check=True).stdout.strip()
    return history.git("-c", "user.name=a", "-c", "user.email=b", "commit-tree", "-m", "x", tree)


def test_a_folder_without_files_is_none(history: History) -> None:
    commit = made_by_hand(history, ("100644", "blob", "a"), ("040000", "tree", "empty"))
    assert dict(CommitRepository(history.root, commit).names(".")).keys() == {"a"}


def test_names_in_another_order_than_git_writes_them_are_put_in_order(history: History) -> None:
    history.commit({"a": 1, "b": 2, "c": 3})
    commit = CommitRepository(history.root, "HEAD")
    commit.top.files = dict(reversed(commit.top.files.items()))
    assert commit.scan(".").root.names == ["a", "b", "c"]


def test_submodules_are_told_of_wherever_they_are_declared(history: History) -> None:
    history.commit({})
    _submodule(history)
    history.git("mv", "d/sub", "node_modules")
    history.commit({})
    commit = CommitRepository(history.root, "HEAD")
    commit.read_ahead({"node_modules"})
    assert [one.path for one in commit.problems] == ["node_modules/"]


def test_sizes_are_asked_for_once_and_what_is_missing_has_none(history: History) -> None:
    history.commit({"a": 1, "b": 22})
    known = [bytes.fromhex(history.git("rev-parse", f"HEAD:{name}")) for name in ("a", "b")]
    sizes = Sizes(history.root)
    sizes.foresee([known[0], known[0]])
    assert sizes.of([known[1], known[0], b"\x01" * 20, known[1]]) == [22, 1, MISSING, 22]
    assert sizes.of([]) == []


# --- commands in the background -------------------------------------------------------------------------


def test_what_git_prints_waits_however_long_it_is(history: History) -> None:
    data = os.urandom(3_000_000)
    assert run(history.root, "hash-object", "--stdin", stdin=data).returncode == 0
    name = run(history.root, "hash-object", "-w", "--stdin", stdin=data).stdout.decode().strip()
    asked = Asked(history.root, "cat-file", "blob", name)
    assert run(history.root, "cat-file", "blob", name).stdout == asked.answer().stdout == data


def test_without_files_in_memory_the_disk_will_do(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)
    assert run(history.root, "hash-object", "--stdin", stdin=b"x").stdout.strip()


def test_a_question_that_nobody_wants_answered_is_dropped(history: History) -> None:
    asked = Asked(history.root, "cat-file", "--batch")
    process = asked._process
    assert process is not None
    del asked
    assert process.returncode is not None
