"""One pass over a context: the only place that scans folders for what is sent.

It recurses on folder descriptors, so a swapped link cannot lead it out of the context, skips what no build can want,
and looks at nothing but metadata. Unreadable folders and odd names become problems; files that vanish are passed over,
as the builders' clients do.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from typing import TYPE_CHECKING

from ctxsize.builders import tar, wire
from ctxsize.dockerignore import BadPatternError
from ctxsize.errors import InputError
from ctxsize.model import Kind, Problem
from ctxsize.tree import Directory, Odd, Tree, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from ctxsize.dockerignore import State

    Row = tuple[str, os.stat_result]
    States = tuple[State, ...]

# a path below this depth is opened by its full name, so that open descriptors stay few
_DEPTH_OF_DESCRIPTORS = 64
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def scan(
    context: Path,
    wanted: Sequence[State] | None = None,
    *,
    count_all: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Tree:
    """The tree under ``context``, which may itself be a symlink.

    ``wanted`` are the start states of the ignore lists; what all of them keep out is left out, and not even looked
    into where nothing can come back. None keeps everything. ``count_all`` still counts the entries of such folders.
    ``progress`` is told the number of entries seen so far. Raises InputError if the context is not a readable folder.
    """
    real = os.path.realpath(context)
    walker = _Walker(real, count_all, progress)
    try:
        descriptor = os.open(real, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise InputError(_reason(error), where=str(context), hint="the context must be a readable folder") from None
    here = os.fstat(descriptor)
    root = Directory("", here.st_mode, here.st_mtime_ns)
    depth = sys.getrecursionlimit()
    # PATH_MAX allows some 2,000 levels, and a level takes two calls
    sys.setrecursionlimit(max(depth, 12_000))
    try:
        walker.visit(root, descriptor, None if wanted is None else tuple(wanted), 0)
    finally:
        sys.setrecursionlimit(depth)
    return Tree(root, tuple(walker.problems), wanted is None, walker.seen)


def _reason(error: OSError) -> str:
    """The engine's own words for what is wrong with a path: the operating system's, in lower case."""
    return (error.strerror or str(error)).lower()


class _Walker:
    def __init__(self, real: str, count_all: bool, progress: Callable[[int], None] | None) -> None:
        self.real = real
        self.count_all = count_all
        self.progress = progress
        self.problems: list[Problem] = []
        self.seen = 0
        self.is_root = os.geteuid() == 0
        self.no_xattrs = not hasattr(os, "listxattr")

    # --- folders ---------------------------------------------------------------------------------

    def visit(self, folder: Directory, descriptor: int, states: States | None, depth: int) -> None:
        """Reads a folder and all below it; closes its descriptor."""
        try:
            children = self._read(folder, descriptor, states)
            self.seen += folder.listed
            if self.progress:
                self.progress(self.seen)
            if depth >= _DEPTH_OF_DESCRIPTORS:
                os.close(descriptor)
                descriptor = -1
            for child, child_states in children:
                self._descend(child, descriptor, child_states, depth + 1)
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def _descend(self, child: Directory, parent: int, states: States | None, depth: int) -> None:
        try:
            if parent >= 0:
                descriptor = os.open(child.name, _OPEN_FOLDER, dir_fd=parent)
            else:
                descriptor = os.open(f"{self.real}/{child.path}", _OPEN_FOLDER)
        except FileNotFoundError:
            return
        except OSError as error:
            child.unreadable = _reason(error)
            self.problems.append(Problem(f"{child.path}/", child.unreadable))
            return
        self.visit(child, descriptor, states, depth)

    def _read(self, folder: Directory, descriptor: int, states: States | None) -> list[tuple[Directory, States | None]]:
        """Fills the folder's columns; the folders to look into, with their states."""
        rows: list[Row] = []
        folders: list[str] = []
        try:
            with os.scandir(descriptor) as entries:
                folder.listed = self._sort_out(entries, self._keeper(folder, states), rows, folders)
        except OSError as error:
            folder.unreadable = _reason(error)
            self.problems.append(Problem(f"{folder.path}/", folder.unreadable))
        rows.sort(key=_bytes_of_row)
        folders.sort(key=os.fsencode)
        self._fill(folder, descriptor, rows)
        return self._place(folder, descriptor, folders, states)

    def _sort_out(
        self,
        entries: Iterator[os.DirEntry[str]],
        keeps: Callable[[str], bool] | bool,
        rows: list[Row],
        folders: list[str],
    ) -> int:
        listed = 0
        for entry in entries:
            listed += 1
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
            elif keeps is True or (keeps and keeps(entry.name)):
                try:
                    rows.append((entry.name, entry.stat(follow_symlinks=False)))
                except FileNotFoundError:
                    listed -= 1
        return listed

    def _keeper(self, folder: Directory, states: States | None) -> Callable[[str], bool] | bool:
        """Which files of the folder some build may want: all, none, or a test on the name."""
        if states is None or any(state.settled and not state.excluded for state in states):
            return True
        asked = [state for state in states if not state.settled]
        if not asked:
            return False
        prefix = f"{folder.path}/" if folder.path else ""

        def keeps(name: str) -> bool:
            try:
                return not all(state.excludes_file(name, prefix + name) for state in asked)
            except BadPatternError:
                return True

        return keeps

    def _place(
        self, folder: Directory, descriptor: int, names: Iterable[str], states: States | None
    ) -> list[tuple[Directory, States | None]]:
        """Puts the subfolders where they sort among the files."""
        children, row = [], 0
        files = [os.fsencode(name) for name in folder.names]
        for name in names:
            path = folder.path_of(name)
            below = None if states is None else _step(states, name, path)
            if below == () and not self.count_all:
                continue
            try:
                here = os.lstat(name, dir_fd=descriptor)
            except OSError:
                continue
            child = Directory(path, here.st_mode, here.st_mtime_ns, self._xattrs(path))
            sortable = os.fsencode(name)
            while row < len(files) and files[row] < sortable:
                row += 1
            folder.folders.append((row, child))
            children.append((child, below))
        return children

    # --- files -----------------------------------------------------------------------------------

    def _fill(self, folder: Directory, descriptor: int, rows: Sequence[Row]) -> None:
        """The columns of a folder. The plain case stands first and inline: it is nearly every file there is."""
        prefix = f"{folder.path}/" if folder.path else ""
        length = len(os.fsencode(prefix))
        plain_prefix = prefix.isascii()
        names, sizes, wires, packets, tars = folder.names, folder.sizes, folder.wire, folder.packets, folder.tar
        for name, here in rows:
            size = here.st_size
            mode = here.st_mode
            xattrs = () if self.no_xattrs else self._xattrs(prefix + name)
            names.append(name)
            plain = stat.S_ISREG(mode) and here.st_nlink == 1 and not xattrs
            if plain and (self.is_root or mode & 0o444 == 0o444 or os.access(name, os.R_OK, dir_fd=descriptor)):
                path_length = length + (len(name) if name.isascii() else len(os.fsencode(name)))
                sizes.append(size)
                wires.append(wire.regular_file(path_length, mode, here.st_mtime_ns, size))
                packets.append(1 + -(-size // wire.CHUNK))
                if plain_prefix and path_length <= 100 and name.isascii() and 0 <= here.st_mtime < 1 << 33 > size:
                    tars.append(512 + -(-size // 512) * 512)
                else:
                    tars.append(tar.entry(os.fsencode(prefix + name), size, here.st_mtime_ns))
            else:
                self._fill_odd(folder, descriptor, len(names) - 1, here, xattrs)

    def _fill_odd(
        self, folder: Directory, descriptor: int, row: int, here: os.stat_result, xattrs: tuple[tuple[int, int], ...]
    ) -> None:
        name = folder.names[row]
        path = os.fsencode(folder.path_of(name))
        odd = self._odd(folder, descriptor, name, here, xattrs)
        folder.odd[row] = odd
        regular = odd.kind is Kind.FILE
        requested = regular or odd.kind is Kind.SOCKET
        content, packets = wire.content_packets(odd.size) if requested else (0, 0)
        link = os.fsencode(odd.link)
        announced = wire.stat_packet(len(path), odd.mode, odd.mtime_ns, odd.size, len(link), odd.rdev, odd.xattrs)
        folder.sizes.append(odd.size if regular else 0)
        folder.wire.append(announced + content)
        folder.packets.append(packets)
        data = odd.size if regular else 0
        in_tar = odd.kind is not Kind.SOCKET
        folder.tar.append(tar.entry(path, data, odd.mtime_ns, link, odd.capability) if in_tar else 0)

    def _odd(
        self,
        folder: Directory,
        descriptor: int,
        name: str,
        here: os.stat_result,
        xattrs: tuple[tuple[int, int], ...],
    ) -> Odd:
        kind = kind_of(here.st_mode)
        link = ""
        if kind is Kind.SYMLINK:
            try:
                link = os.readlink(name, dir_fd=descriptor)
            except OSError:
                link = ""
        readable = kind is not Kind.FILE or self.is_root or os.access(name, os.R_OK, dir_fd=descriptor)
        return Odd(
            kind=kind,
            mode=here.st_mode,
            mtime_ns=here.st_mtime_ns,
            size=here.st_size,
            link=link,
            inode=here.st_ino if here.st_nlink > 1 else None,
            rdev=here.st_rdev,
            xattrs=xattrs,
            capability=self._capability(folder.path_of(name)) if xattrs else None,
            readable=readable,
        )

    def _xattrs(self, path: str) -> tuple[tuple[int, int], ...]:
        """(name length, value length) of each attribute that the client sends along with an entry."""
        if self.no_xattrs:
            return ()
        full = f"{self.real}/{path}"
        try:
            names = os.listxattr(full, follow_symlinks=False)
        except OSError as error:
            self.no_xattrs = error.errno in (errno.ENOTSUP, errno.ENOSYS)
            return ()
        found = []
        for name in names:
            if not name.startswith("com.apple."):
                try:
                    value = os.getxattr(full, name, follow_symlinks=False)
                except OSError:
                    continue
                found.append((len(os.fsencode(name)), len(value)))
        return tuple(found)

    def _capability(self, path: str) -> int | None:
        try:
            return len(os.getxattr(f"{self.real}/{path}", "security.capability", follow_symlinks=False))
        except OSError:
            return None


def _bytes_of_row(row: Row) -> bytes:
    return os.fsencode(row[0])


def _step(states: States, name: str, path: str) -> States:
    """The states below a folder, without those that can want nothing there."""
    below = []
    for state in states:
        try:
            child = state.child(name, path)
        except BadPatternError:
            child = state
        if not (child.settled and child.excluded):
            below.append(child)
    return tuple(below)


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
