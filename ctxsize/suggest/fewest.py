"""The fewest rules that take away (nearly) all of what may go: greedy, over each entry's own path and over paths with
one part left open, such as ``services/*/docs`` or ``data/*.csv``, where no source can be meant by that.
"""

from __future__ import annotations

import re
from collections import defaultdict
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.dockerignore.automaton import advance, closure
from ctxsize.dockerignore.lexical import BadPatternError
from ctxsize.suggest.globs import may_meet
from ctxsize.suggest.lines import Rule, line_of, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ctxsize.dockerignore.pattern import Pattern
    from ctxsize.suggest.unread import Unread

__all__ = ["MOST_OF_IT", "fewest"]

MOST_OF_IT = 0.99
_UNSAYABLE = re.compile(r"[*?\[\]\\\r\n]|\A[!\s]|\s\Z")
# nobody wants a list of that many rules
_MOST = 20_000
# beyond that many entries only the heaviest are worth a look at what they have in common
_COMPARED = 4_000


class _Choice(NamedTuple):
    rule: Rule
    members: frozenset[int]


def fewest(
    entries: Sequence[Unread],
    patterns: Sequence[Pattern],
    *,
    share: float = MOST_OF_IT,
    standing: Iterable[str] = (),
    opened: bool = True,
) -> tuple[Rule, ...]:
    """Exclusions that reach ``share`` of the entries' cost and cannot touch what ``patterns`` read, sorted.

    ``standing`` are rules that stand already: they are kept while they help, so that nothing changes for nothing.
    ``opened`` False asks for plain paths only.
    """
    costs = [entry.cost for entry in entries]
    choices = {choice.rule.text: choice for choice in _choices(entries, patterns, opened=opened)}
    chosen: list[_Choice] = []
    covered: set[int] = set()
    goal = sum(costs)
    for text in standing:
        choice = choices.get(text) or _standing(text, entries, patterns)
        if choice is not None and choice.members - covered:
            chosen.append(choice)
            covered |= choice.members
    chosen += _greedy(choices.values(), costs, covered, share * goal)
    return tuple(sorted((choice.rule for choice in _needed(chosen)), key=lambda rule: rule.text))


def _greedy(
    choices: Iterable[_Choice], costs: Sequence[int], covered: set[int], goal: float
) -> Iterator[_Choice]:
    """Always the choice that gains most; the more literal one of equals."""
    held = list(choices)
    heap = [(-sum(costs[one] for one in choice.members), "*" in choice.rule.text, choice.rule.text, place)
            for place, choice in enumerate(held)]  # fmt: skip
    heapify(heap)
    reached = sum(costs[one] for one in covered)
    while heap and reached < goal:
        gain, wild, text, place = heappop(heap)
        members = held[place].members - covered
        now = -sum(costs[one] for one in members)
        if now > gain:
            if now < 0:
                heappush(heap, (now, wild, text, place))
            continue
        covered |= members
        reached -= now
        yield held[place]


def _needed(chosen: Sequence[_Choice]) -> list[_Choice]:
    """Without the choices whose entries the others take as well."""
    kept = list(chosen)
    for choice in sorted(chosen, key=lambda one: len(one.members)):
        others: frozenset[int] = frozenset().union(*(one.members for one in kept if one is not choice))
        if choice.members <= others:
            kept.remove(choice)
    return kept


# --- choices ----------------------------------------------------------------------------------------


def _choices(entries: Sequence[Unread], patterns: Sequence[Pattern], *, opened: bool) -> Iterator[_Choice]:
    heaviest = sorted(range(len(entries)), key=lambda place: -entries[place].cost)
    for place in heaviest[:_MOST]:
        text = _said(entries[place].path, patterns)
        if text is not None:
            yield _Choice(Rule(text), frozenset([place]))
    groups: dict[str, set[int]] = defaultdict(set)
    for place in heaviest[: _COMPARED if opened else 0]:
        for text in _opened(entries[place]):
            groups[text].add(place)
    for text, members in groups.items():
        if len(members) > 1 and line_of(text) and not _meets(text, patterns):
            yield _Choice(Rule(text), frozenset(members))


def _said(path: str, patterns: Sequence[Pattern]) -> str | None:
    """The path itself, or with ``?`` for each character that no line can hold, if no source can be meant by that."""
    if literal(path) and line_of(path):
        return path
    text = _UNSAYABLE.sub("?", path)
    return text if line_of(text) and not _meets(text, patterns) else None


def _opened(entry: Unread) -> Iterator[str]:
    """The path with one part left open: a folder on the way, or a file's name up to its ending."""
    if not literal(entry.path):
        return
    parts = entry.path.split("/")
    for place in range(len(parts) - 1):
        yield "/".join([*parts[:place], "*", *parts[place + 1 :]])
    stem, dot, ending = parts[-1].rpartition(".")
    if not entry.folder and stem and dot and ending:
        yield "/".join([*parts[:-1], f"*.{ending}"])


def _meets(text: str, patterns: Sequence[Pattern]) -> bool:
    rule = Rule(text)
    return rule.pattern.components is None or any(may_meet(rule.pattern, one) for one in patterns)


def _standing(text: str, entries: Sequence[Unread], patterns: Sequence[Pattern]) -> _Choice | None:
    """A rule that stands already, with what it takes of the entries; None if it might touch what is read."""
    try:
        if not line_of(text) or _meets(text, patterns):
            return None
    except BadPatternError:
        return None
    rule = Rule(text)
    return _Choice(rule, frozenset(place for place, entry in enumerate(entries) if _takes(rule.pattern, entry.path)))


def _takes(pattern: Pattern, path: str) -> bool:
    places = closure(pattern.components or (), 0)
    for name in path.split("/"):
        places, hit = advance(pattern, places, name)
        if hit:
            return True
    return False
