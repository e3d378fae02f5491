"""Gathers what doctor's rules judge: measurements, where sources stand, and which ignore file is read by whom.

The one place between the disk (``Repository``, git) and ``rules``; it gives no verdict of its own.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from ctxsize.builders.junk import git_paths
from ctxsize.catalogue import SECRETS
from ctxsize.diagnosis.sentfacts import Finder, kept_out, sum_of_git_ignored
from ctxsize.diagnosis.standing import Sources
from ctxsize.errors import CtxsizeError
from ctxsize.measure import worked_contexts
from ctxsize.model import NOTHING, BuilderName, Class, Measurement, Totals
from ctxsize.plan import Planner
from ctxsize.rules.case import BuildCase, Case, Dropped, SentSecret

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ctxsize.dockerfile import Dockerfile
    from ctxsize.measure import Context, Request, Worked
    from ctxsize.model import BuildDefinition
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
    cases = gatherer.sources.with_git(tuple(builds[build.name] for build in request.builds))
    return Case(cases, ignore_files.cases(cases), ignore_files.git_rule())


class _Gatherer:
    def __init__(self, request: Request, git_ignored: tuple[str, ...]) -> None:
        self.git_ignored = git_ignored
        self._repository = request.repository
        self._planner = Planner(request.repository)
        self.sources = Sources(request.repository, self._planner)
        self._secrets = Finder(pattern for secret in SECRETS for pattern in secret.patterns)
        self._secret_names = [secret.name for secret in SECRETS for _ in secret.patterns]
        self._vcs = Finder(["**/.git"])

    def case(self, context: Context, plan: Plan) -> BuildCase:
        work = context.work(plan, BuilderName.BUILDKIT)
        case = self.sources.case(context.measurement(plan), plan, work)
        case = case._replace(open_base=self._open_base(plan))
        if case.context_missing or plan.needs is None:
            return case
        return self._with_sent(case._replace(git_use=self._git_use(plan.build)), context, plan, work)

    # --- what is sent ----------------------------------------------------------------------------

    def _with_sent(self, case: BuildCase, context: Context, plan: Plan, work: Worked) -> BuildCase:
        if work.sent is None or work.reach is None:
            return case
        paths = git_paths(self.git_ignored, plan.build.context)
        sums, example = sum_of_git_ignored(work.sent, paths, work.reach.start)
        history = (hit.totals for hit in self._vcs.find(work.sent) if not _named(work, hit.path))
        return case._replace(
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


def _named(work: Worked, path: str) -> bool:
    """Whether an instruction asks for an entry, or for what it stands in, by more than a bare wildcard."""
    state = work.reach.start if work.reach else None
    for name in path.rstrip("/").split("/"):
        state = state.child(name) if state else None
    return bool(state and state.named)


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
