"""The sums of any subtree of a sheet: running totals over all its folders, of which two make a difference.

All files of a sheet are gone through at once, by loops in C over its one column of sizes, when somebody first asks:
that takes a quarter of what it takes folder by folder.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from itertools import accumulate, chain
from operator import add, itemgetter
from typing import TYPE_CHECKING

from ctxsize.builders.sums import (
    AROUND,
    EXTRA,
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
_EXTRA = EXTRA.ljust(256, b"\0")
_PACKETS = b"\1".ljust(CHUNK.bit_length(), b"\2").ljust(256, b"\0")
# the bit lengths of sizes from a chunk on: such files are looked at by themselves
_LARGE = re.compile(b"[^\0-%c]" % (CHUNK.bit_length() - 1))


class Running:
    """The running totals of a finished sheet. A folder that was walked apart counts with all below it."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        columns = zip(*sheet.rows, strict=True)
        self._paths, self._modes, self._times, self._listed, self._texts, self._counts, _ = columns
        self._bounds = _totals(self._counts)
        folders = {number: sheet.directory(number) for number in sheet.inner}
        self._apart = {number: whole_of(folder) for number, folder in folders.items() if folder is not None}
        # what they cost with themselves; nothing for those that vanished
        self._instead = {number: _with_itself(folder) if folder else (0, 0, 0, 0) for number, folder in folders.items()}
        self._closer = {number: sheet.files(number) for number in {*self._unusual(), *sheet.costs}}
        self._entries = {number: self._entry(number) for number in self._unusual_entries()}
        self._unreadable = dict(sheet.unreadable)
        self._unreadable |= {number: one.unreadable for number, one in self._apart.items() if one.unreadable}
        self._set_costs()
        self._set_counts()

    def below(self, number: int) -> Whole:
        """All below a folder: the folder itself left out, its files not."""
        end = self._sheet.ends[number]

        def between(totals: Totals) -> int:
            return totals[end] - totals[number]

        sent, tarred = self._entry(number)
        files, folders = between(self._files), between(self._folders)
        passes = True if between(self._passing) == folders else False if between(self._blocked) == folders else None
        closed = min((one for one in self._unreadable if number <= one < end), default=None)
        return Whole(
            entries=files + folders - 1,
            files=files - between(self._uncounted),
            dirs=folders - 1,
            bytes=between(self._size),
            wire=between(self._wire) - sent,
            packets=between(self._packets),
            tar=between(self._tar) - tarred,
            walked=between(self._walked),
            beyond=between(self._beyond),
            plain=not between(self._bound),
            unreadable=None if closed is None else self._unreadable[closed],
            passes=passes,
        )

    # --- what is not as usual --------------------------------------------------------------------

    def _entry(self, number: int) -> tuple[int, int]:
        """The bytes of a folder's own entry on the wire and in the tar."""
        xattrs = self._sheet.xattrs.get(number, ())
        return of_entry(self._paths[number], self._modes[number], self._times[number], xattrs)

    def _unusual_entries(self) -> Iterator[int]:
        """The folders that ``of_entry`` has to look at closer."""
        yield from self._sheet.xattrs
        yield from [number for number, length in enumerate(map(len, self._paths)) if length >= PLAIN_PATH]
        if not "".join(self._paths).isascii():
            yield from [number for number, path in enumerate(self._paths) if not path.isascii()]
        if min(self._times) < EARLY or max(self._times) >= LATE:
            yield from [number for number, time in enumerate(self._times) if not EARLY <= time < LATE]

    def _unusual(self) -> Iterator[int]:
        """The folders whose plain files have to be looked at one by one, for their paths or sizes."""
        text = "\0".join(self._texts)
        everywhere = 0 if text.isascii() and "".join(self._paths).isascii() else PLAIN_PATH
        longest = max(map(len, text.split("\0")))
        for number in [one for one, path in enumerate(self._paths) if len(path) + longest + everywhere >= PLAIN_PATH]:
            if self._counts[number] and not is_usual(self._paths[number], self._texts[number]):
                yield number
        if max(self._sheet.sizes, default=0) >= LARGE:
            large = (row for row, size in enumerate(self._sheet.sizes) if size >= LARGE)
            yield from {bisect_right(self._bounds, row) - 1 for row in large}

    # --- costs -----------------------------------------------------------------------------------

    def _set_costs(self) -> None:
        sizes = self._sheet.sizes
        bits = bytes(map(int.bit_length, sizes))
        extra, numbered = list(bits.translate(_EXTRA)), list(bits.translate(_PACKETS))
        for found in _LARGE.finditer(bits):
            row = found.start()
            extra[row], numbered[row] = content(sizes[row]) - sizes[row], packets(sizes[row])
        size, more, numbers = map(self._where_folders_begin, (sizes, extra, numbered))
        self._size, self._packets = self._with(0, size), self._with(2, numbers)
        self._wire = self._with(1, list(map(add, size, more)), self._announced())
        self._tar = self._tars()

    def _tars(self) -> Totals:
        blocks = self._where_folders_begin([(size + 511) >> 9 for size in self._sheet.sizes])
        own = [BLOCK] * len(self._paths)
        for number, (_, tarred) in self._entries.items():
            own[number] = tarred
        return self._with(3, [BLOCK * (one + count) for one, count in zip(blocks, self._bounds, strict=True)], own)

    def _announced(self) -> list[int]:
        """What folders cost on the wire, and their files but for what the sizes tell."""
        modes = {mode: 14 + folder_mode(mode) for mode in set(self._modes)}  # as ``of_entry`` tells it
        around = AROUND
        found = [
            len(path) + modes[mode] + (count * (len(path) + around) + len(text) + 1 if count else 0)
            for path, mode, count, text in zip(self._paths, self._modes, self._counts, self._texts, strict=True)
        ]
        # the context has no path; files that are looked at closer are counted there
        for number in {0, *self._entries, *self._closer}:
            path, text, count = self._paths[number], self._texts[number], self._counts[number]
            usual = count and number not in self._closer
            found[number] = self._entry(number)[0] + (announced(path, text, count) if usual else 0)
        return found

    def _where_folders_begin(self, amounts: Iterable[int]) -> Sequence[int]:
        """The running totals of amounts for each file, at the first file of each folder, and behind the last."""
        found: tuple[int, ...] = itemgetter(*self._bounds)(list(accumulate(amounts, initial=0)))
        return found

    def _with(self, place: int, totals: Sequence[int], besides: list[int] | None = None) -> Totals:
        """One of the sums: what the sizes of files tell, what there is besides, and what is known exactly."""
        more = besides or [0] * len(self._paths)
        for number, exact in self._closer.items():
            more[number] += exact[place] - (totals[number + 1] - totals[number])
        for number, sums in self._instead.items():
            more[number] = sums[place]
        return _compact(list(map(add, totals, accumulate(more, initial=0))))

    # --- counts ----------------------------------------------------------------------------------

    def _set_counts(self) -> None:
        sheet, apart, none = self._sheet, self._apart, [0] * len(self._paths)
        odd = {number: tuple(found.values()) for number, found in sheet.odd.items()}
        self._folders: Totals = range(len(none) + 1)
        if sheet.inner:
            dirs = {number: one.dirs for number, one in apart.items()}
            self._folders = _totals([1] * len(none), dict.fromkeys(sheet.inner.keys() - apart.keys(), -1), dirs)
        self._files = self._bounds
        if apart:
            self._files = _totals(self._counts, {number: one.entries - one.dirs for number, one in apart.items()})
        self._walked = _totals(self._listed, {number: one.walked for number, one in apart.items()})
        self._beyond = _totals(none, sheet.beyond, {number: one.beyond for number, one in apart.items()})
        uncounted_ones = {number: one.entries - one.files - one.dirs for number, one in apart.items()}
        self._uncounted = _totals(none, {number: uncounted(found) for number, found in odd.items()}, uncounted_ones)
        self._bound = _totals(none, {number: sum(map(is_bound, found)) for number, found in odd.items()},
                              {number: not one.plain for number, one in apart.items()})  # fmt: skip
        through = {number: 1 for number, state in sheet.passed.items() if not state.excluded}
        for number in sheet.free & through.keys():
            through[number] = self._folders[sheet.ends[number]] - self._folders[number]
        blocked = {number: 1 for number, state in sheet.passed.items() if state.excluded and not self._counts[number]}
        self._passing = _totals(none, through, {n: one.dirs + 1 for n, one in apart.items() if one.passes})
        self._blocked = _totals(none, blocked, {n: one.dirs + 1 for n, one in apart.items() if one.passes is False})


def _with_itself(folder: Directory) -> Sums:
    below, (sent, tarred) = whole_of(folder), of_folder(folder)
    return below.bytes, below.wire + sent, below.packets, below.tar + tarred


def _totals(amounts: Sequence[int], *more: Mapping[int, int]) -> Totals:
    """Running totals of an amount for each folder, and of what some have besides."""
    if any(more):
        amounts = list(amounts)
        for number, amount in chain.from_iterable(one.items() for one in more):
            amounts[number] += amount
    elif not any(amounts):
        return bytes(len(amounts) + 1)
    return _compact(list(accumulate(amounts, initial=0)))


def _compact(totals: list[int]) -> Totals:
    """In 8 bytes each, unless sparse files pretend to have more bytes than 63 bits can count."""
    return array("q", totals) if totals[-1] < 1 << 63 else totals
