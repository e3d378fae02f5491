"""Walked folders as bytes and back, so that one process can hand them to another."""

from __future__ import annotations

import marshal
from array import array
from typing import TYPE_CHECKING, Any, NamedTuple

from ctxsize.builders.sheet import Sheet
from ctxsize.builders.sums import Whole, whole_of
from ctxsize.model import Kind, Problem
from ctxsize.tree import Directory, Odd, uncollected
from ctxsize.walk.wanted import steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ctxsize.dockerignore import State
    from ctxsize.walk.wanted import States

    # of a job: the path, the states that its rows are held against, and that of the junk rules
    Start = tuple[str, States | None, State | None]

__all__ = ["Packed", "pack", "unpack"]


class Packed(NamedTuple):
    """What became of a job: its folder's number in the sheet, or None, and how many entries were not written down."""

    job: int
    place: int | None
    dropped: int


def pack(sheet: Sheet, told: Sequence[Packed], problems: Iterable[Problem], seen: int) -> bytes:
    """All that a process has found, and of each job's folder what was summed up already."""
    heads = [(*one, None if one.place is None else _head(sheet.directory(one.place))) for one in told]
    said = [tuple(problem) for problem in problems]
    return marshal.dumps((heads, said, seen, marshal.dumps(_flat(sheet))))


def _head(folder: Directory | None) -> tuple[Any, ...]:
    assert folder is not None, "nothing that a job has written down was walked apart"
    spotless = folder.spotless is not None and folder.spotless[1]
    itself = (folder.mode, folder.mtime_ns, folder.xattrs, folder.listed, folder.beyond, folder.unreadable)
    return itself, tuple(whole_of(folder)), spotless, folder.passed is not None


def unpack(
    data: bytes, starts: Mapping[int, Start]
) -> tuple[list[tuple[int, Directory | None, int]], list[Problem], int]:
    """Of each job that was packed the number, the folder, and the entries dropped; problems; the entries seen.

    Rows and subfolders stay packed until somebody looks at them: sums are often all that is asked for. ``starts`` has
    what every job started with.
    """
    heads, said, seen, rest = marshal.loads(data)  # noqa: S302 - from our own child
    late = _Late(rest, {place: starts[job] for job, place, *_ in heads if place is not None})
    told = [
        (job, None if head is None else _folder(head, starts[job], late, place), dropped)
        for job, place, dropped, head in heads
    ]
    return told, [Problem(*one) for one in said], seen


def _folder(head: tuple[Any, ...], start: Start, late: _Late, place: int) -> Directory:
    (mode, mtime_ns, xattrs, listed, beyond, unreadable), whole, spotless, marked = head
    path, states, junk = start
    folder = Directory(path, mode, mtime_ns, xattrs)
    folder.listed, folder.beyond, folder.unreadable = listed, beyond, unreadable
    folder.whole = Whole(*whole)
    if spotless and junk is not None:
        folder.spotless = junk, True
    folder.passed = states[0] if marked and states else None
    folder.postpone(lambda: late.sheet().hand_over(folder, place))
    return folder


class _Late:
    """A packed sheet, unpacked when its first folder is looked at."""

    def __init__(self, data: bytes, starts: Mapping[int, Start]) -> None:
        self._data = data
        self._starts = starts
        self._sheet: Sheet | None = None

    def sheet(self) -> Sheet:
        if self._sheet is None:
            with uncollected():
                flat = marshal.loads(self._data)  # noqa: S302 - from our own child
                self._sheet, self._data = _sheet(flat, self._starts), b""
        return self._sheet


def _flat(sheet: Sheet) -> tuple[Any, ...]:
    """A sheet in words that marshal knows."""
    odd = {
        number: [(row, (str(one.kind), *one[1:])) for row, one in rows.items()] for number, rows in sheet.odd.items()
    }
    return (sheet.rows, sheet.ends, sheet.sizes.tobytes(), sheet.costs, odd, sheet.xattrs, sheet.unreadable,
            sheet.beyond, list(sheet.passed), list(sheet.free))  # fmt: skip


def _sheet(flat: tuple[Any, ...], starts: Mapping[int, Start]) -> Sheet:
    sheet = Sheet()
    sheet.rows, sheet.ends, sizes, sheet.costs, odd, sheet.xattrs, sheet.unreadable, sheet.beyond, marked, free = flat
    sheet.sizes, sheet.free = array("q", sizes), set(free)
    sheet.odd = {number: {row: Odd(Kind(kind), *rest) for row, (kind, *rest) in rows} for number, rows in odd.items()}
    if marked:
        states = dict(_states(sheet, starts))
        sheet.passed = {number: states[number][0] for number in marked}
    return sheet


def _states(sheet: Sheet, starts: Mapping[int, Start]) -> Iterator[tuple[int, States]]:
    """The states of every folder, handed down from the topmost ones as the walk did."""
    todo = [(place, states) for place, (_, states, _) in starts.items() if states is not None]
    while todo:
        number, states = todo.pop()
        yield number, states
        for below in sheet.below(number) if number not in sheet.free else ():
            path = sheet.rows[below][0]
            todo.append((below, steps(states, path.rpartition("/")[2], path)))
