"""What a walk wrote down, folder after folder, as plain rows: folders become objects only where somebody looks.

Parents stand before their children, and what is below a folder follows it without a gap, so that the sums of any
subtree are the difference of two running totals. A row is a plain tuple, which costs a fraction of an object.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from os import fsencode
from typing import TYPE_CHECKING, Final

from ctxsize.builders.sums import columns_of, of_plain
from ctxsize.tree import Directory, uncollected

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from os import stat_result

    from ctxsize.builders.junk import Spots
    from ctxsize.builders.running import Running
    from ctxsize.builders.sums import Whole
    from ctxsize.dockerignore import State
    from ctxsize.tree import Odd, Pairs, Sums

    # path, st_mode, mtime in ns, entries seen in it, and of its files the names with NULs between them, how many there
    # are, and where their sizes begin
    Row = tuple[str, int, int, int, str, int, int]
    # wire, packets and tar of a file
    Costs = tuple[int, int, int]
    # the files of a folder: names with NULs between them, and sizes; of rows that are not plain the costs, and all else
    Found = tuple[str, Sequence[int], Mapping[int, Costs], Mapping[int, Odd]]

__all__ = ["NOTHING", "Sheet"]


# a folder without any files that count
NOTHING: Final[Found] = ("", (), {}, {})


class Sheet:
    """One walk's folders from some folder on, and the sizes of all their files.

    ``ends`` are the numbers of the first folders that are not below, by folder. What few folders have is kept by their
    numbers: ``odd`` rows and the ``costs`` of files that are not plain, ``xattrs``, (path, reason) of what is
    ``unreadable``, the ``passed`` states of the only ignore list, and whether a list is ``free`` from here on and lets
    all below through, for which there are no states then; how many entries lie ``beyond`` in folders that have no rows.
    ``inner`` are folders whose subtrees were walked apart: their own rows tell nothing but the path; None for
    those that vanished. A sheet is finished before the first folder of it is looked at.
    """

    __slots__ = ("beyond", "costs", "ends", "free", "inner", "odd", "passed", "rows", "running", "sizes", "spots",
                 "unreadable", "views", "xattrs")  # fmt: skip

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.ends: list[int] = []
        self.odd: dict[int, Mapping[int, Odd]] = {}
        self.costs: dict[int, Mapping[int, Costs]] = {}
        self.sizes = array("q")
        self.xattrs: dict[int, Pairs] = {}
        self.unreadable: dict[int, tuple[str, str]] = {}
        self.passed: dict[int, State] = {}
        self.free: set[int] = set()
        self.beyond: dict[int, int] = {}
        self.inner: dict[int, tuple[Sheet, int] | Directory | None] = {}
        self.views: dict[int, Directory] = {}
        self.running: Running | None = None
        self.spots: list[Spots] = []

    # --- writing ---------------------------------------------------------------------------------

    def put_off(self, path: str) -> int:
        """The place of the next folder, still without what is in it; its number."""
        self.rows.append((path, 0, 0, 0, "", 0, 0))
        self.ends.append(len(self.rows))
        return len(self.rows) - 1

    def write(self, number: int, path: str, here: stat_result, listed: int, found: Found, xattrs: Pairs = ()) -> None:
        """What the walk saw of the next folder, or of one put off: itself, its entries, the files that count."""
        text, sizes, costs, odd = found
        row = (path, here.st_mode, here.st_mtime_ns, listed, text, len(sizes), len(self.sizes))
        if number == len(self.rows):
            self.rows.append(row)
            self.ends.append(number + 1)
        else:
            self.rows[number] = row
        if sizes:
            self.sizes.extend(sizes)
        if xattrs:
            self.xattrs[number] = xattrs
        if costs:
            self.costs[number], self.odd[number] = costs, odd

    def take_back(self) -> None:
        """Strikes out the last folder."""
        self.rows.pop()
        self.ends.pop()

    def close(self, number: int, beyond: int) -> None:
        """All folders below this one have been written down, but for some with so many entries."""
        self.ends[number] = len(self.rows)
        if beyond:
            self.add_beyond(number, beyond)

    def add_beyond(self, number: int, entries: int) -> None:
        if entries:
            self.beyond[number] = self.beyond.get(number, 0) + entries

    def put_in(self, number: int, folder: tuple[Sheet, int] | Directory | None) -> None:
        """What was found in a folder that was put off: its place in another sheet; None if there is nothing to tell."""
        self.inner[number] = folder

    # --- reading ---------------------------------------------------------------------------------

    def directory(self, number: int = 0) -> Directory | None:
        """A folder as an object, always the same one; None if it vanished."""
        if number in self.inner:
            inner = self.inner[number]
            return inner[0].directory(inner[1]) if isinstance(inner, tuple) else inner
        found = self.views.get(number)
        if found is None:
            found = self.views[number] = self._view(number)
        return found

    def hand_over(self, folder: Directory, number: int) -> None:
        """Lets an object that was made in advance stand for a folder."""
        self.views[number] = folder
        folder.sheet, folder.number = self, number
        self._load(folder, number)

    def _view(self, number: int) -> Directory:
        path, mode, mtime_ns, listed, *_ = self.rows[number]
        made = Directory(path, mode, mtime_ns, self.xattrs.get(number, ()))
        made.listed, made.beyond = listed, self.beyond.get(number, 0)
        made.unreadable = self.unreadable[number][1] if number in self.unreadable else None
        made.passed = self.passed.get(number)
        made.sheet, made.number = self, number
        made.postpone(lambda: self._load(made, number))
        return made

    def _load(self, folder: Directory, number: int) -> None:
        text, count, first = self.rows[number][4:]
        names = text.split("\0") if count else []
        folder.fill(names, self.sizes[first : first + count], columns_of, None)
        if number in self.costs:
            for row, costs in self.costs[number].items():
                for column, cost in zip(folder.columns, costs, strict=True):
                    column[row] = cost
        folder.odd = dict(self.odd.get(number, ()))
        folder.folders = list(self._folders(number, names))

    def _folders(self, number: int, names: list[str]) -> Iterator[tuple[int, Directory]]:
        """The subfolders, each with the file that it sorts before."""
        files = [fsencode(name) for name in names]
        for below in self.below(number):
            child = self.directory(below)
            if child is not None:
                yield bisect_left(files, fsencode(child.name)), child

    def below(self, number: int) -> Iterator[int]:
        """The numbers of the subfolders, in the order of names."""
        child, end = number + 1, self.ends[number]
        while child < end:
            yield child
            child = self.ends[child]

    def files(self, number: int) -> Sums:
        """The sums of a folder's files alone."""
        path, _, _, _, text, count, first = self.rows[number]
        sizes, costs = self.sizes[first : first + count], self.costs.get(number)
        if costs is None:
            return of_plain(path, text, sizes)
        names = [name for row, name in enumerate(text.split("\0")) if row not in costs]
        rest = of_plain(path, "\0".join(names), [size for row, size in enumerate(sizes) if row not in costs])
        sent, packets, tarred = (sum(column) for column in zip(*costs.values(), strict=True))
        return sum(sizes), rest[1] + sent, rest[2] + packets, rest[3] + tarred

    def whole(self, number: int) -> Whole:
        """The sums of all below a folder."""
        if self.running is None:
            from ctxsize.builders.running import Running

            with uncollected():
                self.running = Running(self)
        return self.running.below(number)
