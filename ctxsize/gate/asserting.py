"""Assertions held against builds: what must never be sent, there or not, and what must be."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from ctxsize.budget.assertions import INSIDE, UNFORESEEN, Assertion, examples, levels, matching
from ctxsize.budget.judge import Violation
from ctxsize.budget.limits import Level
from ctxsize.gate.hypothetical import would_be_sent
from ctxsize.gate.side import rooted
from ctxsize.model import Kind, Location
from ctxsize.plan import inside

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ctxsize.gate.demand import Demand
    from ctxsize.gate.side import Side

__all__ = ["asserted"]

_NAMED_AT_MOST = 3


def asserted(now: Side, demand: Demand) -> dict[str, list[Violation]]:
    """Build → the assertions that it breaks."""
    work = _Asserting(now, demand)
    found = {name: [*work.excluded(name), *work.secrets(name)] for name in work.names}
    for name, violation in work.included():
        found.setdefault(name, []).append(violation)
    return found


class _Asserting:
    def __init__(self, now: Side, demand: Demand) -> None:
        self._now = now
        self._demand = demand
        # a build that cannot be measured cannot be told anything about
        self.names = [name for name in now.measurements if now.upload(name, demand.builder_of(name)) is not None]
        self._examples = {name: dict(self._asked(name)) for name in self.names}
        asked = {name: [path for paths in per.values() for path in paths] for name, per in self._examples.items()}
        builders = {name: demand.builder_of(name) for name in now.measurements}
        self._sent = would_be_sent(now.request, asked, builders)
        self._real = {name: self._hits(name) for name in self.names}

    def _assertions(self, name: str) -> tuple[Assertion, ...]:
        return self._demand.assertions.get(name, ())

    def _asked(self, name: str) -> Iterator[tuple[Assertion, list[str]]]:
        """The hypothetical paths, relative to the build's context, that each assertion is about."""
        builder = self._demand.builder_of(name)
        rules = self._now.rules(name, builder)
        if rules is None:
            return
        # git's own folders are no place where somebody leaves a file
        folders = (path for path in self._now.folders(name, builder) if path.partition("/")[0] != ".git")
        found = levels(folders, self._now.sources(name), rules)
        places = [place for place in found if not self._in_file(name, place)]
        for assertion in self._assertions(name):
            if assertion.include:
                inner = inside(self._now.context(name), assertion.pattern.strip("/"))
                yield assertion, self._to_include(assertion, inner) if inner is not None else []
            else:
                yield assertion, [path for one in self._readings(name, assertion) for path in examples(one, places)]

    def _in_file(self, name: str, place: str) -> bool:
        """Whether a file stands where a folder would have to be."""
        folder = place.removesuffix(UNFORESEEN).rstrip("/")
        kind = self._now.request.repository.kind(rooted(self._now.context(name), folder)) if folder else None
        return kind is Kind.FILE

    def _readings(self, name: str, assertion: Assertion) -> list[str]:
        """A pattern is relative to the context, as in an ignore file, or to the root if it names the context's path."""
        inner = inside(self._now.context(name), assertion.pattern.strip("/"))
        return list(dict.fromkeys([assertion.pattern, *([inner] if inner not in {None, "."} and inner else [])]))

    def _to_include(self, assertion: Assertion, inner: str) -> list[str]:
        found = examples(inner, [""])
        folder = self._now.request.repository.kind(assertion.pattern.strip("/")) is Kind.DIR
        return [found[-1] if folder or assertion.pattern.endswith("/") else found[0]]

    def _hits(self, name: str) -> list[str]:
        patterns = (one.strip().strip("/") for assertion in self._assertions(name) if not assertion.include
                    for one in self._readings(name, assertion))  # fmt: skip
        good = tuple(one for one in patterns if one and list(matching(one, examples(one, [""]))))
        return self._now.hits(name, self._demand.builder_of(name), good) if good else []

    # --- what must stay out ----------------------------------------------------------------------

    def _entering(self, name: str, assertion: Assertion) -> tuple[list[str], list[str]]:
        """(files that are there and sent, files that would be sent), as paths of the repository."""
        prefix = rooted(self._now.context(name), "")
        readings = self._readings(name, assertion)
        real = dict.fromkeys(path for one in readings for path in matching(one, self._real[name], assertion.but))
        sent = self._sent.get(name, set())
        asked = sorted(self._examples[name].get(assertion, ()), key=_plainest)
        # what can enter as a file need not be told again as a folder
        imagined = [path for path in asked if path in sent and _file_of(path) not in sent]
        return [prefix + path for path in real], [prefix + path for path in imagined]

    def excluded(self, name: str) -> Iterator[Violation]:
        for assertion in self._assertions(name):
            if assertion.include or assertion.secret:
                continue
            real, imagined = self._entering(name, assertion)
            if not real and not imagined:
                continue
            verb = _verb(len(real), len(imagined))
            message = f"{assertion.pattern} must stay out, and {_few(real or imagined)} {verb}"
            where = self._way_in(name, (real or imagined)[0]) or assertion.where
            count = len(real) or len(imagined)
            yield Violation("must_exclude", 0, count, message, assertion.level, where=where,
                            hint=f"let the ignore file exclude {assertion.pattern}")  # fmt: skip

    def secrets(self, name: str) -> Iterator[Violation]:
        """All that the default patterns find is one warning: it is one ignore file that lacks them."""
        real: dict[str, None] = {}
        imagined: dict[str, str] = {}
        level = Level.WARN
        for assertion in self._assertions(name):
            if assertion.secret:
                there, could = self._entering(name, assertion)
                real |= dict.fromkeys(there)
                imagined |= {assertion.pattern: could[0]} if could else {}
                level = assertion.level
        if not real and not imagined:
            return
        if real:
            message = f"secrets are sent: {_few(real)}"
        else:
            message = f"nothing keeps secrets out: {_few(imagined)} would be sent if they were there"
        where = self._way_in(name, next(iter(real or imagined.values())))
        hint = "let the ignore file exclude " + _few(imagined or real)
        yield Violation("secret", 0, len(real) or len(imagined), message, level, where=where, hint=hint)

    def _way_in(self, name: str, path: str) -> Location | None:
        """The exception that lets a path in, else the instruction that reads it, else the ignore file."""
        sight = self._now.sight(name, path, self._demand.builder_of(name))
        if sight.decider is not None and sight.decider.line:
            return Location(sight.decider.file, sight.decider.line)
        if sight.read_by:
            return Location(sight.read_by[0].file, sight.read_by[0].line)
        return Location(sight.ignore_file) if sight.ignore_file else None

    # --- what must be sent -----------------------------------------------------------------------

    def included(self) -> Iterator[tuple[str, Violation]]:
        told: set[Assertion] = set()
        for name in self.names:
            for assertion in self._assertions(name):
                if not assertion.include or assertion in told:
                    continue
                holders = [name]
                if assertion.shared:
                    told.add(assertion)
                    holders = [other for other in self.names if self._holds(other, assertion)]
                if not any(self._sends(other, assertion) for other in holders):
                    yield self._missing(holders or [name], assertion)

    def _holds(self, name: str, assertion: Assertion) -> bool:
        return bool(self._examples[name].get(assertion))

    def _sends(self, name: str, assertion: Assertion) -> bool:
        asked = self._examples[name].get(assertion, [])
        return bool(asked) and set(asked) <= self._sent.get(name, set())

    def _missing(self, holders: list[str], assertion: Assertion) -> tuple[str, Violation]:
        path = assertion.pattern.strip("/")
        sights = {name: self._now.sight(name, path, self._demand.builder_of(name)) for name in holders}
        name = next((name for name, sight in sights.items() if sight.ignored_by), holders[0])
        rule = sights[name].ignored_by
        where = Location(rule.file, rule.line) if rule else self._dockerfile(name)
        why = f"{rule.pattern} in {where} keeps it out" if rule else "no instruction reads it"
        if not self._holds(name, assertion):
            why = "no context holds it"
        message = f"{assertion.pattern} must be sent, and is not: {why}"
        return name, Violation("must_include", 1, 0, message, assertion.level, where=where or assertion.where)

    def _dockerfile(self, name: str) -> Location | None:
        build = self._now.measurements[name].build
        return Location(build.dockerfile, 1) if build.dockerfile else None


def _verb(real: int, imagined: int) -> str:
    if real:
        return "is sent" if real == 1 else "are sent"
    return "would be sent if it were there" if imagined == 1 else "would be sent if they were there"


def _file_of(path: str) -> str | None:
    """The file that was asked about along with a folder of the same name."""
    return path.removesuffix(f"/{INSIDE}") if path.endswith(f"/{INSIDE}") else None


def _plainest(path: str) -> tuple[int, int, str]:
    return path.count(UNFORESEEN) + path.endswith(f"/{INSIDE}"), path.count("/"), path


def _few(paths: Iterable[str]) -> str:
    named = [posixpath.normpath(path) for path in paths]
    more = f" and {len(named) - _NAMED_AT_MOST} more" if len(named) > _NAMED_AT_MOST else ""
    return ", ".join(named[:_NAMED_AT_MOST]) + more
