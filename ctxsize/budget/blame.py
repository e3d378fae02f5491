"""Why a path is sent now and was not, or was less, before: the ignore rule or the instruction that changed, and where.

Both sides are given as what decided on one path; texts of ignore files only serve to find the line where a rule that
is gone used to stand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.model import Location

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ctxsize.model import IgnoredBy, ReadBy

__all__ = ["Reason", "Sight", "line_where_it_stood", "reason"]


class Sight(NamedTuple):
    """What one side makes of a path. ``decider`` is the last rule that matched it, exceptions included.

    ``ignore_file`` applies to the build and consists of ``lines``; ``instructions`` are all that read a context.
    """

    exists: bool
    sent: bool
    decider: IgnoredBy | None = None
    read_by: Sequence[ReadBy] = ()
    ignore_file: str | None = None
    lines: Sequence[str] = ()
    instructions: frozenset[str] = frozenset()

    @property
    def ignored_by(self) -> IgnoredBy | None:
        return self.decider if self.decider and not self.decider.pattern.startswith("!") else None


class Reason(NamedTuple):
    """``kind`` is rule-dropped, rule-overruled, ignore-file, instruction or content; ``where`` the line to blame."""

    kind: str
    message: str
    where: Location | None = None


def reason(before: Sight, after: Sight) -> Reason:
    """Why ``after`` sends what ``before`` did not, or sent less of."""
    rule = before.ignored_by
    if before.exists and not before.sent and rule is not None:
        return _rule_changed(rule, before, after)
    if before.exists and not before.sent and after.read_by:
        reader = _new_reader(before, after)
        return Reason("instruction", f"{reader.instruction} reads it now; nothing did before", _line(reader))
    if after.read_by:
        return _read(_new_reader(before, after), before)
    where = Location(after.ignore_file) if after.ignore_file else None
    return Reason("content", "no ignore rule keeps it out, and no instruction reads it", where)


def _read(reader: ReadBy, before: Sight) -> Reason:
    if before.instructions and reader.instruction not in before.instructions:
        return Reason("instruction", f"{reader.instruction}, which is new, reads it", _line(reader))
    return Reason("content", f"{reader.instruction} reads it", _line(reader))


def _rule_changed(rule: IgnoredBy, before: Sight, after: Sight) -> Reason:
    was = f"{rule.pattern} in {rule.file}:{rule.line} kept it out"
    if after.ignore_file is None:
        where = _line(after.read_by[0]) if after.read_by else None
        return Reason("ignore-file", f"{was}; no ignore file applies any more", where)
    if after.ignore_file != rule.file:
        return Reason("ignore-file", f"{was}; now {after.ignore_file} applies", Location(after.ignore_file, 1))
    if after.decider is not None and after.decider.pattern.startswith("!"):
        let_in = Location(after.decider.file, after.decider.line)
        return Reason("rule-overruled", f"{after.decider.pattern} lets it in; {was}", let_in)
    where = Location(rule.file, line_where_it_stood(rule.line, before.lines, after.lines))
    return Reason("rule-dropped", f"{was}; that rule is gone", where)


def _new_reader(before: Sight, after: Sight) -> ReadBy:
    """The instruction to name: one that was not there before, else the first."""
    fresh = [reader for reader in after.read_by if reader.instruction not in before.instructions]
    return (fresh or list(after.read_by))[0]


def _line(reader: ReadBy) -> Location:
    return Location(reader.file, reader.line)


def line_where_it_stood(line: int, before: Sequence[str], after: Sequence[str]) -> int:
    """The line of ``after`` that stands where line ``line`` of ``before`` was; both count from 1."""
    from difflib import SequenceMatcher

    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for _, start, end, other, other_end in matcher.get_opcodes():
        if start < line <= end:
            place = other + min(line - start, max(other_end - other, 1))
            return max(1, min(place, len(after)))
    return max(1, min(line, len(after)))
