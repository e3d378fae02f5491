"""Gathers what doctor's rules judge: measurements, where sources stand, and which ignore file is read by whom.

The one place between the disk (``Repository``, git) and ``rules``; it gives no verdict of its own.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ctxsize.builders.junk import git_paths
from ctxsize.builders.links import follow_links, has_wildcard
from ctxsize.catalogue import SECRETS
from ctxsize.diagnosis.resolve import Placed, Resolver
from ctxsize.diagnosis.sentfacts import Finder, holds, kept_out, sum_of_git_ignored
from ctxsize.dockerignore import BadPatternError, IgnoreRules
from ctxsize.errors import CtxsizeError
from ctxsize.measure import worked_contexts
from ctxsize.model import NOTHING, BuilderName, Class, IgnoredBy, Kind, Measurement, Totals
from ctxsize.plan import Planner
from ctxsize.rules.case import BuildCase, Case, Dropped, Read, SentSecret, Standing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from ctxsize.builders.sending import SentFolder
    from ctxsize.dockerfile import Dockerfile
    from ctxsize.measure import Context, Request, Worked
    from ctxsize.model import BuildDefinition, Source
    from ctxsize.plan import Plan

__all__ = ["diagnose"]

_GIT = re.compile(
    r"\bgit\s+(?:-\S+\s+)*(?:describe|rev-parse|rev-list|log|status|diff|show|branch|tag|ls-files|config|submodule|"
    r"name-rev|symbolic-ref|for-each-ref)\b"
)


_DOT_GIT = re.compile(r"(^|/)\.git(/|$)")


def diagnose(request: Request, *, progress: Callable[[int], None] | None = None) -> Case:
    """The facts about every build of the request and about the ignore files near them."""
    from ctxsize.diagnosis.ignorefiles import IgnoreFiles
    from ctxsize.git import ignored

    repository = request.repository
    gatherer = _Gatherer(request, tuple(ignored(repository.root)))
    ignore_files = IgnoreFiles(repository, request.builds, gatherer.git_ignored)
    builds: dict[str, BuildCase] = {}
    for context in worked_contexts(request, progress):
        for plan in context.plans:
            builds[plan.build.name] = gatherer.case(context, plan)
        ignore_files.learn(context)
    for build in request.builds:
        builds.setdefault(build.name, BuildCase(Measurement(build, None, None)))
    cases = gatherer.with_git(tuple(builds[build.name] for build in request.builds))
    return Case(cases, ignore_files.cases(cases), ignore_files.git_rule())


@dataclass(frozen=True, slots=True)
class _Main:
    """What BuildKit's client has of a context: its rules, and what is sent (None: nothing)."""

    base: str
    rules: IgnoreRules
    sent: SentFolder | None


