"""Word expansion as BuildKit's ``frontend/dockerfile/shell`` does it: quotes, escapes and every ``${…}`` form.

It is no shell: no command substitution, no arithmetic, no assignment.
"""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from ctxsize.dockerfile.faults import quoted
from ctxsize.dockerfile.globs import Glob, GlobError, reversed_pattern
from ctxsize.dockerfile.spaces import SPACE

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Lexer", "ShellError", "is_plain"]

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,=*?[]+@%#~!^&();{}|>")
_SPECIAL = frozenset("@*#?-$!")
_CONDITIONS, _CUTS = frozenset("+-?"), frozenset("#%")
_UNTERMINATED = "unexpected end of statement while looking for matching {}"
# BuildKit has no limits here; a Dockerfile that meets them is an attack, not a build
_DEEPEST, _LONGEST = 100, 1 << 20


class ShellError(Exception):
    """A word that cannot be expanded, in BuildKit's words."""


def is_plain(word: str) -> bool:
    """Whether expansion leaves the word as it is."""
    return _PLAIN.issuperset(word)


class Lexer:
    """Expands words. ``lookup`` gives a variable's value, None if nobody set it.

    ``absent`` stands for a variable that is not set: BuildKit's own is the empty text, None leaves it as written.
    ``raw`` keeps quotes and escapes, ``quotes=False`` takes quotes for plain characters (heredoc bodies),
    ``mandatory=False`` forgives ``${x?}``. ``unset`` collects the names that came out as ``absent``, ``names`` all
    that were looked up.
    """

    def __init__(
        self,
        lookup: Callable[[str], str | None],
        escape: str = "\\",
        *,
        absent: str | None = "",
        raw: bool = False,
        quotes: bool = True,
        mandatory: bool = True,
    ) -> None:
        self._lookup = lookup
        self._escape = escape
        self._absent = absent
        self._raw = raw
        self._quotes = frozenset("\"'" if quotes else "")
        self._mandatory = mandatory
        self.unset: list[str] = []
        self.names: set[str] = set()

    def expand(self, word: str) -> str:
        """Raises ShellError."""
        return self._process(word)[0]

    def split(self, text: str) -> list[str]:
        """The words of the expanded text; what is quoted or escaped does not split. Raises ShellError."""
        return self._process(text)[1]

    def _process(self, word: str) -> tuple[str, list[str]]:
        if is_plain(word):
            return word, [word] if word else []
        self._text = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in word).removeprefix("\ufeff")
        self._at = self._depth = self._length = 0
        try:
            return self._until("", self._raw)
        except ShellError as error:
            raise ShellError(f"failed to process {quoted(word)}: {error}") from None

    # --- characters ------------------------------------------------------------------------------

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        char = self._peek()
        self._at += 1
        return char

    @property
    def _ended(self) -> bool:
        return self._at >= len(self._text)

    # --- words -----------------------------------------------------------------------------------

    def _until(self, stop: str, raw: bool) -> tuple[str, list[str]]:
        """The text up to the character ``stop`` (which is read too), and the words in it."""
        words = _Words()
        while char := self._peek():
            if char == stop:
                self._at += 1
                return words.finish()
            if char == "$":
                words.add(self._dollar(raw))
            elif char in self._quotes:
                words.add_quoted(self._single() if char == "'" else self._double(raw))
            elif char == "<":
                words.add_quoted(self._heredoc())
            elif char == self._escape:
                self._at += 1
                words.add_quoted((char if raw else "") + self._next())
            else:
                words.add(self._next())
        if stop:
            raise ShellError(_UNTERMINATED.format(stop))
        return words.finish()

    def _single(self) -> str:
        end = self._text.find("'", self._at + 1)
        if end < 0:
            self._at = len(self._text)
            raise ShellError(_UNTERMINATED.format("single-quote"))
        start, self._at = self._at, end + 1
        return self._text[start : end + 1] if self._raw else self._text[start + 1 : end]

    def _double(self, raw: bool) -> str:
        self._at += 1
        out: list[str] = []
        while (char := self._peek()) != '"':
            if not char:
                raise ShellError(_UNTERMINATED.format("double-quote"))
            if char == "$":
                out.append(self._dollar(raw))
                continue
            self._at += 1
            out.append(self._escaped(raw) if char == self._escape else char)
        self._at += 1
        return f'"{"".join(out)}"' if self._raw else "".join(out)

    def _escaped(self, raw: bool) -> str:
        """What an escape in double quotes stands for; it is one only before a quote, a dollar or itself."""
        kept = self._escape if raw else ""
        following = self._peek()
        if not following:
            return kept
        return kept + (self._next() if following in {'"', "$", self._escape} else self._escape)

    def _heredoc(self) -> str:
        """``<<`` keeps the blanks behind it, so that ``<< EOF`` is one word."""
        start = self._at
        self._at += 1
        if self._peek() == "<":
            self._at += 1
            while self._peek() in {"\t", "\r", " "}:
                self._at += 1
        return self._text[start : self._at]

    # --- variables -------------------------------------------------------------------------------

    def _value(self, name: str, written: str) -> str:
        value = self._look(name)
        return self._missing(name, written) if value is None else value

    def _missing(self, name: str, written: str) -> str:
        if self._absent is None:
            return written
        self.unset.append(name)
        return self._absent

    def _look(self, name: str) -> str | None:
        self.names.add(name)
        value = self._lookup(name)
        self._length += len(value or "")
        self._check_length(name, self._length)
        return value

    def _check_length(self, name: str, length: int) -> None:
        if length > _LONGEST:
            raise ShellError(f"{name} makes a text of more than {_LONGEST} characters")

    def _dollar(self, raw: bool) -> str:
        self._at += 1
        if self._peek() != "{":
            name = self._name()
            return self._value(name, f"${name}") if name else "$"
        self._at += 1
        if self._ended:
            raise ShellError("syntax error: missing '}'")
        if self._peek() in "{}:":
            raise ShellError("syntax error: bad substitution")
        name = self._name()
        modifier = self._next()
        if modifier == "}":
            return self._value(name, f"${{{name}}}")
        self._depth += 1
        if self._depth > _DEEPEST:
            raise ShellError(f"more than {_DEEPEST} substitutions within each other")
        value = self._modified(name, modifier)
        self._depth -= 1
        return value

    def _name(self) -> str:
        """Letters, digits and underscores, or only digits, or one special character."""
        first = self._peek()
        if first in _SPECIAL:
            return self._next()
        start, digits = self._at, _is_digit(first)
        while (char := self._peek()) and (_is_digit(char) if digits else _is_name(char)):
            self._at += 1
        return self._text[start : self._at]

    def _modified(self, name: str, modifier: str) -> str:
        if modifier == "/":
            return self._replaced(name)
        empty_too = modifier == ":"
        if empty_too:
            modifier = self._next()
        shown = (":" if empty_too else "") + (modifier or "\ufffd")
        if modifier in _CONDITIONS:
            return self._conditional(name, modifier, shown, empty_too=empty_too)
        if modifier in _CUTS and not empty_too:
            return self._trimmed(name, modifier)
        if empty_too and modifier not in _CUTS:
            self._operand("}", raw=False)
        raise ShellError(f"unsupported modifier ({shown}) in substitution")

    def _operand(self, stop: str, *, raw: bool) -> str:
        try:
            return self._until(stop, raw)[0]
        except ShellError:
            if self._ended:
                missing = "missing '/' in ${}" if stop == "/" else "missing '}'"
                raise ShellError(f"syntax error: {missing}") from None
            raise

    def _conditional(self, name: str, kind: str, shown: str, *, empty_too: bool) -> str:
        before = len(self.unset)
        word = self._operand("}", raw=False)
        value = self._look(name)
        if value is None and self._absent is None:
            return f"${{{name}{shown}{word}}}"
        usable = bool(value) if empty_too else value is not None
        if usable != (kind == "+"):
            # the word is not taken, so what is missing in it does not matter
            del self.unset[before:]
        if kind == "+":
            return word if usable else ""
        if usable or kind == "-":
            return (value or "") if usable else word
        if not self._mandatory:
            return self._missing(name, "")
        how = "unset" if value is None else "empty"
        raise ShellError(f"{name}: {word or f'is not allowed to be {how}'}")

    def _trimmed(self, name: str, side: str) -> str:
        pattern = self._operand("}", raw=True)
        value = self._value(name, f"${{{name}{side}{pattern}}}")
        longest = pattern.startswith(side)
        glob = self._glob(pattern[longest:], backwards=side == "%")
        if side == "%":
            end = glob.prefix(value[::-1], longest=longest)
            return value[: len(value) - (end or 0)]
        return value[glob.prefix(value, longest=longest) or 0 :]

    def _replaced(self, name: str) -> str:
        every = self._peek() == "/"
        if every:
            self._at += 1
        pattern = self._operand("/", raw=True)
        replacement = self._operand("}", raw=True)
        value = self._value(name, f"${{{name}/{pattern}/{replacement}}}")
        self._check_length(name, len(value) * (len(replacement) + 1) if every else 0)
        return self._glob(pattern).replace(value, replacement, every=every)

    def _glob(self, pattern: str, *, backwards: bool = False) -> Glob:
        pattern = reversed_pattern(pattern) if backwards else pattern
        try:
            return Glob(pattern)
        except GlobError as error:
            raise ShellError(f"invalid pattern ({pattern}) in substitution: {error}") from None


class _Words:
    """Collects a text and, beside it, the words that its unquoted blanks make."""

    def __init__(self) -> None:
        self._out: list[str] = []
        self._words: list[str] = []
        self._word: list[str] = []

    def add(self, text: str) -> None:
        self._out.append(text)
        for char in text:
            if char not in SPACE:
                self._word.append(char)
            elif self._word:
                self._words.append("".join(self._word))
                self._word = []

    def add_quoted(self, text: str) -> None:
        self._out.append(text)
        if text:
            self._word.append(text)

    def finish(self) -> tuple[str, list[str]]:
        last = ["".join(self._word)] if self._word else []
        return "".join(self._out), self._words + last


def _is_digit(char: str) -> bool:
    return bool(char) and unicodedata.category(char) == "Nd"


def _is_name(char: str) -> bool:
    return char == "_" or char.isalpha() or _is_digit(char)
