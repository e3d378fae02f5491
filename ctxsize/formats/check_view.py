"""What ``check``'s formats are given, and the sentences that they share. No layout, no escaping."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.budget.causes import GREW
from ctxsize.budget.judge import Status
from ctxsize.formats.text import counted, printable
from ctxsize.units import format_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ctxsize.budget.judge import Blamed, Verdict, Violation
    from ctxsize.model import BuilderName, Problem

__all__ = ["TITLES", "UNASKED", "CheckView", "cause_line", "delta", "folded", "headline", "issues", "reasons", "title"]

TITLES = {
    "max_bytes": "context over budget", "max_files": "too many files", "max_transfer": "transfer over budget",
    "max_walked": "too many entries to walk", "max_waste": "waste over budget", "max_growth": "context grew",
    "must_exclude": "a path that must stay out can enter", "must_include": "a path that must be sent is not",
    "secret": "a secret can enter the image", "ratchet": "context grew",
}  # fmt: skip
# nobody asked for it: it warns out of the box, and is no budget of the build
UNASKED = "secret"
_CAUSES = 5


class CheckView(NamedTuple):
    """The verdicts on the chosen builds. ``against`` names what they are compared with, None for nothing.

    ``problems`` could not be read or compared; ``following`` are commands worth running next.
    """

    root: str
    builder: BuilderName
    verdicts: tuple[Verdict, ...]
    against: str | None = None
    problems: tuple[Problem, ...] = ()
    following: tuple[str, ...] = ()
    verbose: bool = False

    @property
    def ok(self) -> bool:
        return not any(verdict.fails for verdict in self.verdicts)


def issues(view: CheckView) -> Iterator[tuple[Verdict, Violation]]:
    """Every violation with its build: errors first, what nobody asked for last, else in the order of the builds."""
    found = [(verdict, violation) for verdict in view.verdicts for violation in verdict.violations]
    yield from sorted(found, key=lambda pair: (pair[1].level.value, pair[1].budget == UNASKED))


def folded(view: CheckView) -> Iterator[tuple[tuple[Verdict, ...], Violation]]:
    """As ``issues``, but what is the same of many builds (one ignore file lets something in) is told once."""
    same: dict[tuple[object, ...], list[Verdict]] = {}
    first: dict[tuple[object, ...], Violation] = {}
    for verdict, violation in issues(view):
        alone = violation.causes or violation.heaviest
        own = id(violation) if alone else None
        key: tuple[object, ...] = (violation.budget, violation.message, violation.hint, own)
        same.setdefault(key, []).append(verdict)
        first.setdefault(key, violation)
    for key, verdicts in same.items():
        yield tuple(verdicts), first[key]


def named(verdicts: Sequence[Verdict], most: int = 3) -> str:
    """``api``, ``api, web``, ``api, web, job and 17 more``."""
    names = ", ".join(verdict.name for verdict in verdicts[:most])
    return f"{names} and {len(verdicts) - most:,} more" if len(verdicts) > most else names


def headline(view: CheckView) -> str:
    """One line on all of it."""
    failing = sum(verdict.fails for verdict in view.verdicts)
    warned = sum(bool(verdict.violations) and not verdict.fails for verdict in view.verdicts)
    unknown = sum(verdict.error is not None for verdict in view.verdicts)
    judged = sum(verdict.measurement is not None for verdict in view.verdicts)
    parts = [f"{failing:,} of {counted(judged, 'build')} fail" if failing else f"{counted(judged, 'build')} fine"]
    parts += [f"{warned:,} with warnings"] if warned else []
    parts += [f"{unknown:,} cannot be measured"] if unknown else []
    return ", ".join(parts)


def title(violation: Violation) -> str:
    return TITLES.get(violation.budget, violation.budget)


def delta(verdict: Verdict) -> str:
    """``+1.2 MB``, ``-3 B``, ``new``, ``removed``, ``±0`` or nothing."""
    if verdict.status in {Status.NEW, Status.REMOVED}:
        return verdict.status
    change = verdict.delta
    if change is None:
        return ""
    if change == 0:
        return "±0"
    return f"{'+' if change > 0 else '-'}{format_size(abs(change))}"


def cause_line(blamed: Blamed) -> str:
    """``data/ +5.0 MB (12 files added)``."""
    cause = blamed.cause
    what = "grew" if cause.change == GREW else f"{counted(cause.files, 'file')} added" if cause.files > 1 else "added"
    return f"{printable(cause.path)} +{format_size(cause.bytes)} ({what})"


def reasons(violation: Violation, verbose: bool) -> Iterator[str]:
    """The causes as lines, each followed by the reason if it is not the reason of the line before."""
    shown = violation.causes if verbose else violation.causes[:_CAUSES]
    last = None
    for blamed in shown:
        tail = ""
        if blamed.reason is not None and blamed.reason != last:
            where = f"{printable(str(blamed.reason.where))}: " if blamed.reason.where else ""
            tail = f" – {where}{printable(blamed.reason.message)}"
        last = blamed.reason
        yield cause_line(blamed) + tail
    if len(violation.causes) > len(shown):
        yield f"and {counted(len(violation.causes) - len(shown), 'more path')} (-v shows all)"
    for path, size in violation.heaviest:
        yield f"{printable(path)} {format_size(size)}"
