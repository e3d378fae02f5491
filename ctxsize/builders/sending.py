"""What a builder receives of a tree, as a tree of its own: the one structure that every count and list is taken from.

Folders in equal states are worked out once, whichever build asks first: builds that share a context share most of it.
Sums are kept per folder, so that a whole subtree is counted in one step.
"""

from __future__ import annotations

from itertools import compress
from typing import TYPE_CHECKING

from ctxsize.builders.junk import spotless
from ctxsize.builders.sums import of_folder, uncounted, whole_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ctxsize.builders.gates import Gate, Token
    from ctxsize.tree import Directory

    Rows = Sequence[int]
    # rows of files, then the folder that follows them or None
    Part = tuple[Rows, "SentFolder | None"]
    # what is sent of a folder, by all that it depends on
    Memory = dict[object, "SentFolder"]

__all__ = ["Sender", "SentFolder"]

class SentFolder:
    """The part of a folder that is sent. ``parts`` alternate: rows of files, then the folder that follows them or None.

    ``itself`` tells whether the folder is an entry (the context's root never is). ``files``, ``dirs``, ``bytes``,
    ``entries``, ``wire`` (BuildKit's bytes without packet numbers), ``packets`` (that bear a number) and ``tar`` sum up
    the subtree, the folder included. ``walked`` counts what the client lists below it, ``beyond`` what it lists besides
    if it looks into every folder. ``plain`` is False if something in it costs less depending on what was sent before:
    second names of a file, unreadable files.
    ``unreadable`` is (path, reason) of the first folder that cannot be looked into.
    """

    __slots__ = ("_expand", "_parts", "beyond", "bytes", "dirs", "entries", "files", "folder", "itself", "packets",
                 "plain", "tar", "unreadable", "walked", "wire")  # fmt: skip

    def __init__(self, folder: Directory) -> None:
        self.folder = folder
        self.itself = False
        self._parts: list[Part] = []
        self._expand: Callable[[], list[Part]] | None = None
        self.files = self.dirs = self.bytes = self.entries = 0
        self.wire = self.packets = self.tar = self.walked = self.beyond = 0
        self.plain = True
        self.unreadable: tuple[str, str] | None = None

    @classmethod
    def wholly(cls, folder: Directory, kept: bool, memory: Memory) -> SentFolder:
        """All that the tree has there: only summed up, and looked into when somebody asks for its parts."""
        key = (id(folder), kept)
        found = memory.get(key)
        if found is None:
            found = memory[key] = cls(folder)
            (found.entries, found.files, found.dirs, found.bytes, found.wire, found.packets, found.tar, found.walked,
             found.beyond, found.plain, found.unreadable, _) = whole_of(folder)  # fmt: skip
            found._expand = lambda: _whole_parts(folder, memory)
            if kept:
                found.add_itself()
        return found

    @property
    def parts(self) -> list[Part]:
        if self._expand is not None:
            self._parts, self._expand = self._expand(), None
        return self._parts

    def add_files(self, rows: Rows) -> None:
        folder, count = self.folder, len(rows)
        if count == len(folder.names):
            size, cost, packets, tarred = folder.totals()
        else:
            columns = (folder.sizes, folder.wire, folder.packets, folder.tar)
            size, cost, packets, tarred = (total(column, rows) for column in columns)
        self.entries += count
        self.files += count
        self.bytes += size
        self.wire += cost
        self.packets += packets
        self.tar += tarred
        if folder.odd:
            self._mind_the_odd(rows)

    def _mind_the_odd(self, rows: Rows) -> None:
        odds = [odd for row, odd in self.folder.odd.items() if row in rows]
        self.files -= uncounted(odds)
        self.plain = self.plain and all(odd.inode is None and odd.readable for odd in odds)

    def add_folder(self, below: SentFolder) -> None:
        self.files += below.files
        self.dirs += below.dirs
        self.bytes += below.bytes
        self.entries += below.entries
        self.wire += below.wire
        self.packets += below.packets
        self.tar += below.tar
        self.walked += below.walked
        self.beyond += below.beyond
        self.plain = self.plain and below.plain
        self.unreadable = self.unreadable or below.unreadable

    def add_itself(self) -> None:
        cost, tarred = of_folder(self.folder)
        self.itself = True
        self.dirs += 1
        self.entries += 1
        self.wire += cost
        self.tar += tarred

    def runs(self) -> Iterator[tuple[Directory, Rows | None]]:
        """Every entry in the order it is sent: files of one folder that follow each other, None for a folder itself."""
        todo: list[Iterator[tuple[Directory, Rows | SentFolder | None]]] = [self._own()]
        while todo:
            for folder, what in todo[-1]:
                if isinstance(what, SentFolder):
                    todo.append(what._own())
                    break
                yield folder, what
            else:
                todo.pop()

    def _own(self) -> Iterator[tuple[Directory, Rows | SentFolder | None]]:
        if self.itself:
            yield self.folder, None
        for rows, below in self.parts:
            if rows:
                yield self.folder, rows
            if below is not None:
                yield self.folder, below


