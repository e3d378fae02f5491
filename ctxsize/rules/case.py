"""The facts that rules judge, gathered beforehand (``ctxsize.diagnosis``): values only, nothing is looked up here.

Paths of reads are relative to their context; everything else is relative to the repository's root.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from ctxsize.dockerignore.parse import IgnoreLine
from ctxsize.dockerignore.rules import IgnoreRules
from ctxsize.model import NOTHING, BuildDefinition, IgnoredBy, Measurement, Source, Totals

__all__ = ["BuildCase", "Case", "Dropped", "IgnoreCase", "Read", "SentSecret", "Standing"]


class Standing(StrEnum):
    """What became of a source: it arrives; it is there and ignored; it is not there; a wildcard matches nothing, which
    is fine; or a variable without a value leaves it open."""

    SENT = "sent"
    IGNORED = "ignored"
    MISSING = "missing"
    NOTHING = "nothing"
    UNKNOWN = "unknown"


class Read(NamedTuple):
    """One source held against its context.

    ``elsewhere`` are the places (relative to the root) where it stands outside the context, the likeliest first.
    ``git_ignores``: git would ignore it, so it is made before the build. ``missing_folder`` is, for a wildcard, the
    folder before it that is not there. ``literal``: a name with brackets stands there letter by letter, and the
    source does not match it.
    """

    source: Source
    standing: Standing
    ignored_by: IgnoredBy | None = None
    elsewhere: tuple[str, ...] = ()
    git_ignores: bool = False
    missing_folder: str | None = None
    literal: str | None = None

    @property
    def broken(self) -> bool:
        """The builder stops at it."""
        return self.standing in {Standing.MISSING, Standing.IGNORED}

    @property
    def docker_says(self) -> str:
        """The core of BuildKit's message, without the random reference."""
        path = f"/{self.missing_folder if self.missing_folder is not None else self.source.path}"
        if self.missing_folder is not None or self.source.excludes:
            return f"lstat {path}: no such file or directory"
        return f'failed to calculate checksum of ref …: "{path}": not found'


class SentSecret(NamedTuple):
    """A file that is sent and looks like a secret. ``named``: an instruction asks for it by its name."""

    path: str
    why: str
    used: bool
    named: bool = False


class Dropped(NamedTuple):
    """What a Dockerfile's own ignore file lets through although the context's ``file`` would keep it out."""

    file: str
    totals: Totals
    example: str


_NO_RULES = IgnoreRules(None)


class BuildCase(NamedTuple):
    """One build and the facts about it.

    ``fits`` are other folders in which every single source stands where it is meant to. ``git_use`` is (line, text)
    of an instruction that needs ``.git``, ``open_base`` of the FROM at which the build stops, if it is made of
    arguments. ``vcs``, ``git_ignored`` sum up what is sent of ``.git`` and of what git ignores. ``apart`` are files
    that the build reads and only one of the two builders gets.
    """

    measurement: Measurement
    reads: tuple[Read, ...] = ()
    rules: IgnoreRules = _NO_RULES
    fits: tuple[str, ...] = ()
    context_missing: bool = False
    dockerfile_missing: bool = False
    error: str | None = None
    git_use: tuple[int, str] | None = None
    open_base: tuple[int, str] | None = None
    secrets: tuple[SentSecret, ...] = ()
    vcs: Totals = NOTHING
    git_ignored: Totals = NOTHING
    git_ignored_example: str | None = None
    dropped: Dropped | None = None
    apart: tuple[tuple[str, str], ...] = ()

    @property
    def build(self) -> BuildDefinition:
        return self.measurement.build

    @property
    def name(self) -> str:
        return self.build.name

    @property
    def dockerfile(self) -> str | None:
        """The file whose lines the sources count in."""
        return self.build.dockerfile or self.build.declared.file

    @property
    def guessed(self) -> bool:
        """Nobody declares this build: its context was inferred, or is made by a release tool."""
        return self.build.declared.kind == "inferred"

    @property
    def main_reads(self) -> tuple[Read, ...]:
        return tuple(read for read in self.reads if read.source.context is None)


class IgnoreCase(NamedTuple):
    """One ignore file. ``builds`` read it; without any it is dead, and ``instead`` says what is read in its place.

    Keyed by line: ``deeper`` are entries that a pattern for the root's own name misses further down, ``brackets``
    names that stand there literally. ``present`` are the literal paths of exceptions that are plain files, ``ours``
    the lines between ctxsize's own marks.
    """

    file: str
    rules: IgnoreRules
    lines: tuple[IgnoreLine, ...] = ()
    context: str = "."
    builds: tuple[str, ...] = ()
    instead: str | None = None
    declared: bool = True
    git_ignored: bool = False
    deeper: Mapping[int, tuple[str, ...]] = MappingProxyType({})
    brackets: Mapping[int, str] = MappingProxyType({})
    present: frozenset[str] = frozenset()
    ours: range = range(0)
    walked: int = 0
    sent: int = 0


class Case(NamedTuple):
    """A repository as doctor sees it. ``would_be_ignored`` is (file, line) of the git rule that would keep a new
    ``.dockerignore`` out of the repository."""

    builds: tuple[BuildCase, ...] = ()
    ignore_files: tuple[IgnoreCase, ...] = ()
    would_be_ignored: tuple[str, int] | None = None

    @property
    def in_force(self) -> Iterator[IgnoreCase]:
        """The ignore files that some build reads, and that BuildKit understands."""
        return (one for one in self.ignore_files if one.builds and not one.rules.broken)
