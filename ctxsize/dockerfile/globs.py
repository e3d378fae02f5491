"""The patterns of ``${v#p}``, ``${v%p}`` and ``${v/p/r}``: ``*``, ``?`` and escapes, no classes.

A pattern is cut at its stars into chunks of fixed length, so that matching needs no backtracking: a hostile
Dockerfile cannot make it slow. Neither ``*`` nor ``?`` cross a line's end, as in Go's regular expressions.
"""

from __future__ import annotations

import re

__all__ = ["Glob", "GlobError", "reversed_pattern"]

_TEMPLATE = r"\$(?:\$|\w+|\{\w+\})"


class GlobError(Exception):
    """A pattern with an escape that means nothing."""


class Glob:
    """Raises GlobError."""

    def __init__(self, pattern: str) -> None:
        self._chunks = [re.compile(chunk) for chunk in _chunks(pattern)]

    def prefix(self, value: str, *, longest: bool) -> int | None:
        """Where the shortest or longest matching prefix of ``value`` ends; None without one."""
        found = self._chunks[0].match(value)
        return None if found is None else self._end(value, found.end(), longest=longest)

    def find(self, value: str, start: int) -> tuple[int, int] | None:
        """The first match at or after ``start``, as long as possible."""
        while start <= len(value):
            found = self._chunks[0].search(value, start)
            if found is None:
                return None
            end = self._end(value, found.end(), longest=True)
            if end is not None:
                return found.start(), end
            start = _line_end(value, found.end()) + 1
        return None

    def replace(self, value: str, replacement: str, *, every: bool) -> str:
        if every:
            return self._replace_all(value, _without_templates(replacement))
        found = self.find(value, 0)
        return value if found is None else value[: found[0]] + replacement + value[found[1] :]

    def _replace_all(self, value: str, replacement: str) -> str:
        """Go's rule for empty matches: none right behind another match."""
        out: list[str] = []
        at = kept = matched = 0
        while at <= len(value) and (found := self.find(value, at)) is not None:
            start, end = found
            if end > matched or start == 0:
                out += [value[kept:start], replacement]
                kept = end
            matched = end
            at = end if end > at else at + 1
        return "".join([*out, value[kept:]])

    def _end(self, value: str, at: int, *, longest: bool) -> int | None:
        last = len(self._chunks) - 1
        for index, chunk in enumerate(self._chunks[1:], 1):
            edge = _line_end(value, at)
            if index == last and longest:
                starts = range(edge, at - 1, -1)
                found = next((match for start in starts if (match := chunk.match(value, start))), None)
            else:
                found = chunk.search(value, at)
            if found is None or found.start() > edge:
                return None
            at = found.end()
        return at


def _line_end(value: str, at: int) -> int:
    end = value.find("\n", at)
    return len(value) if end < 0 else end


def _chunks(pattern: str) -> list[str]:
    """The parts between the stars as expressions."""
    chunks, at = [""], 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if char == "*":
            chunks.append("")
        elif char == "?":
            chunks[-1] += "."
        elif char == "\\" and pattern[at : at + 1] not in {"}", "/"}:
            escaped = pattern[at : at + 1]
            if not escaped or escaped not in "*?\\":
                raise GlobError(f"invalid escape '\\{escaped or chr(0xFFFD)}'")
            chunks[-1] += re.escape(escaped)
            at += 1
        elif char != "\\":
            chunks[-1] += re.escape(char)
    return chunks


def reversed_pattern(pattern: str) -> str:
    """The pattern for the reversed text: backwards, but an escape stays in front of what it escapes."""
    parts, at = [], 0
    while at < len(pattern):
        width = 2 if pattern[at] == "\\" and at + 1 < len(pattern) else 1
        parts.append(pattern[at : at + width])
        at += width
    return "".join(reversed(parts))


def _without_templates(replacement: str) -> str:
    """Go expands ``$1`` and ``${name}`` in the replacement; the patterns have no groups, so they vanish."""
    return re.sub(_TEMPLATE, lambda found: "$" if found[0] == "$$" else "", replacement)
