"""One build looked at entry by entry: lists of what is sent, used or wasted, and why a path is or is not."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.builders.reach import Reach, patterns_of
from ctxsize.dockerignore import BadPatternError
from ctxsize.errors import InputError
from ctxsize.measure import worked_contexts
from ctxsize.model import BuilderName, Class, Entry, Kind, ReadBy
from ctxsize.plan import Planner, inside

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ctxsize.builders.reach import ReachState
    from ctxsize.builders.sending import SentFolder
    from ctxsize.measure import Context, Request, Worked
    from ctxsize.model import BuildDefinition, IgnoredBy
    from ctxsize.plan import Plan
    from ctxsize.tree import Directory

__all__ = ["ExplainedBuild", "ExplainedPath", "Listing", "SentTree", "entries", "explain", "listed", "paths"]



class Listing(NamedTuple):
    """Entries in the order in which the builder receives them. ``error`` is why the builder would stop."""

    entries: tuple[Entry, ...]
    transfer_bytes: int | None = None
    error: str | None = None


class ExplainedBuild(NamedTuple):
    """What became of a path in one build. ``klass`` is None for what is not sent; ``error`` is why the build stops."""

    build: str
    sent: bool
    klass: Class | None
    ignored_by: IgnoredBy | None
    read_by: tuple[ReadBy, ...]
    error: str | None = None


class ExplainedPath(NamedTuple):
    """``path`` is as asked: relative to the repository's root, or to a build's context. Builds whose context does not
    hold it are left out."""

    path: str
    builds: tuple[ExplainedBuild, ...]


def entries(request: Request, build: BuildDefinition, builder: BuilderName, which: str) -> Listing:
    """The entries of one build. ``which`` is sent, used, junk, unused or ignored."""
    context, plan = _alone(request, build, complete=which == "ignored")
    if context is None or plan is None:
        return Listing(())
    return listed(context, plan, builder, which)


def listed(context: Context, plan: Plan, builder: BuilderName, which: str) -> Listing:
    """The same for a build of a context that has been walked (whole, if ``which`` is ignored)."""
    work = context.work(plan, builder)
    found = tuple(_entry(*one) for run in _runs(context, plan, work, builder, which) for one in _rows(*run))
    return Listing(found, work.summary.transfer_bytes if which == "sent" else None, work.summary.error)


class SentTree:
    """What is sent as folders to draw: sums at once, what they hold only when asked for."""

    __slots__ = ("_sent",)

    def __init__(self, sent: SentFolder) -> None:
        self._sent = sent

    @property
    def files(self) -> int:
        """Everything that is not a folder."""
        return self._sent.entries - self._sent.dirs

    @property
    def bytes(self) -> int:
        return self._sent.bytes

    @property
    def folders(self) -> dict[str, SentTree]:
        return {below.folder.name: SentTree(below) for _, below in self._sent.parts if below is not None}

    @property
    def leaves(self) -> list[Entry]:
        return [_entry(self._sent.folder, row) for rows, _ in self._sent.parts for row in rows]


def paths(request: Request, build: BuildDefinition, builder: BuilderName, which: str) -> Iterator[str]:
    """As ``entries``, but only the paths; a folder ends in ``/``. Raises InputError where the builder would stop."""
    context, plan = _alone(request, build, complete=which == "ignored")
    if context is None or plan is None:
        return
    work = context.work(plan, builder)
    if work.summary.error:
        raise InputError(work.summary.error, hint=f"ctxsize report --build {build.name}")
    for folder, rows in _runs(context, plan, work, builder, which):
        prefix = f"{folder.path}/" if folder.path else ""
        if rows is None:
            yield prefix
        else:
            names = folder.names
            for row in rows:
                yield prefix + names[row]


def _alone(request: Request, build: BuildDefinition, *, complete: bool) -> tuple[Context | None, Plan | None]:
    for context in worked_contexts(request._replace(builds=(build,)), complete=complete):
        return context, context.plans[0]
    return None, None


def _runs(
    context: Context, plan: Plan, work: Worked, builder: BuilderName, which: str
) -> Iterator[tuple[Directory, Sequence[int] | None]]:
    if which == "ignored":
        if context.tree is not None and not _broken(plan, builder):
            yield from _missing(context.tree.root, _present(context.everything_not_ignored(plan, builder)))
    elif work.sent is None:
        return
    elif which == "sent":
        yield from work.sent.runs()
    elif work.reach is not None:
        for folder, rows, klass in context.judge.runs(work.sent, work.reach.start):
            if klass == which:
                yield folder, rows


def _broken(plan: Plan, builder: BuilderName) -> bool:
    rules = plan.rules if builder is BuilderName.BUILDKIT else plan.archive_rules
    return rules.broken is not None


def _rows(folder: Directory, rows: Sequence[int] | None) -> Iterator[tuple[Directory, int | None]]:
    if rows is None:
        yield folder, None
    else:
        for row in rows:
            yield folder, row


def _entry(folder: Directory, row: int | None) -> Entry:
    if row is None:
        return Entry(folder.path, Kind.DIR, 0)
    return Entry(folder.path_of(folder.names[row]), folder.kind_of(row), folder.sizes[row])


def _present(sent: SentFolder) -> dict[int, set[int | None]]:
    """The rows that are there, by ``id`` of their folder; None stands for the folder itself."""
    found: dict[int, set[int | None]] = {}
    for folder, rows in sent.runs():
        found.setdefault(id(folder), set()).update([None] if rows is None else rows)
    return found


def _missing(
    root: Directory, present: dict[int, set[int | None]]
) -> Iterator[tuple[Directory, Sequence[int] | None]]:
    """What is in the tree and not among ``present``, in the order of names."""
    todo: list[Directory | tuple[Directory, range]] = [root]
    while todo:
        what = todo.pop()
        if isinstance(what, tuple):
            here = present.get(id(what[0]), set())
            yield what[0], [row for row in what[1] if row not in here]
            continue
        if what is not root and None not in present.get(id(what), set()):
            yield what, None
        for start, end, child in reversed(list(what.segments())):
            if child is not None:
                todo.append(child)
            if start < end:
                todo.append((what, range(start, end)))


# --- explain --------------------------------------------------------------------------------------


def explain(
    request: Request, paths: Sequence[str], builder: BuilderName = BuilderName.BUILDKIT
) -> tuple[ExplainedPath, ...]:
    """For each path (relative to the root, there or not) what every build whose context holds it makes of it."""
    found: dict[str, dict[str, ExplainedBuild]] = {path: {} for path in paths}
    planner = Planner(request.repository)
    for context in worked_contexts(request):
        inner = {path: _inner(request, context.path, path.rstrip("/") or ".") for path in paths}
        held = {path: here for path, here in inner.items() if here is not None}
        for plan in context.plans:
            why = _Reasons(context, plan, builder, planner, set(held.values()))
            for path, here in held.items():
                found[path][plan.build.name] = why.of(here)
    _add_impossible(found, request)
    order = [build.name for build in request.builds]
    return tuple(
        ExplainedPath(path, tuple(builds[name] for name in order if name in builds)) for path, builds in found.items()
    )


def _add_impossible(found: dict[str, dict[str, ExplainedBuild]], request: Request) -> None:
    """Of builds that their declaration makes impossible nothing is known but that."""
    for build in request.builds:
        for path, builds in found.items() if build.broken else ():
            if _inner(request, build.context, path) is not None:
                builds[build.name] = ExplainedBuild(build.name, False, None, None, (), build.broken)


def _inner(request: Request, context: str, path: str) -> str | None:
    """A path in a context: as seen from the root, else as seen from the context itself if something is there."""
    found = inside(context, path)
    if found is None and request.repository.kind(posixpath.join(context, path)) is not None:
        return path
    return found


class _Reasons:
    """What one build makes of paths: what holds for all of them is worked out once."""

    def __init__(self, context: Context, plan: Plan, builder: BuilderName, planner: Planner, paths: set[str]) -> None:
        self._plan = plan
        self._rules = plan.rules if builder is BuilderName.BUILDKIT else plan.archive_rules
        work = context.work(plan, builder)
        self._error = work.summary.error or plan.error
        self._classes = _classes(context, work, paths)
        self._readers = tuple(_readers(plan, planner))

    def of(self, path: str) -> ExplainedBuild:
        klass = self._classes.get(path)
        ignored = self._ignored_by(path) if klass is None and path != "." else None
        read_by = tuple(reader for reader, start in self._readers if _reads(start, path))
        return ExplainedBuild(self._plan.build.name, klass is not None, klass, ignored, read_by, self._error)

    def _ignored_by(self, path: str) -> IgnoredBy | None:
        try:
            return self._rules.ignored_by(path) if self._rules.broken is None else None
        except BadPatternError:
            return None


def _classes(context: Context, work: Worked, paths: set[str]) -> dict[str, Class]:
    """The classes of those of the paths that are sent; the context itself is as used as anything in it."""
    if work.sent is None or work.reach is None:
        return {}
    found = {".": Class.USED} if "." in paths and work.sent.entries else {}
    wanted = paths - {"."}
    names: dict[str, set[str]] = {}
    for path in wanted:
        folder, name = posixpath.split(path)
        names.setdefault(folder, set()).add(name)
    for here, rows, klass in context.judge.runs(work.sent, work.reach.start) if wanted else ():
        if rows is None:
            if here.path in wanted:
                found[here.path] = klass
        elif here.path in names:
            asked = names[here.path]
            found |= {here.path_of(name): klass for name in map(here.names.__getitem__, rows) if name in asked}
    return found


def _readers(plan: Plan, planner: Planner) -> Iterator[tuple[ReadBy, ReachState | None]]:
    """The instructions that read of the context, each with what it reads; None is all."""
    file = plan.build.dockerfile or plan.build.declared.file or ""
    for source in plan.needs.for_context(None) if plan.needs else ():
        if source.reads:
            patterns = patterns_of(source, planner.links(plan.build.context))
            start = None if patterns is None else Reach(patterns).start
            yield ReadBy(file, source.line, source.text), start


def _reads(start: ReachState | None, path: str) -> bool:
    if start is None:
        return True
    state = start
    for name in posixpath.normpath(path).split("/"):
        state = state.child(name)
    return state.read
