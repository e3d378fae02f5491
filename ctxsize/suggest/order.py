"""The order of rules: what a list comes to, where builders could read it in two ways, and how to say it once.

The walk hands a folder's result down, but a pattern that could not flip the verdict *at the folder* is skipped there
and not handed down, although opening a file counts it (moby/patternmatcher). A list where that can happen sends files
empty. ``settled_order`` makes our own lists immune: such a rule gets a twin ``…/**`` that matches everything below by
itself. The question is asked for all trees, so the answer may be too careful.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.suggest.globs import covers, may_match_above, may_meet
from ctxsize.suggest.lines import Rule

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ctxsize.dockerignore.pattern import Pattern

__all__ = ["ambiguous", "settled_order", "without_idle"]


def ambiguous(patterns: Sequence[Pattern]) -> bool:
    """Whether on some tree the walk and the opening of files may disagree about a list."""
    return any(_may_be_skipped(patterns, place) for place in range(len(patterns)))


def _may_be_skipped(patterns: Sequence[Pattern], place: int) -> bool:
    """Whether the pattern may be passed over at a folder below which an earlier one of the other kind matches."""
    pattern = patterns[place]
    if pattern.text.endswith("**"):
        return False
    rivals = [one for one in patterns[:place] if one.exception != pattern.exception]
    if not any(may_match_above(pattern, rival, strictly=True) for rival in rivals):
        return False
    for one in reversed(patterns[:place]):
        if one.exception == pattern.exception:
            if may_meet(one, pattern):
                return True
        elif covers(one, pattern):
            return False
    # nothing is excluded to begin with
    return pattern.exception


def settled_order(rules: Sequence[Rule], start: int = 0) -> tuple[Rule, ...]:
    """The rules with a twin for each (from ``start`` on) that might be skipped; they then mean the same everywhere."""
    out = list(rules[:start])
    for rule in rules[start:]:
        out.append(rule)
        if _may_be_skipped([one.pattern for one in out], len(out) - 1):
            out.append(Rule(f"{rule.text}/**", rule.exception, rule.why))
    return tuple(out)


def without_idle(rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules without those that a later one overrules wherever they match, or that an earlier one has said."""
    kept = [rule for place, rule in enumerate(rules) if not _overruled(rule, rules[place + 1 :])]
    return tuple(rule for place, rule in enumerate(kept) if not _said(rule, kept[:place]))


def _overruled(rule: Rule, later: Sequence[Rule]) -> bool:
    return any(covers(one.pattern, rule.pattern) for one in later)


def _said(rule: Rule, earlier: Sequence[Rule]) -> bool:
    for one in reversed(earlier):
        if one.exception != rule.exception:
            if may_meet(one.pattern, rule.pattern):
                return False
        elif covers(one.pattern, rule.pattern):
            return True
    # nothing is excluded to begin with
    return rule.exception
