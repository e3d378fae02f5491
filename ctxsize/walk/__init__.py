"""One pass over a context: the only place that scans folders for what is sent.

It recurses on folder descriptors, so a swapped link cannot lead it out of the context, skips what no build can want,
and looks at nothing but metadata. Unreadable folders and odd names become problems; files that vanish are passed over,
as the builders' clients do.
"""

from __future__ import annotations

import os
import sys
from array import array
from typing import TYPE_CHECKING

from ctxsize.builders import tar, wire
from ctxsize.builders.sums import PLAIN_PATH, plain_columns, plain_modes, plain_sums
from ctxsize.builders.tar import LATE
from ctxsize.builders.wire import EARLY
from ctxsize.dockerignore import BadPatternError
from ctxsize.errors import InputError
from ctxsize.model import Kind, Problem
from ctxsize.tree import Directory, Odd, Tree, uncollected
from ctxsize.walk import workers
from ctxsize.walk.attributes import Attributes
from ctxsize.walk.packed import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from ctxsize.dockerignore import State

    States = tuple[State, ...]
    # a folder that is looked into later: its parent, itself, its states, its depth
    Job = tuple[Directory, Directory, States | None, int]
    Test = Callable[[str], bool] | bool
    # name, size, wire, packets, tar: the columns of a folder
    Cell = tuple[str, int, int, int, int]

# a tree of this many entries is worth starting workers for, with that many jobs each
_SPREAD_AFTER = 10_000
_JOBS = 16
# a path below this depth is opened by its full name, so that open descriptors stay few
_DEPTH_OF_DESCRIPTORS = 64
# any of the plain modes
_PLAIN_MODE = 0o100644
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
    except (OSError, ValueError) as error:
        raise InputError(_reason(error), where=str(context), hint="the context must be a readable folder") from None
    root = Directory("", 0, 0)
    # PATH_MAX allows some 2,000 levels, and a level takes up to three calls, here and wherever a tree is gone through
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 12_000))
    with uncollected():
        walker.visit(root, descriptor, None if wanted is None else tuple(wanted), 0)
        walker.finish()
    return Tree(root, tuple(walker.problems), wanted is None, walker.seen)


def _reason(error: Exception) -> str:
    """The engine's own words for what is wrong with a path: the operating system's, in lower case."""
    return (getattr(error, "strerror", None) or str(error)).lower()


