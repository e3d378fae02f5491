"""What files and folders cost both builders, summed up: of a plain file only its size and its path's length count.

Plain is what nearly every file is: regular, readable, one name, no attributes, a mode and a time of the usual length,
an ASCII path of at most ``PLAIN_PATH`` bytes. The tests hold the bulk against ``wire`` and ``tar``, file by file.
"""

from __future__ import annotations

import os
import stat
from array import array
from bisect import bisect_left, bisect_right
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.builders import tar, wire
from ctxsize.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ctxsize.tree import Columns, Directory, Odd, Sums

__all__ = ["PLAIN_PATH", "Whole", "fill_plainly", "of_folder", "plain_columns", "plain_modes", "plain_sums",
           "uncounted", "whole_of"]  # fmt: skip

# the longest path that is one field of the old tar header
PLAIN_PATH = 100
# a packet of a plain file: its tag and length, tag and length of the path, three bytes of mode, ten of time
_MODE = 3
_AROUND = 2 + 2 + _MODE + 10
_COUNTED = {Kind.FILE, Kind.SYMLINK}


class Whole(NamedTuple):
    """All that the tree has below a folder, the folder itself left out, as ``SentFolder`` sums it up.

    ``passes`` tells what becomes of it under the ignore list that the folder's rows were held against (``passed``):
    True if it lets all of it through, False if nothing of it, None if that has to be asked.
    """

    entries: int
    files: int
    dirs: int
    bytes: int
    wire: int
    packets: int
    tar: int
    walked: int
    plain: bool
    unreadable: tuple[str, str] | None
    passes: bool | None


def whole_of(folder: Directory) -> Whole:
    """Worked out once; whoever changes a tree forgets it on the way to what changed (``Directory.forget_sums``)."""
    if folder.whole is None:
        folder.whole = _added_up(folder)
    return folder.whole


def _added_up(folder: Directory) -> Whole:
    size, sent, packets, tarred = folder.totals()
    entries, dirs, walked = len(folder.names), 0, folder.listed
    files, plain = entries, True
    if folder.odd:
        files -= uncounted(folder.odd.values())
        plain = all(odd.inode is None and odd.readable for odd in folder.odd.values())
    unreadable = (folder.path, folder.unreadable) if folder.unreadable else None
    passes = _passes(folder)
    for _, child in folder.folders:
        below = child.whole or whole_of(child)
        own, own_tar = of_folder(child)
        entries += below.entries + 1
        files += below.files
        dirs += below.dirs + 1
        size += below.bytes
        sent += below.wire + own
        packets += below.packets
        tarred += below.tar + own_tar
        walked += below.walked
        plain = plain and below.plain
        unreadable = unreadable or below.unreadable
        passes = passes if below.passes is passes else None
    return Whole(entries, files, dirs, size, sent, packets, tarred, walked, plain, unreadable, passes)


def _passes(folder: Directory) -> bool | None:
    if folder.passed is None:
        return None
    if not folder.passed.excluded:
        return True
    return None if folder.names else False


def uncounted(odd: Iterable[Odd]) -> int:
    """How many of them are entries, but not files in anybody's count."""
    return sum(one.kind not in _COUNTED for one in odd)


@cache
def _folder_mode(mode: int) -> int:
    """The bytes of the mode field; there are few different ones."""
    return wire.numeric(wire.go_mode(mode | stat.S_IFDIR))


def of_folder(folder: Directory) -> tuple[int, int]:
    """The bytes of a folder's own entry on the wire and in the tar."""
    path, mtime = folder.path, folder.mtime_ns
    length = len(path)
    if path.isascii() and length < PLAIN_PATH and not folder.xattrs and wire.EARLY <= mtime < tar.LATE:
        # wire.stat_packet and tar.entry, written out: two bytes of path, the mode, ten of time, two around them
        return length + 14 + _folder_mode(folder.mode), tar.BLOCK
    name = os.fsencode(path)
    announced = wire.stat_packet(len(name), folder.mode | stat.S_IFDIR, mtime, xattrs=folder.xattrs)
    return announced, tar.entry(name + b"/", 0, mtime)


def plain_modes(*, everything: bool) -> frozenset[int]:
    """The st_mode of regular files that anybody, or root (``everything``), can read, of the usual length."""
    needed = 0 if everything else 0o444
    return frozenset(stat.S_IFREG | bits for bits in range(0o200, 0o1000) if bits & needed == needed)


def plain_sums(prefix: int, names: int, sizes: Sequence[int]) -> Sums:
    """The sums of sizes, wire, packets and tar of a folder of plain files.

    ``prefix`` is the length of the folder's path with its slash, ``names`` that of all names together.
    """
    count, ordered = len(sizes), sorted(sizes)
    empty, chunked = bisect_right(ordered, 0), bisect_left(ordered, wire.CHUNK)
    small = chunked - empty
    # a size of 1, 2 or 3 digits to the base of 128 stands in both packets, with its tag; six bytes more end the file
    digits = (
        3 * small - max(bisect_left(ordered, 128) - empty, 0) - max(bisect_left(ordered, 16384, 0, chunked) - empty, 0)
    )
    total = sum(ordered)
    content = sum(ordered[empty:chunked]) + 6 * small + 2 * digits + 2 * empty
    packets = count + small
    for size in ordered[chunked:]:
        content += _content(size)
        packets += wire.packets(size) - 1
    announced = count * (prefix + _AROUND) + names
    tarred = count * tar.BLOCK + sum([(size + 511) & -512 for size in ordered])
    return total, announced + content, packets, tarred


def fill_plainly(folder: Directory, names: list[str], sizes: array[int]) -> bool:
    """Fills the folder with plain files, given in order; False if the paths or the sizes are not those of such."""
    prefix, text = len(folder.path) + 1 if folder.path else 0, "".join(names)
    if not (folder.path.isascii() and text.isascii()) or prefix + max(map(len, names)) > PLAIN_PATH:
        return False
    sums = plain_sums(prefix, len(text), sizes)
    if sums[0] >= tar.LARGE:
        return False
    folder.fill(names, sizes, plain_columns, sums)
    return True


def plain_columns(folder: Directory) -> Columns:
    """The same row by row: wire, packets and tar."""
    around, sizes = (len(folder.path) + 1 if folder.path else 0) + _AROUND, folder.sizes
    return (
        array("q", [around + len(name) + _content(size) for name, size in zip(folder.names, sizes, strict=True)]),
        array("q", [wire.packets(size) for size in sizes]),
        array("q", [tar.BLOCK + tar.padded(size) for size in sizes]),
    )


def _content(size: int) -> int:
    """What the size adds: its field in the announcement, and the packets of content."""
    return wire.numeric(size) + wire.content_packets(size)[0]
