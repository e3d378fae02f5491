"""A walked folder as bytes and back, so that one process can hand it to another."""

from __future__ import annotations

import marshal
from array import array
from dataclasses import astuple
from typing import TYPE_CHECKING, Any

from ctxsize.builders.sums import plain_columns
from ctxsize.model import Kind, Problem
from ctxsize.tree import Directory, Odd

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["pack", "unpack"]


def pack(folder: Directory, problems: Sequence[Problem], seen: int) -> bytes:
    """The folder with all below it, and what the walk has to say of it."""
    return marshal.dumps((_flat(folder), [(one.path, one.message) for one in problems], seen))


def unpack(data: bytes, folder: Directory) -> tuple[list[Problem], int]:
    """Fills ``folder`` with what was packed; its problems and the number of entries seen."""
    flat, problems, seen = marshal.loads(data)  # noqa: S302 - from our own child
    _fill(folder, flat)
    return [Problem(*one) for one in problems], seen


def _flat(folder: Directory) -> tuple[Any, ...]:
    odd = [(row, (str(one.kind), *astuple(one)[1:])) for row, one in folder.odd.items()]
    columns = None if folder.derived else [column.tobytes() for column in folder.columns]
    below = [(row, child.path, _flat(child)) for row, child in folder.folders]
    return (folder.mode, folder.mtime_ns, folder.xattrs, folder.listed, folder.unreadable, folder.vanished,
            folder.names, folder.sizes.tobytes(), columns, folder.totals(), odd, below)  # fmt: skip


def _fill(folder: Directory, flat: tuple[Any, ...]) -> None:
    (folder.mode, folder.mtime_ns, folder.xattrs, folder.listed, folder.unreadable, folder.vanished,
     names, sizes, columns, sums, odd, below) = flat  # fmt: skip
    if names:
        wire, packets, tar = (array("q", column) for column in columns or (b"", b"", b""))
        folder.fill(names, array("q", sizes), (wire, packets, tar) if columns else plain_columns, sums)
    if odd:
        folder.odd = {row: Odd(Kind(kind), *rest) for row, (kind, *rest) in odd}
    for row, path, inner in below:
        child = Directory(path, 0, 0)
        _fill(child, inner)
        folder.folders.append((row, child))
