"""A commit as a repository: discovery and measuring read git's objects, nothing is checked out.

Sizes, names and links are the objects' own; files are 0644 or 0755, folders 0755, and all bear the commit's time, which
costs as many bytes on the wire as any other time of our days. What a checkout would convert is in ``conversion``.
"""

from __future__ import annotations

import os
import posixpath
import re
import stat
from array import array
from bisect import bisect_left
from pathlib import Path
from typing import TYPE_CHECKING

from ctxsize.builders import tar, wire
from ctxsize.builders.sums import fill_plainly
from ctxsize.errors import InputError
from ctxsize.model import Kind, Problem
from ctxsize.repositories import objects
from ctxsize.tree import EVERYTHING, Directory, Odd, Tree, Wanted
from ctxsize.walk.wanted import by_one, keep, passed_over, steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ctxsize.repositories.objects import TreeEntry
    from ctxsize.walk.wanted import States

__all__ = ["CommitRepository", "GitFolder", "folders_of"]

SUBMODULE, LINK = 0o160000, 0o120000
_LINKS_AT_MOST = 40
_READ_AT_MOST = 64 << 20
_FOLDER_MODE = stat.S_IFDIR | 0o755
_LINK_MODE = stat.S_IFLNK | 0o777
# what discovery and the ignore rules are going to ask for: fetched in one go
_ASKED_FOR = re.compile(r"dockerfile|containerfile|dockerignore|compose|\.env|bake", re.IGNORECASE)


class GitFolder:
    """A folder of a commit: its files, links and folders by name."""

    __slots__ = ("entries", "path")

    def __init__(self, path: str) -> None:
        self.path = path
        self.entries: dict[str, GitFolder | TreeEntry] = {}


def folders_of(entries: Iterable[TreeEntry]) -> GitFolder:
    """The entries of a commit as nested folders; a submodule is an empty one, as it is after a plain clone."""
    top = GitFolder("")
    known = {"": top}
    for entry in entries:
        if entry.mode == SUBMODULE:
            _folder(known, entry.path)
            continue
        parent, _, name = entry.path.rpartition("/")
        folder = known.get(parent) or _folder(known, parent)
        folder.entries[name] = entry
    return top


def _folder(known: dict[str, GitFolder], path: str) -> GitFolder:
    missing = []
    while path not in known:
        missing.append(path)
        path = path.rpartition("/")[0]
    folder = known[path]
    for path in reversed(missing):
        below = known[path] = GitFolder(path)
        folder.entries[path.rpartition("/")[2]] = below
        folder = below
    return folder


