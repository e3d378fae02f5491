"""Bytes on the way: adds up a stream's runs as BuildKit's receiver counts them, or as the classic archive grows."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from ctxsize.builders import tar, wire
from ctxsize.model import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ctxsize.tree import Directory, Odd


def name_length(path: str) -> int:
    return len(path) if path.isascii() else len(os.fsencode(path))


class WireCount:
    """BuildKit: packets carry the number of their entry, so a file costs more the later it comes.

    ``arrives_empty`` names the rows of a run that the client will refuse to open although it announced them.
    """

    def __init__(self, arrives_empty: Callable[[Directory, Sequence[int]], Iterable[int]] | None = None) -> None:
        self.bytes = wire.FIN
        self.emptied: list[str] = []
        self._next = 0
        self._links: dict[int, int] = {}
        self._arrives_empty = arrives_empty

    def folder(self, folder: Directory) -> None:
        length = name_length(folder.path)
        self.bytes += wire.stat_packet(length, folder.mode | stat.S_IFDIR, folder.mtime_ns, xattrs=folder.xattrs)
        self._next += 1

    def files(self, folder: Directory, rows: Sequence[int]) -> None:
        first, last = self._next, self._next + len(rows) - 1
        refused = set(self._arrives_empty(folder, rows)) if self._arrives_empty else set()
        if not folder.odd and not refused and wire.numeric(first) == wire.numeric(last):
            self.bytes += _total(folder.wire, rows) + _total(folder.packets, rows) * wire.numeric(first)
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


def _total(column: Sequence[int], rows: Sequence[int]) -> int:
    if isinstance(rows, range):
        return sum(column[rows.start : rows.stop])
    return sum(map(column.__getitem__, rows))


class TarCount:
    """The classic archive. Sockets are left out of it; a second name of a file is a link entry without data."""

    def __init__(self) -> None:
        self.bytes = tar.TRAILER
        self._links: dict[int, str] = {}

    def folder(self, folder: Directory) -> None:
        self.bytes += tar.entry(os.fsencode(folder.path) + b"/", 0, folder.mtime_ns)

    def files(self, folder: Directory, rows: Sequence[int]) -> None:
        if not folder.odd:
            self.bytes += _total(folder.tar, rows)
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
