"""One side of a comparison: every build measured, its trees kept, so that what differs can be asked for afterwards.

Paths are relative to the repository's root. Nothing is judged here.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from ctxsize.budget.blame import Sight
from ctxsize.budget.figures import Upload, error_of, identity_of, upload_of
from ctxsize.builders.reach import Reach, patterns_of
from ctxsize.dockerignore import BadPatternError, IgnoreRules
from ctxsize.git import Ignored
from ctxsize.measure import Context, Memory, worked_contexts
from ctxsize.model import BuilderName, IgnoredBy, Measurement, ReadBy
from ctxsize.plan import Planner, inside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ctxsize.budget.figures import Identity
    from ctxsize.dockerignore import State
    from ctxsize.measure import Request
    from ctxsize.model import Problem, Source
    from ctxsize.plan import Plan
    from ctxsize.tree import Directory

__all__ = ["NothingIgnored", "Side", "contexts_of", "rooted"]


class NothingIgnored(Ignored):
    """Git is not even asked: all that is there is tracked or made up."""

    def __init__(self) -> None:
        pass

    def paths(self) -> tuple[str, ...]:
        return ()


def contexts_of(
    request: Request, ignored: Ignored, memory: Memory, progress: Callable[[int], None] | None = None
) -> Iterator[Context]:
    """As ``worked_contexts``, where it is known what git ignores. ``memory`` is shared by all that share folders."""
    planner = Planner(request.repository)
    groups: dict[str, list[Plan]] = {}
    for build in request.builds:
        if not (build.remote or build.broken):
            groups.setdefault(build.context, []).append(planner.plan(build))
    for path, plans in groups.items():
        yield Context(request, planner, path, plans, ignored, progress, memory=memory)


class Side:
    """The builds of ``request`` as its repository has them."""

    def __init__(
        self, request: Request, ignored: Ignored | None = None, memory: Memory | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> None:  # fmt: skip
        """``ignored`` is what git ignores, if somebody has asked; sides that share folders have one ``memory``."""
        self.request = request
        self.measurements: dict[str, Measurement] = {
            build.name: Measurement(build, None, None) for build in request.builds
        }
        self.problems: tuple[Problem, ...] = ()
        self._planner = Planner(request.repository)
        self._places: dict[str, tuple[Context, Plan]] = {}
        self._hits: dict[tuple[str, tuple[str, ...]], dict[str, list[int]]] = {}
        self._sizes: dict[tuple[str, BuilderName, bool], dict[str, int]] = {}
        contexts = worked_contexts(request, progress)
        if ignored is not None:
            contexts = contexts_of(request, ignored, memory or Memory({}, {}), progress)
        for context in contexts:
            self._take(context)

    def _take(self, context: Context) -> None:
        for plan in context.plans:
            self.measurements[plan.build.name] = context.measurement(plan)
            self._places[plan.build.name] = (context, plan)
        self.problems = tuple(dict.fromkeys([*self.problems, *context.problems]))

    def upload(self, name: str, builder: BuilderName) -> Upload | None:
        return upload_of(self.measurements[name], builder) if name in self.measurements else None

    def error(self, name: str, builder: BuilderName) -> str | None:
        return error_of(self.measurements[name], builder)

    def identities(self) -> dict[str, Identity]:
        return {name: identity_of(one.build) for name, one in self.measurements.items()}

    # --- what is sent ----------------------------------------------------------------------------

    def sizes(self, name: str, builder: BuilderName, *, waste: bool = False) -> dict[str, int]:
        """File → size of what the build's context sends, or only of what is sent for nothing."""
        key = (name, builder, waste)
        if key not in self._sizes:
            self._sizes[key] = dict(self._files(name, builder, waste))
        return self._sizes[key]

    def _files(self, name: str, builder: BuilderName, waste: bool) -> Iterator[tuple[str, int]]:
        if name not in self._places:
            return
        context, plan = self._places[name]
        work = context.work(plan, builder)
        if work.sent is None or work.reach is None:
            return
        prefix = _prefix(context.path)
        for folder, rows, klass in context.judge.runs(work.sent, work.reach.start):
            if rows is not None and not (waste and klass == "used"):
                for row in rows:
                    yield prefix + folder.path_of(folder.names[row]), folder.sizes[row]

    def folders(self, name: str, builder: BuilderName) -> list[str]:
        """The folders that are sent, relative to the context."""
        context, plan = self._places[name]
        work = context.work(plan, builder)
        return [folder.path for folder, rows in work.sent.runs() if rows is None] if work.sent else []

    def hits(self, name: str, builder: BuilderName, patterns: tuple[str, ...]) -> list[str]:
        """The files sent, relative to the context, that any of the patterns matches."""
        context, plan = self._places[name]
        key = (context.path, patterns)
        if key not in self._hits:
            self._hits[key] = dict(_hits(context, patterns))
        hits = self._hits[key]
        sent = context.work(plan, builder).sent if hits else None
        runs = ((folder, rows) for folder, rows in sent.runs() if rows) if sent else ()
        return [
            folder.path_of(folder.names[row])
            for folder, rows in runs
            if folder.path in hits
            for row in hits[folder.path]
            if row in rows
        ]

    # --- what decides ----------------------------------------------------------------------------

    def context(self, name: str) -> str:
        return self.measurements[name].build.context

    def rules(self, name: str, builder: BuilderName) -> IgnoreRules | None:
        """None for builds without a local context."""
        if name not in self._places:
            return None
        plan = self._places[name][1]
        return plan.rules if builder is BuilderName.BUILDKIT else plan.archive_rules

    def sources(self, name: str) -> tuple[Source, ...]:
        """What the build's instructions read of its main context."""
        needs = self._places[name][1].needs
        return tuple(needs.for_context(None)) if needs is not None else ()

    def sight(self, name: str, path: str, builder: BuilderName) -> Sight:
        """What the build makes of a path, there or not."""
        rules = self.rules(name, builder)
        inner = inside(self.context(name), path) if name in self._places else None
        if rules is None or inner is None:
            return Sight(False, False)
        readers = tuple(self._readers(name, inner))
        instructions = frozenset(source.text for source in self.sources(name))
        exists = self.request.repository.kind(path) is not None
        sent = rooted(self.context(name), inner) == path and self._sends(name, inner, builder)
        return Sight(exists, sent, _decider(rules, inner), readers, rules.file, self._lines(rules.file), instructions)

    def _sends(self, name: str, inner: str, builder: BuilderName) -> bool:
        """Whether a file of the context, there or not, is among what is sent."""
        context, plan = self._places[name]
        here = context.work(plan, builder).sent
        *folders, last = inner.split("/")
        for folder in folders:
            parts = here.parts if here is not None else ()
            here = next((below for _, below in parts if below is not None and below.folder.name == folder), None)
        if here is None or last not in here.folder.names:
            return False
        row = here.folder.names.index(last)
        return any(row in rows for rows, _ in here.parts)

    def _readers(self, name: str, inner: str) -> Iterator[ReadBy]:
        build = self._places[name][1].build
        file = build.dockerfile or build.declared.file or ""
        for source in self.sources(name):
            if source.reads and self._reads(source, build.context, inner):
                yield ReadBy(file, source.line, source.text)

    def _reads(self, source: Source, context: str, inner: str) -> bool:
        patterns = patterns_of(source, self._planner.links(context))
        if patterns is None:
            return True
        state = Reach(patterns).start
        for part in inner.split("/"):
            state = state.child(part)
        return state.read

    def _lines(self, file: str | None) -> tuple[str, ...]:
        data = self.request.repository.read(file) if file else None
        return tuple((data or b"").decode("utf-8", "surrogateescape").splitlines())


