"""The sums of any subtree of a sheet: running totals over all its folders, of which two make a difference.

All files of a sheet are gone through at once, by loops in C over its one column of sizes, when somebody first asks:
that takes a quarter of what it takes folder by folder.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from itertools import accumulate, chain
from operator import add
from typing import TYPE_CHECKING

from ctxsize.builders.sums import (
    PLAIN_PATH,
    Whole,
    announced,
    content,
    folder_mode,
    is_bound,
    is_usual,
    of_entry,
    of_folder,
    uncounted,
    whole_of,
)
from ctxsize.builders.tar import BLOCK, LARGE, LATE
from ctxsize.builders.wire import CHUNK, EARLY, packets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ctxsize.builders.sheet import Sheet
    from ctxsize.tree import Directory, Sums

    # before each folder, and behind the last
    Totals = Sequence[int]

__all__ = ["Running"]

# by the bit length of a size below a chunk: what is sent besides the bytes themselves, and in how many packets
_SMALL = (0, *(1 << bits for bits in range(CHUNK.bit_length() - 1)))
_EXTRA = bytes([content(size) - size for size in _SMALL]).ljust(256, b"\0")
_PACKETS = bytes(map(packets, _SMALL)).ljust(256, b"\0")
# the bit lengths of sizes from a chunk on: such files are looked at by themselves
_LARGE = re.compile(b"[^\0-%c]" % (CHUNK.bit_length() - 1))


class Running:
    """The running totals of a finished sheet. A folder that was walked apart counts with all below it."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        folders = {number: sheet.directory(number) for number in sheet.inner}
        apart = {number: whole_of(folder) for number, folder in folders.items() if folder is not None}
        self._unreadable = dict(sheet.unreadable)
        self._unreadable |= {number: one.unreadable for number, one in apart.items() if one.unreadable is not None}
        self._files = _totals([row[5] for row in sheet.rows])
        by_size = _by_size(sheet.sizes, self._files)
        besides = list(_besides(sheet))
        for number in (*_unusual(sheet, self._files), *sheet.columns):
            told = tuple(column[number + 1] - column[number] for column in by_size)
            besides[number] = _exactly(sheet, number, told)
        for number, folder in folders.items():
            besides[number] = _with_itself(folder, apart[number]) if folder is not None else (0, 0, 0, 0)
        self._size, self._wire, self._packets, self._tar = (
            _compact(list(map(add, told, accumulate(more, initial=0))))
            for told, more in zip(by_size, zip(*besides, strict=True), strict=True)
        )
        self._set_counts(folders, apart)

    def _set_counts(self, folders: Mapping[int, Directory | None], apart: Mapping[int, Whole]) -> None:
        sheet, rows = self._sheet, self._sheet.rows
        odd = {number: tuple(found.values()) for number, found in sheet.odd.items()}
        none, files = [0] * len(rows), [row[5] for row in rows]
        gone = {number: -1 for number in folders if number not in apart}
        self._folders = _totals([1] * len(rows), gone, {number: one.dirs for number, one in apart.items()})
        self._files = _totals(files, {number: one.entries - one.dirs for number, one in apart.items()})
        self._walked = _totals([row[3] for row in rows], {number: one.walked for number, one in apart.items()})
        self._beyond = _totals(none, sheet.beyond, {number: one.beyond for number, one in apart.items()})
        uncounted_ones = {number: one.entries - one.files - one.dirs for number, one in apart.items()}
        self._uncounted = _totals(none, {number: uncounted(found) for number, found in odd.items()}, uncounted_ones)
        self._bound = _totals(none, {number: sum(map(is_bound, found)) for number, found in odd.items()},
                              {number: not one.plain for number, one in apart.items()})  # fmt: skip
        through = {number: 1 for number, state in sheet.passed.items() if not state.excluded}
        blocked = {number: 1 for number, state in sheet.passed.items() if state.excluded and not files[number]}
        self._passing = _totals(none, through, {n: one.dirs + 1 for n, one in apart.items() if one.passes})
        self._blocked = _totals(none, blocked, {n: one.dirs + 1 for n, one in apart.items() if one.passes is False})

    def below(self, number: int) -> Whole:
        """All below a folder: the folder itself left out, its files not."""
        sheet, end = self._sheet, self._sheet.ends[number]

        def between(totals: Totals) -> int:
            return totals[end] - totals[number]

        path, mode, mtime_ns, *_ = sheet.rows[number]
        own, own_tar = of_entry(path, mode, mtime_ns, sheet.xattrs.get(number, ()))
        files, folders = between(self._files), between(self._folders)
        passes = True if between(self._passing) == folders else False if between(self._blocked) == folders else None
        closed = min((one for one in self._unreadable if number <= one < end), default=None)
        return Whole(
            entries=files + folders - 1,
            files=files - between(self._uncounted),
            dirs=folders - 1,
            bytes=between(self._size),
            wire=between(self._wire) - own,
            packets=between(self._packets),
            tar=between(self._tar) - own_tar,
            walked=between(self._walked),
            beyond=between(self._beyond),
            plain=not between(self._bound),
            unreadable=None if closed is None else self._unreadable[closed],
            passes=passes,
        )