class _Gatherer:
    def __init__(self, request: Request, git_ignored: tuple[str, ...]) -> None:
        self.git_ignored = git_ignored
        self._request = request
        self._repository = request.repository
        self._resolver = Resolver(request.repository)
        self._planner = Planner(request.repository)
        self._secrets = Finder(pattern for secret in SECRETS for pattern in secret.patterns)
        self._secret_names = [secret.name for secret in SECRETS for _ in secret.patterns]
        self._vcs = Finder(["**/.git"])

    def case(self, context: Context, plan: Plan) -> BuildCase:
        build, measured = plan.build, context.measurement(plan)
        there = self._repository.kind(build.context) is Kind.DIR
        dockerfile_gone = build.dockerfile is not None and self._repository.kind(build.dockerfile) is None
        case = BuildCase(measured, rules=plan.rules, context_missing=not there, dockerfile_missing=dockerfile_gone,
                         error=plan.error, open_base=self._open_base(plan))  # fmt: skip
        if not there or plan.needs is None:
            return case
        placed = self._resolver.place(build.context, build.dockerfile, _asked(plan.needs.for_context(None)))
        work = context.work(plan, BuilderName.BUILDKIT)
        fits = self._resolver.fits(build.context, build.dockerfile, placed)
        case = replace(case, reads=tuple(self._reads(plan, placed, work)), fits=fits, git_use=self._git_use(build))
        return self._with_sent(case, context, plan, work)

    # --- sources ---------------------------------------------------------------------------------

    def _reads(self, plan: Plan, placed: Iterable[Placed], work: Worked) -> Iterator[Read]:
        main = _Main(plan.build.context, plan.rules, work.sent)
        for one in placed:
            yield self._read(one, main)
        named = {one.name: one for one in plan.build.contexts if one.kind == "local" and one.path}
        for source in _asked(plan.needs.sources if plan.needs else ()):
            if source.context in named:
                base = named[source.context].path or "."
                here = self._resolver.stands(base, source)
                yield self._read(Placed(source, None, here), _Main(base, self._planner.context_rules(base), None))

    def _read(self, placed: Placed, main: _Main) -> Read:
        source = placed.source
        literal = self._literal(source, main.base)
        if placed.here:
            return self._there(source, main, literal)
        if source.unset:
            return Read(source, Standing.UNKNOWN)
        elsewhere = (placed.at,) if placed.at is not None else ()
        if has_wildcard(source.path):
            folder = self._resolver.missing_folder(main.base, source.path)
            if folder is None or source.parents:
                return Read(source, Standing.NOTHING, literal=literal)
            return Read(source, Standing.MISSING, elsewhere=elsewhere, missing_folder=folder, literal=literal)
        return Read(source, Standing.MISSING, elsewhere=elsewhere)

    def _there(self, source: Source, main: _Main, literal: str | None) -> Read:
        if source.whole or source.parents or main.rules.broken:
            return Read(source, Standing.SENT, literal=literal)
        wild = has_wildcard(source.path)
        found = self._resolver.matches(main.base, source.path)
        reasons = [self._ignored_by(path, main) for path in found]
        if not reasons or None in reasons:
            return Read(source, Standing.SENT, literal=literal)
        return Read(source, Standing.NOTHING if wild else Standing.IGNORED, reasons[0], literal=literal)

    def _ignored_by(self, path: str, main: _Main) -> IgnoredBy | None:
        """The line that keeps the whole of a path out; None if something of it arrives."""
        try:
            found = main.rules.ignored_by(path)
            if found is None:
                return None
            followed = follow_links([path], self._repository.links(main.base))
            if main.sent is None:
                return None if main.rules.has_exceptions else found
            return None if followed is None or any(holds(main.sent, one) for one in followed) else found
        except BadPatternError:
            return None

    def _literal(self, source: Source, base: str) -> str | None:
        if "[" not in source.path or "\\" in source.path:
            return None
        there = self._repository.kind(posixpath.join(base, source.path)) is not None
        return source.path if there and source.path not in self._resolver.matches(base, source.path) else None

    def with_git(self, cases: tuple[BuildCase, ...]) -> tuple[BuildCase, ...]:
        """The missing sources that git would ignore are marked; git is asked once."""
        wanted = {_full(case, read) for case in cases for read in case.main_reads if read.standing is Standing.MISSING}
        ignored = _checked(self._repository.root, sorted(path for path in wanted if not path.startswith("..")))
        if not ignored:
            return cases
        return tuple(
            replace(case, reads=tuple(
                replace(read, git_ignores=True)
                if read.standing is Standing.MISSING and read.source.context is None and _full(case, read) in ignored
                else read
                for read in case.reads
            ))
            for case in cases
        )  # fmt: skip

    # --- what is sent ----------------------------------------------------------------------------

    def _with_sent(self, case: BuildCase, context: Context, plan: Plan, work: Worked) -> BuildCase:
        if work.sent is None or work.reach is None:
            return case
        paths = git_paths(self.git_ignored, plan.build.context)
        sums, example = sum_of_git_ignored(work.sent, paths, work.reach.start)
        history = (hit.totals for hit in self._vcs.find(work.sent) if not _named(work, hit.path))
        return replace(
            case,
            secrets=tuple(self._secret(hit.path, hit.line, work) for hit in self._secrets.find(work.sent)),
            vcs=sum(history, NOTHING),
            git_ignored=sums,
            git_ignored_example=example,
            dropped=self._dropped(context, plan, work),
            apart=tuple(_apart(context, plan, work)),
        )

    def _secret(self, path: str, line: int, work: Worked) -> SentSecret:
        state = work.reach.start if work.reach else None
        for name in path.rstrip("/").split("/"):
            state = state.child(name) if state else None
        used, named = bool(state and state.read), _named(work, path)
        return SentSecret(path, self._secret_names[line] if line >= 0 else "secret", used, named)

    def _dropped(self, context: Context, plan: Plan, work: Worked) -> Dropped | None:
        root = self._planner.context_rules(plan.build.context)
        own = plan.rules.file
        if own is None or root.file is None or root.broken or posixpath.normpath(own) == posixpath.normpath(root.file):
            return None
        assert work.sent is not None and work.reach is not None  # noqa: PT018
        totals, example = kept_out(context.judge, work.sent, work.reach.start, root)
        return Dropped(root.file, totals, example) if totals != Totals() else None

    # --- git in the Dockerfile -------------------------------------------------------------------

    def _git_use(self, build: BuildDefinition) -> tuple[int, str] | None:
        """An instruction that needs the history: git is run, or ``.git`` is copied or mounted."""
        dockerfile = self._dockerfile(build)
        for one in dockerfile.instructions if dockerfile else ():
            mounted = any(".git" in (mount.source or "") for mount in one.mounts)
            copied = one.keyword in {"COPY", "ADD"} and any(_DOT_GIT.search(word.text) for word in one.words)
            if mounted or copied or (one.keyword == "RUN" and _GIT.search(one.command)):
                return one.line, one.text
        return None

    def _open_base(self, plan: Plan) -> tuple[int, str] | None:
        """The FROM at which the build stops, if it is made of arguments."""
        lines = {one.line for one in plan.findings}
        dockerfile = self._dockerfile(plan.build) if lines and plan.needs is None else None
        for stage in dockerfile.stages if dockerfile else ():
            if stage.start.line in lines and "$" in stage.base:
                return stage.start.line, stage.start.text
        return None

    def _dockerfile(self, build: BuildDefinition) -> Dockerfile | None:
        from ctxsize.dockerfile import parse

        try:
            data = build.inline.encode() if build.inline is not None else self._repository.read(build.dockerfile or "")
            return parse(data, build.dockerfile or "inline") if data is not None else None
        except CtxsizeError:
            return None