class CommitRepository:
    """The files under ``root`` as they stand in ``ref``. ``commit`` is its full name; ``problems`` tell what is in the
    commit but not comparable (submodules, converted files). Raises InputError, see ``objects``."""

    def __init__(self, root: Path, ref: str) -> None:
        self._root = root
        self._place = objects.place(root)
        self.commit = objects.resolve(root, ref)
        entries = objects.tree(root, self.commit)
        self._mtime_ns = objects.commit_time(root, self.commit)
        self.problems = tuple(_submodules(entries, self._place.prefix))
        self._entries = self._converted(entries)
        self._top = folders_of(self._entries)
        self._contents: dict[str, bytes] = {}

    def _converted(self, entries: Sequence[TreeEntry]) -> Sequence[TreeEntry]:
        if not any(entry.path.endswith(".gitattributes") for entry in entries):
            return entries
        from ctxsize.repositories.conversion import as_checked_out

        converted, problems = as_checked_out(self._root, self.commit, entries)
        self.problems += problems
        return converted

    @property
    def root(self) -> Path:
        return self._root

    # --- one path --------------------------------------------------------------------------------

    def read(self, path: str) -> bytes | None:
        found = self._find(path)
        if found is None:
            return None
        if isinstance(found, GitFolder):
            raise InputError("is a directory", where=path)
        if found.size > _READ_AT_MOST:
            raise InputError(f"has {found.size:,} bytes, too many to be read as text", where=path)
        return self._content(found)

    def names(self, folder: str) -> Iterable[tuple[str, Kind]]:
        found = self._find(folder)
        if not isinstance(found, GitFolder):
            return []
        return [(name, _kind(entry)) for name, entry in found.entries.items()]

    def kind(self, path: str) -> Kind | None:
        found = self._find(path)
        return _kind(found) if found is not None else None

    def _find(self, path: str) -> GitFolder | TreeEntry | None:
        """What stands at a path relative to the root, links followed; None for nothing and for what git cannot know."""
        todo = [part for part in reversed(f"{self._place.prefix}/{path}".split("/")) if part not in {"", "."}]
        trail, links = [self._top], 0
        while todo:
            name = todo.pop()
            if name == "..":
                if len(trail) == 1:
                    return None
                trail.pop()
                continue
            found = trail[-1].entries.get(name)
            if isinstance(found, GitFolder):
                trail.append(found)
                continue
            if found is None or found.mode != LINK:
                return found if not todo else None
            links += 1
            target = os.fsdecode(self._content(found))
            if links > _LINKS_AT_MOST or target.startswith("/"):
                return None
            todo += [part for part in reversed(target.split("/")) if part not in {"", "."}]
        return trail[-1]

    def _content(self, entry: TreeEntry) -> bytes:
        if entry.object not in self._contents:
            wanted = [entry.object] if self._contents else [entry.object, *self._likely()]
            self._contents.update(objects.blobs(self._root, wanted))
        try:
            return self._contents[entry.object]
        except KeyError:
            raise InputError("its content is missing", where=entry.path, hint=objects.PARTIAL) from None

    def _likely(self) -> Iterator[str]:
        for entry in self._entries:
            name = entry.path[entry.path.rfind("/") + 1 :]
            if entry.mode == LINK or (entry.size < 1 << 20 and _ASKED_FOR.search(name)):
                yield entry.object

    # --- a context -------------------------------------------------------------------------------

    def scan(
        self, context: str, wanted: Wanted = EVERYTHING, *, progress: Callable[[int], None] | None = None
    ) -> Tree:
        """The context's tree: a new one every time, because whoever overlays a tree writes into it."""
        found = self._find(context)
        if not isinstance(found, GitFolder):
            reason = "no such file or directory" if found is None else "not a directory"
            hint = f"there is no such folder in {self.commit[:12]}, or git does not track it"
            raise InputError(reason, where=context, hint=hint)
        root = Directory("", _FOLDER_MODE, self._mtime_ns)
        todo: list[tuple[Directory, GitFolder, States | None]] = [(root, found, wanted.states)]
        seen = 0
        while todo:
            directory, folder, states = todo.pop()
            seen += len(folder.entries)
            directory.listed = len(folder.entries)
            self._fill(directory, _kept(directory, folder, states))
            if states is not None and by_one(states, "".join(directory.names)):
                directory.passed = states[0]
            todo += self._below(directory, folder, states, wanted)
        return Tree(root, (), wanted.states is None, seen)

    def _fill(self, directory: Directory, files: list[tuple[str, TreeEntry]]) -> None:
        """The rows of the folder."""
        if not files:
            return
        names, sizes = [name for name, _ in files], array("q", [entry.size for _, entry in files])
        links = any(entry.mode == LINK for _, entry in files)
        usual = wire.EARLY <= self._mtime_ns < tar.LATE
        if links or not usual or not fill_plainly(directory, names, sizes):
            for name, entry in files:
                (self._add_link if entry.mode == LINK else self._add_file)(directory, name, entry)

    def _below(
        self, directory: Directory, folder: GitFolder, states: States | None, wanted: Wanted
    ) -> Iterator[tuple[Directory, GitFolder, States | None]]:
        """The subfolders to look into, put where they sort among the files."""
        rows = [os.fsencode(name) for name in directory.names]
        below = [name for name, entry in folder.entries.items() if isinstance(entry, GitFolder)]
        for name in sorted(below, key=os.fsencode):
            path, entry = directory.path_of(name), folder.entries[name]
            inner = None if states is None else steps(states, name, path)
            if isinstance(entry, GitFolder) and not passed_over(wanted, inner, path):
                child = Directory(path, _FOLDER_MODE, self._mtime_ns)
                directory.folders.append((bisect_left(rows, os.fsencode(name)), child))
                yield child, entry, inner

    def _add_file(self, directory: Directory, name: str, entry: TreeEntry) -> None:
        path = os.fsencode(directory.path_of(name))
        mode = stat.S_IFREG | (0o755 if entry.mode & 0o100 else 0o644)
        directory.names.append(name)
        directory.sizes.append(entry.size)
        directory.wire.append(wire.regular_file(len(path), mode, self._mtime_ns, entry.size))
        directory.packets.append(1 + -(-entry.size // wire.CHUNK))
        directory.tar.append(tar.entry(path, entry.size, self._mtime_ns))

    def _add_link(self, directory: Directory, name: str, entry: TreeEntry) -> None:
        path, target = os.fsencode(directory.path_of(name)), self._content(entry)
        size = len(target)
        directory.odd[len(directory.names)] = Odd(Kind.SYMLINK, _LINK_MODE, self._mtime_ns, size, os.fsdecode(target))
        directory.names.append(name)
        directory.sizes.append(0)
        directory.wire.append(wire.stat_packet(len(path), _LINK_MODE, self._mtime_ns, size, size))
        directory.packets.append(0)
        directory.tar.append(tar.entry(path, 0, self._mtime_ns, target))

    def links(self, context: str) -> _CommitLinks:
        found = self._find(context)
        return _CommitLinks(found if isinstance(found, GitFolder) else GitFolder(""), self._content)


class _CommitLinks:
    """The symlinks of a context, as ``builders.links`` asks for them."""

    def __init__(self, folder: GitFolder, content: Callable[[TreeEntry], bytes]) -> None:
        self._top = folder
        self._content = content

    def target(self, path: str) -> str | None:
        folder, _, name = path.rpartition("/")
        entry = self._folder(folder).entries.get(name)
        if entry is None or isinstance(entry, GitFolder) or entry.mode != LINK:
            return None
        return os.fsdecode(self._content(entry))

    def names(self, folder: str) -> Iterable[str]:
        return sorted(self._folder(folder).entries, key=os.fsencode)

    def _folder(self, path: str) -> GitFolder:
        here = self._top
        for name in path.split("/") if path else ():
            below = here.entries.get(name)
            if not isinstance(below, GitFolder):
                return GitFolder("")
            here = below
        return here


def _kept(directory: Directory, folder: GitFolder, states: States | None) -> list[tuple[str, TreeEntry]]:
    """The files and links that some build may want, in the order of names."""
    names = [name for name, entry in folder.entries.items() if not isinstance(entry, GitFolder)]
    if states is not None:
        names = keep(states, directory.path, names)
    files = [(name, folder.entries[name]) for name in sorted(names, key=os.fsencode)]
    return [(name, entry) for name, entry in files if not isinstance(entry, GitFolder)]


def _kind(entry: GitFolder | TreeEntry) -> Kind:
    if isinstance(entry, GitFolder):
        return Kind.DIR
    return Kind.SYMLINK if entry.mode == LINK else Kind.FILE


def _submodules(entries: Iterable[TreeEntry], prefix: str) -> Iterator[Problem]:
    for entry in entries:
        if entry.mode == SUBMODULE:
            path = posixpath.relpath(entry.path, prefix) if prefix != "." else entry.path
            yield Problem(f"{path}/", "a submodule: its files are in another repository and are not compared")
