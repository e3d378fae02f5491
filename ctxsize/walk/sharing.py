"""Who walks the folders that a walk has put off because the tree is large: this process alone, or others beside it."""

from __future__ import annotations

import sys
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ctxsize.builders.junk import spotless
from ctxsize.builders.sheet import Sheet
from ctxsize.builders.sums import whole_of
from ctxsize.walk import workers
from ctxsize.walk.packed import Packed, pack, unpack
from ctxsize.walk.wanted import step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ctxsize.dockerignore import State
    from ctxsize.model import Problem
    from ctxsize.tree import Directory
    from ctxsize.walk.wanted import States

__all__ = ["Job", "Sharing"]

# after so many entries a walk stops for a moment, to see how much there may be left
LOOK_AHEAD_AFTER = 500
# so many entries are worth starting workers for, whether they are expected or have been seen
_WORTH = 3_000
# so many jobs for each worker: unequal ones even out
_JOBS = 16


class Job(NamedTuple):
    """A folder that is looked into later, its place in the sheet of its ``parent``, and that one's in the same.

    ``share`` is the part of all that it may hold.
    """

    sheet: Sheet
    parent: int
    number: int
    path: str
    states: States | None
    depth: int
    share: float = 0.0


class Walker(Protocol):
    """What is asked of a walk: see ``walk``. ``spread_after`` entries it puts folders off, into ``later``."""

    spread_after: int
    later: list[Job]
    problems: list[Problem]
    seen: int

    def descend(self, sheet: Sheet, name: str, path: str, parent: int, states: States | None, depth: int) -> int: ...

    def saw(self, entries: int) -> None: ...

    def links(self, path: str) -> int: ...

    def be_quiet(self) -> None: ...


