"""An ignore list as a whole: which file it came from, its patterns, and its three ways of being asked."""

from __future__ import annotations

from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.dockerignore.automaton import Automaton
from ctxsize.dockerignore.lexical import BadPatternError
from ctxsize.dockerignore.parse import read_ignore_lines
from ctxsize.dockerignore.pattern import Pattern, compile_pattern
from ctxsize.model import IgnoredBy

if TYPE_CHECKING:
    from collections.abc import Iterable


class BrokenPattern(NamedTuple):
    """A line that makes the builder stop: where it stands and Docker's own words."""

    file: str
    line: int
    pattern: str
    message: str


class IgnoreRules:
    """The patterns of one ignore file. ``broken`` is the first line that patternmatcher refuses when it is loaded.

    ``begins`` are rules that these begin with, if the two will be asked side by side.
    """

    def __init__(
        self,
        file: str | None,
        patterns: tuple[Pattern, ...] = (),
        broken: BrokenPattern | None = None,
        begins: IgnoreRules | None = None,
    ) -> None:
        self.file = file
        self.patterns = patterns
        self.broken = broken
        self.begins = begins

    def __eq__(self, other: object) -> bool:
        return isinstance(other, IgnoreRules) and self._said == other._said

    def __hash__(self) -> int:
        return hash(self._said)

    @property
    def _said(self) -> tuple[object, ...]:
        return self.file, self.patterns, self.broken

    @classmethod
    def parse(cls, data: bytes, file: str) -> IgnoreRules:
        """Reads an ignore file's bytes. Raises InputError only where Docker's reader itself gives up.

        The same text gives the same rules, so that all who ask have one set of states.
        """
        return _parsed(data, file)

    @classmethod
    def of(cls, texts: Iterable[str], file: str | None = None) -> IgnoreRules:
        """From patterns as a list. Raises BadPatternError."""
        compiled = (compile_pattern(text, line=number) for number, text in enumerate(texts, 1))
        return cls(file, tuple(pattern for pattern in compiled if pattern))

    def followed_by(self, texts: Iterable[str]) -> IgnoreRules:
        """With patterns behind it that stand in no file (line 0). Raises BadPatternError."""
        return _followed(self, tuple(texts))

    @cached_property
    def has_exceptions(self) -> bool:
        return any(pattern.exception for pattern in self.patterns)

    @cached_property
    def walk(self) -> Automaton:
        """As the builders' walks evaluate: parents' results are handed down."""
        return Automaton(self.patterns, begins=self.begins.walk if self.begins else None)

    @cached_property
    def opening(self) -> Automaton:
        """As BuildKit's client evaluates when it opens a file, and as the classic client checks readability."""
        return Automaton(self.patterns, remember_skipped=True, begins=self.begins.opening if self.begins else None)

    def decider(self, path: str, *, opening: bool = False) -> Pattern | None:
        """The pattern that decided on a path that exists or not, None if none did. Raises BadPatternError."""
        automaton = self.opening if opening else self.walk
        state, so_far = automaton.start, ""
        for name in path.strip("/").split("/"):
            so_far = f"{so_far}/{name}" if so_far else name
            state = state.child(name, so_far)
        return automaton.patterns[state.decided_by] if state.decided_by >= 0 else None

    def excludes(self, path: str, *, opening: bool = False) -> bool:
        pattern = self.decider(path, opening=opening)
        return pattern is not None and not pattern.exception

    def ignored_by(self, path: str) -> IgnoredBy | None:
        """The line that keeps the path out, as the walk sees it; None if the path passes."""
        pattern = self.decider(path)
        if pattern is None or pattern.exception:
            return None
        return IgnoredBy(self.file or "", pattern.line, pattern.written)


@lru_cache(maxsize=256)
def _parsed(data: bytes, file: str) -> IgnoreRules:
    patterns = []
    for line in read_ignore_lines(data, file):
        try:
            pattern = compile_pattern(line.pattern, line=line.number, written=line.written)
        except BadPatternError as error:
            return IgnoreRules(file, (), BrokenPattern(file, line.number, line.pattern, str(error)))
        if pattern:
            patterns.append(pattern)
    return IgnoreRules(file, tuple(patterns))


@lru_cache(maxsize=256)
def _followed(rules: IgnoreRules, texts: tuple[str, ...]) -> IgnoreRules:
    more = (compile_pattern(text) for text in texts)
    patterns = (*rules.patterns, *(pattern for pattern in more if pattern))
    return IgnoreRules(rules.file, patterns, rules.broken, rules)


def matches_one_level(patterns: Iterable[Pattern], path: str) -> bool:
    """patternmatcher's deprecated ``Matches``: besides the path only the parent as deep as the pattern is asked.

    The classic client still uses it to decide whether the Dockerfile has to be added back.
    """
    matched = False
    parents = path.rpartition("/")[0].split("/") if "/" in path else []
    for pattern in patterns:
        if pattern.exception != matched:
            continue
        depth = pattern.text.count("/") + 1
        hit = pattern.matches(path) or (depth <= len(parents) and pattern.matches("/".join(parents[:depth])))
        if hit:
            matched = not pattern.exception
    return matched
