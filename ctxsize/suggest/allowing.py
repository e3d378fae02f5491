"""The tightest list for one Dockerfile: everything out, what it reads back in, then what the old list kept out of it.

``*`` first, an exception for each source, then the old rules: exclusions as they stand, exceptions cut down to what is
read, so that the list comes to exactly "old and read". Where that cannot be said (see ``order``), there is no list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.suggest.globs import covers, may_meet, meeting
from ctxsize.suggest.lines import Rule
from ctxsize.suggest.order import ambiguous, settled_order, without_idle

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ctxsize.dockerignore.pattern import Pattern
    from ctxsize.suggest.reading import Reading

__all__ = ["allow_list"]

_EVERYTHING = Rule("*")


def allow_list(reading: Reading, old: Sequence[Pattern]) -> tuple[Rule, ...] | None:
    """The rules that let through what is read and ``old`` lets through, and nothing else; None if none can.

    Where the exceptions have to be wider than what is read (``Reading.allow``), so is the list.
    """
    if reading.whole or reading.allow is None:
        return None
    allowed = [Rule(text, exception=True) for text in reading.allow]
    # what meets nothing that is read has no say in it
    old = [pattern for pattern in old if any(may_meet(pattern, one.pattern) for one in allowed)]
    if ambiguous(old) or any(pattern.components is None and pattern.exception for pattern in old):
        return None
    rules = [_EVERYTHING, *allowed]
    for pattern in old:
        more = _cut_down(pattern, allowed) if pattern.exception else [Rule(pattern.text)]
        if more is None:
            return None
        rules = [_EVERYTHING] if not pattern.exception and covers(pattern, _EVERYTHING.pattern) else [*rules, *more]
    if any(rule.line is None for rule in rules):
        return None
    return settled_order(without_idle(rules))


def _cut_down(pattern: Pattern, allowed: Sequence[Rule]) -> list[Rule] | None:
    rules: list[Rule] = []
    for one in allowed:
        shared = meeting(pattern, one.pattern)
        if shared is None:
            return None
        rules += [Rule(text, exception=True) for text in shared]
    return rules