def _whole_parts(folder: Directory, memory: Memory) -> list[Part]:
    parts: list[Part] = []
    for start, end, child in folder.segments():
        below = None if child is None else SentFolder.wholly(child, True, memory)
        if start < end or below is not None:
            parts.append((range(start, end), below))
    return parts


def _only_walked(folder: Directory) -> SentFolder:
    """Nothing of it is sent, but the client looks into every folder."""
    sent = SentFolder(folder)
    whole = whole_of(folder)
    sent.walked, sent.beyond = whole.walked, whole.beyond
    return sent


class Sender:
    """Works out what passes a gate. ``memory`` is shared by all builds of one tree."""

    def __init__(self, gate: Gate, memory: Memory) -> None:
        self._gate = gate
        self._memory = memory

    def send(self, root: Directory) -> SentFolder:
        """What is sent of a whole context. Raises BadPatternError when a broken pattern meets an entry."""
        return self._known(root, self._gate.start, kept=False)

    def _known(self, folder: Directory, token: Token, *, kept: bool) -> SentFolder:
        passes = token.open or self._passes(folder, token)
        if passes:
            return SentFolder.wholly(folder, kept, self._memory)
        alike = token.same_for_all and not self._gate.looks_everywhere
        key = (id(folder), token, kept, None if alike else self._gate.kind)
        found = self._memory.get(key)
        if found is None:
            nothing = passes is False and self._gate.looks_everywhere
            found = self._memory[key] = _only_walked(folder) if nothing else self._look_into(folder, token, kept)
        return found

    def _passes(self, folder: Directory, token: Token) -> bool | None:
        """Whether all below a folder passes, or nothing, where that is known from the walk or soon found out."""
        ignore = token.ignore
        if not token.asks_all:
            return None
        if folder.passed is ignore:
            return whole_of(folder).passes
        # walked for several lists: on a sheet it is quicker to look for what this one keeps out than to go through all
        soon = folder.sheet is not None and not (ignore.excluded or ignore.whole_path)
        return True if soon and spotless(folder, ignore) else None

    def _look_into(self, folder: Directory, token: Token, kept: bool) -> SentFolder:
        sent = SentFolder(folder)
        sent.walked, sent.beyond = folder.listed, folder.beyond
        if folder.unreadable:
            sent.unreadable = (folder.path, folder.unreadable)
        for start, end, child in folder.segments():
            rows = self._gate.rows(token, folder, start, end) if start < end else ()
            if rows:
                sent.add_files(rows)
            below = self._below(child, token) if child is not None else None
            if below is not None:
                sent.add_folder(below)
            if rows or (below is not None and below.entries):
                sent._parts.append((rows, below if below is not None and below.entries else None))
        if kept or (sent.entries and self._gate.lazy_parents and folder.path):
            sent.add_itself()
        return sent

    def _below(self, child: Directory, token: Token) -> SentFolder | None:
        passage = self._gate.folder(token, child)
        if passage.descends:
            return self._known(child, passage.token, kept=passage.kept)
        if not passage.kept:
            return None
        alone = SentFolder(child)
        alone.add_itself()
        return alone


def total(column: Sequence[int], rows: Rows) -> int:
    """The sum of a column's rows."""
    if isinstance(rows, range):
        return sum(column[rows.start : rows.stop]) if len(rows) < len(column) else sum(column)
    return sum(map(column.__getitem__, rows))


def chosen(rows: Rows, tests: Sequence[bool]) -> list[int]:
    """The rows whose test holds."""
    return list(compress(rows, tests))
