"""The working tree without what git does not track: the side that a commit can be compared with, like with like.

What git tracks is told by the commit that is compared with and by where the index differs from it, which git knows at
once where it is the same: the index as a whole is never read.
"""

from __future__ import annotations

import os
import posixpath
from array import array
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.builders.sums import fill_plainly
from ctxsize.errors import InputError
from ctxsize.repositories import objects
from ctxsize.repositories.folders import GitFolder, changed
from ctxsize.repositories.planting import in_step
from ctxsize.repositories.wrapped import WrappedRepository
from ctxsize.tree import EVERYTHING, Directory, Tree, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ctxsize.builders.links import Links
    from ctxsize.model import Kind
    from ctxsize.repositories.commit import CommitRepository
    from ctxsize.repositories.disk import Repository

__all__ = ["TrackedRepository"]

# of which git says nothing at all
_GIT = ".git"


class _Reduced(NamedTuple):
    """A folder with only what is tracked of it; the folder itself where that comes to the same. ``wholly`` tells that
    there was nothing else in it but git's own."""

    folder: Directory
    wholly: bool


class TrackedRepository(WrappedRepository):
    """Another repository on the disk, reduced to what is in git's index. ``commit`` is what that is told against.

    Trees share what they can with those that they were reduced from: whoever gets one must not write into it.
    Raises InputError, see ``objects``.
    """

    def __init__(self, repository: Repository, commit: CommitRepository) -> None:
        super().__init__(repository)
        self._commit = commit
        self._asked = objects.compared(repository.root, commit.commit)
        self._reduced: dict[int, tuple[Directory, _Reduced]] = {}

    @cached_property
    def _top(self) -> GitFolder:
        """All that is tracked."""
        changes = objects.changes(self.root, self._asked)
        return changed(self._commit.top, [(one.path.split("/"), one.mode) for one in changes], self._commit.reader)

    def read(self, path: str) -> bytes | None:
        return self._below.read(path) if self._tracks(path) else None

    def names(self, folder: str) -> Iterable[tuple[str, Kind]]:
        tracked = self._node(folder)
        if tracked is None:
            return []
        return [(name, kind) for name, kind in self._below.names(folder) if tracked.get(name) is not None]

    def kind(self, path: str) -> Kind | None:
        return self._below.kind(path) if self._tracks(path) else None

    def links(self, context: str) -> Links:
        return _TrackedLinks(self._below.links(context), self._node(context))

    def scan(self, context: str, wanted: Wanted = EVERYTHING, *, progress: Callable[[int], None] | None = None) -> Tree:
        # what is tracked is told of every folder
        tree = self._below.scan(context, wanted._replace(merges=False), progress=progress)
        tracked = self._node(context)
        if tracked is None:
            raise InputError("git does not track this folder", where=context)
        root = self.reduced(context, tree.root)
        problems = tuple(one for one in tree.problems if tracked.at(one.path) is not None)
        return Tree(root or tree.root, problems, tree.complete, tree.entries)

    def reduced(self, context: str, root: Directory) -> Directory | None:
        """What is tracked of a context's tree; None for a context that is not."""
        found = self._reduce(context, root)
        return found.folder if found else None

    def holds(self, context: str, root: Directory) -> bool:
        """Whether all of a context's tree is tracked."""
        found = self._reduce(context, root)
        return found is not None and found.wholly

    def _reduce(self, context: str, root: Directory) -> _Reduced | None:
        if id(root) not in self._reduced:
            tracked = self._node(context)
            if tracked is None:
                return None
            for _ in in_step(self._commit.reader, root, tracked):
                """All folders that are going to be looked into are read in bulk."""
            self._reduced[id(root)] = root, _kept(root, tracked)
        return self._reduced[id(root)][1]

    # --- what is tracked -------------------------------------------------------------------------

    def _inner(self, path: str) -> str | None:
        """A path below the work tree's top, links on the way followed; None outside of it."""
        top = os.path.realpath(self._commit.place.top)
        folder, name = posixpath.split(posixpath.normpath(path))
        full = os.path.join(os.path.realpath(os.path.join(self.root, folder)), name)
        relative = os.path.relpath(os.path.normpath(full), top)
        return None if relative == ".." or relative.startswith("../") else relative

    def _tracks(self, path: str) -> bool:
        inner = self._inner(path)
        return inner is not None and self._top.at(inner) is not None

    def _node(self, folder: str) -> GitFolder | None:
        real, top = os.path.realpath(os.path.join(self.root, folder)), os.path.realpath(self._commit.place.top)
        found = self._top.at(os.path.relpath(real, top))
        return found if isinstance(found, GitFolder) else None


def _kept(folder: Directory, tracked: GitFolder) -> _Reduced:
    """Nothing that a folder was made of is changed."""
    files, folders = tracked.files, tracked.folders
    found = [(row, child, folders.get(child.name)) for row, child in folder.folders]
    below = [(row, child, _kept(child, inner)) for row, child, inner in found if inner is not None]
    wholly = (
        all(one.wholly for _, _, one in below)
        and all(inner is not None or child.name == _GIT for _, child, inner in found)
        and all(name in files or name == _GIT for name in folder.names)
    )
    rows = [row for row, name in enumerate(folder.names) if name in files or name in folders]
    whole = len(rows) == len(folder.names) and all(child is one.folder for _, child, one in below)
    listed = len(files) + len(folders)
    if whole and len(below) == len(found) and folder.listed == listed:
        return _Reduced(folder, wholly)
    kept = Directory(folder.path, folder.mode, folder.mtime_ns, folder.xattrs)
    kept.unreadable = folder.unreadable
    kept.listed = listed
    kept.passed = folder.passed
    if rows:
        _fill(kept, folder, rows)
    kept.folders = [(bisect_left(rows, row), one.folder) for row, _, one in below]
    return _Reduced(kept, wholly)


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
        self._tracked = tracked

    def target(self, path: str) -> str | None:
        return self._below.target(path) if self._holds(path) else None

    def names(self, folder: str) -> Iterable[str]:
        return [name for name in self._below.names(folder) if self._holds(f"{folder}/{name}")]

    def _holds(self, path: str) -> bool:
        return self._tracked is not None and self._tracked.at(path) is not None
