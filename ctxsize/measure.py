"""The use case: builds in, what each of them sends out. One walk per context, however many builds share it."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.builders.classes import Classes, Judge
from ctxsize.builders.costs import archive_bytes, buildkit_bytes
from ctxsize.builders.gates import ArchiveGate, BuildkitGate, looks_everywhere, wanted
from ctxsize.builders.junk import JunkRules, git_paths
from ctxsize.builders.links import follow_links
from ctxsize.builders.opening import refused_files
from ctxsize.builders.reach import Reach, exactly, patterns_of
from ctxsize.builders.sending import Sender, SentFolder
from ctxsize.dockerignore import BadPatternError, IgnoreRules, compile_patterns
from ctxsize.errors import InputError
from ctxsize.model import (
    NOTHING,
    BuilderName,
    Finding,
    Measurement,
    NamedSent,
    Problem,
    Sent,
    Severity,
)  # fmt: skip
from ctxsize.plan import Plan, Planner
from ctxsize.tree import EVERYTHING, uncollected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ctxsize.dockerignore import Pattern
    from ctxsize.git import Ignored
    from ctxsize.model import BuildDefinition, NamedContext, Source, Waste
    from ctxsize.repositories.disk import Repository
    from ctxsize.tree import Directory, Tree, Wanted

__all__ = ["Context", "Memory", "Report", "Request", "Worked", "measure", "worked_contexts"]

class Request(NamedTuple):
    """What to measure. ``junk`` are the configuration's patterns; ``builder`` is whose waste is listed."""

    repository: Repository
    builds: tuple[BuildDefinition, ...]
    junk: tuple[str, ...] = ()
    builder: BuilderName = BuilderName.BUILDKIT


class Report(NamedTuple):
    """A measurement for every build, in the order asked. ``contexts`` are the walked ones, for a closer look."""

    measurements: tuple[Measurement, ...]
    problems: tuple[Problem, ...] = ()
    contexts: tuple[Context, ...] = ()


class Worked(NamedTuple):
    """What one builder receives of one context for one build, and what of it is used. ``sent`` None: nothing."""

    summary: Sent
    sent: SentFolder | None = None
    classes: Classes | None = None
    reach: Reach | None = None
    findings: tuple[Finding, ...] = ()


class Memory(NamedTuple):
    """What builders receive of folders, and what is used of it, by all that it depends on."""

    sent: dict[object, SentFolder]
    classes: dict[object, Classes]


def measure(request: Request, *, progress: Callable[[int], None] | None = None) -> Report:
    """Every build of the request. What cannot be read is a problem or a finding of its build, never an exception."""
    measured: dict[str, Measurement] = {}
    problems: list[Problem] = []
    contexts = tuple(worked_contexts(request, progress))
    for context in contexts:
        with uncollected():
            for plan in context.plans:
                measured[plan.build.name] = context.measurement(plan)
        problems += context.problems
    for build in request.builds:
        measured.setdefault(build.name, Measurement(build, None, None, findings=_cannot(build)))
    return Report(tuple(measured[build.name] for build in request.builds), tuple(dict.fromkeys(problems)), contexts)


def worked_contexts(
    request: Request, progress: Callable[[int], None] | None = None, *, complete: bool = False
) -> Iterable[Context]:
    """The local contexts of the request's builds, each walked once; a builder's answers are worked out when asked.

    ``complete`` walks them whole, ignored entries too.
    """
    from ctxsize.git import Ignored

    planner = Planner(request.repository)
    groups: dict[str, list[Plan]] = {}
    for build in request.builds:
        if not (build.remote or build.broken):
            groups.setdefault(build.context, []).append(planner.plan(build))
    ignored = Ignored(request.repository.root) if groups else None
    for path, plans in groups.items():
        assert ignored is not None
        yield Context(request, planner, path, plans, ignored, progress, complete=complete)


