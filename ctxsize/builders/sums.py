"""What files and folders cost both builders, summed up: of a plain file only its size and its path's length count.

Plain is what nearly every file is: regular, readable, one name, no attributes, a mode and a time of the usual length,
an ASCII path of at most ``PLAIN_PATH`` bytes. The tests hold the bulk against ``wire`` and ``tar``, file by file.
"""

from __future__ import annotations

import os
import stat
from array import array
from functools import cache
from operator import add
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.builders import tar, wire
from ctxsize.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ctxsize.tree import Columns, Directory, Odd, Pairs, Sums

__all__ = ["AROUND", "EXTRA", "PLAIN_PATH", "Whole", "announced", "columns_of", "content", "fill_plainly",
           "folder_mode", "is_bound", "is_usual", "of_columns", "of_entry", "of_folder", "of_plain", "plain_modes",
           "uncounted", "whole_of"]  # fmt: skip

# the longest path that is one field of the old tar header
PLAIN_PATH = 100
# a packet of a plain file: its tag and length, tag and length of the path, three bytes of mode, ten of time
_MODE = 3
AROUND = 2 + 2 + _MODE + 10
_COUNTED = {Kind.FILE, Kind.SYMLINK}
# what a longer path may have and still stand in the old tar header: so much in front of its last slash
_FOLDER_PATH = 155
# any of the plain modes
_PLAIN_MODE = 0o100644


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
    beyond: int
    plain: bool
    unreadable: tuple[str, str] | None
    passes: bool | None


def whole_of(folder: Directory) -> Whole:
    """Worked out once; whoever changes a tree forgets it on the way to what changed (``Directory.forget_sums``)."""
    if folder.whole is None:
        folder.whole = _added_up(folder) if folder.sheet is None else folder.sheet.whole(folder.number)
    return folder.whole


def _added_up(folder: Directory) -> Whole:
    """The same where no walk's sheet tells it: folder by folder."""
    size, sent, packets, tarred = folder.totals()
    entries, dirs, walked = len(folder.names), 0, folder.listed
    files, plain, beyond = entries, True, folder.beyond
    if folder.odd:
        files -= uncounted(folder.odd.values())
        plain = not any(map(is_bound, folder.odd.values()))
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
        beyond += below.beyond
        plain = plain and below.plain
        unreadable = unreadable or below.unreadable
        passes = passes if below.passes is passes else None
    return Whole(entries, files, dirs, size, sent, packets, tarred, walked, beyond, plain, unreadable, passes)


def _passes(folder: Directory) -> bool | None:
    if folder.passed is None:
        return None
    if not folder.passed.excluded:
        return True
    return None if folder.names else False


def is_bound(odd: Odd) -> bool:
    """Whether what it costs depends on what was sent before, or on whether it can be read."""
    return odd.inode is not None or not odd.readable


def uncounted(odd: Iterable[Odd]) -> int:
    """How many of them are entries, but not files in anybody's count."""
    return sum(one.kind not in _COUNTED for one in odd)


@cache
def folder_mode(mode: int) -> int:
    """The bytes of the mode field; there are few different ones."""
    return wire.numeric(wire.go_mode(mode | stat.S_IFDIR))


def of_folder(folder: Directory) -> tuple[int, int]:
    """The bytes of a folder's own entry on the wire and in the tar."""
    return of_entry(folder.path, folder.mode, folder.mtime_ns, folder.xattrs)


def of_entry(path: str, mode: int, mtime_ns: int, xattrs: Pairs) -> tuple[int, int]:
    """The same of a folder that is no object."""
    length = len(path)
    if path.isascii() and length < PLAIN_PATH and not xattrs and wire.EARLY <= mtime_ns < tar.LATE:
        # wire.stat_packet and tar.entry, written out: two bytes of path, the mode, ten of time, two around them
        return length + 14 + folder_mode(mode), tar.BLOCK
    name = os.fsencode(path)
    announced = wire.stat_packet(len(name), mode | stat.S_IFDIR, mtime_ns, xattrs=xattrs)
    return announced, tar.entry(name + b"/", 0, mtime_ns)


def plain_modes(*, everything: bool) -> frozenset[int]:
    """The st_mode of regular files that anybody, or root (``everything``), can read, of the usual length."""
    needed = 0 if everything else 0o444
    return frozenset(stat.S_IFREG | bits for bits in range(0o200, 0o1000) if bits & needed == needed)


# --- files ----------------------------------------------------------------------------------------


def _content(size: int) -> int:
    return wire.numeric(size) + wire.content_packets(size)[0]


