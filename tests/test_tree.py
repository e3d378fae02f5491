"""The tree's own arithmetic: order, segments, and finding a path in it."""

from __future__ import annotations

import stat

import pytest

from ctxsize.model import Kind
from ctxsize.tree import Directory, Tree, kind_of


def folder(path: str, names: list[str], *children: tuple[int, Directory]) -> Directory:
    made = Directory(path, stat.S_IFDIR | 0o755, 0)
    made.names.extend(names)
    made.folders.extend(children)
    return made


# a, b/x, b/y, c, d/ (empty), e
TREE = Tree(
    folder("", ["a", "c", "e"], (1, folder("b", ["x", "y"])), (2, folder("d", []))),
    problems=(),
    complete=True,
    entries=7,
)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("", ("", None)),
        ("a", ("", 0)),
        ("e", ("", 2)),
        ("b", ("b", None)),
        ("b/", ("b", None)),
        ("/b/y", ("b", 1)),
        ("d", ("d", None)),
        ("nothing", None),
        ("b/nothing", None),
        ("a/b", None),
        ("d/x", None),
    ],
)
def test_a_path_is_a_folder_a_row_or_nothing(path: str, found: tuple[str, int | None] | None) -> None:
    place = TREE.find(path)

    assert (place and (place[0].path, place[1])) == found


def test_segments_put_folders_where_they_sort() -> None:
    segments = [(start, end, child.path if child else None) for start, end, child in TREE.root.segments()]

    assert segments == [(0, 1, "b"), (1, 2, "d"), (2, 3, None)]


def test_a_walk_goes_through_parents_first() -> None:
    assert [one.path for one in TREE.root.walk()] == ["", "b", "d"]


def test_a_name_is_the_last_part_of_a_path() -> None:
    deep = folder("a/b/c", ["f"])

    assert (deep.name, deep.path_of("f"), TREE.root.path_of("f")) == ("c", "a/b/c/f", "f")


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        (stat.S_IFREG, Kind.FILE),
        (stat.S_IFDIR, Kind.DIR),
        (stat.S_IFLNK, Kind.SYMLINK),
        (stat.S_IFIFO, Kind.FIFO),
        (stat.S_IFSOCK, Kind.SOCKET),
        (stat.S_IFBLK, Kind.DEVICE),
        (stat.S_IFCHR, Kind.DEVICE),
    ],
)
def test_a_mode_tells_the_kind(mode: int, kind: Kind) -> None:
    assert kind_of(mode | 0o644) == kind
