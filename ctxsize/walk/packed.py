"""A walked folder as bytes and back, so that one process can hand it to another."""

from __future__ import annotations

import marshal
from array import array
from typing import TYPE_CHECKING, Any, NamedTuple

from ctxsize.builders.sheet import Sheet
from ctxsize.builders.sums import Whole, whole_of
from ctxsize.model import Kind, Problem
from ctxsize.tree import Directory, Odd
from ctxsize.walk.wanted import step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ctxsize.dockerignore import State

__all__ = ["Tidings", "pack", "unpack"]


class Tidings(NamedTuple):
    """What a walk has to say besides what it found: entries ``dropped`` because nobody wants them, entries seen."""

    dropped: int
    seen: int
    problems: tuple[Problem, ...]


def pack(folder: Directory | None, found: Tidings) -> bytes:
    """The topmost folder of a sheet with all below it, and what was summed up already; None for nothing to tell."""
    told = (found.dropped, found.seen, [tuple(one) for one in found.problems])
    if folder is None or folder.sheet is None:
        return marshal.dumps((told, None, b""))
    spotless = folder.spotless is not None and folder.spotless[1]
    itself = (folder.mode, folder.mtime_ns, folder.xattrs, folder.listed, folder.beyond, folder.unreadable)
    head = (itself, tuple(whole_of(folder)), spotless, folder.passed is not None)
    return marshal.dumps((told, head, marshal.dumps(_flat(folder.sheet))))


def unpack(data: bytes, path: str, passed: State | None, junk: State | None) -> tuple[Directory | None, Tidings]:
    """The folder at ``path`` that was packed, and what else was told.

    Its rows and subfolders stay packed until somebody looks at them: sums are often all that is asked for. ``passed``
    is the state that its rows were held against, ``junk`` that of the junk rules.
    """
    (dropped, seen, problems), head, rest = marshal.loads(data)  # noqa: S302 - from our own child
    tidings = Tidings(dropped, seen, tuple([Problem(*one) for one in problems]))
    if head is None:
        return None, tidings
    (mode, mtime_ns, xattrs, listed, beyond, unreadable), whole, spotless, marked = head
    folder = Directory(path, mode, mtime_ns, xattrs)
    folder.listed, folder.beyond, folder.unreadable = listed, beyond, unreadable
    folder.whole = Whole(*whole)
    if spotless and junk is not None:
        folder.spotless = junk, True
    folder.passed = passed if marked else None
    folder.postpone(lambda: _sheet(marshal.loads(rest), passed).hand_over(folder))  # noqa: S302
    return folder, tidings


def _flat(sheet: Sheet) -> tuple[Any, ...]:
    """A sheet in words that marshal knows; nothing of it was walked apart."""
    columns = {number: [column.tobytes() for column in three] for number, three in sheet.columns.items()}
    odd = {
        number: [(row, (str(one.kind), *one[1:])) for row, one in rows.items()] for number, rows in sheet.odd.items()
    }
    return (sheet.rows, sheet.ends, sheet.sizes.tobytes(), columns, odd, sheet.xattrs, sheet.unreadable, sheet.beyond,
            list(sheet.passed))  # fmt: skip


def _sheet(flat: tuple[Any, ...], passed: State | None) -> Sheet:
    sheet = Sheet()
    sheet.rows, sheet.ends, sizes, columns, odd, sheet.xattrs, sheet.unreadable, sheet.beyond, marked = flat
    sheet.sizes = array("q", sizes)
    for number, (sent, packets, tarred) in columns.items():
        sheet.columns[number] = array("q", sent), array("q", packets), array("q", tarred)
    sheet.odd = {number: {row: Odd(Kind(kind), *rest) for row, (kind, *rest) in rows} for number, rows in odd.items()}
    if passed is not None:
        sheet.passed = _states(sheet, passed, marked)
    return sheet


def _states(sheet: Sheet, start: State, marked: Iterable[int]) -> dict[int, State]:
    """The states of the marked folders, handed down from the topmost."""
    states = {0: start}
    for number in range(len(sheet.rows)):
        for below in sheet.below(number):
            inner = sheet.rows[below][0]
            states[below] = step(states[number], inner.rpartition("/")[2], inner)
    return {number: states[number] for number in marked}
