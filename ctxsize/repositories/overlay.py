"""A repository "as if": some files with other contents, or gone. For pricing a proposal before anything is written."""

from __future__ import annotations

import os
import posixpath
import time
from typing import TYPE_CHECKING

from ctxsize.builders import tar, wire
from ctxsize.model import Kind
from ctxsize.plan import inside
from ctxsize.repositories.wrapped import WrappedRepository
from ctxsize.tree import EVERYTHING, Directory, Tree, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ctxsize.builders.links import Links
    from ctxsize.repositories.disk import Repository

__all__ = ["OverlayRepository"]

_NEW_FILE, _NEW_FOLDER = 0o100644, 0o040755


class OverlayRepository(WrappedRepository):
    """``changes`` maps paths relative to the root to their bytes, None for a file that is gone."""

    def __init__(self, repository: Repository, changes: Mapping[str, bytes | None]) -> None:
        super().__init__(repository)
        self._changes = {posixpath.normpath(path): data for path, data in changes.items()}

    def read(self, path: str) -> bytes | None:
        path = posixpath.normpath(path)
        return self._changes[path] if path in self._changes else self._below.read(path)

    def names(self, folder: str) -> Iterable[tuple[str, Kind]]:
        found = dict(self._below.names(folder))
        for path, data in self._changes.items():
            inner = inside(folder, path)
            if inner is None:
                continue
            name, _, rest = inner.partition("/")
            if data is not None:
                found[name] = Kind.DIR if rest else Kind.FILE
            elif not rest:
                found.pop(name, None)
        return list(found.items())

    def kind(self, path: str) -> Kind | None:
        path = posixpath.normpath(path)
        if path in self._changes:
            return None if self._changes[path] is None else Kind.FILE
        if any(data is not None and inside(path, other) for other, data in self._changes.items()):
            return Kind.DIR
        return self._below.kind(path)

    def scan(self, context: str, wanted: Wanted = EVERYTHING, *, progress: Callable[[int], None] | None = None) -> Tree:
        tree = self._below.scan(context, wanted, progress=progress)
        for path, data in self._changes.items():
            inner = inside(context, path)
            if inner is not None:
                _put(tree.root, inner.split("/"), data)
        return tree

    def links(self, context: str) -> Links:
        return _Links(self._below.links(context), frozenset(self._inner(context)))

    def _inner(self, context: str) -> Iterable[str]:
        return (inner for path in self._changes if (inner := inside(context, path)) is not None)


class _Links:
    """A file that is replaced is no link any more."""

    def __init__(self, links: Links, changed: frozenset[str]) -> None:
        self._below = links
        self._changed = changed

    def target(self, path: str) -> str | None:
        return None if path in self._changed else self._below.target(path)

    def names(self, folder: str) -> Iterable[str]:
        return self._below.names(folder)


def _put(folder: Directory, parts: list[str], data: bytes | None) -> None:
    """Sets, adds or drops one file of a tree, its folders included."""
    for depth, name in enumerate(parts[:-1], 1):
        folder.forget_sums()
        below = next((child for _, child in folder.folders if child.name == name), None)
        if below is None:
            if data is None:
                return
            below = _add_folder(folder, "/".join(parts[:depth]))
        folder = below
    folder.forget_sums()
    name = parts[-1]
    row = folder.names.index(name) if name in folder.names else None
    if row is not None:
        _drop(folder, row)
    if data is not None:
        _add(folder, name, len(data))


def _add_folder(parent: Directory, path: str) -> Directory:
    added = Directory(path, _NEW_FOLDER, time.time_ns())
    row = sum(os.fsencode(name) < os.fsencode(added.name) for name in parent.names)
    parent.folders.append((row, added))
    parent.folders.sort(key=lambda pair: os.fsencode(pair[1].name))
    parent.listed += 1
    return added


def _drop(folder: Directory, row: int) -> None:
    for column in (folder.names, folder.sizes, folder.wire, folder.packets, folder.tar):
        del column[row]
    folder.odd = {at - (at > row): odd for at, odd in folder.odd.items() if at != row}
    folder.folders = [(at - (at > row), child) for at, child in folder.folders]
    folder.listed -= 1


def _add(folder: Directory, name: str, size: int) -> None:
    row = sum(os.fsencode(other) < os.fsencode(name) for other in folder.names)
    # this row has not been held against any ignore list
    folder.passed = None
    path, now = os.fsencode(folder.path_of(name)), time.time_ns()
    sent, packets, tarred = folder.columns
    folder.names.insert(row, name)
    folder.sizes.insert(row, size)
    sent.insert(row, wire.regular_file(len(path), _NEW_FILE, now, size))
    packets.insert(row, wire.content_packets(size)[1])
    tarred.insert(row, tar.entry(path, size, now))
    folder.odd = {at + (at >= row): odd for at, odd in folder.odd.items()}
    folder.folders = [(at + (os.fsencode(name) < os.fsencode(child.name)), child) for at, child in folder.folders]
    folder.listed += 1