class _Walker:
    def __init__(self, real: str, count_all: bool, progress: Callable[[int], None] | None) -> None:
        self.count_all = count_all
        self.progress = progress
        self.problems: list[Problem] = []
        self.seen = 0
        self.attributes = Attributes(real)
        self._later: list[Job] = []
        self._workers = workers.count()
        self._spread_after = _SPREAD_AFTER if self._workers > 1 else sys.maxsize
        self._real = real
        self._modes = plain_modes(everything=os.geteuid() == 0)

    # --- folders ---------------------------------------------------------------------------------

    def visit(self, folder: Directory, descriptor: int, states: States | None, depth: int) -> None:
        """Reads a folder and all below it; closes its descriptor."""
        try:
            names = self._read(folder, descriptor, states)
            self.seen += folder.listed
            if self.progress:
                self.progress(self.seen)
            children = self._place(folder, names, states)
            if depth >= _DEPTH_OF_DESCRIPTORS:
                os.close(descriptor)
                descriptor = -1
            for child, child_states in children:
                if self.seen < self._spread_after:
                    self._descend(child, descriptor, child_states, depth + 1)
                else:
                    self._later.append((folder, child, child_states, depth + 1))
            _drop_vanished(folder)
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def finish(self) -> None:
        """Looks into the folders that were put off because the tree is large: in workers, if there are enough."""
        self._spread_after, expanded = sys.maxsize, 0
        while self._later and len(self._later) < _JOBS * self._workers and expanded < _JOBS * self._workers:
            self._expand()
            expanded += 1
        jobs, self._later = self._later, []
        done: set[int] = set()
        if len(jobs) >= 2 * self._workers:
            answers = workers.share_out(len(jobs), lambda number: self._answer(jobs[number]), self._workers)
            for number, answer in answers:
                self._take(jobs[number], answer)
                done.add(number)
        for number, (folder, child, states, depth) in enumerate(jobs):
            if number not in done:
                self._descend(child, -1, states, depth)
            _drop_vanished(folder)

    def _expand(self) -> None:
        """Replaces the folder that was put off first by its subfolders."""
        folder, child, states, depth = self._later.pop(0)
        self._spread_after = 0
        self._descend(child, -1, states, depth)
        self._spread_after = sys.maxsize
        _drop_vanished(folder)

    def _answer(self, job: Job) -> bytes:
        self.problems, self.seen, self.progress = [], 0, None
        self._descend(job[1], -1, job[2], job[3])
        return pack(job[1], self.problems, self.seen)

    def _take(self, job: Job, answer: bytes) -> None:
        _, child, states, _ = job
        problems, seen = unpack(answer, child)
        self.problems += problems
        self.seen += seen
        if states is not None and len(states) == 1:
            _mark_passed(child, states[0])
        if self.progress:
            self.progress(self.seen)

    def _descend(self, child: Directory, parent: int, states: States | None, depth: int) -> None:
        try:
            if parent >= 0:
                descriptor = os.open(child.name, _OPEN_FOLDER, dir_fd=parent)
            else:
                descriptor = os.open(f"{self._real}/{child.path}", _OPEN_FOLDER)
        except FileNotFoundError:
            child.vanished = True
            return
        except OSError as error:
            self._closed(child, parent, error)
            return
        self.visit(child, descriptor, states, depth)

    def _closed(self, child: Directory, parent: int, error: OSError) -> None:
        """A folder that cannot be opened still is an entry."""
        child.unreadable = _reason(error)
        self.problems.append(Problem(f"{child.path}/", child.unreadable))
        try:
            name, at = (child.name, parent) if parent >= 0 else (f"{self._real}/{child.path}", None)
            here = os.lstat(name, dir_fd=at)
        except OSError:
            child.vanished = True
            return
        child.mode, child.mtime_ns = here.st_mode, here.st_mtime_ns
        child.xattrs = self.attributes.of(child.path)

    def _read(self, folder: Directory, descriptor: int, states: States | None) -> list[str]:
        """Fills the folder's columns; the names of its subfolders."""
        here = os.fstat(descriptor)
        folder.mode, folder.mtime_ns = here.st_mode, here.st_mtime_ns
        if folder.path:
            folder.xattrs = self.attributes.of(folder.path, descriptor)
        found = _Found()
        try:
            with os.scandir(descriptor) as entries:
                folder.listed = self._sort_out(entries, self._test(folder, states), found)
        except OSError as error:
            folder.unreadable = _reason(error)
            self.problems.append(Problem(f"{folder.path}/" if folder.path else "", folder.unreadable))
        if found.plain or found.closer:
            self._fill(folder, descriptor, found)
        if states is not None and len(states) == 1:
            _mark(folder, states[0])
        return found.folders

    def _place(
        self, folder: Directory, names: list[str], states: States | None
    ) -> list[tuple[Directory, States | None]]:
        """Puts the subfolders where they sort among the files; those to look into, with their states."""
        if not names:
            return []
        names.sort(key=None if "".join(names).isascii() else os.fsencode)
        children, row, files = [], 0, _sortable(folder.names)
        for name in names:
            path = f"{folder.path}/{name}" if folder.path else name
            below = None if states is None else _step(states, name, path)
            if below == () and not self.count_all:
                continue
            child = Directory(path, 0, 0)
            sortable = os.fsencode(name)
            while row < len(files) and files[row] < sortable:
                row += 1
            folder.folders.append((row, child))
            children.append((child, below))
        return children

    # --- files -----------------------------------------------------------------------------------

    def _test(self, folder: Directory, states: States | None) -> Test:
        """Which files of the folder no build can want: all, none, or a test on the name."""
        if states is None:
            return False
        tests = [state.file_test() for state in states]
        if False in tests:
            return False
        tests = [test for test in tests if test is not True]
        if not tests:
            return True
        if len(tests) == 1 and callable(tests[0]):
            return tests[0]
        return _general_test([state for state in states if not state.settled], folder.path)

    def _sort_out(self, entries: Iterator[os.DirEntry[str]], excluded: Test, found: _Found) -> int:
        """One entry after the other, as little as can be for each: how many there are."""
        modes, plain, folders, left_out = self._modes, found.plain, found.folders, 0
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                folders.append(entry.name)
                continue
            name = entry.name
            if excluded is not False and (excluded is True or (excluded(name) and "\n" not in name)):
                left_out += 1
                continue
            try:
                here = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if here.st_mode in modes and here.st_nlink == 1 and EARLY <= here.st_mtime_ns < LATE:
                plain[name] = here.st_size
            else:
                found.closer.append((name, here))
        return len(folders) + len(plain) + len(found.closer) + left_out

    def _fill(self, folder: Directory, descriptor: int, found: _Found) -> None:
        """The columns of a folder, in the order of names."""
        plain, prefix = found.plain, f"{folder.path}/" if folder.path else ""
        for name in self.attributes.marked(prefix, plain):
            del plain[name]
            found.closer.append((name, os.lstat(name, dir_fd=descriptor)))
        names = sorted(plain)
        text = "".join(names)
        if found.closer or not (prefix.isascii() and text.isascii()) or len(prefix) + max(map(len, names)) > PLAIN_PATH:
            self._fill_each(folder, prefix, descriptor, found)
            return
        sizes = array("q", [plain[name] for name in names])
        sums = plain_sums(len(prefix), len(text), sizes)
        if sums[0] < tar.LARGE:
            folder.fill(names, sizes, plain_columns, sums)
        else:
            self._fill_each(folder, prefix, descriptor, found)

    def _fill_each(self, folder: Directory, prefix: str, descriptor: int, found: _Found) -> None:
        """The same, file by file."""
        odd = dict[str, Odd]()
        cells = [self._plain_cell(prefix, name, size) for name, size in found.plain.items()]
        cells += [self._cell(prefix, descriptor, name, here, odd) for name, here in found.closer]
        cells.sort(key=_bytes_of_name)
        names, sizes, *columns = zip(*cells, strict=True)
        sent, packets, tarred = (array("q", column) for column in columns)
        sums = (sum(sizes), sum(sent), sum(packets), sum(tarred))
        folder.fill(list(names), array("q", sizes), (sent, packets, tarred), sums)
        if odd:
            folder.odd = {row: odd[name] for row, name in enumerate(names) if name in odd}

    def _plain_cell(self, prefix: str, name: str, size: int) -> Cell:
        """A plain file, whatever its path."""
        path = os.fsencode(prefix + name)
        sent = wire.regular_file(len(path), _PLAIN_MODE, EARLY, size)
        return name, size, sent, wire.packets(size), tar.entry(path, size, EARLY)

    def _cell(self, prefix: str, descriptor: int, name: str, here: os.stat_result, odd: dict[str, Odd]) -> Cell:
        """An entry that is not plain, or has an unusual name or time."""
        path = os.fsencode(prefix + name)
        closer = self.attributes.odd(prefix + name, here, descriptor)
        if closer != _plain(here):
            odd[name] = closer
        regular, link = closer.kind is Kind.FILE, os.fsencode(closer.link)
        announced = wire.stat_packet(len(path), here.st_mode, here.st_mtime_ns, here.st_size, len(link), closer.rdev,
                                     closer.xattrs)  # fmt: skip
        requested = regular or closer.kind is Kind.SOCKET
        content, packets = wire.content_packets(here.st_size) if requested else (0, 0)
        size = here.st_size if regular else 0
        in_tar = closer.kind is not Kind.SOCKET
        tarred = tar.entry(path, size, here.st_mtime_ns, link, closer.capability) if in_tar else 0
        return name, size, announced + content, packets, tarred