class Sharing:
    """``workers`` is the number of processes, this one among them; ``junk`` the state of junk rules at the context."""

    def __init__(self, walker: Walker, workers: int, junk: State | None) -> None:
        self._walker = walker
        self._workers = workers
        self._junk = junk

    def finish(self) -> None:
        """Walks what was put off: in workers, if there is enough of it."""
        jobs = self._put_off()
        if jobs and not self._is_much_left(jobs):
            jobs = self._further(jobs)
        jobs = self._split(jobs)
        self._walker.spread_after = sys.maxsize
        done = self._share_out(jobs) if len(jobs) >= 2 * self._workers else set()
        self._do(jobs, (number for number in range(len(jobs)) if number not in done))

    def _put_off(self) -> list[Job]:
        later, self._walker.later = self._walker.later, []
        shares = _shares(later[0].sheet) if later else {}
        return [job._replace(share=shares[job.number]) for job in later]

    def _is_much_left(self, jobs: list[Job]) -> bool:
        """Whether there may be much, if there are as many entries everywhere as there are in what has been seen."""
        left = sum(job.share for job in jobs)
        return left < 1 and self._walker.seen * left > _WORTH * (1 - left)

    def _further(self, jobs: list[Job]) -> list[Job]:
        """Goes on alone until that has been seen which would have been worth sharing; what is left then."""
        left: list[Job] = []
        self._walker.spread_after = _WORTH
        for job in jobs:
            if self._walker.seen < _WORTH:
                self._do([job], [0])
                left += [one._replace(share=one.share * job.share) for one in self._put_off()]
            else:
                left.append(job)
        return left

    def _split(self, jobs: list[Job]) -> list[Job]:
        """The largest first, and those that may hold most replaced by their subfolders."""
        walker, enough = self._walker, _JOBS * self._workers
        heap = [(-job.share, number, job) for number, job in enumerate(jobs)]
        heapify(heap)
        walker.spread_after, number = 0, len(heap)
        for _ in range(enough):
            if not heap or -heap[0][0] * enough <= 1:
                break
            share, _, job = heappop(heap)
            self._do([job], [0])
            for part, below in self._weighed(walker.later):
                heappush(heap, (share * part, number := number + 1, below))
            walker.later = []
        return [job for *_, job in sorted(heap)]

    def _weighed(self, jobs: list[Job]) -> list[tuple[float, Job]]:
        """Siblings with the parts of their folder that each may hold: the more, the more subfolders it has.

        Many file systems count those as links to the folder; where they do not, all are alike.
        """
        weights = [self._walker.links(job.path) for job in jobs]
        everything = sum(weights)
        return [(weight / everything, job) for weight, job in zip(weights, jobs, strict=True)]

    def _walk(self, sheet: Sheet, job: Job) -> tuple[int | None, int]:
        """The folder's number in the sheet, None if there is nothing to tell, and how many entries were dropped."""
        place = len(sheet.rows)
        dropped = self._walker.descend(sheet, "", job.path, -1, job.states, job.depth)
        return place if len(sheet.rows) > place else None, dropped

    def _do(self, jobs: list[Job], numbers: Iterable[int]) -> None:
        """Walks folders into one sheet of their own."""
        sheet = Sheet()
        for number in numbers:
            job = jobs[number]
            place, dropped = self._walk(sheet, job)
            job.sheet.put_in(job.number, None if place is None else (sheet, place))
            job.sheet.add_beyond(job.parent, dropped)

    # --- other processes -------------------------------------------------------------------------

    def _share_out(self, jobs: list[Job]) -> set[int]:
        """The numbers of the jobs that were done, here or in other processes."""
        done: list[int] = []

        def here(numbers: Iterator[int]) -> None:
            self._do(jobs, _noted(numbers, done))
            # the others are doing the same meanwhile
            for number in done:
                self._sum_up(jobs[number].path, jobs[number].sheet.directory(jobs[number].number))

        for answer in workers.share_out(len(jobs), lambda numbers: self._answer(jobs, numbers), here, self._workers):
            done += self._take(jobs, answer)
        return set(done)

    def _answer(self, jobs: list[Job], numbers: Iterable[int]) -> bytes:
        """In another process: the folders of some jobs, with as much of what will be asked as can be told in a word."""
        walker, sheet, told = self._walker, Sheet(), list[Packed]()
        walker.be_quiet()
        for number in numbers:
            told.append(Packed(number, *self._walk(sheet, jobs[number])))
        for one in told:
            self._sum_up(jobs[one.job].path, None if one.place is None else sheet.directory(one.place))
        return pack(sheet, told, walker.problems, walker.seen)

    def _take(self, jobs: list[Job], answer: bytes) -> list[int]:
        """Puts in what another process has found; the numbers of its jobs."""
        states = {number: (job.path, job.states, self._junk_at(job.path)) for number, job in enumerate(jobs)}
        told, problems, seen = unpack(answer, states)
        for number, folder, dropped in told:
            jobs[number].sheet.put_in(jobs[number].number, folder)
            jobs[number].sheet.add_beyond(jobs[number].parent, dropped)
        self._walker.problems += problems
        self._walker.saw(seen)
        return [number for number, *_ in told]

    def _sum_up(self, path: str, folder: Directory | None) -> None:
        """Works out what is surely going to be asked."""
        junk = self._junk_at(path)
        if folder is not None:
            whole_of(folder)
            if junk is not None:
                spotless(folder, junk)

    def _junk_at(self, path: str) -> State | None:
        state, so_far = self._junk, ""
        for name in path.split("/"):
            so_far = f"{so_far}/{name}" if so_far else name
            state = state and step(state, name, so_far)
        return state


def _noted(numbers: Iterator[int], done: list[int]) -> Iterator[int]:
    for number in numbers:
        yield number
        done.append(number)


def _shares(sheet: Sheet) -> dict[int, float]:
    """The part of all that each folder may hold, by its number: as much as each of its siblings."""
    shares = {0: 1.0}
    for number in range(len(sheet.rows)):
        below = list(sheet.below(number))
        shares |= dict.fromkeys(below, shares[number] / max(len(below), 1))
    return shares
