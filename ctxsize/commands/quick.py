"""Reads a well-formed command line by itself: importing typer takes as long as a small report does.

What it reads it reads as typer would, which ``tests/commands/test_quick.py`` holds for any words. Whatever it is not
sure of (an unknown option, a value that is missing or wrong, a request for help) is left to typer, which has the words
for it.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from ctxsize.commands import COMMANDS
from ctxsize.commands.declared import Unsure
from ctxsize.commands.options import REQUIRED, Parameter, invoked, parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ctxsize.errors import ExitCode

__all__ = ["Call", "read"]

_COMPLETION = "_CTXSIZE_COMPLETE"


class Call(NamedTuple):
    """A command, and a value for each of its parameters."""

    run: Callable[..., ExitCode]
    given: Mapping[str, Any]

    def __call__(self) -> ExitCode:
        return invoked(self.run, self.given)


def read(words: Sequence[str], environ: Mapping[str, str] = os.environ) -> Call | None:
    """The call that ``words`` ask for; None where typer has to read them."""
    if not words or words[0] not in COMMANDS or environ.get(_COMPLETION):
        return None
    run = COMMANDS[words[0]].load()
    known = parameters(run)
    try:
        return Call(run, _values(known, _sorted(known, words[1:])))
    except Unsure:
        return None


# by a parameter's name, the words that were given for it; a flag's are the name itself, or "" where it is taken back
_Found = dict[str, list[str]]


def _sorted(known: Sequence[Parameter], words: Sequence[str]) -> _Found:
    named = {name: one for one in known for name in (*one.option.names, one.option.off)}
    found: _Found = {}
    arguments: list[str] = []
    todo = iter(words)
    for word in todo:
        if word == "--":
            arguments.extend(todo)
        elif word == "-" or not word.startswith("-"):
            arguments.append(word)
        elif word.startswith("--"):
            _long(word, named, todo, found)
        else:
            _short(word, named, todo, found)
    _arguments(known, arguments, found)
    return found


def _long(word: str, named: Mapping[str, Parameter], todo: Iterator[str], found: _Found) -> None:
    """``--name``, ``--name VALUE`` or ``--name=VALUE``."""
    name, equals, value = word.partition("=")
    one = _known(name, named)
    if one.option.read is None:
        if equals:
            raise Unsure
        _give(one, "" if name == one.option.off else name, found)
    else:
        _give(one, value if equals else next(todo, None), found)


def _short(word: str, named: Mapping[str, Parameter], todo: Iterator[str], found: _Found) -> None:
    """``-q``, several of them as in ``-qv``, and last of them one with its value: ``-qf FILE`` or ``-qfFILE``."""
    for at, letter in enumerate(word[1:], 2):
        one = _known(f"-{letter}", named)
        if one.option.read is not None:
            return _give(one, word[at:] or next(todo, None), found)
        _give(one, letter, found)
    return None


def _known(name: str, named: Mapping[str, Parameter]) -> Parameter:
    if name not in named:
        raise Unsure
    return named[name]


def _give(one: Parameter, value: str | None, found: _Found) -> None:
    if value is None:
        raise Unsure
    found.setdefault(one.name, []).append(value)


def _arguments(known: Sequence[Parameter], words: list[str], found: _Found) -> None:
    for one in known:
        if not one.option.names and words:
            taken = len(words) if one.option.many else 1
            found[one.name], words = words[:taken], words[taken:]
    if words:
        raise Unsure


def _values(known: Sequence[Parameter], found: _Found) -> dict[str, object]:
    return {one.name: _value(one, found.get(one.name)) for one in known}


def _value(one: Parameter, words: list[str] | None) -> object:
    option, default = one.option, one.default
    if option.read is None:
        return bool(words[-1]) if words else default
    if words is None:
        if default is REQUIRED:
            raise Unsure
        # a default is read, too: the folder that PATH stands for may be closed
        return default if default is None or option.many else option.read(str(default))
    return tuple(map(option.read, words)) if option.many else option.read(words[-1])
