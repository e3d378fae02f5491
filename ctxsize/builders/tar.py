"""The classic client's archive, in bytes: moby/go-archive over Go's archive/tar, uncompressed.

A header block per entry, data padded to 512, two zero blocks at the end. A PAX header appears only where a field
does not fit the old one: then it costs a block and its records.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

BLOCK = 512
TRAILER = 2 * BLOCK
_NAME, _PREFIX = 100, 155
# from here (8 GiB) on a size needs a PAX header
LARGE, _TIME_LIMIT = 1 << 33, 1 << 33
SECOND = 1_000_000_000
# from here (the year 2242, in ns) on a time needs a PAX header
LATE = _TIME_LIMIT * SECOND


def padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK


def _record(key: str, value_length: int) -> int:
    """``"<length> key=value\\n"``, where the length counts its own digits."""
    size = len(key) + value_length + 3
    total = size + len(str(size))
    return size + len(str(total))


def _fits_prefix(name: bytes) -> bool:
    """Whether a long name can be split at a slash into the old header's prefix and name fields."""
    length = len(name)
    if length > _PREFIX + 1:
        length = _PREFIX + 1
    elif name.endswith(b"/"):
        length -= 1
    at = name.rfind(b"/", 0, length)
    rest = len(name) - at - 1
    return 0 < at <= _PREFIX and 0 < rest <= _NAME


def _records(name: bytes, link: bytes, size: int, mtime: int, capability: int | None) -> Iterable[int]:
    """Sizes of the records that make a PAX header necessary."""
    if not name.isascii() or (len(name) > _NAME and not _fits_prefix(name)):
        yield _record("path", len(name))
    if not link.isascii() or len(link) > _NAME:
        yield _record("linkpath", len(link))
    if size >= LARGE:
        yield _record("size", len(str(size)))
    if not 0 <= mtime < _TIME_LIMIT:
        yield _record("mtime", len(str(mtime)))
    if capability is not None:
        yield _record("SCHILY.xattr.security.capability", capability)


def entry(name: bytes, size: int, mtime_ns: int, link: bytes = b"", capability: int | None = None) -> int:
    """Bytes of one entry. ``size`` is 0 for anything without data; a folder's ``name`` ends in a slash."""
    records = list(_records(name, link, size, mtime_ns // SECOND, capability))
    if not records:
        return BLOCK + padded(size)
    if name.isascii() and len(name) > _NAME and _fits_prefix(name):
        # a name that would have fitted is written out too once there is a PAX header
        records.append(_record("path", len(name)))
    return BLOCK + padded(sum(records)) + BLOCK + padded(size)