def _prefix(context: str) -> str:
    normal = posixpath.normpath(context)
    return "" if normal == "." else f"{normal}/"


def _decider(rules: IgnoreRules, inner: str) -> IgnoredBy | None:
    if rules.broken is not None:
        return None
    try:
        pattern = rules.decider(inner)
    except BadPatternError:
        return None
    return IgnoredBy(rules.file or "", pattern.line, pattern.written or pattern.text) if pattern else None


def _hits(context: Context, patterns: Iterable[str]) -> Iterator[tuple[str, list[int]]]:
    """Folder → rows of the files that a pattern matches, over a context's whole tree."""
    if context.tree is None:
        return
    for state, folders in _by_state(context.tree.root, IgnoreRules.of(patterns).walk.start):
        for folder in _suspicious(state, folders):
            rows = [row for row, name in enumerate(folder.names) if state.excludes_file(name, folder.path_of(name))]
            if rows:
                yield folder.path, rows


def _suspicious(state: State, folders: list[Directory]) -> list[Directory]:
    """Of folders in one state those that may hold a match: there are many files and few names."""
    names = set[str]().union(*[folder.names for folder in folders])
    passing = state.passing(list(names))
    alike = names if passing is None else names.difference(passing)
    return [folder for folder in folders if not alike.isdisjoint(folder.names)] if alike else []


def _by_state(root: Directory, start: State) -> Iterable[tuple[State, list[Directory]]]:
    """The folders that are in the same state of a list."""
    found: dict[State, list[Directory]] = {}
    todo = [(root, start)]
    while todo:
        folder, state = todo.pop()
        if folder.names:
            found.setdefault(state, []).append(folder)
        todo += [(child, state.child(child.name, child.path)) for _, child in folder.folders]
    return found.items()


def rooted(context: str, inner: str) -> str:
    """A path of a context as a path of the repository."""
    return _prefix(context) + inner
