"""From logical lines to instructions: keyword, flags, arguments. Follows ``frontend/dockerfile/instructions``.

Whether an instruction can be carried out is not known here; what BuildKit refuses when it reads the file is its
``fault``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.dockerfile.faults import nearest, quoted, shown
from ctxsize.dockerfile.heredocs import heredoc_name
from ctxsize.dockerfile.lines import LogicalLine, Word
from ctxsize.dockerfile.mounts import Mount, MountError, read_mount
from ctxsize.dockerfile.spaces import SPACE
from ctxsize.dockerfile.words import (
    NotStringsError,
    assignments,
    flag_words,
    json_places,
    json_strings,
    plain_words,
    split_keyword,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ctxsize.dockerfile.lines import Heredoc

__all__ = ["Fault", "Flag", "Instruction", "read_instruction"]

_KEYWORDS = (
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD",
    "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
)  # fmt: skip
_FLAGS: dict[str, tuple[str, ...]] = {
    "ADD": ("chown", "chmod", "link", "keep-git-dir", "checksum", "unpack", "exclude"),
    "COPY": ("from", "chown", "chmod", "link", "parents", "exclude"),
    "FROM": ("platform",),
    "RUN": ("mount", "network", "security", "device"),
    "HEALTHCHECK": ("interval", "timeout", "start-period", "start-interval", "retries"),
}
# BuildKit does not look at the flags of these
_UNCHECKED = {"ARG", "STOPSIGNAL"}
_REPEATED = {"mount", "exclude", "device"}
_BOOLEAN = {"link", "parents", "keep-git-dir", "unpack"}
_ONE_ARGUMENT = {"USER", "WORKDIR", "STOPSIGNAL", "MAINTAINER"}
_SOME_ARGUMENT = {"EXPOSE", "VOLUME", "ONBUILD", "HEALTHCHECK", "ENV", "LABEL", "ARG"}
_WORDS = {"COPY", "ADD", "FROM", "VOLUME", "EXPOSE"}
_JSON = {"COPY", "ADD", "VOLUME", "RUN", "CMD", "ENTRYPOINT", "SHELL"}
_NETWORKS = {"default", "none", "host"}
_STAGE_NAME = r"[a-z][a-z0-9\-_.]*\Z"


class Fault(NamedTuple):
    """What BuildKit refuses. ``early`` faults come up before any instruction is understood, so they come first."""

    message: str
    early: bool = False


class _FaultError(Exception):
    def __init__(self, message: str, *, early: bool = False) -> None:
        super().__init__(message)
        self.fault = Fault(message, early)


class Flag(NamedTuple):
    """``--name=value`` after an instruction; ``word`` is where it stands."""

    name: str
    value: str
    word: Word


class Instruction(NamedTuple):
    """``keyword`` is upper case (as written, if it is none), ``line`` to ``end_line`` (from 1) hold it and its
    heredocs, ``rest`` is what follows the flags.

    ``words`` are the arguments of COPY, ADD, FROM, VOLUME and EXPOSE; ``json`` tells that they, or the command of RUN,
    stand in a JSON array. ``pairs`` are the assignments of ARG, ENV and LABEL, unexpanded. ``inner`` is what ONBUILD
    triggers.
    """

    keyword: str
    line: int
    end_line: int
    written: str
    rest: str
    flags: tuple[Flag, ...] = ()
    words: tuple[Word, ...] = ()
    json: bool = False
    heredocs: tuple[Heredoc, ...] = ()
    mounts: tuple[Mount, ...] = ()
    pairs: tuple[tuple[str, str | None], ...] = ()
    inner: Instruction | None = None
    fault: Fault | None = None

    @property
    def text(self) -> str:
        """The whole as one line, without heredocs."""
        return " ".join(self.written.split())

    @property
    def command(self) -> str:
        """What RUN runs: its command line and its inline scripts."""
        return "\n".join([self.rest, *(heredoc.content for heredoc in self.heredocs)])

    def flag(self, name: str) -> str | None:
        return next((flag.value for flag in self.flags if flag.name == name), None)

    def flag_values(self, name: str) -> tuple[str, ...]:
        return tuple(flag.value for flag in self.flags if flag.name == name)

    def is_set(self, name: str) -> bool:
        """Whether a boolean flag is on."""
        return (self.flag(name) or "").lower() == "true"

    @property
    def sources(self) -> tuple[Word, ...]:
        """The source words of COPY and ADD that are no heredocs."""
        return tuple(word for word in self.words[:-1] if heredoc_name(word.text) is None)


def read_instruction(line: LogicalLine, escape: str) -> Instruction:
    """Never raises: see ``fault``."""
    return _Reader(line, escape).instruction(0)


class _Reader:
    def __init__(self, line: LogicalLine, escape: str) -> None:
        self._line = line
        self._text = line.text
        self._escape = escape

    def instruction(self, start: int) -> Instruction:
        written, at = split_keyword(self._text, start)
        keyword = written.upper()
        try:
            if keyword not in _KEYWORDS:
                near = nearest(written, _KEYWORDS, exact_case=False)
                raise _FaultError(f"unknown instruction: {shown(written)}{near}")
            return self._known(keyword, start, at)
        except _FaultError as error:
            return self._plain(keyword, start, at, fault=error.fault)

    def _plain(self, keyword: str, start: int, at: int, *, fault: Fault | None = None) -> Instruction:
        line = self._line
        return Instruction(keyword, line.line, line.end_line, self._text[start:], self._text[at:].strip(SPACE),
                           heredocs=line.heredocs, fault=fault)  # fmt: skip

    def _known(self, keyword: str, start: int, at: int) -> Instruction:
        flags = list(flag_words(self._text, at, self._escape))
        at = flags.pop()[1]
        rest = self._text[at:].strip(SPACE)
        words, json = self._words(keyword, at)
        pairs = self._pairs(keyword, rest)
        inner = self.instruction(at) if keyword == "ONBUILD" and rest else None
        self._check_early(inner)
        self._check(keyword, rest, words, json, flags, inner)
        line = self._line
        found = tuple(self._flag(*flag) for flag in flags)
        mounts = self._mounts(found) if keyword == "RUN" else ()
        network = next((one.value for one in found if one.name == "network"), "default")
        if network not in _NETWORKS:
            raise _FaultError(f"invalid network mode {quoted(network)}")
        return Instruction(keyword, line.line, line.end_line, self._text[start:], rest, found, words, json,
                           line.heredocs, mounts, pairs, inner)  # fmt: skip

    def _check_early(self, inner: Instruction | None) -> None:
        if inner is not None and inner.fault is not None and inner.fault.early:
            raise _FaultError(inner.fault.message, early=True)

    # --- what BuildKit refuses -------------------------------------------------------------------

    def _check(
        self, keyword: str, rest: str, words: tuple[Word, ...], json: bool, flags: list[tuple[str, int, int]],
        inner: Instruction | None,
    ) -> None:  # fmt: skip
        _check_arguments(keyword, rest, [word.text for word in words])
        if keyword not in _UNCHECKED:
            _check_flags(keyword, [flag[0] for flag in flags])
        if inner is not None:
            _check_trigger(inner.keyword)
        if keyword in {"COPY", "ADD"} and heredoc_name(words[-1].text) is not None:
            raise _FaultError(f"{keyword} cannot accept a heredoc as a destination")
        if keyword == "HEALTHCHECK":
            _check_health(rest)
        if keyword == "SHELL" and not words:
            kind = "at least one argument" if json else "the arguments to be in JSON form"
            raise _FaultError(f"SHELL requires {kind}")

    # --- flags -----------------------------------------------------------------------------------

    def _flag(self, word: str, start: int, end: int) -> Flag:
        name, equals, value = word[2:].partition("=")
        return Flag(name, value if equals else "true", self._line.word(start, end))

    def _mounts(self, flags: tuple[Flag, ...]) -> tuple[Mount, ...]:
        try:
            return tuple(read_mount(one.value, one.word, one.word.text) for one in flags if one.name == "mount")
        except MountError as error:
            raise _FaultError(str(error)) from None

    # --- arguments -------------------------------------------------------------------------------

    def _words(self, keyword: str, at: int) -> tuple[tuple[Word, ...], bool]:
        json = None
        if keyword in _JSON and self._text.startswith("[", at):
            json = self._json(at)
        if keyword not in _WORDS or json is not None:
            return json or (), json is not None
        return tuple(self._line.word(*place) for place in plain_words(self._text, at)), False

    def _json(self, at: int) -> tuple[Word, ...] | None:
        try:
            strings = json_strings(self._text[at:])
        except NotStringsError:
            message = "when using JSON array syntax, arrays must be comprised of strings only"
            raise _FaultError(message, early=True) from None
        if strings is None:
            return None
        places = json_places(self._text, at)
        return tuple(self._line.word(*place, text) for text, place in zip(strings, places, strict=False))

    def _pairs(self, keyword: str, rest: str) -> tuple[tuple[str, str | None], ...]:
        if keyword not in {"ARG", "ENV", "LABEL"}:
            return ()
        words = assignments(rest, self._escape)
        if keyword == "ARG":
            return tuple(_argument(word) for word in words)
        if words and "=" not in words[0]:
            name, at = split_keyword(rest, 0)
            if at == len(rest):
                raise _FaultError(f"{keyword} must have two arguments", early=True)
            return ((name, rest[at:].lstrip(" \t\v\f\r")),)
        return tuple(_assigned(word, keyword) for word in words)


def _argument(word: str) -> tuple[str, str | None]:
    name, equals, value = word.partition("=")
    if equals and not name:
        raise _FaultError("ARG names can not be blank")
    return name, value if equals else None


def _assigned(word: str, keyword: str) -> tuple[str, str]:
    name, equals, value = word.partition("=")
    if not equals:
        message = f"Syntax error - can't find = in {quoted(word)}. Must be of the form: name=value"
        raise _FaultError(message, early=True)
    if not name:
        raise _FaultError(f"{keyword} names can not be blank")
    return name, value


def _check_arguments(keyword: str, rest: str, words: list[str]) -> None:
    if keyword in {"COPY", "ADD"} and len(words) < 2:
        raise _FaultError(f"{keyword} requires at least two arguments, but only one was provided. "
                          "Destination could not be determined")  # fmt: skip
    if keyword == "FROM":
        _check_from(words)
    if keyword in _ONE_ARGUMENT and not rest:
        raise _FaultError(f"{keyword} requires exactly one argument")
    if keyword in _SOME_ARGUMENT and not rest:
        raise _FaultError(f"{keyword} requires at least one argument")


def _check_flags(keyword: str, words: Iterable[str]) -> None:
    known, seen = _FLAGS.get(keyword, ()), set()
    for word in words:
        name, equals, value = word[2:].partition("=")
        if name not in known:
            raise _FaultError(f"unknown flag: --{shown(name)}{nearest(name, known)}")
        if name in seen and name not in _REPEATED:
            raise _FaultError(f"duplicate flag specified: --{name}")
        seen.add(name)
        if (equals and not value) if name in _BOOLEAN else not equals:
            raise _FaultError(f"missing a value on flag: --{name}")
        if name in _BOOLEAN and value.lower() not in {"", "true", "false"}:
            raise _FaultError(f"expecting boolean value for flag --{name}, not: {shown(value)}")


def _check_from(words: list[str]) -> None:
    if len(words) == 3 and words[1].lower() == "as":
        if not re.match(_STAGE_NAME, words[2].lower()):
            raise _FaultError(f"invalid name for build stage: {quoted(words[2])}, name can't start with a number or "
                              "contain symbols")  # fmt: skip
    elif len(words) != 1:
        raise _FaultError("FROM requires either one or three arguments")


def _check_trigger(keyword: str) -> None:
    if keyword == "ONBUILD":
        raise _FaultError("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
    if keyword in {"MAINTAINER", "FROM"}:
        raise _FaultError(f"{keyword} isn't allowed as an ONBUILD trigger")


def _check_health(rest: str) -> None:
    kind, at = split_keyword(rest, 0)
    command = rest[at:].strip(SPACE)
    if kind.upper() == "NONE" and command:
        raise _FaultError("HEALTHCHECK NONE takes no arguments")
    if kind.upper() == "CMD" and not command:
        raise _FaultError("Missing command after HEALTHCHECK CMD")
    if kind.upper() not in {"NONE", "CMD"}:
        raise _FaultError(f"Unknown type {quoted(kind.upper())} in HEALTHCHECK (try CMD)")
