"""The use case of ``check``: builds, what is demanded of them and what they are compared with in, verdicts out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ctxsize.budget.blame import reason
from ctxsize.budget.causes import ADDED, GREW, Cause, parts_of
from ctxsize.budget.judge import Blamed, Verdict, matched, over_budget, status_of
from ctxsize.gate.asserting import asserted
from ctxsize.model import BuilderName, Location

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ctxsize.budget.figures import Upload
    from ctxsize.budget.judge import Violation
    from ctxsize.gate.demand import Demand
    from ctxsize.gate.reference import Reference
    from ctxsize.gate.side import Side

__all__ = ["Demand", "check"]

_REASONS_AT_MOST = 20
_HEAVIEST = 5


def check(now: Side, demand: Demand, reference: Reference | None = None) -> tuple[Verdict, ...]:
    """A verdict for each build of ``now``, in their order, then those that are gone."""
    pairs = matched(now.identities(), reference.identities()) if reference else {}
    verdicts = [_judged(name, now, demand, reference, pairs.get(name)) for name in now.measurements]
    if demand.assertions:
        found = asserted(now, demand)
        verdicts = [replace(one, violations=(*one.violations, *found.get(one.name, ()))) for one in verdicts]
    return (*verdicts, *_gone(demand, reference, set(pairs.values())))


def _judged(name: str, now: Side, demand: Demand, reference: Reference | None, old: str | None) -> Verdict:
    builder, budget = demand.builder_of(name), demand.budget(name)
    sent = now.upload(name, builder)
    before = reference.upload(old, builder) if reference and old else None
    compared = _compared(name, builder, now, reference)
    verdict = Verdict(
        name=name, builder=builder, measurement=now.measurements[name], sent=sent, baseline=before, compared=compared,
        renamed=old if old != name else None, status=_status(before, compared, reference, old),
        error=now.error(name, builder),
    )  # fmt: skip
    if sent is None:
        return verdict
    found = over_budget(budget, sent.total, *((before.total, compared.total) if before and compared else ()))
    attributed = tuple(_Attribution(verdict, one, now, reference, old).done() for one in found)
    return replace(verdict, violations=attributed)


def _status(before: Upload | None, compared: Upload | None, reference: Reference | None, old: str | None) -> str:
    """A build that was there and could not be measured is not new."""
    known = reference is not None and not (old is not None and before is None)
    return status_of(before.total if before else None, compared.total if compared else None, known=known)


def _compared(name: str, builder: BuilderName, now: Side, reference: Reference | None) -> Upload | None:
    return reference.now(now).upload(name, builder) if reference else None


def _gone(demand: Demand, reference: Reference | None, kept: set[str]) -> Iterator[Verdict]:
    """The builds that there were and are no more."""
    if reference is None:
        return
    for name in reference.identities():
        before = reference.upload(name, demand.builder)
        if name not in kept and reference.chosen(name):
            yield Verdict(name, demand.builder, None, None, before, None, None, "removed")


class _Attribution:
    """Finds what is behind one violation."""

    def __init__(self, verdict: Verdict, violation: Violation, now: Side, reference: Reference | None, old: str | None):
        self._verdict = verdict
        self._violation = violation
        self._reference = reference
        self._old = old
        # growth is a matter of what is tracked; a limit is a matter of what is there
        self._now = reference.now(now) if reference and violation.budget == "max_growth" else now
        self._waste = violation.budget == "max_waste"

    def done(self) -> Violation:
        causes = self._causes()
        if self._violation.budget in {"max_files", "max_walked"}:
            causes = tuple(sorted(causes, key=lambda one: (-one.files, -one.bytes, one.path)))
        blamed = tuple(self._blamed(cause) for cause in causes[:_REASONS_AT_MOST])
        blamed += tuple(map(Blamed, causes[_REASONS_AT_MOST:]))
        heaviest = () if blamed else self._heaviest()
        return replace(self._violation, causes=blamed, heaviest=heaviest, where=self._where(blamed, heaviest))

    def _causes(self) -> tuple[Cause, ...]:
        if self._reference is None or self._old is None:
            return ()
        name, builder = self._verdict.name, self._verdict.builder
        sizes = self._now.sizes(name, builder, waste=self._waste)
        found = self._reference.causes(self._old, builder, sizes, waste=self._waste)
        return tuple(sorted([*found, *self._named()], key=lambda one: -one.bytes))

    def _named(self) -> Iterator[Cause]:
        """Named contexts that grew, each as a whole."""
        name, builder = self._verdict.name, self._verdict.builder
        now, before = self._now.upload(name, builder), self._verdict.baseline
        folders = {one.name: one.path for one in self._now.measurements[name].named}
        for context, figures in (now.named if now else {}).items():
            earlier = before.named.get(context) if before else None
            grown = figures.bytes - (earlier.bytes if earlier else 0)
            if grown > 0:
                yield Cause(f"{folders[context]}/", grown, GREW if earlier else ADDED, figures.files)

    def _blamed(self, cause: Cause) -> Blamed:
        if self._reference is None or self._old is None or not cause.example:
            return Blamed(cause)
        name, builder = self._verdict.name, self._verdict.builder
        before = self._reference.sight(self._old, cause.example, builder)
        after = self._now.sight(name, cause.example, builder)
        return Blamed(cause, reason(before, after) if before else None)

    def _heaviest(self) -> tuple[tuple[str, int], ...]:
        sizes = self._now.sizes(self._verdict.name, self._verdict.builder, waste=self._waste)
        parts = parts_of(sizes)
        return tuple(sorted(parts.items(), key=lambda part: (-part[1], part[0]))[:_HEAVIEST])

    def _where(self, blamed: Iterable[Blamed], heaviest: tuple[tuple[str, int], ...]) -> Location | None:
        """The line to blame: the first reason's, else the instruction that reads the most, else the budget's own."""
        for one in blamed:
            if one.reason is not None and one.reason.where is not None:
                return one.reason.where
        example = self._heaviest_file([one.cause.path for one in blamed] or [path for path, _ in heaviest])
        if example is not None:
            readers = self._now.sight(self._verdict.name, example, self._verdict.builder).read_by
            if readers:
                return Location(readers[0].file, readers[0].line)
        return self._violation.where or self._dockerfile()

    def _heaviest_file(self, parts: list[str]) -> str | None:
        sizes = self._now.sizes(self._verdict.name, self._verdict.builder, waste=self._waste)
        inside = [path for path in sizes if parts and (path == parts[0] or path.startswith(parts[0]))]
        return max(inside, key=lambda path: (sizes[path], path), default=None)

    def _dockerfile(self) -> Location | None:
        measurement = self._verdict.measurement
        build = measurement.build if measurement else None
        if build is None:
            return None
        declared = Location(build.declared.file, build.declared.line) if build.declared.file else None
        return Location(build.dockerfile, 1) if build.dockerfile else declared

