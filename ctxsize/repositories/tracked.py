"""The working tree without what git does not track: the side that a commit can be compared with, like with like."""

from __future__ import annotations

import os
import posixpath
from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING

from ctxsize.builders.sums import fill_plainly
from ctxsize.errors import InputError
from ctxsize.model import Kind
from ctxsize.repositories import objects
from ctxsize.repositories.commit import GitFolder, folders_of
from ctxsize.repositories.wrapped import WrappedRepository
from ctxsize.tree import EVERYTHING, Directory, Tree, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ctxsize.builders.links import Links
    from ctxsize.repositories.disk import Repository

__all__ = ["TrackedRepository"]


class TrackedRepository(WrappedRepository):
    """Another repository on the disk, reduced to what is in git's index. Raises InputError, see ``objects``."""

    def __init__(self, repository: Repository) -> None:
        super().__init__(repository)
        self._place = objects.place(repository.root)
        self._top = folders_of(objects.staged(repository.root))

    def read(self, path: str) -> bytes | None:
        return self._below.read(path) if self._tracks(path) else None

    def names(self, folder: str) -> Iterable[tuple[str, Kind]]:
        tracked = self._node(folder)
        return [(name, kind) for name, kind in self._below.names(folder) if tracked and name in tracked.entries]

    def kind(self, path: str) -> Kind | None:
        return self._below.kind(path) if self._tracks(path) else None

    def links(self, context: str) -> Links:
        return _TrackedLinks(self._below.links(context), self._node(context))

    def scan(self, context: str, wanted: Wanted = EVERYTHING, *, progress: Callable[[int], None] | None = None) -> Tree:
        tree = self._below.scan(context, wanted, progress=progress)
        tracked = self._node(context)
        if tracked is None:
            raise InputError("git does not track this folder", where=context)
        root = _kept(tree.root, tracked)
        problems = tuple(one for one in tree.problems if _holds(tracked, one.path))
        return Tree(root, problems, tree.complete, tree.entries)

    # --- what is tracked -------------------------------------------------------------------------

    def _inner(self, path: str) -> str | None:
        """A path below the work tree's top, links on the way followed; None outside of it."""
        top = os.path.realpath(self._place.top)
        folder, name = posixpath.split(posixpath.normpath(path))
        full = os.path.join(os.path.realpath(os.path.join(self.root, folder)), name)
        relative = os.path.relpath(os.path.normpath(full), top)
        return None if relative == ".." or relative.startswith("../") else relative

    def _tracks(self, path: str) -> bool:
        inner = self._inner(path)
        return inner is not None and _holds(self._top, inner)

    def _node(self, folder: str) -> GitFolder | None:
        inner = os.path.relpath(os.path.realpath(os.path.join(self.root, folder)), os.path.realpath(self._place.top))
        here = self._top
        for name in inner.split("/") if inner != "." else ():
            below = here.entries.get(name)
            if not isinstance(below, GitFolder):
                return None
            here = below
        return here


def _holds(top: GitFolder, path: str) -> bool:
    here: object = top
    for name in path.strip("/").split("/"):
        if name in {"", "."}:
            continue
        if not isinstance(here, GitFolder) or name not in here.entries:
            return False
        here = here.entries[name]
    return True


def _kept(folder: Directory, tracked: GitFolder) -> Directory:
    """A folder with only its tracked rows and subfolders; nothing that it was made of is changed."""
    kept = Directory(folder.path, folder.mode, folder.mtime_ns, folder.xattrs)
    kept.unreadable = folder.unreadable
    kept.listed = len(tracked.entries)
    kept.passed = folder.passed
    rows = [row for row, name in enumerate(folder.names) if name in tracked.entries]
    if rows:
        _fill(kept, folder, rows)
    for row, child in folder.folders:
        below = tracked.entries.get(child.name)
        if isinstance(below, GitFolder):
            kept.folders.append((bisect_left(rows, row), _kept(child, below)))
    return kept


def _fill(kept: Directory, folder: Directory, rows: list[int]) -> None:
    """The rows of ``folder`` that are kept, whether their costs have been worked out or follow from the sizes."""
    names, sizes = [folder.names[row] for row in rows], array("q", [folder.sizes[row] for row in rows])
    if folder.derived and fill_plainly(kept, names, sizes):
        return
    wire, packets, tar = (array("q", [column[row] for row in rows]) for column in folder.columns)
    kept.fill(names, sizes, (wire, packets, tar), (sum(sizes), sum(wire), sum(packets), sum(tar)))
    kept.odd = {row: folder.odd[old] for row, old in enumerate(rows) if old in folder.odd}


class _TrackedLinks:
    def __init__(self, links: Links, tracked: GitFolder | None) -> None:
        self._below = links
        self._tracked = tracked or GitFolder("")

    def target(self, path: str) -> str | None:
        return self._below.target(path) if _holds(self._tracked, path) else None

    def names(self, folder: str) -> Iterable[str]:
        return [name for name in self._below.names(folder) if _holds(self._tracked, f"{folder}/{name}")]
