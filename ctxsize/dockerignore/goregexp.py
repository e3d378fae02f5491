"""RE2 text (as moby builds it from a pattern) into a Python regular expression with the same matches.

Only what can come out of a pattern is known here: literals, classes, escapes, ``.*``, ``(.*/)?``, counted
repeats and ``|``. Anything that Go's regexp refuses raises BadPatternError.
"""

from __future__ import annotations

import re
from functools import cache

from ctxsize.dockerignore.lexical import BadPatternError

_POSIX = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7f", "blank": r"\t ", "cntrl": r"\x00-\x1f\x7f",
    "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~", "punct": r"!-/:-@\[-`{-~",
    "space": r"\t\n\v\f\r ", "upper": "A-Z", "word": "0-9A-Za-z_", "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_PERL = {"d": "0-9", "s": r"\t\n\f\r ", "w": "0-9A-Za-z_"}
_CONTROL = {"a": "\a", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_ANCHORS = {"A": r"\A", "z": r"\Z", "b": r"\b", "B": r"\B"}
_CATEGORIES = "LMNPSZC"
_REPEAT = r"\{(\d+)(,(\d*))?\}"


def _bad() -> BadPatternError:
    return BadPatternError("syntax error in pattern")


def _complement(body: str) -> str:
    """The characters outside a class body, as a class body of their own."""
    inside = re.compile(f"[{body}]")
    outside = [chr(code) for code in range(128) if not inside.match(chr(code))]
    return "".join(map(re.escape, outside)) + "\x80-\U0010ffff"


def _unicode_class(text: str, at: int) -> tuple[str, int]:
    """``\\pL`` or ``\\p{Lu}``, ``\\P…`` negated, for the general categories; scripts are refused."""
    negated = text[at - 1] == "P"
    if text[at : at + 1] == "{":
        end = text.find("}", at)
        if end < 0:
            raise _bad()
        name, at = text[at + 1 : end], end + 1
        if name.startswith("^"):
            negated, name = not negated, name[1:]
    else:
        name, at = text[at : at + 1], at + 1
    if not name or name[0] not in _CATEGORIES or len(name) > 2:
        raise _bad()
    return _category(name, negated), at


@cache
def _category(name: str, negated: bool) -> str:
    """The members of a general category, or all others, as they stand in a class."""
    import unicodedata

    spans: list[list[str]] = []
    for char in map(chr, range(0x110000)):
        if unicodedata.category(char).startswith(name) != negated:
            if spans and ord(spans[-1][1]) == ord(char) - 1:
                spans[-1][1] = char
            else:
                spans.append([char, char])
    return "".join(f"{re.escape(low)}-{re.escape(high)}" for low, high in spans)


def _number(digits: str, base: int) -> str:
    try:
        code = int(digits, base)
        if code > 0x10FFFF:
            raise _bad()
        return chr(code)
    except ValueError:
        raise _bad() from None


def _hex(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 1] == "{":
        end = text.find("}", at)
        return _number(text[at + 1 : end] if end > 0 else "", 16), end + 1
    return _number(text[at : at + 2] if len(text) >= at + 2 else "", 16), at + 2


def _escaped_char(text: str, at: int) -> tuple[str, int]:
    """The one character that ``\\`` before ``at`` stands for, and the index behind it."""
    char = text[at : at + 1]
    if char in _CONTROL:
        return _CONTROL[char], at + 1
    if char == "x":
        return _hex(text, at + 1)
    octal = re.compile("0[0-7]{0,2}|[1-7][0-7]{1,2}").match(text, at)
    if octal:
        return _number(octal[0], 8), octal.end()
    if not char or not char.isascii() or char.isalnum():
        raise _bad()
    return char, at + 1


def _class_item(text: str, at: int) -> tuple[str, int]:
    if text[at] == "\\":
        return _escaped_char(text, at + 1)
    return text[at], at + 1


def _class_group(text: str, at: int) -> tuple[str, int] | None:
    """A group inside a class: ``[:alpha:]``, ``\\d``, ``\\pL``; None if an ordinary character stands there."""
    if text.startswith("[:", at):
        end = text.find(":]", at)
        if end < 0:
            return None
        name = text[at + 2 : end]
        body = _POSIX.get(name.removeprefix("^"))
        if body is None:
            raise _bad()
        return (_complement(body) if name.startswith("^") else body), end + 2
    if text[at] == "\\" and at + 1 < len(text):
        letter = text[at + 1]
        if letter.lower() in _PERL:
            body = _PERL[letter.lower()]
            return (body if letter.islower() else _complement(body)), at + 2
        if letter in "pP":
            return _unicode_class(text, at + 2)
    return None


def _class(text: str, at: int) -> tuple[str, int]:
    """The class whose ``[`` stands before ``at``; the first ``]`` is a member, ``-`` may stand at the ends."""
    negated = text.startswith("^", at)
    at += negated
    body, first = [], True
    while first or not text.startswith("]", at):
        if at >= len(text):
            raise _bad()
        first = False
        group = _class_group(text, at)
        if group:
            body.append(group[0])
            at = group[1]
            continue
        low, at = _class_item(text, at)
        high = low
        if text.startswith("-", at) and text[at + 1 : at + 2] not in ("", "]"):
            high, at = _class_item(text, at + 1)
            if high < low:
                raise _bad()
        body.append(f"{_in_class(low)}-{_in_class(high)}")
    return f"[{'^' if negated else ''}{''.join(body)}]", at + 1


def _in_class(char: str) -> str:
    return f"\\U{ord(char):08x}"


def _escape(text: str, at: int) -> tuple[str, int]:
    """What ``\\`` before ``at`` means outside a class."""
    char = text[at : at + 1]
    if char in _ANCHORS:
        return _ANCHORS[char], at + 1
    if char and char.lower() in _PERL:
        return f"[{'' if char.islower() else '^'}{_PERL[char.lower()]}]", at + 1
    if char and char in "pP":
        body, at = _unicode_class(text, at + 1)
        return f"[{body}]", at
    if char == "Q":
        end = text.find("\\E", at)
        return re.escape(text[at + 1 : end if end >= 0 else None]), end + 2 if end >= 0 else len(text)
    literal, at = _escaped_char(text, at)
    return re.escape(literal), at


def _repeat(text: str, at: int) -> tuple[str, int]:
    """A counted repeat, or a brace that is only itself."""
    count = re.compile(_REPEAT).match(text, at)
    if not count:
        return r"\{", at + 1
    low, high = int(count[1]), int(count[3] or count[1])
    if low > 1000 or high > 1000 or high < low:
        raise _bad()
    return count[0], count.end()


def translate(text: str) -> re.Pattern[str]:
    """A compiled Python expression that ``search``-es as Go's ``MatchString`` does."""
    out, at = [], 0
    while at < len(text):
        char = text[at]
        if char == "[":
            piece, at = _class(text, at + 1)
        elif char == "\\":
            piece, at = _escape(text, at + 1)
        elif char == "{":
            piece, at = _repeat(text, at)
        elif char in "^|.*+?()":
            piece, at = char, at + 1
        else:
            piece, at = (r"\Z" if char == "$" else re.escape(char)), at + 1
        out.append(piece)
    try:
        return re.compile("".join(out), re.ASCII)
    except re.error:
        raise _bad() from None
