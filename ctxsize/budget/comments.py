"""Budgets as comments in a Dockerfile: ``# ctxsize: max=20MB`` on a line of its own, for every build of that file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from ctxsize.budget.limits import LIMITS, Budget, Level, parse_growth
from ctxsize.errors import SettingsError
from ctxsize.model import BuilderName, Location

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = ["Comment", "comments", "overrule"]

_COMMENT = re.compile(r"#[ \t]*ctxsize:(.*)")
_PAIR = re.compile(r"([A-Za-z_-]+)\s*=\s*(.*?)\s*(?:,\s*(?=[A-Za-z_-]+\s*=)|(?=\s[A-Za-z_-]+\s*=)|,?\s*$)")
_SHORT = {"max": "max_bytes", "files": "max_files", "transfer": "max_transfer", "walked": "max_walked",
          "waste": "max_waste", "growth": "max_growth"}  # fmt: skip
_COUNTS = {"max_files", "max_walked"}
# said to other commands in the same kind of comment
_NOT_OURS = {"ignore", "context"}


class Comment(NamedTuple):
    """One ``key=value`` of a comment and the line it stands on."""

    key: str
    value: str
    line: int


def comments(lines: Iterable[tuple[int, str]]) -> Iterator[Comment]:
    """What a Dockerfile's comments, given as (line, text), say about budgets."""
    for line, text in lines:
        found = _COMMENT.match(text.strip())
        for key, value in _PAIR.findall(found[1].strip()) if found else ():
            name = key.lower().replace("-", "_")
            if name not in _NOT_OURS:
                yield Comment(_SHORT.get(name, name), value.strip("\"'"), line)


def overrule(budget: Budget, said: Iterable[Comment], file: str, parse_size: Callable[[str], int]) -> Budget:
    """The budget as the comments of ``file`` say; they are nearer to the build than any configuration.

    Raises SettingsError with file and line for unknown keys and bad values.
    """
    for comment in said:
        where = Location(file, comment.line)
        try:
            budget = budget.overruled(where=where, **_value(comment, parse_size))
        except SettingsError as error:
            raise SettingsError(error.message, where=error.where or str(where), hint=error.hint) from None
    return budget


def _value(comment: Comment, parse_size: Callable[[str], int]) -> dict[str, Any]:
    key, text = comment.key, comment.value
    if key in _COUNTS:
        return {key: _count(text)}
    if key in LIMITS:
        return {key: parse_size(text)}
    if key == "max_growth":
        parts = text.strip("[]").split(",")
        return {key: tuple(parse_growth(part.strip(" \"'"), parse_size) for part in parts)}
    if key == "level":
        return {key: _one_of(Level, text)}
    if key == "builder":
        return {key: _one_of(BuilderName, text)}
    if key == "message":
        return {key: text}
    raise SettingsError(f"{key} is no budget", hint=_nearest(key))


def _count(text: str) -> int:
    number = text.replace("_", "").replace(",", "")
    if not number.isdecimal():
        raise SettingsError(f"{text!r} is no number of entries", hint="write it as 5000")
    return int(number)


def _one_of(choices: type[Level] | type[BuilderName], text: str) -> Level | BuilderName:
    try:
        return choices(text)
    except ValueError:
        known = ", ".join(choices)
        raise SettingsError(f"{text!r} is not one of {known}") from None


def _nearest(key: str) -> str:
    from difflib import get_close_matches

    known = [*LIMITS, "max_growth", "level", "message", "builder"]
    near = get_close_matches(key, known, n=1)
    return f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}, and max for max_bytes"
