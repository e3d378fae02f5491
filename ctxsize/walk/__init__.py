"""One pass over a context: the only place that scans folders for what is sent.

It recurses on folder descriptors, so a swapped link cannot lead it out of the context, skips what no build can want,
and looks at nothing but metadata. Unreadable folders and odd names become problems; files that vanish are passed over,
as the builders' clients do. What it finds goes into a ``Sheet``, row by row.
"""

from __future__ import annotations

import os
import sys
from operator import attrgetter
from typing import TYPE_CHECKING

from ctxsize.builders.gates import leads_to
from ctxsize.builders.sheet import NOTHING, Sheet
from ctxsize.errors import InputError
from ctxsize.model import Problem
from ctxsize.tree import EVERYTHING, Directory, Tree, uncollected
from ctxsize.walk import workers
from ctxsize.walk.attributes import Attributes
from ctxsize.walk.files import Files, listed
from ctxsize.walk.sharing import LOOK_AHEAD_AFTER, Job, Sharing
from ctxsize.walk.wanted import by_one, is_free, keep, passed_over, steps

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ctxsize.tree import Wanted
    from ctxsize.walk.wanted import States

# a path below this depth is opened by its full name, so that open descriptors stay few
_DEPTH_OF_DESCRIPTORS = 64
_excluded = attrgetter("excluded")
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


class _Walker:
    def __init__(self, real: str, wanted: Wanted, progress: Callable[[int], None] | None) -> None:
        self._wanted = wanted
        self.progress = progress
        self.problems: list[Problem] = []
        self.seen = 0
        self.attributes = Attributes(real, moves=workers.alone())
        self._files = Files(self.attributes)
        self.later: list[Job] = []
        self._workers = workers.count()
        self.spread_after = LOOK_AHEAD_AFTER if self._workers > 1 else sys.maxsize
        self._real = real

    def walk(self, descriptor: int) -> Directory:
        """The context itself; closes its descriptor."""
        sheet = Sheet()
        self._visit(sheet, "", descriptor, self._wanted.states, 0)
        Sharing(self, self._workers, self._wanted.junk).finish()
        root = sheet.directory()
        assert root is not None
        return root

    def _visit(self, sheet: Sheet, path: str, descriptor: int, states: States | None, depth: int) -> int:
        """Writes down a folder and all below it; closes its descriptor.

        Where nothing is wanted, nothing may be written down: then the number of the entries in it and below, else 0.
        """
        number, dropped, deep = len(sheet.rows), 0, depth >= _DEPTH_OF_DESCRIPTORS
        try:
            names, folders, error = listed(descriptor)
            count = len(names) + len(folders)
            # ``saw``, written out: this runs for every folder
            self.seen += count
            if self.progress is not None:
                self.progress(self.seen)
            kept = names if states is None else keep(states, path, names)
            hidden = not (states is None or kept or error or deep) and self._hides(states, path)
            if hidden:
                sheet.put_off(path)
            elif not self._write(sheet, number, path, descriptor, count, kept, states, error):
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
        if folders:
            sheet.close(number, dropped)
        return 0

    def _visit_below(
        self, sheet: Sheet, number: int, path: str, descriptor: int, names: list[str], states: States | None, depth: int
    ) -> int:
        """Visits the subfolders, or puts them off; the number of entries in those that were not written down."""
        dropped = 0
        if states is not None and is_free(states):
            # nothing below has to be held against anything
            sheet.free.add(number)
            states = None
        for name, below, its in self._below(path, names, states):
            if self.seen < self.spread_after:
                dropped += self.descend(sheet, name, below, descriptor, its, depth + 1)
            else:
                self.later.append(Job(sheet, number, sheet.put_off(below), below, its, depth + 1))
        return dropped

    # --- folders ---------------------------------------------------------------------------------

    def saw(self, entries: int) -> None:
        self.seen += entries
        if self.progress is not None:
            self.progress(self.seen)

    def links(self, path: str) -> int:
        """How many links there are to a folder; 1 if nobody knows."""
        try:
            return max(os.lstat(f"{self._real}/{path}").st_nlink, 1)
        except OSError:
            return 1

    def be_quiet(self) -> None:
        """In another process: nothing has been seen yet, and nobody is told."""
        self.problems, self.seen, self.progress = [], 0, None

    def _hides(self, states: States, path: str) -> bool:
        """Whether a folder is of no interest unless something in it is: all ignore it, and those who look look on."""
        if not self._wanted.merges or not all(map(_excluded, states)):
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

    def descend(self, sheet: Sheet, name: str, path: str, parent: int, states: States | None, depth: int) -> int:
        """Visits a subfolder of ``parent``, or one put off where ``parent`` is -1; see ``_visit``."""
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
        number = len(sheet.rows)
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
        elif states is not None and by_one(states, found[0]):
            sheet.passed[number] = states[0]
        return error is None
