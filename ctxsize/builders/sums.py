"""What the files of one folder cost both builders, in bulk: of a plain file only its size and its path's length count.

Plain is what nearly every file is: regular, readable, one name, no attributes, a mode and a time of the usual length,
an ASCII path of at most ``PLAIN_PATH`` bytes. The tests hold the bulk against ``wire`` and ``tar``, file by file.
"""

from __future__ import annotations

import stat
from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from ctxsize.builders import tar, wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ctxsize.tree import Columns, Directory, Sums

__all__ = ["PLAIN_PATH", "plain_columns", "plain_modes", "plain_sums"]

# the longest path that is one field of the old tar header
PLAIN_PATH = 100
# a packet of a plain file: its tag and length, tag and length of the path, three bytes of mode, ten of time
_MODE = 3
_AROUND = 2 + 2 + _MODE + 10


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
