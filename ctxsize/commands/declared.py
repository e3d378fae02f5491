"""What a command says of its options: values that know of no command line library.

``tree: Annotated[bool, flag("--tree", help="…")] = False`` in a command's signature is the whole declaration. Two
read it: ``quick`` takes a well-formed command line apart, and ``typed`` makes of it what typer needs for the help,
the shell's completion, and the message about every other command line.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from enum import StrEnum

__all__ = ["Option", "Unsure", "argument", "choice", "flag", "named", "number", "path", "text"]


class Unsure(Exception):  # noqa: N818
    """The quick reading is not certain to be typer's, which has to read the whole command line."""


class Option(NamedTuple):
    """An option, or an argument where it has no ``names``.

    ``read`` makes the value of a word, or raises Unsure; a flag takes no word and has none. ``off`` is the name that
    takes a flag back. ``many`` are collected, in the order given. ``offered`` are the only words that are accepted.
    """

    names: tuple[str, ...]
    help: str
    read: Callable[[str], object] | None = None
    metavar: str | None = None
    off: str = ""
    many: bool = False
    least: int | None = None
    offered: tuple[str, ...] = ()
    complete: Callable[[Mapping[str, Any], str], Iterable[str]] | None = None


def flag(*names: str, help: str, off: str = "") -> Option:  # noqa: A002
    return Option(names, help, off=off)


def text(
    *names: str,
    metavar: str,
    help: str,  # noqa: A002
    many: bool = False,
    complete: Callable[[Mapping[str, Any], str], Iterable[str]] | None = None,
) -> Option:
    return Option(names, help, str, metavar, many=many, complete=complete)


def path(*names: str, metavar: str, help: str) -> Option:  # noqa: A002
    return Option(names, help, _readable, metavar)


def number(*names: str, help: str, least: int) -> Option:  # noqa: A002
    def read(word: str) -> int:
        # int() takes more: signs, blanks, underscores and other scripts' digits, and fails for 5,000 digits
        if not (word.isascii() and word.isdigit() and len(word) < 10 and int(word) >= least):
            raise Unsure
        return int(word)

    return Option(names, help, read, least=least)


def choice(*names: str, of: type[StrEnum], help: str) -> Option:  # noqa: A002
    values = {one.value: one for one in of}
    return Option(names, help, lambda word: _listed(word, values))


def named(*names: str, of: Iterable[str], help: str) -> Option:  # noqa: A002
    """One of ``of``, which are names and no enumeration; the first is what stands for none."""
    values = {one: one for one in of}
    return Option(names, help, lambda word: _listed(word, values), "|".join(values), offered=tuple(values))


def argument(*, metavar: str, help: str, many: bool = False) -> Option:  # noqa: A002
    """Paths where they are ``many`` stay as they were typed."""
    return Option((), help, str if many else _readable, metavar, many=many)


def _readable(word: str) -> Path:
    # Path.exists raises where a folder on the way is closed
    if os.path.exists(word) and not os.access(word, os.R_OK):  # noqa: PTH110
        raise Unsure
    return Path(word)


def _listed(word: str, values: Mapping[str, object]) -> object:
    if word not in values:
        raise Unsure
    return values[word]
