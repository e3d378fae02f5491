"""One pass over a context: the only place that scans folders for what is sent.

It recurses on folder descriptors, so a swapped link cannot lead it out of the context, skips what no build can want,
and looks at nothing but metadata. Unreadable folders and odd names become problems; files that vanish are passed over,
as the builders' clients do.
"""

from __future__ import annotations

import os
import sys
from bisect import bisect_left
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.builders.junk import spotless
from ctxsize.errors import InputError
from ctxsize.model import Problem
from ctxsize.tree import EVERYTHING, Directory, Tree, uncollected
from ctxsize.walk import workers
from ctxsize.walk.attributes import Attributes
from ctxsize.walk.files import Files
from ctxsize.walk.packed import pack, unpack
from ctxsize.walk.wanted import file_test, mark, passed_over, step, steps

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ctxsize.dockerignore import State
    from ctxsize.tree import Wanted
    from ctxsize.walk.wanted import States

# a tree of this many entries is worth starting workers for, with that many jobs each
_SPREAD_AFTER = 3_000
_JOBS = 16
# a path below this depth is opened by its full name, so that open descriptors stay few
_DEPTH_OF_DESCRIPTORS = 64
_OPEN_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def scan(context: Path, wanted: Wanted = EVERYTHING, *, progress: Callable[[int], None] | None = None) -> Tree:
    """The tree under ``context``, which may itself be a symlink.

    ``progress`` is told the number of entries seen so far. Raises InputError if the context is not a readable folder.
    """
    real = os.path.realpath(context)
    walker = _Walker(real, wanted, progress)
    try:
        descriptor = os.open(real, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise InputError(_reason(error), where=str(context), hint="the context must be a readable folder") from None
    root = Directory("", 0, 0)
    # PATH_MAX allows some 2,000 levels, and a level takes up to three calls, here and wherever a tree is gone through
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 12_000))
    with uncollected(), walker.attributes.home():
        walker.visit(root, descriptor, wanted.states, 0)
        walker.finish(root)
    return Tree(root, tuple(walker.problems), wanted.states is None, walker.seen)


def _reason(error: Exception) -> str:
    """The engine's own words for what is wrong with a path: the operating system's, in lower case."""
    return (getattr(error, "strerror", None) or str(error)).lower()


class _Job(NamedTuple):
    """A folder that is looked into later."""

    parent: Directory
    folder: Directory
    states: States | None
    depth: int


class _Walker:
    def __init__(self, real: str, wanted: Wanted, progress: Callable[[int], None] | None) -> None:
        self._wanted = wanted
        self.progress = progress
        self.problems: list[Problem] = []
        self.seen = 0
        self.attributes = Attributes(real, moves=workers.alone())
        self._files = Files(self.attributes)
        self._later: list[_Job] = []
        self._workers = workers.count()
        self._spread_after = _SPREAD_AFTER if self._workers > 1 else sys.maxsize
        self._real = real

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
                    self._later.append(_Job(folder, child, child_states, depth + 1))
            _drop_vanished(folder)
        finally:
            if descriptor >= 0:
                os.close(descriptor)

    def finish(self, root: Directory) -> None:
        """Looks into the folders that were put off because the tree is large: in workers, if there are enough."""
        self._spread_after = sys.maxsize
        if self._later:
            self._split(root)
        jobs, self._later = self._later, []
        done = self._share_out(jobs) if len(jobs) >= 2 * self._workers else set()
        for number, job in enumerate(jobs):
            if number not in done:
                self._do(job)
            _drop_vanished(job.parent)

    def _split(self, root: Directory) -> None:
        """Replaces the folders that may hold most by their subfolders, so that no job is most of the work."""
        shares, enough = _shares(root), _JOBS * self._workers
        jobs = [(-shares[job.folder.path], number, job) for number, job in enumerate(self._later)]
        heapify(jobs)
        self._spread_after, self._later, number = 0, [], len(jobs)
        for _ in range(enough):
            if not jobs or -jobs[0][0] * enough <= 1:
                break
            share, _, job = heappop(jobs)
            self._do(job)
            _drop_vanished(job.parent)
            for below in self._later:
                heappush(jobs, (share / len(self._later), number := number + 1, below))
            self._later = []
        self._spread_after, self._later = sys.maxsize, [job for *_, job in jobs]

    def _do(self, job: _Job) -> None:
        self._descend(job.folder, -1, job.states, job.depth)

    # --- sharing out -----------------------------------------------------------------------------

    def _share_out(self, jobs: list[_Job]) -> set[int]:
        """The numbers of the jobs that were done, here or in other processes."""
        done: set[int] = set()

        def here(number: int) -> None:
            self._do(jobs[number])
            done.add(number)

        for number, answer in workers.share_out(len(jobs), lambda one: self._answer(jobs[one]), here, self._workers):
            self._take(jobs[number], answer)
            done.add(number)
        return done

    def _answer(self, job: _Job) -> bytes:
        """In another process: the folder, with as much of what will be asked as can be told in a word."""
        self.problems, self.seen, self.progress = [], 0, None
        self._do(job)
        junk = self._junk_at(job.folder.path)
        if junk is not None:
            spotless(job.folder, junk)
        return pack(job.folder, self.problems, self.seen)

    def _take(self, job: _Job, answer: bytes) -> None:
        state = job.states[0] if job.states is not None and len(job.states) == 1 else None
        problems, seen = unpack(answer, job.folder, state, self._junk_at(job.folder.path))
        self.problems += problems
        self.seen += seen
        if self.progress:
            self.progress(self.seen)

    def _junk_at(self, path: str) -> State | None:
        state, parts = self._wanted.junk, path.split("/")
        for depth, name in enumerate(parts, 1):
            state = state and step(state, name, "/".join(parts[:depth]))
        return state

    # --- folders ---------------------------------------------------------------------------------

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
        """Fills the folder's rows; the names of its subfolders."""
        here = os.fstat(descriptor)
        folder.mode, folder.mtime_ns = here.st_mode, here.st_mtime_ns
        if folder.path:
            folder.xattrs = self.attributes.of(folder.path, descriptor)
        try:
            names = self._files.read(folder, descriptor, file_test(states, folder))
        except OSError as error:
            folder.unreadable = _reason(error)
            self.problems.append(Problem(f"{folder.path}/" if folder.path else "", folder.unreadable))
            return []
        mark(folder, states)
        return names

    def _place(
        self, folder: Directory, names: list[str], states: States | None
    ) -> list[tuple[Directory, States | None]]:
        """Puts the subfolders where they sort among the files; those to look into, with their states."""
        if not names:
            return []
        names.sort(key=os.fsencode)
        children, files = [], [os.fsencode(name) for name in folder.names]
        for name in names:
            path = f"{folder.path}/{name}" if folder.path else name
            below = None if states is None else steps(states, name, path)
            if passed_over(self._wanted, below, path):
                continue
            child = Directory(path, 0, 0)
            folder.folders.append((bisect_left(files, os.fsencode(name)), child))
            children.append((child, below))
        return children


def _shares(root: Directory) -> dict[str, float]:
    """The part of all that a folder may hold, by path: as much as each of its siblings."""
    shares = {root.path: 1.0}
    for folder in root.walk():
        for _, child in folder.folders:
            shares[child.path] = shares[folder.path] / len(folder.folders)
    return shares


def _drop_vanished(folder: Directory) -> None:
    if any(child.vanished for _, child in folder.folders):
        folder.folders = [pair for pair in folder.folders if not pair[1].vanished]
