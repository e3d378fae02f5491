"""Word expansion as BuildKit's ``shell/lex.go`` does it: quotes, escapes and every ``${…}`` form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Shell", "ShellError"]

_SPECIAL = "@*#?-$!0"
_UNTERMINATED = "unexpected end of statement while looking for matching {}-quote"


class ShellError(Exception):
    """A word that cannot be expanded, in BuildKit's words."""


class Shell:
    """Expands words. ``lookup`` gives a variable's value, None if nobody set it; ``unset`` collects those names.

    ``absent`` stands for a variable that is not set; BuildKit's is the empty text.
    """

    def __init__(self, lookup: Callable[[str], str | None], escape: str = "\\", absent: str = "") -> None:
        self._lookup = lookup
        self._escape = escape
        self._absent = absent
        self.unset: list[str] = []

    def expand(self, word: str) -> str:
        """Raises ShellError."""
        reader = _Reader(word)
        return self._until(reader, "")

    def _value(self, name: str) -> str:
        value = self._lookup(name)
        if value is None:
            self.unset.append(name)
            return self._absent
        return value

    def _until(self, reader: _Reader, stop: str, *, raw: bool = False) -> str:
        """Up to one of the characters in ``stop``, which is left unread. ``raw`` keeps escapes (patterns)."""
        out: list[str] = []
        while (char := reader.peek()) and char not in stop:
            if char == "'":
                out.append(self._single(reader))
            elif char == '"':
                out.append(self._double(reader))
            elif char == "$":
                out.append(self._dollar(reader))
            elif char == self._escape:
                reader.next()
                following = reader.next()
                out.append((char if raw else "") + following)
            else:
                out.append(reader.next())
        return "".join(out)

    def _single(self, reader: _Reader) -> str:
        reader.next()
        out: list[str] = []
        while (char := reader.next()) != "'":
            if not char:
                raise ShellError(_UNTERMINATED.format("single"))
            out.append(char)
        return "".join(out)

    def _double(self, reader: _Reader) -> str:
        reader.next()
        out: list[str] = []
        while (char := reader.peek()) != '"':
            if not char:
                raise ShellError(_UNTERMINATED.format("double"))
            if char == "$":
                out.append(self._dollar(reader))
                continue
            reader.next()
            if char == self._escape:
                following = reader.peek()
                if not following:
                    raise ShellError(_UNTERMINATED.format("double"))
                char = reader.next() if following in {'"', "$", self._escape} else char
            out.append(char)
        reader.next()
        return "".join(out)

    def _dollar(self, reader: _Reader) -> str:
        reader.next()
        if reader.peek() != "{":
            name = reader.name()
            return self._value(name) if name else "$"
        reader.next()
        if not reader.peek():
            raise ShellError("syntax error: missing '}'")
        if reader.peek() in "{}:":
            raise ShellError("syntax error: bad substitution")
        name = reader.name()
        modifier = reader.next()
        if modifier == "}":
            return self._value(name)
        return self._modified(reader, name, modifier)

    def _modified(self, reader: _Reader, name: str, modifier: str) -> str:
        if modifier == ":" and reader.peek() and reader.peek() in "+-?":
            return self._conditional(reader, name, reader.next(), empty_too=True)
        if modifier and modifier in "+-?":
            return self._conditional(reader, name, modifier, empty_too=False)
        if modifier and modifier in "#%":
            longest = reader.peek() == modifier
            if longest:
                reader.next()
            return self._trimmed(name, modifier, self._operand(reader, raw=True), longest=longest)
        if modifier == "/":
            return self._replaced(reader, name)
        if not modifier:
            raise ShellError("syntax error: missing '}'")
        shown = modifier + (reader.peek() if modifier == ":" else "")
        raise ShellError(f"unsupported modifier ({shown}) in substitution")

    def _operand(self, reader: _Reader, *, raw: bool = False) -> str:
        found = self._until(reader, "}", raw=raw)
        if reader.next() != "}":
            raise ShellError("syntax error: missing '}'")
        return found

    def _conditional(self, reader: _Reader, name: str, kind: str, *, empty_too: bool) -> str:
        before = len(self.unset)
        word = self._operand(reader)
        value = self._lookup(name)
        usable = bool(value) if empty_too else value is not None
        if kind == "+":
            return word if usable else ""
        if usable:
            del self.unset[before:]
            return value or ""
        if kind == "-":
            return word
        default = f"is not allowed to be {'empty' if empty_too and value is not None else 'unset'}"
        raise ShellError(f"{name}: {word or default}")

    def _trimmed(self, name: str, side: str, pattern: str, *, longest: bool) -> str:
        value = self._value(name)
        expression = _pattern(pattern, greedy=longest)
        if side == "#":
            found = re.match(expression, value, re.DOTALL)
            return value[found.end() :] if found else value
        places = range(len(value) + 1) if longest else range(len(value), -1, -1)
        whole = re.compile(_pattern(pattern, greedy=True) + r"\Z", re.DOTALL)
        cut = next((place for place in places if whole.match(value, place)), len(value))
        return value[:cut]

    def _replaced(self, reader: _Reader, name: str) -> str:
        every = reader.peek() == "/"
        if every:
            reader.next()
        pattern = self._until(reader, "/}", raw=True)
        if reader.next() != "/":
            raise ShellError("syntax error: missing '/' in ${}")
        replacement = self._operand(reader, raw=True)
        expression = re.compile(_pattern(pattern, greedy=True), re.DOTALL)
        return expression.sub(lambda _: replacement, self._value(name), count=0 if every else 1)


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def next(self) -> str:
        char = self.peek()
        self._at += 1
        return char

    def name(self) -> str:
        """A variable's name: letters, digits and underscores, a run of digits, or one special character."""
        first = self.peek()
        if first and first in _SPECIAL and not first.isdigit():
            return self.next()
        start = self._at
        digits = first.isdigit()
        while (char := self.peek()) and (char.isdigit() if digits else char.isalnum() or char == "_"):
            self._at += 1
        return self._text[start : self._at]


def _pattern(text: str, *, greedy: bool) -> str:
    """A shell pattern as an expression: ``*``, ``?`` and escapes, no classes."""
    out, at = [], 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == "*":
            out.append(".*" if greedy else ".*?")
        elif char == "?":
            out.append(".")
        elif char == "\\":
            escaped = text[at : at + 1]
            at += 1
            if escaped not in {"*", "?", "\\", "}", "/"}:
                raise ShellError(f"invalid escape '\\{escaped}'")
            out.append(re.escape(escaped))
        else:
            out.append(re.escape(char))
    return "".join(out)
