"""The walk on hostile folders: nothing hangs, nothing leads out, nothing crashes, names come back byte for byte."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from ctxsize.builders import tar, wire
from ctxsize.dockerignore import IgnoreRules
from ctxsize.errors import InputError
from ctxsize.model import Kind, Problem
from ctxsize.repositories.disk import DiskRepository
from ctxsize.tree import Tree, Wanted
from ctxsize.walk import scan
from ctxsize.walk.attributes import Attributes
from tests.privileges import unprivileged
from tests.trees import plant

MakeTree = Callable[..., Path]


def paths(tree: Tree) -> list[str]:
    """Every entry of the tree, folders with a slash."""
    found = []
    for folder in tree.root.walk():
        found += [f"{folder.path}/"] if folder.path else []
        found += [folder.path_of(name) for name in folder.names]
    return sorted(found)


def kinds(tree: Tree) -> dict[str, Kind]:
    return {
        folder.path_of(name): folder.kind_of(row)
        for folder in tree.root.walk()
        for row, name in enumerate(folder.names)
    }


def test_a_folder_is_its_entries_in_the_order_of_their_bytes(tree: MakeTree) -> None:
    folder = tree("""
        b/x
        a
        a-b
        a.d/y
        B
        é
        z
    """)

    root = scan(folder).root

    assert root.names == ["B", "a", "a-b", "z", "é"]
    assert [(row, child.path) for row, child in root.folders] == [(3, "a.d"), (3, "b")]


def test_sizes_are_those_of_regular_files(tree: MakeTree) -> None:
    root = scan(tree({"big": 70_000, "empty": "", "link -> big": None})).root

    assert list(root.sizes) == [70_000, 0, 0]


@pytest.mark.parametrize("size", [(1 << 33) - 1, 1 << 33, 9_000_000_000])
def test_a_file_of_8_gib_needs_a_longer_header(size: int, tmp_path: Path) -> None:
    with (tmp_path / "huge").open("wb") as file:
        file.truncate(size)

    assert list(scan(tmp_path).root.tar) == [tar.entry(b"huge", size, (tmp_path / "huge").stat().st_mtime_ns)]


@pytest.mark.parametrize("length", [98, 99, 100, 101, 126, 127, 128])
def test_a_path_costs_what_wire_and_tar_say_however_long(length: int, tmp_path: Path) -> None:
    path = "folder/" + "n" * (length - 7)
    (tmp_path / "folder").mkdir()
    (tmp_path / path).write_text("text")
    here = (tmp_path / path).stat()

    ((_, folder),) = scan(tmp_path).root.folders

    assert [list(column) for column in folder.columns] == [
        [wire.regular_file(length, here.st_mode, here.st_mtime_ns, 4)], [2], [tar.entry(path.encode(), 4, here.st_mtime_ns)]
    ]  # fmt: skip


def test_an_empty_context_has_no_entries(tree: MakeTree) -> None:
    found = scan(tree(""))

    assert (paths(found), found.entries, found.problems, found.complete) == ([], 0, (), True)


def test_every_kind_of_entry_is_named_and_none_is_opened(tree: MakeTree) -> None:
    folder = tree("file\nloop -> loop\ndangling -> nowhere\nout -> /etc\n")
    os.mkfifo(folder / "fifo")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(folder / "socket"))

    found = kinds(scan(folder))

    listener.close()
    assert found == {
        "file": Kind.FILE,
        "loop": Kind.SYMLINK,
        "dangling": Kind.SYMLINK,
        "out": Kind.SYMLINK,
        "fifo": Kind.FIFO,
        "socket": Kind.SOCKET,
    }


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may make a device")
def test_a_device_is_announced_with_its_number(tree: MakeTree) -> None:
    folder = tree("")
    try:
        os.mknod(folder / "null", stat.S_IFCHR | 0o666, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("this container may not make devices")

    odd = scan(folder).root.odd[0]

    assert (odd.kind, odd.rdev) == (Kind.DEVICE, os.makedev(1, 3))


def test_a_link_to_a_folder_is_not_followed(tree: MakeTree) -> None:
    folder = tree("real/inside\nlink -> real\nself -> .\nup -> ..\n")

    assert paths(scan(folder)) == ["link", "real/", "real/inside", "self", "up"]


def test_a_context_that_is_a_link_is_walked_where_it_leads(tree: MakeTree, tmp_path: Path) -> None:
    tree("file", name="real")
    (tmp_path / "link").symlink_to("real")

    assert paths(scan(tmp_path / "link")) == ["file"]


ODD_NAMES = [b"new\nline", b"tab\t", b"\x1b[31mred\x1b[0m", b"[bold]markup", b"not-utf8-\xff\xfe", b" space ", b"\\",
             "bidi-\u202egnp.exe".encode(), b"quote'\"", b"-dash", b"%s", "\ufeffbom".encode(), b"#", b"!"]  # fmt: skip


@pytest.mark.parametrize("name", ODD_NAMES, ids=repr)
def test_odd_names_come_back_byte_for_byte(name: bytes, tmp_path: Path) -> None:
    context = os.fsencode(tmp_path)
    with open(context + b"/" + name, "wb"):
        pass
    os.mkdir(context + b"/d-" + name)
    with open(context + b"/d-" + name + b"/inside", "wb"):
        pass

    found = [os.fsencode(path) for path in paths(scan(tmp_path))]

    assert found == sorted([name, b"d-" + name + b"/", b"d-" + name + b"/inside"])


def test_second_names_of_a_file_share_an_inode(tree: MakeTree) -> None:
    folder = tree("a 10")
    os.link(folder / "a", folder / "b")

    odd = scan(folder).root.odd

    assert odd[0].inode == odd[1].inode is not None


# --- what cannot be read ----------------------------------------------------------------------------


def test_an_unreadable_folder_is_a_problem_and_the_walk_goes_on(open_folder: Path) -> None:
    plant(open_folder, "locked/secret\nafter")
    (open_folder / "locked").chmod(0)

    with unprivileged():
        found = scan(open_folder)

    assert found.problems == (Problem("locked/", "permission denied"),)
    assert paths(found) == ["after", "locked/"]


def test_a_folder_that_may_be_listed_but_not_entered_is_a_problem_too(open_folder: Path) -> None:
    plant(open_folder, "closed/file\nclosed/sub/\nafter")
    (open_folder / "closed").chmod(0o744)

    with unprivileged():
        found = scan(open_folder)

    assert [problem.path.rstrip("/") for problem in found.problems] in (["closed"], ["closed/file", "closed/sub"])
    assert "after" in paths(found)


def test_an_unreadable_file_is_marked(open_folder: Path) -> None:
    plant(open_folder, "private 100\npublic 100")
    (open_folder / "private").chmod(0)

    with unprivileged():
        root = scan(open_folder).root

    assert {root.names[row]: odd.readable for row, odd in root.odd.items()} == {"private": False}


@pytest.mark.parametrize(
    ("name", "reason"),
    [("nothing", "no such file or directory"), ("file", "not a directory"), ("loop", "too many levels")],
)
def test_a_context_that_is_no_folder_is_an_error(name: str, reason: str, tree: MakeTree) -> None:
    folder = tree("file\nloop -> loop")

    with pytest.raises(InputError, match=reason):
        scan(folder / name)


def test_an_unreadable_context_is_an_error(open_folder: Path) -> None:
    open_folder.chmod(0)

    with unprivileged(), pytest.raises(InputError, match="permission denied"):
        scan(open_folder)


# --- deep, and changing meanwhile -------------------------------------------------------------------


Dig = Callable[[int], Path]


def test_a_deep_tree_is_walked_to_its_end(deep: Dig) -> None:
    found = scan(deep(1500))

    assert (found.entries, found.problems) == (1500, ())


def test_a_tree_deeper_than_a_path_can_be_written_ends_in_a_problem(deep: Dig) -> None:
    # the engine stops there as well: lstat …: file name too long
    found = scan(deep(4000))

    assert found.entries > 1500
    assert [problem.message for problem in found.problems] == ["file name too long"]


class Meddling:
    """A progress callback that changes the disk the first time it is called: the root has been listed by then."""

    def __init__(self, change: Callable[[], None]) -> None:
        self.seen: list[int] = []
        self._change = change

    def __call__(self, seen: int) -> None:
        if not self.seen:
            self._change()
        self.seen.append(seen)


def test_a_folder_that_vanishes_meanwhile_is_passed_over(tree: MakeTree) -> None:
    folder = tree("a/x\nb/y")

    def vanish() -> None:
        (folder / "b" / "y").unlink()
        (folder / "b").rmdir()

    found = scan(folder, progress=Meddling(vanish))

    assert found.problems == ()
    assert "a/x" in paths(found)


def test_a_file_that_vanishes_before_it_is_looked_at_closer_is_passed_over(
    tree: MakeTree, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tree("a/x\na/y\nb")

    def marked(_: Attributes, base: str, names: list[str]) -> list[str]:
        if "x" not in names or not (folder / "a/x").exists():
            return []
        (folder / "a/x").unlink()
        return ["x"]

    monkeypatch.setattr(Attributes, "marked", marked)
    found = scan(folder)

    assert (paths(found), found.problems) == (["a/", "a/y", "b"], ())


def test_a_folder_swapped_for_a_link_does_not_lead_out(tree: MakeTree, tmp_path: Path) -> None:
    plant(tmp_path, {"outside/secret": "s"})
    folder = tree("a/x\nb/y")

    def swap() -> None:
        (folder / "b" / "y").unlink()
        (folder / "b").rmdir()
        (folder / "b").symlink_to(tmp_path / "outside")

    found = scan(folder, progress=Meddling(swap))

    assert [path for path in paths(found) if "secret" in path] == []


def test_progress_counts_up_to_the_entries_seen(tree: MakeTree) -> None:
    seen: list[int] = []

    found = scan(tree("a/x\na/y\nb/c/z\nd"), progress=seen.append)

    assert seen == sorted(seen)
    assert seen[-1] == found.entries == 7


# --- only what some build may want ------------------------------------------------------------------


def wanted(folder: Path, *lists: list[str], count_all: bool = False) -> Tree:
    return scan(folder, Wanted(tuple(IgnoreRules.of(patterns).walk.start for patterns in lists), count_all))


def test_what_all_builds_ignore_is_not_looked_into(tree: MakeTree) -> None:
    folder = tree("keep/a\nnode_modules/x/y\nsrc/b.log\nsrc/b.py")

    found = wanted(folder, ["node_modules", "**/*.log"])

    assert paths(found) == ["keep/", "keep/a", "src/", "src/b.py"]
    assert not found.complete


def test_what_one_build_wants_is_there(tree: MakeTree) -> None:
    folder = tree("a/x\nb/y")

    assert paths(wanted(folder, ["a"], ["b"])) == ["a/", "a/x", "b/", "b/y"]


def test_an_exception_below_an_ignored_folder_is_found(tree: MakeTree) -> None:
    folder = tree("a/b/c/keep\na/b/drop\nz/drop")

    assert "a/b/c/keep" in paths(wanted(folder, ["*", "!a/b/c/keep"]))


def test_ignored_folders_can_still_be_counted(tree: MakeTree) -> None:
    folder = tree("a/x\na/y\nb")

    assert (wanted(folder, ["a"]).entries, wanted(folder, ["a"], count_all=True).entries) == (2, 4)


@pytest.mark.parametrize(("heads", "entries"), [((), 4), (("a/b/",), 7), (("a/",), 6), (("ab/", "c"), 4)])
def test_ignored_folders_that_an_exception_leads_into_are_counted(
    tree: MakeTree, heads: tuple[str, ...], entries: int
) -> None:
    folder = tree("a/b/x\na/y\nabc/z\nc/z\nd")

    found = scan(folder, Wanted((IgnoreRules.of(["a", "abc", "c"]).walk.start,), heads=heads))

    assert (found.entries, [path for path in paths(found) if not path.endswith("/")]) == (entries, ["d"])


# --- the links of a context -------------------------------------------------------------------------


def test_links_tell_targets_and_names_of_real_folders_only(tree: MakeTree) -> None:
    links = DiskRepository(tree("d/b\nd/a\nl -> d\nf")).links(".")

    assert (links.target("l"), links.target("f"), links.target("nowhere")) == ("d", None, None)
    assert (list(links.names("d")), list(links.names("l")), list(links.names("f"))) == (["a", "b"], [], [])


def test_links_answer_for_names_that_no_disk_can_have(tree: MakeTree) -> None:
    links = DiskRepository(tree("f")).links(".")

    assert (links.target("a\0b"), list(links.names("a\0b"))) == (None, [])
