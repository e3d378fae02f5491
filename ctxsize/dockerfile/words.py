"""Cutting the text of an instruction: its keyword, flags, plain words, JSON arrays and assignments.

Places are offsets in the logical line. Follows ``parser/split_command.go`` and ``parser/line_parsers.go``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ctxsize.dockerfile.spaces import BLANK, SPACE

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["NotStringsError", "assignments", "flag_words", "json_places", "json_strings", "plain_words", "skip",
           "skip_flags", "split_keyword"]  # fmt: skip

_WORD = re.compile(f"[^{re.escape(BLANK)}]+")
_JSON_STRING = r'"((?:[^"\\]|\\.)*)"'
_SURROGATE = "[\ud800-\udfff]"


class NotStringsError(Exception):
    """A JSON array with something else than strings in it."""


def skip(text: str, at: int) -> int:
    """Behind the white space at ``at``."""
    while at < len(text) and text[at] in SPACE:
        at += 1
    return at


def split_keyword(text: str, at: int) -> tuple[str, int]:
    """The word at ``at`` and where it ends."""
    at = skip(text, at)
    found = _WORD.match(text, at)
    return (found[0], found.end()) if found else ("", at)


def plain_words(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Words between blanks; quotes do not join them."""
    end = len(text.rstrip(SPACE))
    for found in _WORD.finditer(text, skip(text, at), end):
        yield found.span()


# --- flags ----------------------------------------------------------------------------------------


def flag_words(text: str, at: int, escape: str) -> Iterator[tuple[str, int, int]]:
    """(value, start, end) of the leading words that start with ``--``, quotes and escapes resolved.

    The last one has an empty value and stands where the arguments start.
    """
    while True:
        start = skip(text, at)
        if not text.startswith("--", start):
            yield "", start, start
            return
        word, at = _flag_word(text, start, escape)
        if word == "--":
            at = skip(text, at)
            yield "", at, at
            return
        yield word, start, at


def skip_flags(text: str, at: int, escape: str) -> int:
    """Where the arguments behind the flags start."""
    *_, (_, start, _) = flag_words(text, at, escape)
    return start


def _flag_word(text: str, at: int, escape: str) -> tuple[str, int]:
    out: list[str] = []
    quote = ""
    while at < len(text):
        char = text[at]
        if not quote and char in SPACE:
            break
        at += 1
        if quote and char == quote:
            quote = ""
        elif not quote and char in "\"'":
            quote = char
        elif char == escape:
            out.append(text[at : at + 1])
            at += 1
        else:
            out.append(char)
    return "".join(out), min(at, len(text))


# --- JSON -----------------------------------------------------------------------------------------


def json_strings(text: str) -> list[str] | None:
    """The strings of a JSON array, None if the whole text is none. Raises NotStringsError."""
    import json

    try:
        found = json.loads(text.strip(SPACE), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list):
        return None
    if not all(isinstance(one, str) for one in found):
        raise NotStringsError
    return [re.sub(_SURROGATE, "\ufffd", one) for one in found]


def json_places(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Where the strings of the array stand, without their quotes."""
    for found in re.compile(_JSON_STRING).finditer(text, at):
        yield found.span(1)


def _no_constant(name: str) -> None:
    raise ValueError(name)


# --- assignments ----------------------------------------------------------------------------------


def assignments(text: str, escape: str) -> list[str]:
    """The words of ARG, ENV and LABEL: quotes join, and are kept together with escapes."""
    words: list[str] = []
    word, quote, started, at = [""], "", False, 0
    while at < len(text):
        char = text[at]
        at += 1
        if not quote and char in SPACE:
            if started:
                words.append("".join(word))
            word, started = [""], False
            continue
        if char == escape and quote != "'":
            if at == len(text):
                break
            char, at = char + text[at], at + 1
        elif quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        word.append(char)
        started = True
    return [*words, "".join(word)] if started else words
