"""Bytes on the way: what BuildKit's receiver counts, and how long the classic archive grows.

Where nothing depends on what was sent before, sums of whole subtrees do; where something does, entries are gone through
in order.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from ctxsize.builders import tar, wire
from ctxsize.builders.sending import total
from ctxsize.model import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ctxsize.builders.sending import SentFolder
    from ctxsize.tree import Directory, Odd


def name_length(path: str) -> int:
    return len(path) if path.isascii() else len(os.fsencode(path))


def buildkit_bytes(sent: SentFolder, refused: Mapping[int, set[int]] | None = None) -> tuple[int, tuple[str, ...]]:
    """(bytes of ``transferring context``, files that arrive empty although they are not).

    ``refused`` are the rows, by ``id`` of their folder, that the client announces and then refuses to open; folders on
    the way to them have no rows there.
    """
    if sent.plain and not refused:
        return wire.FIN + sent.wire + _numbers(sent, 0), ()
    count = WireCount(refused or {})
    count.all(sent)
    return count.bytes, tuple(count.emptied)


def archive_bytes(sent: SentFolder) -> int:
    """The length of the classic client's tar."""
    if sent.plain:
        return tar.TRAILER + sent.tar
    count = TarCount()
    count.all(sent)
    return count.bytes


def _numbers(sent: SentFolder, first: int) -> int:
    """The bytes of packet numbers in a subtree whose first entry has the number ``first``."""
    if wire.numeric(first) == wire.numeric(first + sent.entries - 1):
        return sent.packets * wire.numeric(first)
    cost, number = 0, first + sent.itself
    for rows, below in sent.parts:
        cost += _row_numbers(sent.folder, rows, number)
        number += len(rows)
        if below is not None:
            cost += _numbers(below, number)
            number += below.entries
    return cost


def _row_numbers(folder: Directory, rows: Sequence[int], first: int) -> int:
    if not rows or wire.numeric(first) == wire.numeric(first + len(rows) - 1):
        return total(folder.packets, rows) * wire.numeric(first)
    return sum(folder.packets[row] * wire.numeric(first + place) for place, row in enumerate(rows))


def _go_through(sent: SentFolder, count: WireCount | TarCount) -> None:
    """A folder, its rows and what is below it, in the order in which they are sent."""
    if sent.itself:
        count.folder(sent.folder)
    for rows, below in sent.parts:
        count.files(sent.folder, rows)
        if below is not None:
            count.all(below)


class WireCount:
    """BuildKit: packets carry the number of their entry, so a file costs more the later it comes.

    ``refused`` are the rows, by ``id`` of their folder, that the client will refuse to open although it announced them.
    """

    def __init__(self, refused: Mapping[int, set[int]]) -> None:
        self.bytes = wire.FIN
        self.emptied: list[str] = []
        self._next = 0
        self._links: dict[int, int] = {}
        self._refused = refused

    def all(self, sent: SentFolder) -> None:
        """A folder with all below it: at once where nothing in it depends on anything else."""
        if sent.plain and id(sent.folder) not in self._refused:
            self.bytes += sent.wire + (_numbers(sent, self._next) if sent.entries else 0)
            self._next += sent.entries
            return
        _go_through(sent, self)

    def folder(self, folder: Directory) -> None:
        length = name_length(folder.path)
        self.bytes += wire.stat_packet(length, folder.mode | stat.S_IFDIR, folder.mtime_ns, xattrs=folder.xattrs)
        self._next += 1

    def files(self, folder: Directory, rows: Sequence[int]) -> None:
        if not rows:
            return
        first, last = self._next, self._next + len(rows) - 1
        refused = self._refused.get(id(folder), ())
        if not folder.odd and not refused and wire.numeric(first) == wire.numeric(last):
            self.bytes += total(folder.wire, rows) + total(folder.packets, rows) * wire.numeric(first)
            self._next = last + 1
            return
        for row in rows:
            self._file(folder, row, row in refused)

    def _file(self, folder: Directory, row: int, refused: bool) -> None:
        number = wire.numeric(self._next)
        self._next += 1
        odd = folder.odd.get(row)
        cost, packets = folder.wire[row], folder.packets[row]
        path = folder.path_of(folder.names[row])
        if odd is not None and odd.inode is not None:
            first = self._links.get(odd.inode)
            if first is not None:
                # a second name of a file: announced with its real size and the first name, content not asked for
                self.bytes += _stat_of(path, odd, first)
                return
            self._links[odd.inode] = name_length(path)
        if (refused or (odd is not None and not odd.readable)) and packets:
            if packets > 1:
                self.emptied.append(path)
            cost, packets = cost - wire.content_packets(folder.sizes[row])[0] + 2, 1
        self.bytes += cost + packets * number


def _stat_of(path: str, odd: Odd, link_length: int) -> int:
    return wire.stat_packet(name_length(path), odd.mode, odd.mtime_ns, odd.size, link_length, odd.rdev, odd.xattrs)


class TarCount:
    """The classic archive. Sockets are left out of it; a second name of a file is a link entry without data."""

    def __init__(self) -> None:
        self.bytes = tar.TRAILER
        self._links: dict[int, str] = {}

    def all(self, sent: SentFolder) -> None:
        """A folder with all below it: at once where nothing in it depends on anything else."""
        if sent.plain:
            self.bytes += sent.tar
            return
        _go_through(sent, self)

    def folder(self, folder: Directory) -> None:
        self.bytes += tar.entry(os.fsencode(folder.path) + b"/", 0, folder.mtime_ns)

    def files(self, folder: Directory, rows: Sequence[int]) -> None:
        if not folder.odd:
            self.bytes += total(folder.tar, rows)
            return
        for row in rows:
            odd = folder.odd.get(row)
            if odd is None or odd.inode is None or odd.kind is Kind.SOCKET:
                self.bytes += folder.tar[row]
                continue
            path = folder.path_of(folder.names[row])
            first = self._links.setdefault(odd.inode, path)
            self.bytes += folder.tar[row] if first == path else _second_name(path, odd, first)


def _second_name(path: str, odd: Odd, first: str) -> int:
    return tar.entry(os.fsencode(path), 0, odd.mtime_ns, os.fsencode(first), odd.capability)
