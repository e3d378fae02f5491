"""Which entries pass on to a builder, asked folder by folder with states that are handed down.

``BuildkitGate`` is fsutil's filter: include patterns (the follow paths) and the ignore list must both let an entry
through. ``ArchiveGate`` is go-archive's walk. They differ in which unwanted folders they still look into.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.dockerignore import Automaton, IgnoreRules, Pattern, State
from ctxsize.tree import Wanted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from ctxsize.tree import Directory

_EVERYTHING = State(Automaton(()), excluded=True, decided_by=-1, live=())
_NOTHING = State(Automaton(()), excluded=False, decided_by=-1, live=())


class Token(NamedTuple):
    """What a gate hands down below a folder: the state of the ignore list and that of the include list.

    States below which nothing changes are the same objects for all lists, so that builds share what they come to.
    """

    ignore: State
    include: State

    @property
    def open(self) -> bool:
        """Everything below passes, whichever the builder."""
        return self.ignore is _NOTHING and self.include is _EVERYTHING

    @property
    def asks_all(self) -> bool:
        """The ignore list alone decides."""
        return self.include is _EVERYTHING

    @property
    def same_for_all(self) -> bool:
        """Where nothing is asked for and no exception is live, all that skip ignored folders do the same."""
        return self.include is _EVERYTHING and not self.ignore.may_except


def _token(ignore: State, include: State) -> Token:
    if ignore.settled and not ignore.excluded:
        ignore = _NOTHING
    if include.settled:
        include = _EVERYTHING if include.excluded else _NOTHING
    return Token(ignore, include)


class Passage(NamedTuple):
    """A gate's answer on a folder: is it an entry itself, is it looked into, and with what."""

    kept: bool
    descends: bool
    token: Token


def leads_to(heads: Iterable[str], folder: str) -> bool:
    """Whether a pattern's text with a slash begins with the folder: the only reason to look into an unwanted one."""
    start = f"{folder}/"
    for head in heads:  # noqa: SIM110 - a generator takes three times as long, and this is asked for many folders
        if head.startswith(start):
            return True
    return False


def wanted(lists: Collection[IgnoreRules], junk: State | None = None) -> Wanted:
    """What a walk has to find so that every gate of these ignore lists finds all that it looks at."""
    exceptions = [pattern for rules in lists for pattern in rules.patterns if pattern.exception]
    texts = {text for pattern in exceptions for text in (pattern.text, pattern.literal_head)}
    return Wanted(
        states=tuple(rules.walk.start for rules in lists),
        count_all=any(map(looks_everywhere, lists)),
        heads=tuple(f"{text}/" for text in sorted(texts)),
        junk=junk,
        lists=tuple(tuple(rules.patterns) for rules in lists),
    )


def looks_everywhere(rules: IgnoreRules) -> bool:
    """One wildcard among the exceptions, and fsutil looks into every ignored folder."""
    return any(pattern.exception and pattern.wild for pattern in rules.patterns)


class BuildkitGate:
    """``include`` None lets everything in. Raises BadPatternError when a broken pattern is held against an entry."""

    lazy_parents = True

    def __init__(self, rules: IgnoreRules, include: Sequence[Pattern] | None) -> None:
        wanted = _EVERYTHING if include is None else Automaton(include).start
        self.start = _token(rules.walk.start, wanted)
        exceptions = [pattern for pattern in rules.patterns if pattern.exception]
        self.looks_everywhere = looks_everywhere(rules)
        self._exceptions = [f"{pattern.literal_head}/" for pattern in exceptions]
        self.kind = "wild" if self.looks_everywhere else "buildkit"
        includes = [pattern for pattern in include or () if not pattern.exception]
        self.wild_includes = any(pattern.wild for pattern in includes)
        self._includes = [f"{pattern.literal_head}/" for pattern in includes]

    def folder(self, token: Token, folder: Directory) -> Passage:
        path, name = folder.path, folder.name
        include = token.include.child(name, path)
        if not include.excluded and not (self.wild_includes or leads_to(self._includes, path)):
            return Passage(False, False, token)
        ignore = token.ignore.child(name, path)
        descends = not ignore.excluded or self.looks_everywhere or leads_to(self._exceptions, path)
        return Passage(include.excluded and not ignore.excluded, descends, _token(ignore, include))

    def rows(self, token: Token, folder: Directory, start: int, end: int) -> Sequence[int]:
        """The files among the rows that pass; a range where all of them do."""
        ignore, include = token
        if include.settled and not include.excluded:
            return ()
        kept = _not_ignored(ignore, folder, start, end)
        if include.settled or not kept:
            return kept
        names = folder.names
        prefix = f"{folder.path}/" if folder.path else ""
        return [row for row in kept if include.excludes_file(names[row], prefix + names[row])]


class ArchiveGate:
    """The classic client's walk; the rules already hold what the client adds back."""

    lazy_parents = looks_everywhere = False

    def __init__(self, rules: IgnoreRules) -> None:
        self.start = _token(rules.walk.start, _EVERYTHING)
        self._exceptions = [f"{pattern.text}/" for pattern in rules.patterns if pattern.exception]
        self.kind = "archive"

    def folder(self, token: Token, folder: Directory) -> Passage:
        path = folder.path
        ignore = token.ignore.child(folder.name, path)
        descends = not ignore.excluded or leads_to(self._exceptions, path)
        return Passage(not ignore.excluded, descends, _token(ignore, _EVERYTHING))

    def rows(self, token: Token, folder: Directory, start: int, end: int) -> Sequence[int]:
        return _not_ignored(token.ignore, folder, start, end)


Gate = BuildkitGate | ArchiveGate


def _not_ignored(ignore: State, folder: Directory, start: int, end: int) -> Sequence[int]:
    if ignore.settled:
        return () if ignore.excluded else range(start, end)
    if folder.passed is ignore:
        return range(start, end)
    names = folder.names[start:end]
    passing = ignore.passing(names)
    if passing is None:
        prefix = f"{folder.path}/" if folder.path else ""
        passing = [name for name in names if not ignore.excludes_file(name, prefix + name)]
    if len(passing) == len(names):
        return range(start, end)
    through = set(passing)
    return [row for row, name in enumerate(names, start) if name in through]
