"""A walked folder as bytes and back, so that one process can hand it to another."""

from __future__ import annotations

import marshal
from array import array
from typing import TYPE_CHECKING, Any

from ctxsize.builders.sums import Whole, plain_columns, whole_of
from ctxsize.model import Kind, Problem
from ctxsize.tree import Directory, Odd
from ctxsize.walk.wanted import step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ctxsize.dockerignore import State

__all__ = ["pack", "unpack"]


def pack(folder: Directory, problems: Sequence[Problem], seen: int) -> bytes:
    """The folder with all below it, what the walk has to say of it, and what was summed up already."""
    spotless = folder.spotless is not None and folder.spotless[1]
    told = (folder.mode, folder.mtime_ns, folder.xattrs, folder.listed, folder.unreadable, folder.vanished)
    summed = (tuple(whole_of(folder)), spotless, folder.passed is not None)
    found = ([(one.path, one.message) for one in problems], seen)
    return marshal.dumps((told, summed, found, marshal.dumps(_flat(folder))))


def unpack(data: bytes, folder: Directory, passed: State | None, junk: State | None) -> tuple[list[Problem], int]:
    """Fills ``folder`` with what was packed; its problems and the number of entries seen.

    Rows and subfolders stay packed until somebody looks at them: sums are often all that is asked for. ``passed`` is
    the state that its rows were held against, ``junk`` that of the junk rules.
    """
    told, (whole, spotless, marked), (problems, seen), rest = marshal.loads(data)  # noqa: S302 - from our own child
    folder.mode, folder.mtime_ns, folder.xattrs, folder.listed, folder.unreadable, folder.vanished = told
    folder.whole = Whole(*whole)
    if spotless and junk is not None:
        folder.spotless = junk, True
    folder.passed = passed if marked else None
    folder.postpone(lambda: _fill(folder, marshal.loads(rest), passed))  # noqa: S302
    return [Problem(*one) for one in problems], seen


def _flat(folder: Directory) -> tuple[Any, ...]:
    """Rows and subfolders."""
    odd = [(row, (str(one.kind), *one[1:])) for row, one in folder.odd.items()]
    columns = None if folder.derived else [column.tobytes() for column in folder.columns]
    below = [(row, _whole(child)) for row, child in folder.folders]
    return folder.names, folder.sizes.tobytes(), columns, folder.totals(), odd, below


def _whole(child: Directory) -> tuple[Any, ...]:
    return (child.path, child.mode, child.mtime_ns, child.xattrs, child.listed, child.unreadable,
            child.passed is not None, _flat(child))  # fmt: skip


def _fill(folder: Directory, flat: tuple[Any, ...], state: State | None) -> None:
    """``state`` is what the folder's rows were held against, if that was one."""
    names, sizes, columns, sums, odd, below = flat
    sent, packets, tarred = (array("q", column) for column in columns or (b"", b"", b""))
    folder.fill(names, array("q", sizes), (sent, packets, tarred) if columns else plain_columns, sums)
    folder.odd = {row: Odd(Kind(kind), *rest) for row, (kind, *rest) in odd}
    folder.folders = [(row, _child(inner, state)) for row, inner in below]


def _child(inner: tuple[Any, ...], above: State | None) -> Directory:
    path, mode, mtime_ns, xattrs, listed, unreadable, marked, flat = inner
    child = Directory(path, mode, mtime_ns, xattrs)
    child.listed, child.unreadable = listed, unreadable
    state = None if above is None else step(above, child.name, path)
    child.passed = state if marked else None
    _fill(child, flat, state)
    return child
