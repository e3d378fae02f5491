"""The tree of a context in a commit: first what any build may want of it, then, once the sizes are known, its folders.

Where a folder is what a known tree has in its place, it becomes that tree's own, so that whatever was worked out for
the one holds for the other.
"""

from __future__ import annotations

import os
import stat
from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING

from ctxsize.builders import tar, wire
from ctxsize.builders.sums import fill_plainly, of_folder
from ctxsize.model import Kind
from ctxsize.repositories.folders import is_link
from ctxsize.tree import Directory, Odd
from ctxsize.walk.wanted import by_one, keep, passed_over, steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ctxsize.repositories.folders import Entry, GitFolder, Reader
    from ctxsize.tree import Wanted
    from ctxsize.walk.wanted import States

__all__ = ["Planting", "shared_files"]

_FOLDER_MODE = stat.S_IFDIR | 0o755
_LINK_MODE = stat.S_IFLNK | 0o777


class _Bed:
    """A folder to be: what is kept of it, and the subfolders with the rows before which they sort."""

    __slots__ = ("below", "directory", "entries", "folder", "like", "states")

    def __init__(self, folder: GitFolder, directory: Directory, states: States | None, like: Directory | None) -> None:
        self.folder = folder
        self.directory = directory
        self.states = states
        self.like = like
        self.entries: list[Entry] = []
        self.below: list[tuple[int, _Bed]] = []

    def files(self) -> Iterator[tuple[str, Entry]]:
        for name, entry in zip(self.directory.names, self.entries, strict=True):
            yield self.folder.path_of(name), entry