def _asked(sources: Iterable[Source]) -> tuple[Source, ...]:
    """The sources that name something: no images' contents, no addresses."""
    return tuple(dict.fromkeys(one for one in sources if one.kind != "from" and (one.reads or one.kind == "tmpfs")))


def _full(case: BuildCase, read: Read) -> str:
    return posixpath.normpath(posixpath.join(case.build.context, read.source.path))


def _named(work: Worked, path: str) -> bool:
    """Whether an instruction asks for an entry, or for what it stands in, by more than a bare wildcard."""
    state = work.reach.start if work.reach else None
    for name in path.rstrip("/").split("/"):
        state = state.child(name) if state else None
    return bool(state and state.named)


def _checked(root: Path, paths: Sequence[str]) -> frozenset[str]:
    """Those of the paths that git would ignore, there or not."""
    from ctxsize.diagnosis import ignorefiles

    return ignorefiles.git_check_ignore(root, paths) if paths else frozenset()


def _apart(context: Context, plan: Plan, work: Worked) -> Iterator[tuple[str, str]]:
    """(path, the builder that gets it) of files that the build reads and only one builder receives."""
    same = plan.rules.file == plan.archive_rules.file and not any(one.exception for one in plan.rules.patterns)
    other = context.work(plan, BuilderName.ARCHIVE)
    if same or other.sent is None or other.reach is None or work.sent is None or work.reach is None:
        return
    buildkit = _used(context, work)
    archive = _used(context, other)
    skipped = {".dockerignore", plan.archive_dockerfile}
    yield from ((path, "buildkit") for path in sorted(buildkit - archive))
    yield from ((path, "archive") for path in sorted(archive - buildkit) if path not in skipped)


def _used(context: Context, work: Worked) -> set[str]:
    assert work.sent is not None and work.reach is not None  # noqa: PT018
    return {
        folder.path_of(folder.names[row])
        for folder, rows, klass in context.judge.runs(work.sent, work.reach.start)
        if rows is not None and klass is Class.USED
        for row in rows
    }
