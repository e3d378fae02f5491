"""Which entries pass on to a builder, asked folder by folder with states that are handed down.

``BuildkitGate`` is fsutil's filter: include patterns (the follow paths) and the ignore list must both let an entry
through. ``ArchiveGate`` is go-archive's walk. They differ in which unwanted folders they still look into.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.dockerignore import Automaton, IgnoreRules, Pattern, State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ctxsize.tree import Directory

_EVERYTHING = State(Automaton(()), excluded=True, decided_by=-1, live=())


class Token(NamedTuple):
    """What a gate hands down below a folder: the state of the ignore list and that of the include list."""

    ignore: State
    include: State


class Passage(NamedTuple):
    """A gate's answer on a folder: is it an entry itself, is it looked into, and with what."""

    kept: bool
    descends: bool
    token: Token


def _leads_to(heads: Sequence[str], folder: str) -> bool:
    """Whether a pattern's text begins with the folder: the only reason to look into an unwanted one."""
    return any(head.startswith(folder) for head in heads)


class BuildkitGate:
    """``include`` None lets everything in. Raises BadPatternError when a broken pattern is held against an entry."""

    lazy_parents = True

    def __init__(self, rules: IgnoreRules, include: Sequence[Pattern] | None) -> None:
        wanted = _EVERYTHING if include is None else Automaton(include).start
        self.start = Token(rules.walk.start, wanted)
        exceptions = [pattern for pattern in rules.patterns if pattern.exception]
        # one wildcard among the exceptions, and fsutil looks into every ignored folder
        self.wild_exceptions = any(pattern.wild for pattern in exceptions)
        self._exceptions = [f"{pattern.literal_head}/" for pattern in exceptions]
        includes = [pattern for pattern in include or () if not pattern.exception]
        self.wild_includes = any(pattern.wild for pattern in includes)
        self._includes = [f"{pattern.literal_head}/" for pattern in includes]

    def folder(self, token: Token, folder: Directory) -> Passage:
        path, name = folder.path, folder.name
        include = token.include.child(name, path)
        if not include.excluded and not (self.wild_includes or _leads_to(self._includes, f"{path}/")):
            return Passage(False, False, token)
        ignore = token.ignore.child(name, path)
        descends = not ignore.excluded or self.wild_exceptions or _leads_to(self._exceptions, f"{path}/")
        return Passage(include.excluded and not ignore.excluded, descends, Token(ignore, include))

    def rows(self, token: Token, folder: Directory, start: int, end: int) -> Sequence[int]:
        """The files among the rows that pass; a range where all of them do."""
        ignore, include = token
        if (ignore.settled and ignore.excluded) or (include.settled and not include.excluded):
            return ()
        if ignore.settled and include.settled:
            return range(start, end)
        names = folder.names
        prefix = f"{folder.path}/" if folder.path else ""
        kept = [row for row in range(start, end) if not ignore.excludes_file(names[row], prefix + names[row])]
        if include.settled:
            return kept
        return [row for row in kept if include.excludes_file(names[row], prefix + names[row])]


class ArchiveGate:
    """``forced`` are the texts of what the classic client adds back: the Dockerfile and the ignore file."""

    lazy_parents = False

    def __init__(self, rules: IgnoreRules) -> None:
        self.start = Token(rules.walk.start, _EVERYTHING)
        self._exceptions = [f"{pattern.text}/" for pattern in rules.patterns if pattern.exception]

    def folder(self, token: Token, folder: Directory) -> Passage:
        path = folder.path
        ignore = token.ignore.child(folder.name, path)
        descends = not ignore.excluded or _leads_to(self._exceptions, f"{path}/")
        return Passage(not ignore.excluded, descends, Token(ignore, _EVERYTHING))

    def rows(self, token: Token, folder: Directory, start: int, end: int) -> Sequence[int]:
        ignore = token.ignore
        if ignore.settled:
            return () if ignore.excluded else range(start, end)
        names = folder.names
        prefix = f"{folder.path}/" if folder.path else ""
        return [row for row in range(start, end) if not ignore.excludes_file(names[row], prefix + names[row])]


Gate = BuildkitGate | ArchiveGate
