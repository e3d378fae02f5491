"""A rule of ours, and the line of an ignore file that says exactly that.

A name that no line can hold literally (white space at its ends, a line feed) has no line: then the rule is widened or
left out, never written wrong. Follows Docker's reader (``dockerignore.parse``).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.dockerignore.lexical import BadPatternError
from ctxsize.dockerignore.parse import read_ignore_lines
from ctxsize.dockerignore.pattern import Pattern, compile_pattern
from ctxsize.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Rule", "line_of", "lines_of", "literal"]

_SPECIAL = frozenset("*?[]\\")


class Rule(NamedTuple):
    """``text`` is a cleaned pattern without ``!``; ``why`` becomes a comment above the line."""

    text: str
    exception: bool = False
    why: str | None = None

    @property
    def pattern(self) -> Pattern:
        """The compiled pattern. Raises BadPatternError; rules with a line never do."""
        return _compiled(self.text, self.exception)

    @property
    def line(self) -> str | None:
        return line_of(self.text, exception=self.exception)


def literal(path: str) -> bool:
    """Whether a path as a pattern matches itself and nothing else (and so may hold any other character)."""
    return not _SPECIAL.intersection(path)


@lru_cache(maxsize=4096)
def line_of(text: str, *, exception: bool = False) -> str | None:
    """The line that Docker reads back as exactly this pattern, None if there is none."""
    mark = "!" if exception else ""
    for line in (f"{mark}{text}", f"{mark}/{text}"):
        if _read_back(line) == (text, exception):
            return line
    return None


def _read_back(line: str) -> tuple[str, bool] | None:
    try:
        found = read_ignore_lines(line.encode("utf-8", "surrogateescape"))
        if len(found) != 1 or "\n" in line:
            return None
        pattern = compile_pattern(found[0].pattern)
    except (BadPatternError, InputError):
        return None
    return (pattern.text, pattern.exception) if pattern else None


def lines_of(rules: Iterable[Rule]) -> list[str]:
    """The lines of a block; the same reason is said once above the rules that follow each other."""
    lines: list[str] = []
    said = None
    for rule in rules:
        line = rule.line
        if line is None:
            continue
        if rule.why and rule.why != said:
            lines.append(f"# {' '.join(rule.why.split())}")
        said = rule.why
        lines.append(line)
    return lines


@lru_cache(maxsize=4096)
def _compiled(text: str, exception: bool) -> Pattern:
    pattern = compile_pattern(f"{'!' if exception else ''}{text}")
    if pattern is None:
        raise BadPatternError("an empty pattern")
    return pattern
