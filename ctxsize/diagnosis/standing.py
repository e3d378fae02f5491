"""How each source of a build stands: it arrives, it is ignored, or it is not where the build looks for it.

The facts for the rules about sources, and nothing else: what is sent beside them ``diagnose`` looks at.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.builders.links import follow_links, has_wildcard
from ctxsize.diagnosis.resolve import Placed, Resolver
from ctxsize.diagnosis.sentfacts import holds
from ctxsize.dockerignore import BadPatternError, IgnoreRules
from ctxsize.model import IgnoredBy, Kind, Measurement
from ctxsize.rules.case import BuildCase, Read, Standing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ctxsize.builders.sending import SentFolder
    from ctxsize.measure import Worked
    from ctxsize.model import Source
    from ctxsize.plan import Plan, Planner
    from ctxsize.repositories.disk import Repository

__all__ = ["Sources"]


class _Main(NamedTuple):
    """What BuildKit's client has of a context: its rules, and what is sent (None: nothing)."""

    base: str
    rules: IgnoreRules
    sent: SentFolder | None


class Sources:
    """Holds builds' sources against a repository; what it has looked up it keeps for the next build."""

    def __init__(self, repository: Repository, planner: Planner) -> None:
        self._repository = repository
        self._resolver = Resolver(repository)
        self._planner = planner

    def case(self, measured: Measurement, plan: Plan, work: Worked) -> BuildCase:
        """Whether context and Dockerfile are there, and every source. ``work`` is what BuildKit gets."""
        build = plan.build
        there = self._repository.kind(build.context) is Kind.DIR
        gone = build.dockerfile is not None and self._repository.kind(build.dockerfile) is None
        case = BuildCase(measured, rules=plan.rules, context_missing=not there, dockerfile_missing=gone,
                         error=plan.error)  # fmt: skip
        if not there or plan.needs is None:
            return case
        placed = self._resolver.place(build.context, build.dockerfile, _asked(plan.needs.for_context(None)))
        fits = self._resolver.fits(build.context, build.dockerfile, placed)
        return case._replace(reads=tuple(self._reads(plan, placed, work)), fits=fits)

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
            case._replace(reads=tuple(
                read._replace(git_ignores=True)
                if read.standing is Standing.MISSING and read.source.context is None and _full(case, read) in ignored
                else read
                for read in case.reads
            ))
            for case in cases
        )  # fmt: skip


def _asked(sources: Iterable[Source]) -> tuple[Source, ...]:
    """The sources that name something: no images' contents, no addresses."""
    return tuple(dict.fromkeys(one for one in sources if one.kind != "from" and (one.reads or one.kind == "tmpfs")))


def _full(case: BuildCase, read: Read) -> str:
    return posixpath.normpath(posixpath.join(case.build.context, read.source.path))


def _checked(root: Path, paths: Sequence[str]) -> frozenset[str]:
    """Those of the paths that git would ignore, there or not."""
    from ctxsize.diagnosis import ignorefiles

    return ignorefiles.git_check_ignore(root, paths) if paths else frozenset()