class Context:
    """One context and the builds that share it."""

    def __init__(
        self,
        request: Request,
        planner: Planner,
        path: str,
        plans: Sequence[Plan],
        git_ignored: Ignored,
        progress: Callable[[int], None] | None,
        *,
        complete: bool = False,
        memory: Memory | None = None,
    ) -> None:
        """``memory`` is what other contexts have worked out, whose trees may share folders with this one's."""
        self.path = path
        self.plans = tuple(plans)
        self._request = request
        self._planner = planner
        self._progress = progress
        self._memory = memory or Memory({}, {})
        self._sent_memory = self._memory.sent
        self._named: dict[str, Context] = {}
        self._git_ignored = git_ignored
        self.failure: str | None = None
        self.tree: Tree | None = self._scanned(EVERYTHING if complete else self._wanted(plans))
        self._judge = Judge(_junk_rules(request.junk, git_ignored.paths(), path), self._memory.classes)

    def _wanted(self, plans: Sequence[Plan]) -> Wanted:
        lists = {id(rules): rules for plan in plans for rules in (plan.rules, plan.archive_rules) if not rules.broken}
        found = wanted(lists.values(), _junk_rules(self._request.junk, (), self.path).start.rules)
        return found._replace(merges=found.count_all and all(map(_asks_for_all, plans)))

    def _scanned(self, wanted: Wanted) -> Tree | None:
        try:
            return self._request.repository.scan(self.path, wanted, progress=self._progress)
        except InputError as error:
            self.failure = f"unable to prepare context: {error.message}"
            self._planner.problems.append(Problem(self.path, error.message))
            return None

    @property
    def problems(self) -> list[Problem]:
        """What could not be read, relative to the repository's root."""
        own = self.tree.problems if self.tree else ()
        found = [Problem(posixpath.normpath(posixpath.join(self.path, one.path)) + "/" * one.path.endswith("/"),
                         one.message) for one in own]  # fmt: skip
        return [*self._planner.problems, *found, *(one for other in self._named.values() for one in other.problems)]

    # --- one build -------------------------------------------------------------------------------

    def measurement(self, plan: Plan) -> Measurement:
        works = {name: self.work(plan, name) for name in BuilderName}
        shown = works[self._request.builder]
        findings = (*plan.findings, *(one for work in works.values() for one in work.findings))
        return Measurement(
            build=plan.build,
            ignore_file=plan.ignore_file,
            builders={name: work.summary for name, work in works.items()},
            heaviest=tuple(map(self._from_root, shown.classes.waste)) if shown.classes else (),
            named=self._named_sent(plan),
            sources=plan.needs.sources if plan.needs else (),
            assumptions=plan.needs.assumptions if plan.needs else (),
            findings=tuple(dict.fromkeys(findings)),
        )

    def _from_root(self, waste: Waste) -> Waste:
        """In a report paths are the repository's."""
        path = posixpath.normpath(posixpath.join(self.path, waste.path))
        return waste._replace(path=f"{path}/" if waste.path.endswith("/") else path)

    def work(self, plan: Plan, builder: BuilderName) -> Worked:
        """What ``builder`` receives for a build of this context."""
        if self.tree is None:
            return Worked(_failed(builder, self.failure or ""))
        if builder is BuilderName.BUILDKIT:
            return self._buildkit(plan)
        return self._archive(plan)

    def _buildkit(self, plan: Plan) -> Worked:
        if plan.needs is None:
            return Worked(_failed(BuilderName.BUILDKIT, plan.error or ""))
        return self._received(plan.rules, plan.needs.follow_paths(None), plan.needs.for_context(None), plan.build.name)

    def _received(
        self, rules: IgnoreRules, follow: object, sources: Sequence[Source], build: str
    ) -> Worked:
        from ctxsize.dockerfile import Follow

        name = BuilderName.BUILDKIT
        if rules.broken:
            return _broken(name, rules, build)
        if follow is Follow.UNUSED:
            return Worked(Sent(name, NOTHING, NOTHING, NOTHING, NOTHING, None))
        try:
            include = None if follow is Follow.WHOLE else self._include(follow)  # type: ignore[arg-type]
            sent = Sender(BuildkitGate(rules, include), self._sent_memory).send(self._root)
            refused = refused_files(sent, rules)
        except BadPatternError as error:
            return _broken(name, rules, build, str(error))
        total, emptied = buildkit_bytes(sent, refused)
        return self._judged(name, sent, self._reach(sources), total, emptied, rules, build)

    def _archive(self, plan: Plan) -> Worked:
        name, rules = BuilderName.ARCHIVE, plan.archive_rules
        if rules.broken:
            return _broken(name, rules, plan.build.name)
        try:
            sent = Sender(ArchiveGate(rules), self._sent_memory).send(self._root)
        except BadPatternError as error:
            return _broken(name, rules, plan.build.name, str(error))
        reach = Reach((), whole=True)
        if plan.needs is not None:
            reach = self._reach(plan.needs.for_context(None), [".dockerignore", plan.archive_dockerfile or ""])
        return self._judged(name, sent, reach, archive_bytes(sent), (), rules, plan.build.name)

    def everything_not_ignored(self, plan: Plan, builder: BuilderName) -> SentFolder:
        """What the ignore list lets through, asked for or not. Raises BadPatternError."""
        if builder is BuilderName.BUILDKIT:
            return Sender(BuildkitGate(plan.rules, None), self._sent_memory).send(self._root)
        return Sender(ArchiveGate(plan.archive_rules), self._sent_memory).send(self._root)

    @property
    def judge(self) -> Judge:
        return self._judge

    def _judged(
        self, name: BuilderName, sent: SentFolder, reach: Reach, total: int, emptied: tuple[str, ...],
        rules: IgnoreRules, build: str,
    ) -> Worked:  # fmt: skip
        classes = self._judge.classify(sent, reach.start)
        walked = sent.walked + (sent.beyond if name is BuilderName.BUILDKIT and looks_everywhere(rules) else 0)
        summary = Sent(name, classes.used + classes.junk + classes.unused, classes.used, classes.junk, classes.unused,
                       total, walked, emptied, self._unreadable(sent))  # fmt: skip
        if summary.error:
            summary = _failed(name, summary.error, summary)
        return Worked(summary, sent, classes, reach, tuple(_emptied(emptied, rules, build)))

    def _unreadable(self, sent: SentFolder) -> str | None:
        if sent.unreadable is None:
            return None
        path, reason = sent.unreadable
        full = posixpath.normpath(posixpath.join(str(self._request.repository.root), self.path, path))
        return f"error from sender: open {full}: {reason}"

    @property
    def _root(self) -> Directory:
        assert self.tree is not None
        return self.tree.root

    # --- patterns --------------------------------------------------------------------------------

    def _include(self, follow: Iterable[str]) -> tuple[Pattern, ...] | None:
        followed = follow_links(follow, self._planner.links(self.path))
        return None if followed is None else compile_patterns(followed)

    def _reach(self, sources: Sequence[Source], also: Iterable[str] = ()) -> Reach:
        return reach_of(sources, self._planner, self.path, also)

    # --- named contexts --------------------------------------------------------------------------

    def _named_sent(self, plan: Plan) -> tuple[NamedSent, ...]:
        if plan.needs is None:
            return ()
        found = (self._named_one(plan, one) for one in plan.build.contexts if one.kind == "local" and one.path)
        return tuple(one for one in found if one is not None)

    def _named_one(self, plan: Plan, named: NamedContext) -> NamedSent | None:
        from ctxsize.dockerfile import Follow

        assert plan.needs is not None and named.path is not None  # noqa: PT018
        follow = plan.needs.follow_paths(named.name)
        if follow is Follow.UNUSED:
            return None
        rules = self._planner.context_rules(named.path)
        context = self._named_context(named.path, rules)
        if context.tree is None:
            return NamedSent(named.name, named.path, rules.file, _failed(BuilderName.BUILDKIT, context.failure or ""))
        work = context._received(rules, follow, plan.needs.for_context(named.name), plan.build.name)
        return NamedSent(named.name, named.path, rules.file, work.summary)

    def _named_context(self, path: str, rules: IgnoreRules) -> Context:
        if path not in self._named:
            stand_in = Plan(self.plans[0].build, None, rules, rules, None)
            self._named[path] = Context(self._request, self._planner, path, (stand_in,), self._git_ignored,
                                        self._progress, memory=self._memory)  # fmt: skip
        return self._named[path]


