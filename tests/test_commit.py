"""A commit read from git's objects is the tree that a checkout would be."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctxsize.errors import InputError
from ctxsize.model import Kind, Problem
from ctxsize.repositories.commit import CommitRepository
from ctxsize.repositories.conversion import crlf_size, pointed_size
from ctxsize.repositories.disk import DiskRepository, Repository
from ctxsize.repositories.objects import IncompleteError
from ctxsize.repositories.tracked import TrackedRepository
from ctxsize.tree import Tree
from tests.history import Files, History

POINTER = "version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 5000000\n".format("0" * 64)


@pytest.fixture
def history(tmp_path: Path) -> History:
    return History(tmp_path / "repository")


def columns(tree: Tree) -> list[tuple[object, ...]]:
    """Everything that counting looks at."""
    return [
        (
            folder.path, stat.S_IFMT(folder.mode), folder.names, folder.sizes, folder.wire, folder.packets, folder.tar,
            [(row, child.path) for row, child in folder.folders], folder.listed,
            {row: (odd.kind, odd.link, odd.size, odd.readable) for row, odd in folder.odd.items()},
        )
        for folder in tree.root.walk()
    ]  # fmt: skip


def tracked(history: History, folder: str = ".", ref: str = "HEAD") -> TrackedRepository:
    root = history.root / folder
    return TrackedRepository(DiskRepository(root), CommitRepository(root, ref))


def scanned(repository: Repository, context: str = ".") -> list[tuple[object, ...]]:
    return columns(repository.scan(context))


TREES: dict[str, Files] = {
    "files and folders": {"a.py": 10, "a/b.py": 0, "a.b/c": 40_000, "a-b": 1, "deep/er/est": 200_000},
    "names of all kinds": {"ünï/cödé": 5, "line\nbreak": 7, 'tab\tand"quote': 3, "x" * 120 + "/" + "y" * 120: 2},
    "line ends": {".gitattributes": "*.bat text eol=crlf\n*.txt text=auto eol=crlf\n*.bin binary\n",
                  "a.bat": "one\ntwo\n", "b.txt": "one\ntwo\n", "c.txt": b"\0\n\n", "d.bin": "one\n"},
}  # fmt: skip


@pytest.mark.parametrize("files", TREES.values(), ids=TREES.keys())
def test_a_commit_is_what_its_checkout_is(history: History, tmp_path: Path, files: Files) -> None:
    commit = history.commit(files)
    history.commit({"later": 9})
    checkout = history.checkout(commit, tmp_path / "checkout")
    assert scanned(CommitRepository(history.root, commit)) == scanned(DiskRepository(checkout))


def test_links_and_modes_are_kept(history: History, tmp_path: Path) -> None:
    history.write({"run": 3, "d/f": 4})
    (history.root / "run").chmod(0o755)
    (history.root / "in").symlink_to("d")
    (history.root / "out").symlink_to("/etc/hosts")
    commit = history.commit({})
    checkout = history.checkout(commit, tmp_path / "checkout")
    assert scanned(CommitRepository(history.root, commit)) == scanned(DiskRepository(checkout))
    assert scanned(CommitRepository(history.root, commit), "in") == scanned(DiskRepository(checkout), "in")


def test_bytes_that_are_no_text_stay_in_names(history: History, tmp_path: Path) -> None:
    Path(os.fsdecode(bytes(history.root) + b"/\xff\xfe")).write_bytes(b"12")
    commit = history.commit({})
    checkout = history.checkout(commit, tmp_path / "checkout")
    assert scanned(CommitRepository(history.root, commit)) == scanned(DiskRepository(checkout))


NAMES = st.text(st.characters(codec="utf-8", exclude_characters='/\0\n\r\t\\"'), min_size=1, max_size=8).filter(
    lambda name: name.strip(". ") and name.lower() != ".git" and "\u200c" not in name
)


@pytest.mark.property
@settings(max_examples=15)  # each one runs git five times
@given(files=st.dictionaries(st.tuples(NAMES, NAMES).map("/".join), st.integers(0, 70_000), min_size=1, max_size=5))
def test_any_commit_is_what_its_checkout_is(tmp_path_factory: pytest.TempPathFactory, files: dict[str, int]) -> None:
    folder = tmp_path_factory.mktemp("any")
    history = History(folder / "repository")
    commit = history.commit(files)
    checkout = history.checkout(commit, folder / "checkout")
    assert scanned(CommitRepository(history.root, commit)) == scanned(DiskRepository(checkout))


# --- one path ------------------------------------------------------------------------------------------


@pytest.fixture
def linked(history: History) -> CommitRepository:
    history.write({"d/f": "text", "d/e/g": 2})
    for name, target in {"in": "d/f", "folder": "d", "up": "../../x", "loop": "loop", "far": "/etc/hosts"}.items():
        (history.root / name).symlink_to(target)
    return CommitRepository(history.root, history.commit({}))


@pytest.mark.parametrize(
    ("path", "kind"),
    [(".", Kind.DIR), ("d", Kind.DIR), ("d/f", Kind.FILE), ("in", Kind.FILE), ("folder", Kind.DIR),
     ("folder/f", Kind.FILE), ("d/../in", Kind.FILE), ("./d//e", Kind.DIR), ("missing", None), ("d/f/below", None),
     ("up", None), ("loop", None), ("far", None), ("..", None)],
)  # fmt: skip
def test_links_are_followed_inside_the_commit_only(linked: CommitRepository, path: str, kind: Kind | None) -> None:
    assert linked.kind(path) == kind


def test_files_are_read_through_links(linked: CommitRepository) -> None:
    assert linked.read("in") == b"text"
    assert linked.read("missing") is None
    with pytest.raises(InputError, match="is a directory"):
        linked.read("folder")


def test_names_tell_kinds_without_following(linked: CommitRepository) -> None:
    assert dict(linked.names("d")) == {"f": Kind.FILE, "e": Kind.DIR}
    assert dict(linked.names("."))["folder"] is Kind.SYMLINK
    assert list(linked.names("missing")) == []


def test_the_links_of_a_context_are_its_own(linked: CommitRepository) -> None:
    links = linked.links(".")
    assert links.target("in") == "d/f"
    assert links.target("d") is None
    assert links.target("folder/f") is None
    assert list(links.names("d")) == ["e", "f"]
    assert list(links.names("folder")) == []


def test_a_context_that_the_commit_lacks_is_named(linked: CommitRepository) -> None:
    with pytest.raises(InputError, match="no such file or directory"):
        linked.scan("gone")
    with pytest.raises(InputError, match="not a directory"):
        linked.scan("d/f")


def test_a_folder_of_a_repository_is_a_root_of_its_own(history: History, tmp_path: Path) -> None:
    commit = history.commit({"app/Dockerfile": "FROM scratch\n", "app/src/a": 5, "lib/b": 6})
    repository = CommitRepository(history.root / "app", commit)
    checkout = history.checkout(commit, tmp_path / "checkout")
    assert repository.read("Dockerfile") == b"FROM scratch\n"
    assert repository.read("../lib/b") == b"xxxxxx"
    assert scanned(repository) == scanned(DiskRepository(checkout / "app"))
    assert scanned(repository, "..") == scanned(DiskRepository(checkout))


def test_a_hook_may_stand_in_a_folder(history: History, monkeypatch: pytest.MonkeyPatch) -> None:
    """git's hooks in a linked work tree get GIT_DIR, which makes every folder look like the top."""
    commit = history.commit({"app/a": 5})
    monkeypatch.setenv("GIT_DIR", str(history.root / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(history.root / "nowhere"))
    assert sizes(CommitRepository(history.root / "app", commit)) == {"a": 5}
    assert sizes(tracked(history, "app")) == {"a": 5}


# --- what git cannot tell -----------------------------------------------------------------------------


def test_a_missing_ref_suggests_its_neighbour(history: History) -> None:
    history.commit({"a": 1})
    with pytest.raises(InputError, match="no commit is named mian") as caught:
        CommitRepository(history.root, "mian")
    assert caught.value.hint == "did you mean main?"


def test_a_ref_is_never_an_option(history: History) -> None:
    history.commit({"a": 1})
    with pytest.raises(InputError, match="no commit is named --all"):
        CommitRepository(history.root, "--all")


def test_a_shallow_clone_says_how_to_deepen_it(history: History, tmp_path: Path) -> None:
    first = history.commit({"a": 1})
    history.commit({"a": 2})
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{history.root}", clone], check=True)
    with pytest.raises(InputError, match=f"no commit is named {first}") as caught:
        CommitRepository(clone, first)
    assert "fetch-depth: 0" in (caught.value.hint or "")
    with pytest.raises(InputError) as caught:
        CommitRepository(clone, "origin/release")
    hint = "git fetch --depth=1 origin release:refs/remotes/origin/release"
    assert hint in (caught.value.hint or "")


def test_no_repository_says_what_to_use_instead(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not a git repository") as caught:
        CommitRepository(tmp_path, "main")
    assert "baseline" in (caught.value.hint or "")


@pytest.fixture
def partial(history: History, tmp_path: Path) -> Path:
    """A clone that has the files of HEAD, and the folders but not the files of HEAD~1."""
    history.git("config", "uploadpack.allowFilter", "true")
    history.commit({"a": 1, "docs/same": 5})
    history.commit({"a": 2})
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--filter=blob:none", f"file://{history.root}", clone], check=True)
    history.git("config", "uploadpack.allowFilter", "false")
    (history.root / ".git").rename(history.root / "gone")
    return clone


def test_a_partial_clone_says_what_is_missing(partial: Path) -> None:
    commit = CommitRepository(partial, "HEAD~1")
    with pytest.raises(IncompleteError) as caught:
        commit.scan(".")
    # git names the file, or tries to fetch it and says why it cannot
    assert caught.value.where in {"a", str(partial)}
    assert "partial clone" in (caught.value.hint or "")
    with pytest.raises(IncompleteError):
        commit.read("a")


def test_what_is_missing_is_no_trouble_where_nobody_wants_it(partial: Path) -> None:
    assert sizes(CommitRepository(partial, "HEAD~1"), "docs") == {"same": 5}


def test_where_head_left_a_ref_can_be_asked_for(history: History) -> None:
    fork = history.commit({"a": 1})
    history.git("checkout", "-q", "-b", "feature")
    history.commit({"b": 1})
    history.git("checkout", "-q", "main")
    history.commit({"c": 1})
    history.git("checkout", "-q", "feature")
    assert CommitRepository(history.root, "main...").commit == fork


def test_a_submodule_is_an_empty_folder_and_is_named(history: History, tmp_path: Path) -> None:
    other = History(tmp_path / "other")
    other.commit({"inside": 5})
    history.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other.root), "sub")
    commit = history.commit({"a": 1})
    repository = CommitRepository(history.root, commit)
    problem = Problem("sub/", "a submodule: its files are in another repository and are not compared")
    assert repository.problems == (problem,)
    assert scanned(repository) == scanned(tracked(history))
    assert (history.root / "sub" / "inside").exists()


