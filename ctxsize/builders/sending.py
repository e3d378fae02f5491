"""What a builder receives of a tree, as a tree of its own: the one structure that every count and list is taken from.

Folders in equal states are worked out once, whichever build asks first: builds that share a context share most of it.
Sums are kept per folder, so that a whole subtree is counted in one step.
"""

from __future__ import annotations

import os
import stat
from itertools import compress
from typing import TYPE_CHECKING

from ctxsize.builders import tar, wire
from ctxsize.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ctxsize.builders.gates import Gate, Token
    from ctxsize.tree import Directory

    Rows = Sequence[int]

__all__ = ["Sender", "SentFolder"]

_COUNTED = {Kind.FILE, Kind.SYMLINK}


class SentFolder:
    """The part of a folder that is sent. ``parts`` alternate: rows of files, then the folder that follows them or None.

    ``itself`` tells whether the folder is an entry (the context's root never is). ``files``, ``dirs``, ``bytes``,
    ``entries``, ``wire`` (BuildKit's bytes without packet numbers), ``packets`` (that bear a number) and ``tar`` sum up
    the subtree, the folder included. ``walked`` counts what the client lists below it. ``plain`` is False if something
    in it costs less depending on what was sent before: second names of a file, unreadable files.
    ``unreadable`` is (path, reason) of the first folder that cannot be looked into.
    """

    __slots__ = ("bytes", "dirs", "entries", "files", "folder", "itself", "packets", "parts", "plain", "tar",
                 "unreadable", "walked", "wire")  # fmt: skip

    def __init__(self, folder: Directory) -> None:
        self.folder = folder
        self.itself = False
        self.parts: list[tuple[Rows, SentFolder | None]] = []
        self.files = self.dirs = self.bytes = self.entries = 0
        self.wire = self.packets = self.tar = self.walked = 0
        self.plain = True
        self.unreadable: tuple[str, str] | None = None

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
        for row, odd in self.folder.odd.items():
            if row in rows:
                self.files -= odd.kind not in _COUNTED
                self.plain = self.plain and odd.inode is None and odd.readable

    def add_folder(self, below: SentFolder) -> None:
        self.files += below.files
        self.dirs += below.dirs
        self.bytes += below.bytes
        self.entries += below.entries
        self.wire += below.wire
        self.packets += below.packets
        self.tar += below.tar
        self.walked += below.walked
        self.plain = self.plain and below.plain
        self.unreadable = self.unreadable or below.unreadable

    def add_itself(self) -> None:
        cost, tarred = _of_folder(self.folder)
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


class Sender:
    """Works out what passes a gate. ``memory`` is shared by all builds of one tree."""

    def __init__(self, gate: Gate, memory: dict[object, SentFolder]) -> None:
        self._gate = gate
        self._memory = memory

    def send(self, root: Directory) -> SentFolder:
        """What is sent of a whole context. Raises BadPatternError when a broken pattern meets an entry."""
        return self._known(root, self._gate.start, kept=False)

    def _known(self, folder: Directory, token: Token, *, kept: bool) -> SentFolder:
        key = (id(folder), token, kept, None if token.same_for_all else self._gate.kind)
        found = self._memory.get(key)
        if found is None:
            found = self._memory[key] = self._look_into(folder, token, kept)
        return found

    def _look_into(self, folder: Directory, token: Token, kept: bool) -> SentFolder:
        sent = SentFolder(folder)
        sent.walked = folder.listed
        if token.open:
            self._take_all(sent, token)
            if kept:
                sent.add_itself()
            return sent
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
                sent.parts.append((rows, below if below is not None and below.entries else None))
        if kept or (sent.entries and self._gate.lazy_parents and folder.path):
            sent.add_itself()
        return sent

    def _take_all(self, sent: SentFolder, token: Token) -> None:
        """Nothing below is held back, so the gate needs not be asked."""
        folder = sent.folder
        if folder.unreadable:
            sent.unreadable = (folder.path, folder.unreadable)
        if folder.names:
            sent.add_files(range(len(folder.names)))
        for start, end, child in folder.segments():
            below = None
            if child is not None:
                below = self._known(child, token, kept=True)
                sent.add_folder(below)
            if start < end or below is not None:
                sent.parts.append((range(start, end), below))

    def _below(self, child: Directory, token: Token) -> SentFolder | None:
        passage = self._gate.folder(token, child)
        if passage.descends:
            return self._known(child, passage.token, kept=passage.kept)
        if not passage.kept:
            return None
        alone = SentFolder(child)
        alone.add_itself()
        return alone


def _of_folder(folder: Directory) -> tuple[int, int]:
    """The bytes of a folder's own entry on the wire and in the tar."""
    path, mtime = folder.path, folder.mtime_ns
    length = len(path)
    if path.isascii() and length < 100 and not folder.xattrs and wire.EARLY <= mtime < tar.LATE:
        # wire.stat_packet and tar.entry, written out: two bytes of path, the mode, ten of time, two around them
        return length + 14 + wire.numeric(wire.go_mode(folder.mode | stat.S_IFDIR)), tar.BLOCK
    name = os.fsencode(path)
    announced = wire.stat_packet(len(name), folder.mode | stat.S_IFDIR, mtime, xattrs=folder.xattrs)
    return announced, tar.entry(name + b"/", 0, mtime)


def total(column: Sequence[int], rows: Rows) -> int:
    """The sum of a column's rows."""
    if isinstance(rows, range):
        return sum(column[rows.start : rows.stop]) if len(rows) < len(column) else sum(column)
    return sum(map(column.__getitem__, rows))


def chosen(rows: Rows, tests: Sequence[bool]) -> list[int]:
    """The rows whose test holds."""
    return list(compress(rows, tests))