def reach_of(sources: Sequence[Source], planner: Planner, context: str, also: Iterable[str] = ()) -> Reach:
    """What the sources read of a context; ``also`` are plain paths that the builder itself reads."""
    patterns: list[Pattern] = []
    whole = False
    for source in sources:
        found = patterns_of(source, planner.links(context))
        whole = whole or found is None
        patterns += found or ()
    if not whole:
        patterns += [exactly(path) for path in also if path]
    return Reach(patterns, whole=whole)


def _asks_for_all(plan: Plan) -> bool:
    """Whether the build asks for everything that is not ignored, or for nothing."""
    from ctxsize.dockerfile import Follow

    return plan.needs is not None and plan.needs.follow_paths(None) in (Follow.WHOLE, Follow.UNUSED)


def _cannot(build: BuildDefinition) -> tuple[Finding, ...]:
    """A build that its declaration makes impossible."""
    if build.broken is None:
        return ()
    at = build.declared
    return (Finding("build-fails", Severity.ERROR, build.broken, None, at.file, at.line, build.name),)


def _failed(builder: BuilderName, error: str, summary: Sent | None = None) -> Sent:
    if summary is None:
        return Sent(builder, NOTHING, NOTHING, NOTHING, NOTHING, None, error=error)
    return Sent(builder, summary.sent, summary.used, summary.junk, summary.unused, None, summary.walked, (), error)


def _broken(builder: BuilderName, rules: IgnoreRules, build: str, message: str | None = None) -> Worked:
    """A build that stops at a pattern; Docker names no line, we do."""
    line, file = None, rules.file
    if rules.broken is not None:
        line, message = rules.broken.line, rules.broken.message
    else:
        line = next((one.line for one in rules.patterns if one.is_wrong), None)
        message = f"failed to match excludepatterns: {message}"
    finding = Finding("invalid-pattern", Severity.ERROR, message, "mend or drop the line", file, line, build)
    return Worked(_failed(builder, message), findings=(finding,))


def _emptied(paths: Iterable[str], rules: IgnoreRules, build: str) -> Iterable[Finding]:
    for path in paths:
        decider = rules.decider(path, opening=True)
        line = decider.line if decider else None
        message = f"{path} arrives empty: the client announces it and then refuses to open it"
        hint = "put the line that excludes its folder before the exception" if line else "make the file readable"
        yield Finding("arrives-empty", Severity.ERROR, message, hint, rules.file if line else path, line, build)


def _junk_rules(configured: Sequence[str], git_ignored: Sequence[str], context: str) -> JunkRules:
    from ctxsize.catalogue import JUNK

    patterns = [(text, junk.name) for junk in JUNK for text in junk.patterns]
    patterns += [(text, "the configuration says so") for text in configured]
    return JunkRules(patterns, git_paths(git_ignored, context))
