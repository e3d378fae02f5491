"""Where files come from: the one door through which builds, ignore files and contexts are read.

A repository may be the disk, a commit in git, or either with some files replaced ("as if they said this"), so that
a proposal or another revision is measured by the very same code. Paths are relative to the root, ``/``-separated,
``.`` for the root itself; they may climb out with ``..``.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Protocol

from ctxsize.model import Kind
from ctxsize.tree import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from ctxsize.builders.links import Links
    from ctxsize.tree import Tree, Wanted

__all__ = ["DiskLinks", "DiskRepository", "Repository"]

_DIR, _LINK, _FILE = Kind.DIR, Kind.SYMLINK, Kind.FILE


class Repository(Protocol):
    """What discovery and measuring ask. ``root`` is an absolute path, for messages and for git."""

    @property
    def root(self) -> Path: ...

    def read(self, path: str) -> bytes | None:
        """The bytes of the file at ``path`` (links followed), None if nothing is there. Raises InputError for
        a folder, a FIFO, an unreadable or an absurdly large file."""

    def names(self, folder: str) -> Iterable[tuple[str, Kind]]:
        """The entries of a folder with their kinds, links not followed, in no order; none if it cannot be read."""

    def kind(self, path: str) -> Kind | None:
        """What stands at ``path``, links followed; None for nothing or a dangling link."""

    def scan(
        self, context: str, wanted: Wanted = EVERYTHING, *, progress: Callable[[int], None] | None = None
    ) -> Tree:
        """The context's tree, see ``walk.scan``. Raises InputError if it is no readable folder."""

    def links(self, context: str) -> Links:
        """The symlinks of a context, for ``builders.links.follow_links``."""


class DiskRepository:
    """The files as they stand on the disk under ``root``."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @property
    def root(self) -> Path:
        return self._root

    def read(self, path: str) -> bytes | None:
        from ctxsize.disk import read_file

        return read_file(self._root / path)

    def names(self, folder: str) -> Iterable[tuple[str, Kind]]:
        try:
            with os.scandir(os.path.join(self._root, folder)) as entries:
                return [
                    (one.name, _DIR if one.is_dir(follow_symlinks=False) else _LINK if one.is_symlink() else _FILE)
                    for one in entries
                ]
        except OSError:
            return []

    def kind(self, path: str) -> Kind | None:
        from ctxsize.tree import kind_of

        try:
            return kind_of((self._root / path).stat().st_mode)
        except (OSError, ValueError):
            return None

    def scan(
        self, context: str, wanted: Wanted = EVERYTHING, *, progress: Callable[[int], None] | None = None
    ) -> Tree:
        from ctxsize.walk import scan

        return scan(self._root / context, wanted, progress=progress)

    def links(self, context: str) -> Links:
        return DiskLinks(self._root / context)


class DiskLinks:
    """The symlinks of a context, as ``builders.links`` asks for them; never leads out of the context."""

    def __init__(self, context: Path) -> None:
        self._real = os.path.realpath(context)

    def target(self, path: str) -> str | None:
        try:
            return os.readlink(f"{self._real}/{path}")
        except (OSError, ValueError):
            return None

    def names(self, folder: str) -> Iterable[str]:
        full = f"{self._real}/{folder}"
        try:
            if os.path.islink(full):
                return ()
            return sorted(os.listdir(full), key=os.fsencode)
        except (OSError, ValueError):
            return ()