class _Found:
    """What one folder holds, before it is put in order."""

    __slots__ = ("closer", "folders", "plain")

    def __init__(self) -> None:
        self.plain: dict[str, int] = {}
        self.closer: list[tuple[str, os.stat_result]] = []
        self.folders: list[str] = []


def _plain(here: os.stat_result) -> Odd:
    """What is known of a readable regular file of one name and without attributes, whatever its name and time."""
    return Odd(Kind.FILE, here.st_mode, here.st_mtime_ns, here.st_size, rdev=here.st_rdev)


def _bytes_of_name(cell: Cell) -> bytes:
    return os.fsencode(cell[0])


def _sortable(names: Sequence[str]) -> list[bytes]:
    return [os.fsencode(name) for name in names]


def _general_test(states: list[State], folder: str) -> Test:
    prefix = f"{folder}/" if folder else ""

    def excluded(name: str) -> bool:
        try:
            return all(state.excludes_file(name, prefix + name) for state in states)
        except BadPatternError:
            return False

    return excluded


def _mark(folder: Directory, state: State) -> None:
    """Remembers that all rows of the folder have been held against this one state."""
    if state.file_test() is not None and folder.plain_names:
        folder.passed = state


def _mark_passed(folder: Directory, state: State) -> None:
    _mark(folder, state)
    for _, child in folder.folders:
        below = _step((state,), child.name, child.path)
        if below:
            _mark_passed(child, below[0])


def _drop_vanished(folder: Directory) -> None:
    if any(child.vanished for _, child in folder.folders):
        folder.folders = [pair for pair in folder.folders if not pair[1].vanished]


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
