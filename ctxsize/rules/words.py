"""How findings speak: places, commands worth running next, and short lists."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from ctxsize.dockerignore.pattern import Pattern
from ctxsize.rules.case import BuildCase

__all__ = ["files", "fix", "folder", "listed", "quoted", "run"]


def folder(path: str) -> str:
    """A folder for people: the root has a name too."""
    return "the repository's root" if path in {".", ""} else f"{path.rstrip('/')}/"


def run(command: str, *arguments: str) -> str:
    return " ".join([f"ctxsize {command}", *map(shlex.quote, arguments)])


def fix(case: BuildCase) -> str:
    """The command that mends the build's context."""
    return run("fix", "--build", case.name)


def files(number: int) -> str:
    return f"{number:,} file{'' if number == 1 else 's'}"


def quoted(pattern: Pattern) -> str:
    """A line of an ignore file that another line is about."""
    return f"line {pattern.line} ({pattern.written.strip()})"


def listed(names: Iterable[str], most: int = 3) -> str:
    held = list(dict.fromkeys(names))
    more = len(held) - most
    return ", ".join(held[:most]) + (f" and {more} more" if more > 0 else "")
