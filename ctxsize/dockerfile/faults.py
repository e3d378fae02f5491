"""What BuildKit says about a Dockerfile that it refuses, and how it guesses what was meant.

The wording follows BuildKit 0.25 (Docker Engine 28.5); the tests compare it with a live engine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["DockerfileError", "nearest", "quoted", "shown"]

_LONGEST_SHOWN, _LONGEST_QUOTED = 80, 300


class DockerfileError(InputError):
    """A Dockerfile that BuildKit refuses. ``line`` counts from 1, None where no line is to blame."""

    def __init__(self, message: str, name: str, line: int | None = None, hint: str | None = None) -> None:
        super().__init__(message, where=f"{name}:{line}" if line else name, hint=hint)
        self.line = line


def shown(text: str) -> str:
    """Text of the file as it may stand in a message: no control characters, not endless."""
    safe = "".join(char if char.isprintable() else _escaped(char) for char in text[: _LONGEST_SHOWN + 1])
    return safe if len(text) <= _LONGEST_SHOWN else f"{safe[:_LONGEST_SHOWN]}…"


def _escaped(char: str) -> str:
    if "\udc80" <= char <= "\udcff":
        return f"\\x{ord(char) - 0xDC00:02x}"
    return char.encode("unicode_escape", "backslashreplace").decode("ascii")


def quoted(text: str) -> str:
    """Go's ``%q``: in double quotes, with what cannot be printed escaped; a text without end is cut."""
    if len(text) > _LONGEST_QUOTED:
        text = f"{text[:_LONGEST_QUOTED]}…"
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(char if char.isprintable() else _escaped(char) for char in plain) + '"'


def nearest(word: str, options: Iterable[str], *, exact_case: bool = True) -> str:
    """`` (did you mean X?)`` for the option less than three edits away, else nothing."""
    wanted = word if exact_case else word.lower()
    best, match = 3, ""
    if len(word) > 40:
        return ""
    for option in options:
        candidate = option if exact_case else option.lower()
        if candidate == wanted:
            return ""
        distance = _distance(wanted, candidate)
        if distance < best:
            best, match = distance, option if exact_case else _cased(option, word)
    return f" (did you mean {match}?)" if match else ""


def _cased(option: str, like: str) -> str:
    if like == like.lower():
        return option.lower()
    return option.upper() if like == like.upper() else option.lower()


def _distance(one: str, other: str) -> int:
    """Edits (insert, delete, replace) from one word to the other."""
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]
