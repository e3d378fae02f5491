"""What a builder is sent of a tree and no instruction can read: the largest such folders, and single files.

"Can" is asked of the patterns, for all trees: a file that stands where a source might find a folder is left alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.dockerignore.automaton import advance, closure

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ctxsize.builders.sending import SentFolder
    from ctxsize.dockerignore.pattern import Pattern

__all__ = ["Unread", "unread"]

_Live = tuple[tuple["Pattern", int], ...]


class Unread(NamedTuple):
    """``bytes`` sums regular files; ``cost`` is what it adds to an archive, headers included."""

    path: str
    folder: bool
    files: int
    bytes: int
    cost: int


def unread(sent: SentFolder, patterns: Iterable[Pattern]) -> Iterator[Unread]:
    """The topmost entries of what is sent that none of the patterns can match, lead to, or stand above."""
    live = tuple((pattern, closure(pattern.components or (), 0)) for pattern in patterns)
    todo: list[tuple[SentFolder, _Live]] = [(sent, live)]
    while todo:
        folder, asking = todo.pop()
        for rows, below in folder.parts:
            yield from _files(folder, rows, asking)
            if below is None:
                continue
            further = _step(asking, below.folder.name)
            if further:
                todo.append((below, further))
            elif further is not None:
                yield Unread(below.folder.path, True, below.files, below.bytes, below.tar)


def _files(folder: SentFolder, rows: Sequence[int], asking: _Live) -> Iterator[Unread]:
    here = folder.folder
    for row in rows:
        name = here.names[row]
        if _step(asking, name) == ():
            yield Unread(here.path_of(name), False, 1, here.sizes[row], here.tar[row])


def _step(live: _Live, name: str) -> _Live | None:
    """The patterns that may match below an entry; None if one matches the entry itself."""
    below = []
    for pattern, places in live:
        moved, hit = advance(pattern, places, name)
        if hit:
            return None
        if moved:
            below.append((pattern, moved))
    return tuple(below)
