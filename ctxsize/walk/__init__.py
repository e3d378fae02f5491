"""One pass over a context: the only place that scans folders for what is sent.

It recurses on folder descriptors, so a swapped link cannot lead it out of the context, skips what no build can want,
and looks at nothing but metadata. Unreadable folders and odd names become problems; files that vanish are passed over,
as the builders' clients do. What it finds goes into a ``Sheet``, row by row.
"""

from __future__ import annotations

import os
import sys
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.builders.gates import leads_to
from ctxsize.builders.junk import spotless
from ctxsize.builders.sheet import NOTHING, Sheet
from ctxsize.errors import InputError
from ctxsize.model import Problem
from ctxsize.tree import EVERYTHING, Directory, Tree, uncollected
from ctxsize.walk import workers
from ctxsize.walk.attributes import Attributes
from ctxsize.walk.files import Files, listed
from ctxsize.walk.packed import Tidings, pack, unpack
from ctxsize.walk.wanted import by_one, keep, passed_over, step, steps

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
    # PATH_MAX allows some 2,000 levels, and a level takes up to three calls, here and wherever a tree is gone through
    sys.setrecursionlimit(max(sys.getrecursionlimit(), 12_000))
    with uncollected(), walker.attributes.home():
        root = walker.walk(descriptor)
    return Tree(root, tuple(walker.problems), wanted.states is None, walker.seen)


def _reason(error: Exception) -> str:
    """The engine's own words for what is wrong with a path: the operating system's, in lower case."""
    return (getattr(error, "strerror", None) or str(error)).lower()


