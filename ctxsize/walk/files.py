"""The files of one folder: what the builders mind about each, in the order of names.

Nearly every file is plain (see ``builders.sums``), and of a plain file only the size is kept. A folder whose files are
all plain is looked at in bulk, by calls that loop in C; any other one file by file.
"""

from __future__ import annotations

import os
from array import array
from contextlib import suppress
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

    from ctxsize.builders.sheet import Costs, Found
    from ctxsize.walk.attributes import Attributes

    # size, costs, and what is odd if anything is but the time
    Cell = tuple[int, Costs, Odd | None]
    Look = Callable[[str], os.stat_result]

__all__ = ["Files", "listed"]

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
        if len(names) <= _BULK:
            return self._looked_at(path, descriptor, text, names, look, base)
        parts = [names[start : start + _BULK] for start in range(0, len(names), _BULK)]
        return _joined([self._looked_at(path, descriptor, "\0".join(part), part, look, base) for part in parts])

    def _looked_at(self, path: str, descriptor: int, text: str, names: list[str], look: Look, base: str) -> Found:
        try:
            seen = list(map(look, names))
        except FileNotFoundError:
            names, seen = _still_there(names, look)
            text = "\0".join(names)
        if not names:
            return NOTHING
        modes, _, _, links, _, _, sizes, _, times, _ = zip(*seen, strict=True)
        closer = self._attributes.marked(base, names)
        if not self._modes.issuperset(modes) or max(links) != 1 or min(times) < _EARLY or max(times) >= _LATE:
            usual = self._modes
            closer += [
                name for name, mode, count, time in zip(names, modes, links, times, strict=True)
                if mode not in usual or count != 1 or not _EARLY <= time < _LATE
            ]  # fmt: skip
        return self._with_odd(path, descriptor, names, sizes, closer) if closer else (text, sizes, {}, {})

    # --- where not all are plain -----------------------------------------------------------------

    def _with_odd(
        self, path: str, descriptor: int, names: list[str], sizes: Sequence[int], closer: Iterable[str]
    ) -> Found:
        """The same where some files are not plain, or of an unusual time."""
        prefix, cells, gone = f"{path}/" if path else "", dict[str, "Cell"](), set[str]()
        for name in closer:
            try:
                here = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
            except FileNotFoundError:  # gone meanwhile
                gone.add(name)
            else:
                cells[name] = self._cell(prefix, descriptor, name, here)
        all_sizes = [cells[name][0] if name in cells else size for name, size in zip(names, sizes, strict=True)]
        if gone:
            all_sizes = [size for name, size in zip(names, all_sizes, strict=True) if name not in gone]
            names = [name for name in names if name not in gone]
        rows = {row: cells[name] for row, name in enumerate(names) if name in cells}
        odd = {row: one for row, (_, _, one) in rows.items() if one is not None}
        return "\0".join(names), all_sizes, {row: costs for row, (_, costs, _) in rows.items()}, odd

    def _cell(self, prefix: str, descriptor: int, name: str, here: os.stat_result) -> Cell:
        path = os.fsencode(prefix + name)
        closer = self._attributes.odd(prefix + name, here, descriptor)
        regular, link = closer.kind is Kind.FILE, os.fsencode(closer.link)
        announced = wire.stat_packet(len(path), here.st_mode, here.st_mtime_ns, here.st_size, len(link), closer.rdev,
                                     closer.xattrs)  # fmt: skip
        requested = regular or closer.kind is Kind.SOCKET
        content, packets = wire.content_packets(here.st_size) if requested else (0, 0)
        size = here.st_size if regular else 0
        in_tar = closer.kind is not Kind.SOCKET
        tarred = tar.entry(path, size, here.st_mtime_ns, link, closer.capability) if in_tar else 0
        return size, (announced + content, packets, tarred), closer if closer != _plain(here) else None


def _still_there(names: list[str], look: Look) -> tuple[list[str], list[os.stat_result]]:
    """Without those that went away since they were listed."""
    found: dict[str, os.stat_result] = {}
    for name in names:
        with suppress(FileNotFoundError):
            found[name] = look(name)
    return list(found), list(found.values())


def _joined(parts: Sequence[Found]) -> Found:
    """One folder that was looked at in parts."""
    sizes, costs, odd = array("q"), dict[int, "Costs"](), dict[int, Odd]()
    for _, own, more, odd_ones in parts:
        costs |= {len(sizes) + row: one for row, one in more.items()}
        odd |= {len(sizes) + row: one for row, one in odd_ones.items()}
        sizes.extend(own)
    return "\0".join([text for text, own, _, _ in parts if own]), sizes, costs, odd


def _plain(here: os.stat_result) -> Odd:
    """What is known of a readable regular file of one name and without attributes, whatever its name and time."""
    return Odd(Kind.FILE, here.st_mode, here.st_mtime_ns, here.st_size, rdev=here.st_rdev)