def test_lfs_pointers_count_as_what_they_point_to_where_lfs_files_are_pulled(history: History) -> None:
    commit = history.commit({".gitattributes": "*.bin filter=lfs diff=lfs -text\n", "a.bin": POINTER, "b.bin": "small"})
    pointers = CommitRepository(history.root, commit)
    assert sizes(pointers) == {".gitattributes": 32, "a.bin": len(POINTER), "b.bin": 5}
    assert ["git lfs pull" in problem.message for problem in pointers.problems] == [True]
    (history.root / "a.bin").write_bytes(b"x" * 5000)
    pulled = CommitRepository(history.root, commit)
    assert sizes(pulled) == {".gitattributes": 32, "a.bin": 5_000_000, "b.bin": 5}
    assert [problem.path for problem in pulled.problems] == ["a.bin"]


def sizes(repository: Repository, context: str = ".") -> dict[str, int]:
    root = repository.scan(context).root
    return dict(zip(root.names, root.sizes, strict=True))


@pytest.mark.parametrize(
    ("data", "guess", "size"),
    [(b"a\nb\n", False, 6), (b"a\r\nb\n", False, 6), (b"a\r\nb\n", True, 5), (b"\0\n", True, 2), (b"\0\n", False, 3),
     (b"", False, 0), (b"no end", True, 6)],
)  # fmt: skip
def test_line_ends_grow_as_git_writes_them(data: bytes, guess: bool, size: int) -> None:
    assert crlf_size(data, guess=guess) == size


