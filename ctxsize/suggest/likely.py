"""Junk that is sent because a whole folder is copied, gathered under the rules that would keep it out. Likely, not
proven: it is in the image today. A rule never reaches what an instruction asks for by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.builders.classes import Verdict
from ctxsize.builders.junk import GIT_IGNORES
from ctxsize.builders.reach import exactly
from ctxsize.dockerignore.pattern import Component, Shape
from ctxsize.model import Class
from ctxsize.suggest.fewest import fewest
from ctxsize.suggest.globs import all_components, may_meet, touches
from ctxsize.suggest.lines import Rule, line_of
from ctxsize.suggest.unread import Unread

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ctxsize.builders.junk import JunkRules, JunkState
    from ctxsize.builders.reach import ReachState
    from ctxsize.builders.sending import SentFolder
    from ctxsize.dockerignore.pattern import Pattern

__all__ = ["Junk", "Likely", "junk_in", "likely_rules", "merged"]


class Junk:
    """What one pattern of the catalogue or configuration (``text``; ``""`` is git) finds in what is sent."""

    def __init__(self, text: str, why: str) -> None:
        self.text = text
        self.why = why
        self.entries: dict[str, Unread] = {}

    @property
    def bytes(self) -> int:
        return sum(entry.bytes for entry in self.entries.values())


class Likely(NamedTuple):
    """Rules for some junk, the bytes they would save, and (``blocked``) why there are none for it."""

    rules: tuple[Rule, ...]
    why: str
    bytes: int
    blocked: str | None = None


def junk_in(sent: SentFolder, reach: ReachState, junk: JunkRules) -> dict[str, Junk]:
    """The junk of what is sent, by the pattern that says so."""
    found: dict[str, Junk] = {}
    for entry, state in _entries(sent, Verdict(reach, junk.start)):
        text = state.rules.automaton.patterns[state.rules.decided_by].text if state.rules.excluded else ""
        group = found.setdefault(text, Junk(text, junk.why(state) or GIT_IGNORES))
        group.entries[entry.path] = entry
    return found


def _entries(sent: SentFolder, verdict: Verdict) -> Iterator[tuple[Unread, JunkState]]:
    todo = [(sent, verdict)]
    while todo:
        folder, verdict = todo.pop()
        here = folder.folder
        if verdict.settled:
            if verdict.klass is Class.JUNK:
                yield Unread(here.path, True, folder.files, folder.bytes, folder.tar), verdict.junk
            continue
        for rows, below in folder.parts:
            for row in rows:
                name = here.names[row]
                path = here.path_of(name)
                if verdict.file(name, path) is Class.JUNK:
                    yield Unread(path, False, 1, here.sizes[row], here.tar[row]), verdict.child(name, path).junk
            if below is not None:
                todo.append((below, verdict.child(below.folder.name, below.folder.path)))


def merged(all_found: Iterable[Mapping[str, Junk]]) -> dict[str, Junk]:
    """The junk of several builds of one context, each entry once."""
    together: dict[str, Junk] = {}
    for found in all_found:
        for text, junk in found.items():
            group = together.setdefault(text, Junk(text, junk.why))
            group.entries |= junk.entries
    return together


def likely_rules(
    found: Mapping[str, Junk], named: Sequence[Pattern], taken_back: Sequence[Pattern] = ()
) -> list[Likely]:
    """Rules for each kind of junk, the heaviest first. ``named`` are the patterns of all that is asked for;
    ``taken_back`` those that the configuration says are no junk."""
    ordered = sorted(found.values(), key=lambda junk: (-junk.bytes, junk.text))
    return [_likely(junk, named, taken_back) for junk in ordered]


def _likely(junk: Junk, named: Sequence[Pattern], taken_back: Sequence[Pattern]) -> Likely:
    general = Rule(junk.text, why=junk.why)
    if junk.text and line_of(junk.text) and not _wanted(general.pattern, named, taken_back):
        return Likely((general,), junk.why, junk.bytes)
    naming = [one for one in named if junk.text and _names(general.pattern, one)]
    entries = [entry for entry in junk.entries.values()
               if not any(_names(exactly(entry.path), one) for one in named)
               and not any(touches(one, entry.path) for one in naming)]  # fmt: skip
    rules = tuple(Rule(rule.text, why=junk.why) for rule in fewest(entries, [], opened=False))
    if rules:
        return Likely(rules, junk.why, sum(entry.bytes for entry in entries))
    return Likely((general,) if junk.text else (), junk.why, junk.bytes, "an instruction asks for such a path by name")


def _wanted(rule: Pattern, named: Sequence[Pattern], taken_back: Sequence[Pattern]) -> bool:
    return any(_names(rule, one) for one in named) or any(may_meet(rule, one) for one in taken_back)


def _names(rule: Pattern, asked: Pattern) -> bool:
    """Whether a source names what the rule would take away, or something in it; a bare ``*`` names nothing."""
    left, right = all_components(rule), all_components(asked)
    return left is None or right is None or _name(left, right)


def _name(rule: tuple[Component, ...], asked: tuple[Component, ...]) -> bool:
    if not rule:
        return True
    if not asked:
        return False
    if rule[0].shape is Shape.DEEP:
        return _name(rule[1:], asked) or _name(rule, asked[1:])
    if asked[0].shape is Shape.DEEP:
        return _name(rule, asked[1:])
    last_is_open = len(rule) == 1 and asked[0].shape is Shape.ANY
    return not last_is_open and _fit(rule[0], asked[0]) and _name(rule[1:], asked[1:])


def _fit(rule: Component, asked: Component) -> bool:
    if asked.shape is Shape.LITERAL:
        return rule.matches(asked.text)
    if rule.shape is Shape.LITERAL:
        return asked.matches(rule.text)
    return True