class _Job(NamedTuple):
    """A folder that is looked into later, and its place in the sheet of its parent."""

    sheet: Sheet
    parent: int
    number: int
    path: str
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

    def walk(self, descriptor: int) -> Directory:
        """The context itself; closes its descriptor."""
        sheet = Sheet()
        self._visit(sheet, "", descriptor, self._wanted.states, 0)
        self._finish()
        root = sheet.directory()
        assert root is not None
        return root

    def _visit(self, sheet: Sheet, path: str, descriptor: int, states: States | None, depth: int) -> int:
        """Writes down a folder and all below it; closes its descriptor.

        Where nothing is wanted, nothing may be written down: then the number of the entries in it and below, else 0.
        """
        number, dropped, deep = sheet.put_off(path), 0, depth >= _DEPTH_OF_DESCRIPTORS
        try:
            names, folders, error = listed(descriptor)
            count = len(names) + len(folders)
            self._saw(count)
            kept = names if states is None else keep(states, path, names)
            hidden = not (states is None or kept or error or deep) and self._hides(states, path)
            if not hidden and not self._write(sheet, number, path, descriptor, count, kept, states, error):
                return 0
            if deep:
                os.close(descriptor)
                descriptor = -1
            if folders:
                dropped = self._visit_below(sheet, number, path, descriptor, folders, states, depth)
            if hidden and len(sheet.rows) > number + 1:
                self._write(sheet, number, path, descriptor, count, [], states, None)
                hidden = False
        finally:
            if descriptor >= 0:
                os.close(descriptor)
        if hidden:
            sheet.take_back()
            return count + dropped
        sheet.close(number, dropped)
        return 0

    def _visit_below(
        self, sheet: Sheet, number: int, path: str, descriptor: int, names: list[str], states: States | None, depth: int
    ) -> int:
        """Visits the subfolders, or puts them off; the number of entries in those that were not written down."""
        dropped = 0
        for name, below, its in self._below(path, names, states):
            if self.seen < self._spread_after:
                dropped += self._descend(sheet, name, below, descriptor, its, depth + 1)
            else:
                self._later.append(_Job(sheet, number, sheet.put_off(below), below, its, depth + 1))
        return dropped

    # --- what is put off -------------------------------------------------------------------------

    def _finish(self) -> None:
        """Looks into the folders that were put off because the tree is large: in workers, if there are enough."""
        self._spread_after = sys.maxsize
        if self._later:
            self._split()
        jobs, self._later = self._later, []
        done = self._share_out(jobs) if len(jobs) >= 2 * self._workers else set()
        for number, job in enumerate(jobs):
            if number not in done:
                self._do(job)

    def _split(self) -> None:
        """Replaces the folders that may hold most by their subfolders, so that no job is most of the work."""
        enough, shares = _JOBS * self._workers, _shares(self._later[0].sheet)
        jobs = [(-shares[job.number], number, job) for number, job in enumerate(self._later)]
        heapify(jobs)
        self._spread_after, self._later, number = 0, [], len(jobs)
        for _ in range(enough):
            if not jobs or -jobs[0][0] * enough <= 1:
                break
            share, _, job = heappop(jobs)
            self._do(job)
            for below in self._later:
                heappush(jobs, (share / len(self._later), number := number + 1, below))
            self._later = []
        self._spread_after, self._later = sys.maxsize, [job for *_, job in jobs]

    def _do(self, job: _Job) -> None:
        """Walks a folder that was put off, into a sheet of its own."""
        sheet, dropped = self._walked(job)
        job.sheet.put_in(job.number, sheet if sheet.rows else None)
        job.sheet.add_beyond(job.parent, dropped)

    def _walked(self, job: _Job) -> tuple[Sheet, int]:
        sheet = Sheet()
        return sheet, self._descend(sheet, "", job.path, -1, job.states, job.depth)

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
        sheet, dropped = self._walked(job)
        folder, junk = sheet.directory() if sheet.rows else None, self._junk_at(job.path)
        if folder is not None and junk is not None:
            spotless(folder, junk)
        return pack(folder, Tidings(dropped, self.seen, tuple(self.problems)))

    def _take(self, job: _Job, answer: bytes) -> None:
        state = job.states[0] if job.states is not None and len(job.states) == 1 else None
        folder, found = unpack(answer, job.path, state, self._junk_at(job.path))
        job.sheet.put_in(job.number, folder)
        job.sheet.add_beyond(job.parent, found.dropped)
        self.problems += found.problems
        self._saw(found.seen)

    def _junk_at(self, path: str) -> State | None:
        state, parts = self._wanted.junk, path.split("/")
        for depth, name in enumerate(parts, 1):
            state = state and step(state, name, "/".join(parts[:depth]))
        return state

    # --- folders ---------------------------------------------------------------------------------

    def _saw(self, entries: int) -> None:
        self.seen += entries
        if self.progress is not None:
            self.progress(self.seen)

    def _hides(self, states: States, path: str) -> bool:
        """Whether a folder is of no interest unless something in it is: all ignore it, and those who look look on."""
        if not self._wanted.merges or not all(state.excluded for state in states):
            return False
        return not leads_to(self._wanted.heads, path)

    def _below(
        self, path: str, folders: list[str], states: States | None
    ) -> list[tuple[str, str, States | None]]:
        """The subfolders to look into, in the order of names: name, path and states."""
        folders.sort()
        if not "".join(folders).isascii():
            folders.sort(key=os.fsencode)
        prefix = f"{path}/" if path else ""
        if states is None:
            return [(name, prefix + name, None) for name in folders]
        below = [(name, prefix + name, steps(states, name, prefix + name)) for name in folders]
        return [one for one in below if one[2] or not passed_over(self._wanted, one[2], one[1])]

    def _descend(self, sheet: Sheet, name: str, path: str, parent: int, states: States | None, depth: int) -> int:
        """Visits a subfolder of ``parent``, or one put off where that is -1; see ``_visit``."""
        try:
            if parent >= 0:
                descriptor = os.open(name, _OPEN_FOLDER, dir_fd=parent)
            else:
                descriptor = os.open(f"{self._real}/{path}", _OPEN_FOLDER)
        except FileNotFoundError:
            return 0
        except OSError as error:
            self._closed(sheet, path, parent, error)
            return 0
        return self._visit(sheet, path, descriptor, states, depth)

    def _closed(self, sheet: Sheet, path: str, parent: int, error: OSError) -> None:
        """A folder that cannot be opened still is an entry."""
        self._problem(path, error)
        try:
            name, at = (path.rpartition("/")[2], parent) if parent >= 0 else (f"{self._real}/{path}", None)
            here = os.lstat(name, dir_fd=at)
        except OSError:
            return
        number = sheet.put_off(path)
        sheet.write(number, path, here, 0, NOTHING, self.attributes.of(path))
        sheet.unreadable[number] = path, _reason(error)

    def _problem(self, path: str, error: OSError) -> None:
        self.problems.append(Problem(f"{path}/" if path else "", _reason(error)))

    def _write(
        self, sheet: Sheet, number: int, path: str, descriptor: int, count: int, names: list[str],
        states: States | None, error: OSError | None,
    ) -> bool:  # fmt: skip
        """Fills a folder's row; whether it can be looked into further."""
        found = NOTHING
        try:
            if names:
                found = self._files.look(path, descriptor, names)
        except OSError as late:
            error = error or late
        xattrs = self.attributes.of(path, descriptor) if path else ()
        sheet.write(number, path, os.fstat(descriptor), count, found, xattrs)
        if error is not None:
            self._problem(path, error)
            sheet.unreadable[number] = path, _reason(error)
        elif states is not None and by_one(states, found.text):
            sheet.passed[number] = states[0]
        return error is None


def _shares(sheet: Sheet) -> dict[int, float]:
    """The part of all that each folder may hold, by its number: as much as each of its siblings."""
    shares = {0: 1.0}
    for number in range(len(sheet.rows)):
        below = list(sheet.below(number))
        shares |= dict.fromkeys(below, shares[number] / max(len(below), 1))
    return shares