class Planting:
    """The folders below ``top``, in which ``like`` is the tree to be compared with; ``seen`` counts the entries."""

    def __init__(self, reader: Reader, top: GitFolder, wanted: Wanted, mtime_ns: int, like: Directory | None) -> None:
        self._wanted = wanted
        self._mtime_ns = mtime_ns
        self._beds: list[_Bed] = []
        self.seen = 0
        level = [_Bed(top, Directory("", _FOLDER_MODE, mtime_ns), wanted.states, like)]
        while level:
            reader.read([bed.folder for bed in level if not bed.folder.known])
            self._beds += level
            level = [below for bed in level for below in self._look(bed)]

    def files(self) -> Iterator[tuple[str, Entry]]:
        """All that is kept, with paths below the work tree's top, in the order in which ``plant`` is told sizes."""
        return (file for bed in self._beds for file in bed.files())

    def links(self) -> Iterator[tuple[str, Entry]]:
        """The links among them."""
        return (file for bed in self._beds if bed.folder.linked for file in bed.files() if is_link(file[1]))

    def objects(self) -> list[bytes]:
        """The names of their objects, in the same order."""
        return [entry[2] for bed in self._beds for entry in bed.entries]

    def _look(self, bed: _Bed) -> Iterator[_Bed]:
        directory, folder, folders = bed.directory, bed.folder, bed.folder.folders
        directory.listed = len(folder.files) + len(folders)
        self.seen += directory.listed
        _choose(bed)
        if not folders:
            return
        likes = {child.name: child for _, child in bed.like.folders} if bed.like else {}
        rows = [entry[1] for entry in bed.entries]
        for name in sorted(folders, key=os.fsencode):
            path = directory.path_of(name)
            states = None if bed.states is None else steps(bed.states, name, path)
            if passed_over(self._wanted, states, path):
                continue
            child = Directory(path, _FOLDER_MODE, self._mtime_ns)
            below = _Bed(folders[name], child, states, likes.get(name))
            bed.below.append((bisect_left(rows, os.fsencode(name)), below))
            yield below

    def plant(self, sizes: Sequence[int], target: Callable[[Entry], bytes]) -> Directory:
        """The tree, with the sizes of its files; ``target`` tells what a link holds."""
        end = len(sizes)
        for bed in reversed(self._beds):
            start = end - len(bed.entries)
            own = array("q", sizes[start:end])
            bed.directory.folders = [(row, below.directory) for row, below in bed.below]
            if bed.like is not None and _alike(bed, bed.like, own):
                bed.directory = bed.like
            elif own:
                self._fill(bed, own, target)
            end = start
        return self._beds[0].directory

    def _fill(self, bed: _Bed, sizes: array[int], target: Callable[[Entry], bytes]) -> None:
        directory, names = bed.directory, bed.directory.names
        usual = wire.EARLY <= self._mtime_ns < tar.LATE
        if bed.folder.linked or not usual or not fill_plainly(directory, names, sizes):
            directory.names = []
            for name, entry, size in zip(names, bed.entries, sizes, strict=True):
                if is_link(entry):
                    self._add_link(directory, name, target(entry))
                else:
                    self._add_file(directory, name, entry, size)

    def _add_file(self, directory: Directory, name: str, entry: Entry, size: int) -> None:
        path = os.fsencode(directory.path_of(name))
        mode = stat.S_IFREG | (0o755 if int(entry[0], 8) & 0o100 else 0o644)
        directory.names.append(name)
        directory.sizes.append(size)
        directory.wire.append(wire.regular_file(len(path), mode, self._mtime_ns, size))
        directory.packets.append(1 + -(-size // wire.CHUNK))
        directory.tar.append(tar.entry(path, size, self._mtime_ns))

    def _add_link(self, directory: Directory, name: str, target: bytes) -> None:
        path, size = os.fsencode(directory.path_of(name)), len(target)
        directory.odd[len(directory.names)] = Odd(Kind.SYMLINK, _LINK_MODE, self._mtime_ns, size, os.fsdecode(target))
        directory.names.append(name)
        directory.sizes.append(0)
        directory.wire.append(wire.stat_packet(len(path), _LINK_MODE, self._mtime_ns, size, size))
        directory.packets.append(0)
        directory.tar.append(tar.entry(path, 0, self._mtime_ns, target))


def _choose(bed: _Bed) -> None:
    """The files and links that some build may want, in the order of names."""
    directory, files, states = bed.directory, bed.folder.files, bed.states
    names = list(files)
    if bed.like is not None and states and bed.like.passed is states[0] and names == bed.like.names:
        # these names have been held against this very list
        directory.names, directory.passed, bed.entries = names, states[0], list(files.values())
        return
    if states is not None:
        names = keep(states, directory.path, names)
    raw = [files[name][1] for name in names]
    if raw != sorted(raw):
        # as they come out of a set, or were written by broken tools
        names.sort(key=os.fsencode)
    directory.names, bed.entries = names, [files[name] for name in names]
    if states is not None and by_one(states, "".join(names)):
        directory.passed = states[0]


def _alike(bed: _Bed, like: Directory, sizes: array[int]) -> bool:
    """Whether nothing that is counted, and nothing that was worked out, can tell the two from each other."""
    own = bed.directory
    return (
        like.names == own.names
        and like.sizes == sizes
        and like.folders == own.folders
        and like.listed == own.listed
        and like.passed is own.passed
        and like.derived
        and not (bed.folder.linked or like.odd or like.unreadable or like.beyond)
        and of_folder(like) == of_folder(own)
    )


def shared_files(reader: Reader, tree: Directory, folder: GitFolder) -> list[bytes]:
    """The objects of the files that a tree and a folder of a commit have both, by their paths."""
    found: list[bytes] = []
    for directory, here in in_step(reader, tree, folder):
        files = here.files
        found += [files[name][2] for name in directory.names if name in files]
    return found


def in_step(reader: Reader, tree: Directory, folder: GitFolder) -> Iterator[tuple[Directory, GitFolder]]:
    """The folders that both have, parents first; those that nobody has looked into are read level by level."""
    level = [(tree, folder)]
    while level:
        reader.read([here for _, here in level if not here.known])
        yield from level
        level = [
            (child, here.folders[name])
            for directory, here in level
            for _, child in directory.folders
            if (name := child.name) in here.folders
        ]
