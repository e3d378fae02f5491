"""The files of one folder: what the builders mind about each, in the order of names.

Nearly every file is plain (see ``builders.sums``), and of a plain file only the size is kept. A folder whose files are
all plain is looked at in bulk, by calls that loop in C; any other one file by file.
"""

from __future__ import annotations

import os
import stat
from array import array
from functools import partial
from typing import TYPE_CHECKING

from ctxsize.builders import tar, wire
from ctxsize.builders.sheet import NOTHING
from ctxsize.builders.sums import plain_modes
from ctxsize.builders.tar import LATE, SECOND
from ctxsize.builders.wire import EARLY
from ctxsize.model import Kind
from ctxsize.tree import Odd

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ctxsize.builders.sheet import Found
    from ctxsize.walk.attributes import Attributes

    # name, size, wire, packets, tar: a row of the columns
    Cell = tuple[str, int, int, int, int]
    Look = Callable[[str], os.stat_result]

__all__ = ["Files", "listed"]

# any of the plain modes
_PLAIN_MODE = stat.S_IFREG | 0o644
# times that surely are usual, in whole seconds
_EARLY, _LATE = EARLY // SECOND + 1, LATE // SECOND
# so many answers of stat are held at once
_BULK = 4096


def listed(descriptor: int) -> tuple[list[str], list[str], OSError | None]:
    """The names of files (anything that is not a folder) and of subfolders, in no order, and what went wrong."""
    files: list[str] = []
    folders: list[str] = []
    try:
        with os.scandir(descriptor) as entries:
            for entry in entries:
                (folders if entry.is_dir(follow_symlinks=False) else files).append(entry.name)
    except OSError as error:
        return files, [], error
    return files, folders, None


class Files:
    """Looks at the files of folders under one context."""

    def __init__(self, attributes: Attributes) -> None:
        self._attributes = attributes
        self._modes = plain_modes(everything=os.geteuid() == 0)

    def look(self, path: str, descriptor: int, names: list[str]) -> Found:
        """The files so named, some at least, in the folder at ``path``. Raises OSError where that cannot be done."""
        names.sort()
        text = "\0".join(names)
        if not text.isascii():
            names.sort(key=os.fsencode)
            text = "\0".join(names)
        base = self._attributes.enter(path, descriptor)
        look: Look = partial(os.stat, dir_fd=descriptor, follow_symlinks=False) if base else os.lstat
        sizes = self._plain_sizes(names, look, base) if len(names) <= _BULK else self._in_parts(names, look, base)
        return self._one_by_one(path, descriptor, names, base) if sizes is None else (text, sizes, None, {})

    def _plain_sizes(self, names: list[str], look: Look, base: str) -> Sequence[int] | None:
        """The sizes of files that are all plain; None if one of them is not, or went away."""
        try:
            modes, _, _, links, _, _, sizes, _, times, _ = zip(*map(look, names), strict=True)
        except FileNotFoundError:
            return None
        if not self._modes.issuperset(modes) or max(links) != 1 or min(times) < _EARLY or max(times) >= _LATE:
            return None
        return None if self._attributes.marked(base, names) else sizes

    def _in_parts(self, names: list[str], look: Look, base: str) -> Sequence[int] | None:
        sizes = array("q")
        for start in range(0, len(names), _BULK):
            found = self._plain_sizes(names[start : start + _BULK], look, base)
            if found is None:
                return None
            sizes.extend(found)
        return sizes

    # --- where not all are plain -----------------------------------------------------------------

    def _one_by_one(self, path: str, descriptor: int, names: list[str], base: str) -> Found:
        prefix, marked, odd = f"{path}/" if path else "", set(self._attributes.marked(base, names)), dict[str, Odd]()
        cells: list[Cell] = []
        for name in names:
            try:
                here = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            except FileNotFoundError:  # gone since it was listed
                continue
            cells.append(self._plain_cell(prefix, name, here) if name not in marked and self._is_plain(here)
                         else self._cell(prefix, descriptor, name, here, odd))  # fmt: skip
        return _found(cells, odd) if cells else NOTHING

    def _is_plain(self, here: os.stat_result) -> bool:
        return here.st_mode in self._modes and here.st_nlink == 1 and EARLY <= here.st_mtime_ns < LATE

    def _plain_cell(self, prefix: str, name: str, here: os.stat_result) -> Cell:
        path, size = os.fsencode(prefix + name), here.st_size
        sent = wire.regular_file(len(path), _PLAIN_MODE, EARLY, size)
        return name, size, sent, wire.packets(size), tar.entry(path, size, EARLY)

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


def _found(cells: Iterable[Cell], odd: dict[str, Odd]) -> Found:
    names, sizes, *costs = zip(*cells, strict=True)
    sent, packets, tarred = (array("q", column) for column in costs)
    columns = sent, packets, tarred
    rows = {row: odd[name] for row, name in enumerate(names) if name in odd}
    return "\0".join(names), sizes, columns, rows


def _plain(here: os.stat_result) -> Odd:
    """What is known of a readable regular file of one name and without attributes, whatever its name and time."""
    return Odd(Kind.FILE, here.st_mode, here.st_mtime_ns, here.st_size, rdev=here.st_rdev)
