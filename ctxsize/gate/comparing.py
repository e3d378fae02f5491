"""Both sides of a check put together: the working tree, and the commit or baseline file that it is held against."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ctxsize.budget.judge import Status
from ctxsize.builds.search import NOT_SEARCHED
from ctxsize.errors import CtxsizeError
from ctxsize.gate.checking import check
from ctxsize.gate.reference import CommitReference, FileReference
from ctxsize.gate.side import NothingIgnored, Side
from ctxsize.git import Ignored
from ctxsize.measure import Memory
from ctxsize.model import Problem
from ctxsize.repositories import objects
from ctxsize.repositories.commit import CommitRepository
from ctxsize.repositories.remembered import RememberedRepository
from ctxsize.repositories.tracked import TrackedRepository

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ctxsize.budget.judge import Verdict
    from ctxsize.gate.demand import Demand
    from ctxsize.gate.reference import Reference
    from ctxsize.measure import Request
    from ctxsize.model import BuildDefinition
    from ctxsize.repositories.disk import Repository

__all__ = ["Comparison", "Sources", "compare", "update_baseline"]

Progress = Callable[[int], None] | None


@dataclass(frozen=True, slots=True)
class Sources:
    """``request`` is what is measured now; ``builds_of`` finds the builds that another state of the repository asks
    for. ``partial`` tells that only some builds were chosen."""

    request: Request
    builds_of: Callable[[Repository], tuple[BuildDefinition, ...]]
    partial: bool = False

    def at(self, repository: Repository) -> Request:
        return self.request._replace(repository=repository, builds=self.builds_of(repository))


@dataclass(frozen=True, slots=True)
class Comparison:
    """``against`` names what the verdicts compare with; ``problems`` are what could not be read or compared."""

    verdicts: tuple[Verdict, ...]
    against: str | None
    problems: tuple[Problem, ...]


def compare(
    sources: Sources, demand: Demand, against: str | None, baseline: str | None, progress: Progress = None
) -> Comparison:
    """Raises InputError for a ref or baseline that is not there or cannot be read."""
    if against is not None:
        return _with_commit(sources, demand, against, progress)
    reference, title = _baseline(sources, baseline)
    return _judged(Side(sources.request, progress=progress), demand, reference, title)


def _with_commit(sources: Sources, demand: Demand, ref: str, progress: Progress) -> Comparison:
    root, memory = sources.request.repository.root, Memory({}, {})
    commit = CommitRepository(root, ref)
    # what is there now and the tracked part of it are the same files
    disk = RememberedRepository(sources.request.repository)
    tracked = TrackedRepository(disk, commit)
    commit.read_ahead(NOT_SEARCHED)
    after = Side(sources.request._replace(repository=tracked), NothingIgnored(), memory, progress)
    ignored = _Untracked(root, disk, tracked)
    for context, tree in disk.walked:
        commit.expect(context, tracked.reduced(context, tree.root) or tree.root)
    before = Side(sources.at(commit), NothingIgnored(), memory)
    now = Side(sources.request._replace(repository=disk), ignored, memory, progress)
    reference = CommitReference(before, after, partial=sources.partial)
    problems = tuple(dict.fromkeys([*commit.problems, *before.problems]))
    return _judged(now, demand, reference, f"{ref} ({commit.commit[:12]})", problems)


class _Untracked(Ignored):
    """What is tracked git does not ignore: it is only asked where the walk has found something else as well."""

    def __init__(self, root: Path, disk: RememberedRepository, tracked: TrackedRepository) -> None:
        self._root = root
        self._disk = disk
        self._tracked = tracked
        self._asked: Ignored | None = None
        self._ask()

    def paths(self) -> tuple[str, ...]:
        self._ask()
        return self._asked.paths() if self._asked is not None else ()

    def _ask(self) -> None:
        """Of all contexts that have been walked by now."""
        if self._asked is None and not all(self._tracked.holds(one, tree.root) for one, tree in self._disk.walked):
            self._asked = Ignored(self._root)


def _judged(
    now: Side, demand: Demand, reference: Reference | None, title: str | None, problems: tuple[Problem, ...] = ()
) -> Comparison:
    verdicts = check(now, demand, reference)
    unjudged = _unjudged(now.request, demand, reference)
    return Comparison(verdicts, title, (*now.problems, *problems, *unjudged, *_unknown(verdicts, reference)))


def _baseline(sources: Sources, path: str | None) -> tuple[Reference | None, str | None]:
    from ctxsize.gate import baselines

    root = sources.request.repository.root
    found = baselines.load(root, _rooted(root, path))
    if found is None:
        return None, None
    name = _rooted(root, path) or baselines.DEFAULT
    return FileReference(found, lambda: _history(sources, name), partial=sources.partial), name


def _history(sources: Sources, path: str) -> Side | None:
    """The commit that last wrote the baseline: it only serves to name causes, so nothing depends on it."""
    root = sources.request.repository.root
    try:
        commit = objects.last_change(root, path)
        return Side(sources.at(CommitRepository(root, commit)), NothingIgnored()) if commit else None
    except CtxsizeError:
        return None


def _rooted(root: Path, path: str | None) -> str | None:
    """A path that was typed, relative to the current folder, as one relative to the root."""
    return None if path is None else os.path.relpath(Path.cwd() / path, root)


def _unjudged(request: Request, demand: Demand, reference: Reference | None) -> Iterator[Problem]:
    if reference is None and any(demand.budget(build.name).max_growth for build in request.builds):
        hint = "give --against REF, or write a baseline with --update"
        yield Problem("max_growth", f"there is nothing to compare with: {hint}")


def _unknown(verdicts: tuple[Verdict, ...], reference: Reference | None) -> Iterator[Problem]:
    """The builds that were there before, but not with figures."""
    for verdict in verdicts:
        if reference is not None and verdict.status == Status.UNKNOWN:
            why = reference.why_unknown(verdict.renamed or verdict.name, verdict.builder)
            yield Problem(verdict.name, why)


def update_baseline(sources: Sources, demand: Demand, path: str | None, *, ratchet: bool) -> tuple[str, int, bool]:
    """Writes the baseline. (its path, how many builds it has, whether anything changed). Raises InputError for one
    that is there and cannot be read as a baseline of a newer ctxsize, WriteRefusedError if it cannot be written."""
    from ctxsize.changes import Change
    from ctxsize.disk import read_file, write_all
    from ctxsize.gate import baselines

    root = sources.request.repository.root
    name = _rooted(root, path) or baselines.DEFAULT
    old = baselines.replaceable(root, name, needed=ratchet or sources.partial)
    text = baselines.updated(sources.request, demand, name, old, ratchet=ratchet, partial=sources.partial)
    target = root / name
    before, after = read_file(target), text.encode()
    if before != after:
        write_all(target.parent, [Change(target.name, before, after)])
    return name, text.count("\n") - 1, before != after
