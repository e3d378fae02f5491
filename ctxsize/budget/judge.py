"""Verdicts: a build's figures held against its budget and against what it sent before. No attribution here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.budget.limits import LIMITS, Level, allowed_growth
from ctxsize.units import format_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from ctxsize.budget.blame import Reason
    from ctxsize.budget.causes import Cause
    from ctxsize.budget.figures import Figures, Identity, Upload
    from ctxsize.budget.limits import Budget
    from ctxsize.model import BuilderName, Location, Measurement

__all__ = ["Blamed", "Status", "Verdict", "Violation", "failing", "matched", "over_budget", "status_of"]

_COUNTS = {"max_files": "files", "max_walked": "entries to look at"}
_WHAT = {"max_bytes": "sends", "max_transfer": "transfers", "max_waste": "wastes"}


class Blamed(NamedTuple):
    """A cause and the reason for it."""

    cause: Cause
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Violation:
    """``limit`` and ``actual`` are bytes or counts (1 and 0 for an assertion); ``where`` is the line to blame.

    ``hint`` is what to do or run next. ``heaviest`` stands in for ``causes`` where there is nothing to compare with.
    """

    budget: str
    limit: int
    actual: int
    message: str
    level: Level = Level.ERROR
    causes: tuple[Blamed, ...] = ()
    heaviest: tuple[tuple[str, int], ...] = ()
    where: Location | None = None
    hint: str | None = None


class Status:
    """What became of a build since the baseline."""

    NEW, REMOVED, SAME, GREW, SHRANK, UNKNOWN = "new", "removed", "same", "grew", "shrank", "unknown"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One build. ``compared`` is the side that ``baseline`` is held against: with a git ref only what is tracked.

    ``measurement`` is None for a build that is gone; ``sent`` is None where nothing could be measured (``error``) or
    nothing is sent from here. ``renamed`` is the name that the build had before.
    """

    name: str
    builder: BuilderName
    measurement: Measurement | None
    sent: Upload | None
    baseline: Upload | None = None
    compared: Upload | None = None
    renamed: str | None = None
    status: str = Status.UNKNOWN
    violations: tuple[Violation, ...] = ()
    error: str | None = None

    @property
    def fails(self) -> bool:
        return any(one.level is Level.ERROR for one in self.violations)

    @property
    def delta(self) -> int | None:
        """Growth in bytes, None without a baseline."""
        if self.baseline is None or self.compared is None:
            return None
        return self.compared.total.bytes - self.baseline.total.bytes


def status_of(before: Figures | None, after: Figures | None, *, known: bool) -> str:
    """``known`` tells that there is something to compare with at all."""
    if not known:
        return Status.UNKNOWN
    if before is None or after is None:
        return Status.NEW if before is None else Status.REMOVED
    if after.bytes == before.bytes:
        return Status.SAME
    return Status.GREW if after.bytes > before.bytes else Status.SHRANK


def matched(now: Mapping[str, Identity], then: Mapping[str, Identity]) -> dict[str, str]:
    """New name → old name: the same name, else the only build with the same Dockerfile, context and target."""
    pairs = {name: name for name in now if name in then}
    lost = {name: identity for name, identity in then.items() if name not in now}
    for name, identity in now.items():
        if name in pairs:
            continue
        same = [old for old, other in lost.items() if other == identity]
        rivals = [other for other, theirs in now.items() if other not in then and theirs == identity]
        if len(same) == 1 and len(rivals) == 1:
            pairs[name] = same[0]
    return pairs


def over_budget(
    budget: Budget, sent: Figures, before: Figures | None = None, compared: Figures | None = None
) -> Iterator[Violation]:
    """Every limit that is exceeded; exactly at the limit is within it."""
    for name, field in LIMITS.items():
        limit, actual = getattr(budget, name), getattr(sent, field) or 0
        if limit is not None and actual > limit:
            yield _said(Violation(name, limit, actual, _message(name, limit, actual), budget.level), budget)
    if before is None or compared is None:
        return
    allowed = allowed_growth(budget.max_growth, before.bytes)
    grown = compared.bytes - before.bytes
    if allowed is not None and grown > allowed:
        message = _growth(allowed, grown, before.bytes)
        yield _said(Violation("max_growth", allowed, grown, message, budget.level), budget)


def _message(name: str, limit: int, actual: int) -> str:
    if name in _COUNTS:
        return f"{actual:,} {_COUNTS[name]}, {actual - limit:,} over the budget of {limit:,}"
    over = format_size(actual - limit)
    return f"{_WHAT[name]} {format_size(actual)}, {over} over the budget of {format_size(limit)}"


def _growth(allowed: int, grown: int, before: int) -> str:
    share = f" ({100 * grown / before:.1f} %)" if before else ""
    limit = f"{format_size(allowed)} more" if allowed else "no more at all"
    return f"grew by {format_size(grown)}{share} from {format_size(before)}; allowed is {limit}"


def _said(violation: Violation, budget: Budget) -> Violation:
    return replace(violation, where=budget.where, hint=budget.message)


def failing(verdicts: Iterable[Verdict]) -> bool:
    """Whether any build is over a budget that counts as an error."""
    return any(verdict.fails for verdict in verdicts)
