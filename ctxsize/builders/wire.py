"""BuildKit's wire, in bytes: what the receiver counts as ``transferring context``.

Packets are protobuf (tonistiigi/fsutil ``types``), zero and empty fields left out. Every entry is a STAT packet;
every requested file comes in DATA packets of 32 KiB and one empty DATA packet that ends it; a FIN ends it all.
"""

from __future__ import annotations

import stat

CHUNK = 32 * 1024
FIN = 2

# Go's FileMode bits
_GO_DIR, _GO_SYMLINK, _GO_DEVICE, _GO_FIFO = 1 << 31, 1 << 27, 1 << 26, 1 << 25
_GO_SETUID, _GO_SETGID, _GO_CHAR, _GO_STICKY = 1 << 23, 1 << 22, 1 << 21, 1 << 20
_GO_TYPE = {
    stat.S_IFDIR: _GO_DIR,
    stat.S_IFLNK: _GO_SYMLINK,
    stat.S_IFBLK: _GO_DEVICE,
    stat.S_IFCHR: _GO_DEVICE | _GO_CHAR,
    stat.S_IFIFO: _GO_FIFO,
}


def varint(number: int) -> int:
    """The length of a protobuf varint; negative numbers take ten bytes."""
    return 10 if number < 0 else (max(number.bit_length(), 1) + 6) // 7


def numeric(number: int) -> int:
    """A numeric field with its tag; nothing for zero."""
    return 1 + varint(number) if number else 0


def text(length: int) -> int:
    """A bytes field with its tag and length; nothing for an empty one."""
    return 1 + varint(length) + length if length else 0


def go_mode(mode: int) -> int:
    """Go's FileMode for an st_mode; a socket's bit is cleared by the sender."""
    special = (mode & stat.S_ISUID and _GO_SETUID) | (mode & stat.S_ISGID and _GO_SETGID)
    special |= mode & stat.S_ISVTX and _GO_STICKY
    return _GO_TYPE.get(stat.S_IFMT(mode), 0) | special | (mode & 0o777)


def _device(rdev: int) -> int:
    """devmajor and devminor as fsutil splits st_rdev."""
    return numeric((rdev >> 8) & 0xFFF) + numeric((rdev & 0xFF) | ((rdev >> 12) & 0xFFF00))


def _attributes(xattrs: tuple[tuple[int, int], ...]) -> int:
    entries = (1 + varint(name) + name + 1 + varint(value) + value for name, value in xattrs)
    return sum(1 + varint(entry) + entry for entry in entries)


def stat_packet(
    path_length: int,
    mode: int,
    mtime_ns: int,
    size: int = 0,
    link_length: int = 0,
    rdev: int = 0,
    xattrs: tuple[tuple[int, int], ...] = (),
) -> int:
    """The STAT packet of an entry; ``size`` is 0 for a folder, lengths are in bytes."""
    is_device = stat.S_ISBLK(mode) or stat.S_ISCHR(mode)
    body = (
        text(path_length)
        + numeric(go_mode(mode))
        + numeric(size)
        + numeric(mtime_ns)
        + text(link_length)
        + (_device(rdev) if is_device else 0)
        + _attributes(xattrs)
    )
    return 1 + varint(body) + body


def content_packets(size: int) -> tuple[int, int]:
    """(bytes, packets) of a requested file's content; each packet also carries the entry's number."""
    full, rest = divmod(size, CHUNK)
    data = full * (2 + text(CHUNK)) + (2 + text(rest) if rest else 0)
    return data + 2, full + bool(rest) + 1


def packets(size: int) -> int:
    """How many packets of a requested file bear its number."""
    return 1 + -(-size // CHUNK)


class _Modes(dict[int, "int | None"]):
    """Bytes of the mode field by st_mode, worked out once; None for what is not surely a readable regular file."""

    def __init__(self, needed: int) -> None:
        super().__init__()
        self._needed = needed

    def __missing__(self, mode: int) -> int | None:
        fits = stat.S_ISREG(mode) and mode & self._needed == self._needed
        cost = self[mode] = numeric(go_mode(mode)) if fits else None
        return cost


def readable_modes(*, everything: bool) -> dict[int, int | None]:
    """Bytes of the mode field by st_mode (ask with ``[]``), None for all but the regular files that anybody, or root
    (``everything``), can read."""
    return _Modes(0 if everything else 0o444)


_REGULAR_MODE = readable_modes(everything=True)
# from here (April 1972, in ns) on a time takes ten bytes with its tag, until the year 2262
EARLY, _TEN_BYTES = 1 << 56, 1 << 63


def regular_file(path_length: int, mode: int, mtime_ns: int, size: int) -> int:
    """STAT and content of a plain regular file, packet numbers aside: the sum of the two above, for the hot loop."""
    body = (
        1 + (1 if path_length < 128 else 2 if path_length < 16384 else 3) + path_length
        + (_REGULAR_MODE[mode] or 0)
        + (10 if EARLY <= mtime_ns < _TEN_BYTES else numeric(mtime_ns))
    )  # fmt: skip
    if size < CHUNK:
        if not size:
            return body + 3 + varint(body)
        length = 1 if size < 128 else 2 if size < 16384 else 3
        body += 1 + length
        return body + (1 if body < 128 else 2 if body < 16384 else 3) + size + length + 6
    body += numeric(size)
    return 1 + varint(body) + body + content_packets(size)[0]
