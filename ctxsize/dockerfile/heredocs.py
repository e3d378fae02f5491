"""Which inline files an instruction announces: ``<<NAME``, ``<<-NAME``, with quotes for a body that is not expanded."""

from __future__ import annotations

import re

from ctxsize.dockerfile.shell import Lexer, ShellError
from ctxsize.dockerfile.words import json_strings, skip_flags, split_keyword

__all__ = ["announced", "heredoc_name"]

_HEREDOC = r"(\d*)<<(-?)[\t\n\f\r ]*([^<]*)\Z"
_KEYWORDS = {"add", "copy", "run"}


def announced(text: str, escape: str) -> list[tuple[str, bool, bool]]:
    """(name, leading tabs are cut, body is expanded) of each heredoc that an instruction starts, in order."""
    keyword, rest = split_keyword(text, 0)
    if keyword.lower() == "onbuild":
        keyword, rest = split_keyword(text, skip_flags(text, rest, escape))
    if keyword.lower() not in _KEYWORDS or _is_json(text, rest, escape):
        return []
    try:
        # the escape is a backslash here, whatever the directive says
        words = Lexer(_nothing, absent=None, raw=True).split(text)
    except ShellError:
        return []
    found = [re.match(_HEREDOC, word) for word in words]
    return [one for mark in found if mark and (one := _announced(mark)) is not None]


def heredoc_name(word: str) -> str | None:
    """The name of the heredoc that a word announces, None for a plain word."""
    mark = re.match(_HEREDOC, word)
    found = _announced(mark) if mark else None
    return found[0] if found else None


def _announced(mark: re.Match[str]) -> tuple[str, bool, bool] | None:
    rest = mark[3]
    try:
        words = Lexer(_nothing, absent=None).split(rest)
    except ShellError:
        return None
    if len(words) != 1:
        return None
    return words[0], mark[2] == "-", not any(quote in rest for quote in "\"'")


def _is_json(text: str, rest: int, escape: str) -> bool:
    at = skip_flags(text, rest, escape)
    return text.startswith("[", at) and json_strings(text[at:]) is not None


def _nothing(_: str) -> None:
    return None