def _totals(amounts: Sequence[int], *more: Mapping[int, int]) -> Totals:
    """Running totals of an amount for each folder, and of what some have besides."""
    if not any(more) and not any(amounts):
        return bytes(len(amounts) + 1)
    if any(more):
        amounts = list(amounts)
        for number, amount in chain.from_iterable(one.items() for one in more):
            amounts[number] += amount
    return _compact(list(accumulate(amounts, initial=0)))


def _compact(totals: list[int]) -> Totals:
    """In 8 bytes each, unless sparse files pretend to have more bytes than 63 bits can count."""
    return array("q", totals) if totals[-1] < 1 << 63 else totals


def _by_size(sizes: Sequence[int], bounds: Totals) -> tuple[Totals, Totals, Totals, Totals]:
    """Running totals of what the sizes of plain files alone tell of sizes, wire, packets and tar."""
    bits = bytes(map(int.bit_length, sizes))
    extra, numbered = list(bits.translate(_EXTRA)), list(bits.translate(_PACKETS))
    for found in _LARGE.finditer(bits):
        row = found.start()
        extra[row], numbered[row] = content(sizes[row]) - sizes[row], packets(sizes[row])
    blocks = [(size + 511) >> 9 for size in sizes]
    size, more, numbers, blocked = (_at(bounds, column) for column in (sizes, extra, numbered, blocks))
    return size, list(map(add, size, more)), numbers, [BLOCK * one for one in blocked]


def _at(bounds: Totals, amounts: Iterable[int]) -> Totals:
    """The running totals of amounts for each file, where folders begin."""
    totals = list(accumulate(amounts, initial=0))
    return [totals[bound] for bound in bounds]


def _besides(sheet: Sheet) -> Iterator[Sums]:
    """What a folder costs besides what the sizes of its files tell: its own entry, and the paths of plain files."""
    xattrs = sheet.xattrs
    for number, (path, mode, mtime_ns, _, text, count, _) in enumerate(sheet.rows):
        length = len(path)
        if length < PLAIN_PATH and path.isascii() and EARLY <= mtime_ns < LATE and number not in xattrs:
            sent, tarred = length + 14 + folder_mode(mode), BLOCK  # as ``of_entry`` tells it
        else:
            sent, tarred = of_entry(path, mode, mtime_ns, xattrs.get(number, ()))
        yield 0, sent + announced(path, text, count) if count else sent, 0, tarred + count * BLOCK


def _unusual(sheet: Sheet, bounds: Totals) -> Iterator[int]:
    """The folders whose plain files have to be looked at one by one, for their paths or sizes."""
    rows = sheet.rows
    text = "\0".join([row[4] for row in rows])
    everything = text.isascii() and "".join([row[0] for row in rows]).isascii()
    longest = max(map(len, text.split("\0")), default=0)
    for number, (path, _, _, _, names, count, _) in enumerate(rows):
        if count and not (everything and len(path) + longest < PLAIN_PATH) and not is_usual(path, names):
            yield number
    if max(sheet.sizes, default=0) >= LARGE:
        yield from {bisect_right(bounds, row) - 1 for row, size in enumerate(sheet.sizes) if size >= LARGE}


def _exactly(sheet: Sheet, number: int, told: Sequence[int]) -> Sums:
    """What a folder and its files cost, less what has been ``told``."""
    path, mode, mtime_ns, *_ = sheet.rows[number]
    sent, tarred = of_entry(path, mode, mtime_ns, sheet.xattrs.get(number, ()))
    size, files, numbered, files_tarred = sheet.files(number)
    return size - told[0], sent + files - told[1], numbered - told[2], tarred + files_tarred - told[3]


def _with_itself(folder: Directory, below: Whole) -> Sums:
    sent, tarred = of_folder(folder)
    return below.bytes, below.wire + sent, below.packets, below.tar + tarred
