"""From logical lines to instructions: keyword, flags, words or JSON, mounts.

Follows BuildKit's ``frontend/dockerfile/instructions``.
Only what decides about contexts is taken apart; the rest is kept as text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ctxsize.dockerfile.lines import BLANK, DockerfileError, LogicalLine, Word, heredoc_name

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Flag", "Instruction", "Mount", "read_instruction"]

_KEYWORDS = {
    "add", "arg", "cmd", "copy", "entrypoint", "env", "expose", "from", "healthcheck", "label", "maintainer", "onbuild",
    "run", "shell", "stopsignal", "user", "volume", "workdir",
}  # fmt: skip
_FLAGS = {
    "add": {"chown", "chmod", "link", "keep-git-dir", "checksum", "unpack", "exclude"},
    "copy": {"from", "chown", "chmod", "link", "parents", "exclude"},
    "from": {"platform"},
    "run": {"mount", "network", "security", "device"},
    "healthcheck": {"interval", "timeout", "start-period", "start-interval", "retries"},
}
_REPEATED = {"mount", "exclude", "device"}
_BOOLEAN = {"link", "parents", "keep-git-dir", "unpack"}
_NOT_IN_ONBUILD = {"onbuild", "from", "maintainer"}
_STAGE_NAME = re.compile(r"[a-z][a-z0-9-_.]*\Z")


@dataclass(frozen=True, slots=True)
class Flag:
    """``--name=value`` after an instruction; ``word`` is where it stands."""

    name: str
    value: str
    word: Word


@dataclass(frozen=True, slots=True)
class Mount:
    """One ``RUN --mount``. ``options`` have lower-case keys, unexpanded values."""

    options: dict[str, str]
    word: Word

    @property
    def type(self) -> str:
        return self.options.get("type", "bind")

    @property
    def source(self) -> str | None:
        return self.options.get("source", self.options.get("src"))


@dataclass(frozen=True, slots=True)
class Instruction:
    """``keyword`` is upper case, ``text`` the whole as one line, ``rest`` what follows the flags.

    ``words`` are the plain arguments of COPY, ADD and FROM (destination included); ``json`` tells that they stood in
    a JSON array. ``inner`` is what ONBUILD triggers.
    """

    keyword: str
    line: int
    end_line: int
    text: str
    rest: str
    flags: tuple[Flag, ...] = ()
    words: tuple[Word, ...] = ()
    json: bool = False
    logical: LogicalLine | None = None
    mounts: tuple[Mount, ...] = ()
    inner: Instruction | None = None

    def flag(self, name: str) -> str | None:
        return next((flag.value for flag in self.flags if flag.name == name), None)

    def is_set(self, name: str) -> bool:
        """Whether a boolean flag is on."""
        value = self.flag(name)
        return value is not None and value.lower() not in {"false", "0", "f"}


def read_instruction(line: LogicalLine, name: str, escape: str) -> Instruction:
    """Raises DockerfileError."""
    return _Reader(line, name, escape).instruction(0)


class _Reader:
    def __init__(self, line: LogicalLine, name: str, escape: str) -> None:
        self.line = line
        self.name = name
        self.escape = escape

    def fail(self, message: str) -> DockerfileError:
        return DockerfileError(f"dockerfile parse error on line {self.line.line}: {message}", self.name, self.line.line)

    def instruction(self, start: int, *, triggered: bool = False) -> Instruction:
        text = self.line.text
        start = _skip(text, start)
        end = _word_end(text, start)
        written = text[start:end]
        keyword = written.lower()
        if keyword not in _KEYWORDS:
            raise self.fail(f"unknown instruction: {written}")
        if triggered and keyword in _NOT_IN_ONBUILD:
            raise self.fail(f"{written.upper()} isn't allowed as an ONBUILD trigger")
        flags, rest = self._flags(keyword, end)
        inner = self.instruction(rest, triggered=True) if keyword == "onbuild" else None
        words, json = self._words(keyword, rest)
        return Instruction(
            keyword=keyword.upper(),
            line=self.line.line,
            end_line=self.line.end_line,
            text=" ".join(text.split()),
            rest=text[rest:].strip(BLANK),
            flags=flags,
            words=words,
            json=json,
            logical=self.line,
            mounts=tuple(self._mounts(flags)) if keyword == "run" else (),
            inner=inner,
        )

    # --- flags -----------------------------------------------------------------------------------

    def _flags(self, keyword: str, at: int) -> tuple[tuple[Flag, ...], int]:
        text = self.line.text
        flags: list[Flag] = []
        while True:
            start = _skip(text, at)
            if not text.startswith("--", start):
                return tuple(flags), start
            word, at = self._flag_word(start)
            if word == "--":
                return tuple(flags), _skip(text, at)
            name, equals, value = word[2:].partition("=")
            self._check_flag(keyword, word, name, bool(equals), value, flags)
            flags.append(Flag(name, value if equals else "true", self.line.word(start, at)))

    def _flag_word(self, at: int) -> tuple[str, int]:
        """A flag with its quotes and escapes resolved, and the place behind it."""
        text, out, quote = self.line.text, [], ""
        while at < len(text):
            char = text[at]
            if not quote and char in BLANK:
                break
            at += 1
            if char == self.escape and at < len(text):
                out.append(text[at])
                at += 1
            elif quote:
                quote = "" if char == quote else quote
                out.append("" if not quote else char)
            elif char in "\"'":
                quote = char
            else:
                out.append(char)
        return "".join(out), at

    def _check_flag(self, keyword: str, word: str, name: str, given: bool, value: str, flags: list[Flag]) -> None:
        if name not in _FLAGS.get(keyword, ()):
            raise self.fail(f"unknown flag: --{name}")
        if name not in _REPEATED and any(flag.name == name for flag in flags):
            raise self.fail(f"duplicate flag specified: --{name}")
        if name in _BOOLEAN:
            if given and value.lower() not in {"true", "false"}:
                raise self.fail(f"expecting boolean value for flag {name}, not: {value}")
        elif not given:
            raise self.fail(f"missing a value on flag: {word}")

    def _mounts(self, flags: tuple[Flag, ...]) -> Iterator[Mount]:
        import csv

        for flag in flags:
            if flag.name != "mount":
                continue
            fields = next(iter(csv.reader([flag.value])), [])
            options: dict[str, str] = {}
            for field in fields:
                key, equals, value = field.partition("=")
                options[key.strip().lower()] = value if equals else "true"
            yield Mount(options, flag.word)

    # --- arguments -------------------------------------------------------------------------------

    def _words(self, keyword: str, start: int) -> tuple[tuple[Word, ...], bool]:
        if keyword not in {"copy", "add", "from"}:
            return (), False
        if keyword != "from" and self.line.text.startswith("[", start):
            found = self._json(start)
            if found is not None:
                return found, True
        words = tuple(self.line.word(*place) for place in _plain_words(self.line.text, start))
        if keyword == "from":
            self._check_from(words)
        return words, False

    def _check_from(self, words: tuple[Word, ...]) -> None:
        if len(words) == 3 and words[1].text.lower() == "as":
            if not _STAGE_NAME.match(words[2].text.lower()):
                raise self.fail(f'invalid name for build stage: "{words[2].text.lower()}", name can\'t start with a '
                                "number or contain symbols")  # fmt: skip
        elif len(words) != 1:
            raise self.fail("FROM requires either one or three arguments")

    def _json(self, start: int) -> tuple[Word, ...] | None:
        """The strings of a JSON array, None if it is not one and so plain words."""
        import json

        text = self.line.text[start:]
        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            return None
        if not isinstance(found, list):
            return None
        if not all(isinstance(one, str) for one in found):
            raise self.fail("when using JSON array syntax, arrays must be comprised of strings only")
        places = [match.span() for match in re.finditer(r'"(?:[^"\\]|\\.)*"', text)]
        words = []
        for value, (begin, end) in zip(found, places, strict=False):
            at = self.line.word(start + begin + 1, start + end - 1)
            words.append(Word(value, at.line, at.start, at.end))
        return tuple(words)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in BLANK:
        at += 1
    return at


def _word_end(text: str, at: int) -> int:
    while at < len(text) and text[at] not in BLANK:
        at += 1
    return at


def _plain_words(text: str, at: int) -> Iterator[tuple[int, int]]:
    while (at := _skip(text, at)) < len(text):
        end = _word_end(text, at)
        yield at, end
        at = end


def sources_and_destination(instruction: Instruction, name: str) -> tuple[tuple[Word, ...], Word]:
    """The words of COPY or ADD; heredocs among the sources are kept. Raises DockerfileError."""
    words, keyword = instruction.words, instruction.keyword
    start = f"dockerfile parse error on line {instruction.line}: {keyword}"
    if not words:
        raise DockerfileError(f"{start} requires at least one argument", name, instruction.line)
    if len(words) < 2:
        message = (f"{start} requires at least two arguments, but only one was provided. "
                   "Destination could not be determined")  # fmt: skip
        raise DockerfileError(message, name, instruction.line)
    if not instruction.json and heredoc_name(words[-1].text):
        raise DockerfileError(f"{start} cannot accept a heredoc as a destination", name, instruction.line)
    return words[:-1], words[-1]
