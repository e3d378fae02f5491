"""What ``suggest`` comes to: files to write, what every build sends before and after, and what was held back."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ctxsize.changes import Change
    from ctxsize.model import BuilderName, Problem, Sent
    from ctxsize.suggest.proposal import KeptBack

__all__ = ["Advice", "Narrower", "Scope", "Suggestion", "Weighed"]


class Scope(StrEnum):
    """Which ignore files may be written: both kinds where they help, or one of them."""

    AUTO = "auto"
    DOCKERFILE = "dockerfile"
    CONTEXT = "context"


class Weighed(NamedTuple):
    """One build's uploads before and after; None for a build that sends nothing from here."""

    name: str
    before: Mapping[BuilderName, Sent] | None
    after: Mapping[BuilderName, Sent] | None


class Narrower(NamedTuple):
    """Something at the context's root that a narrower COPY would name; ``bytes`` without its junk."""

    path: str
    bytes: int


class Advice(NamedTuple):
    """An instruction that reads everything, so that no ignore file can do the work for it.

    ``bytes`` is what it reads, ``instead`` what stands at the root, minus junk and what only the build itself needs.
    """

    build: str
    file: str
    line: int
    instruction: str
    bytes: int
    instead: tuple[Narrower, ...] = ()


class Suggestion(NamedTuple):
    """``refused`` are files that would have to change and may not be written: (path, reason) pairs."""

    files: tuple[Change, ...] = ()
    builds: tuple[Weighed, ...] = ()
    kept_back: tuple[KeptBack, ...] = ()
    advice: tuple[Advice, ...] = ()
    notes: tuple[str, ...] = ()
    refused: tuple[tuple[str, str], ...] = ()
    problems: tuple[Problem, ...] = ()
