"""What a format is given: one frozen value per command, complete in itself. No disk, no terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ctxsize.formats.tree import Weighed
    from ctxsize.listing import ExplainedPath
    from ctxsize.model import BuilderName, Entry, Measurement, Problem

__all__ = ["ExplainView", "LsView", "ReportView"]

_MANY = 20


class ReportView(NamedTuple):
    """The measurements of the chosen builds, seen from ``builder``.

    ``contents`` are what ``builder`` receives when one build alone is shown, else None. ``following`` are
    commands worth running next. ``verbose`` lifts the limits on how much of a list is shown; ``quiet`` leaves
    only the errors of the remarks.
    """

    root: str
    measurements: tuple[Measurement, ...]
    problems: tuple[Problem, ...]
    builder: BuilderName
    contents: Weighed | None = None
    following: tuple[str, ...] = ()
    verbose: bool = False
    quiet: bool = False

    @property
    def brief(self) -> bool:
        """Whether there are so many builds that each gets no more than its line."""
        return len(self.measurements) > _MANY and not self.verbose


class LsView(NamedTuple):
    """The entries of one build in the order received; ``which`` is sent, used, junk, unused or ignored.

    ``paths`` stand in for ``entries`` where names are all that is shown: folders end in ``/``.
    """

    build: str
    builder: BuilderName
    which: str
    entries: tuple[Entry, ...]
    transfer_bytes: int | None
    depth: int | None = None
    long: bool = False
    nul: bool = False
    paths: Iterable[str] | None = None


class ExplainView(NamedTuple):
    """Each path with one verdict per build; ``missing`` are not there at all."""

    paths: tuple[ExplainedPath, ...]
    missing: frozenset[str] = frozenset()
