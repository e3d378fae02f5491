"""The files of one folder: what the builders mind about each, as columns in the order of names.

Nearly every file is plain (see ``builders.sums``): of such a one only the size is kept. The rest is looked at closer.
"""

from __future__ import annotations

import os
from array import array
from contextlib import suppress
from typing import TYPE_CHECKING

from ctxsize.builders import tar, wire
from ctxsize.builders.sums import fill_plainly, plain_modes
from ctxsize.builders.tar import LATE
from ctxsize.builders.wire import EARLY
from ctxsize.model import Kind
from ctxsize.tree import Odd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ctxsize.tree import Directory
    from ctxsize.walk.attributes import Attributes
    from ctxsize.walk.wanted import Test

    # name, size, wire, packets, tar: a row of the columns
    Cell = tuple[str, int, int, int, int]

__all__ = ["Files"]

# any of the plain modes
_PLAIN_MODE = 0o100644


class Files:
    """Reads the files of folders, and lists their subfolders."""

    def __init__(self, attributes: Attributes) -> None:
        self._attributes = attributes
        self._modes = plain_modes(everything=os.geteuid() == 0)

    def read(self, folder: Directory, descriptor: int, excluded: Test) -> list[str]:
        """Fills the folder's rows; the names of its subfolders. Raises OSError if it cannot be listed."""
        found = _Found()
        try:
            with os.scandir(descriptor) as entries:
                folder.listed = self._sort_out(entries, excluded, found)
        finally:
            if found.plain or found.closer:
                self._fill(folder, descriptor, found)
        return found.folders

    def _sort_out(self, entries: Iterator[os.DirEntry[str]], excluded: Test, found: _Found) -> int:
        """One entry after the other, as little as can be for each: how many there are."""
        modes, plain, folders, left_out = self._modes, found.plain, found.folders, 0
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
                continue
            name = entry.name
            if excluded is not False and (excluded is True or (excluded(name) and "\n" not in name)):
                left_out += 1
                continue
            try:
                here = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if here.st_mode in modes and here.st_nlink == 1 and EARLY <= here.st_mtime_ns < LATE:
                plain[name] = here.st_size
            else:
                found.closer.append((name, here))
        return len(folders) + len(plain) + len(found.closer) + left_out

    def _fill(self, folder: Directory, descriptor: int, found: _Found) -> None:
        """The columns of a folder, in the order of names."""
        plain, prefix = found.plain, f"{folder.path}/" if folder.path else ""
        for name in self._attributes.marked(prefix, descriptor, plain):
            del plain[name]
            with suppress(FileNotFoundError):  # gone since it was listed
                found.closer.append((name, os.lstat(name, dir_fd=descriptor)))
        if not plain and not found.closer:
            return
        names = sorted(plain)
        if found.closer or not fill_plainly(folder, names, array("q", [plain[name] for name in names])):
            self._fill_each(folder, prefix, descriptor, found)

    def _fill_each(self, folder: Directory, prefix: str, descriptor: int, found: _Found) -> None:
        """The same, file by file."""
        odd = dict[str, Odd]()
        cells = [_plain_cell(prefix, name, size) for name, size in found.plain.items()]
        cells += [self._cell(prefix, descriptor, name, here, odd) for name, here in found.closer]
        cells.sort(key=_bytes_of_name)
        names, sizes, *columns = zip(*cells, strict=True)
        sent, packets, tarred = (array("q", column) for column in columns)
        sums = (sum(sizes), sum(sent), sum(packets), sum(tarred))
        folder.fill(list(names), array("q", sizes), (sent, packets, tarred), sums)
        folder.odd = {row: odd[name] for row, name in enumerate(names) if name in odd}

    def _cell(self, prefix: str, descriptor: int, name: str, here: os.stat_result, odd: dict[str, Odd]) -> Cell:
        """An entry that is not plain, or has an unusual time."""
        path = os.fsencode(prefix + name)
        closer = self._attributes.odd(prefix + name, here, descriptor)
        if closer != _plain(here):
            odd[name] = closer
        regular, link = closer.kind is Kind.FILE, os.fsencode(closer.link)
        announced = wire.stat_packet(len(path), here.st_mode, here.st_mtime_ns, here.st_size, len(link), closer.rdev,
                                     closer.xattrs)  # fmt: skip
        requested = regular or closer.kind is Kind.SOCKET
        content, packets = wire.content_packets(here.st_size) if requested else (0, 0)
        size = here.st_size if regular else 0
        in_tar = closer.kind is not Kind.SOCKET
        tarred = tar.entry(path, size, here.st_mtime_ns, link, closer.capability) if in_tar else 0
        return name, size, announced + content, packets, tarred


class _Found:
    """What one folder holds, before it is put in order."""

    __slots__ = ("closer", "folders", "plain")

    def __init__(self) -> None:
        self.plain: dict[str, int] = {}
        self.closer: list[tuple[str, os.stat_result]] = []
        self.folders: list[str] = []


def _plain_cell(prefix: str, name: str, size: int) -> Cell:
    """A plain file, but for its path or its size."""
    path = os.fsencode(prefix + name)
    sent = wire.regular_file(len(path), _PLAIN_MODE, EARLY, size)
    return name, size, sent, wire.packets(size), tar.entry(path, size, EARLY)


def _plain(here: os.stat_result) -> Odd:
    """What is known of a readable regular file of one name and without attributes, whatever its name and time."""
    return Odd(Kind.FILE, here.st_mode, here.st_mtime_ns, here.st_size, rdev=here.st_rdev)


def _bytes_of_name(cell: Cell) -> bytes:
    return os.fsencode(cell[0])