# by the bit length of a size below a chunk: what is sent besides the bytes themselves
_SMALL = (0, *(1 << bits for bits in range(wire.CHUNK.bit_length() - 1)))
EXTRA = bytes([_content(size) - size for size in _SMALL])
# what a full packet takes, and by the bit length of what is left for the last one what that takes besides
_FULL = 2 + wire.text(wire.CHUNK)
_LAST = bytes([2 + wire.text(size) - size if size else 0 for size in _SMALL])


def content(size: int) -> int:
    """What the size adds on the wire: its field in the announcement, and the packets of content."""
    if size < wire.CHUNK:
        return size + EXTRA[size.bit_length()]
    full, rest = divmod(size, wire.CHUNK)
    # the field is a tag and seven bits a byte; an empty packet ends the file
    return 1 + (size.bit_length() + 6) // 7 + full * _FULL + rest + _LAST[rest.bit_length()] + 2


def of_plain(path: str, text: str, sizes: Sequence[int]) -> Sums:
    """The sums of plain files in the folder at ``path``; ``text`` are the names with NULs between them."""
    if not sizes:
        return 0, 0, 0, 0
    usual = is_usual(path, text)
    if max(sizes) >= tar.LARGE or not (usual or _is_long(path, text)):
        return of_columns(sizes, _columns(path, text, sizes))
    size, count = sum(sizes), len(sizes)
    sent = announced(path, text, count) + sum(map(content, sizes))
    if not usual:
        sent += sum(_longer(len(path) + 1, text.split("\0"), sizes))
    return size, sent, sum(map(wire.packets, sizes)), count * tar.BLOCK + sum(map(tar.padded, sizes))


def _is_long(path: str, text: str) -> bool:
    """Whether paths are longer than usual, and cost no more than some bytes on the wire for that."""
    if not (0 < len(path) <= _FOLDER_PATH and path.isascii() and text.isascii()):
        return False
    return len(text) <= PLAIN_PATH or max(map(len, text.split("\0"))) <= PLAIN_PATH


def _longer(prefix: int, names: Iterable[str], sizes: Iterable[int]) -> Iterator[int]:
    """The bytes by which the lengths of paths and of packets are longer than usual, in folders with long paths."""
    for name, size in zip(names, sizes, strict=True):
        length = prefix + len(name)
        # the path, its tag and length, mode and time, and the size: one byte tells up to 127
        yield 2 if length > 127 else length + AROUND - 2 + wire.numeric(size) > 127


def is_usual(path: str, text: str) -> bool:
    """Whether plain files of less than 8 GiB cost what their paths' lengths and their sizes say, each by itself."""
    prefix = len(path) + 1 if path else 0
    if not (text.isascii() and path.isascii()):
        return False
    return prefix + len(text) <= PLAIN_PATH or prefix + max(map(len, text.split("\0"))) <= PLAIN_PATH


def announced(path: str, text: str, count: int) -> int:
    """The bytes of usual files on the wire, but for what their sizes add."""
    return count * ((len(path) if path else -1) + AROUND) + len(text) + 1


def of_columns(sizes: Iterable[int], columns: Columns) -> Sums:
    """The sums of any files, of what they have as columns."""
    sent, packets, tarred = columns
    return sum(sizes), sum(sent), sum(packets), sum(tarred)


def fill_plainly(folder: Directory, names: list[str], sizes: array[int]) -> bool:
    """Fills the folder with plain files, given in order; False if the paths or the sizes are not those of such."""
    text = "\0".join(names)
    if not is_usual(folder.path, text) or sum(sizes) >= tar.LARGE:
        return False
    folder.fill(names, sizes, columns_of, of_plain(folder.path, text, sizes))
    return True


def columns_of(folder: Directory) -> Columns:
    """What plain files cost row by row: wire, packets and tar."""
    return _columns(folder.path, "\0".join(folder.names), folder.sizes)


def _columns(path: str, text: str, sizes: Sequence[int]) -> Columns:
    packets, names = array("q", map(wire.packets, sizes)), text.split("\0") if sizes else []
    prefix, usual = f"{path}/" if path else "", is_usual(path, text)
    if max(sizes, default=0) < tar.LARGE and (usual or _is_long(path, text)):
        around = len(prefix) + AROUND
        sent = [around + len(name) + content(size) for name, size in zip(names, sizes, strict=True)]
        if not usual:
            sent = list(map(add, sent, _longer(len(prefix), names, sizes)))
        return array("q", sent), packets, array("q", [tar.BLOCK + tar.padded(size) for size in sizes])
    paths = [os.fsencode(prefix + name) for name in names]
    sent = [wire.regular_file(len(one), _PLAIN_MODE, wire.EARLY, size) for one, size in zip(paths, sizes, strict=True)]
    tarred = [tar.entry(one, size, wire.EARLY) for one, size in zip(paths, sizes, strict=True)]
    return array("q", sent), packets, array("q", tarred)