@pytest.mark.parametrize(
    ("data", "size"),
    [(POINTER, 5_000_000), (POINTER + "x", None), ("size 3\n", None), ("", None), (POINTER + "y" * 2000, None)],
)
def test_only_a_pointer_points(data: str, size: int | None) -> None:
    assert pointed_size(data.encode()) == size


# --- the working tree, as far as git tracks it -------------------------------------------------------


def test_what_is_not_tracked_does_not_count(history: History) -> None:
    commit = history.commit({"a": 1, "d/b": 2, "d/e/c": 3, "Dockerfile": "FROM scratch\n"})
    history.write({"new": 100, "d/new": 100, "fresh/x": 100, ".env": "A=1\n"})
    there = tracked(history)
    assert scanned(there) == scanned(CommitRepository(history.root, commit))
    assert there.read(".env") is None
    assert there.read("Dockerfile") == b"FROM scratch\n"
    assert there.kind("fresh") is None
    assert there.kind("d") is Kind.DIR
    assert dict(there.names("d")) == {"b": Kind.FILE, "e": Kind.DIR}
    assert list(there.names("fresh")) == []


def test_changes_of_tracked_files_count(history: History) -> None:
    history.commit({"a": 1, "b": 1})
    history.write({"a": 50})
    history.git("add", "a")
    history.write({"c": 7, "b": None})
    history.git("add", "c")
    assert sizes(tracked(history)) == {"a": 50, "c": 7}


def test_links_stay_where_they_are_tracked(history: History) -> None:
    history.write({"d/f": 4})
    (history.root / "in").symlink_to("d")
    commit = history.commit({})
    (history.root / "untracked").symlink_to("d")
    there = tracked(history)
    assert scanned(there) == scanned(CommitRepository(history.root, commit))
    assert scanned(there, "in") == scanned(CommitRepository(history.root, commit), "in")
    links = there.links(".")
    assert (links.target("in"), links.target("untracked")) == ("d", None)
    assert list(links.names("")) == ["d", "in"]


def test_a_folder_outside_of_git_is_not_compared(history: History, tmp_path: Path) -> None:
    history.commit({"a": 1})
    (tmp_path / "outside").mkdir()
    there = tracked(history)
    with pytest.raises(InputError, match="git does not track this folder"):
        there.scan("../outside")
    assert there.kind("../outside") is None
