"""Single replacements in a text, and the refusal to make one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Edit", "RefusedError", "applied", "line_end", "line_starts"]


class RefusedError(Exception):
    """An edit that is not safe. ``line`` counts from 1, None where no single line is to blame."""

    def __init__(self, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class Edit(NamedTuple):
    """``text[start:end]`` becomes ``text``; offsets count characters of the text before any edit."""

    start: int
    end: int
    text: str


def applied(text: str, edits: Iterable[Edit]) -> str:
    """The text with all edits made. Raises RefusedError where two of them touch the same characters."""
    parts: list[str] = []
    at = 0
    for edit in sorted(dict.fromkeys(edits)):
        if edit.start < at:
            raise RefusedError("two edits meet in the same place", text.count("\n", 0, edit.start) + 1)
        parts += (text[at : edit.start], edit.text)
        at = edit.end
    return "".join([*parts, text[at:]])


def line_starts(text: str) -> list[int]:
    """The offset of each line; lines end at LF only."""
    starts = [0]
    while (found := text.find("\n", starts[-1])) >= 0:
        starts.append(found + 1)
    return starts


def line_end(text: str, at: int) -> tuple[int, str]:
    """Where the line at ``at`` ends (before its line end), and the line end that the text uses there."""
    found = text.find("\n", at)
    if found < 0:
        return len(text), "\r\n" if "\r\n" in text else "\n"
    return (found - 1, "\r\n") if text[found - 1 : found] == "\r" else (found, "\n")
