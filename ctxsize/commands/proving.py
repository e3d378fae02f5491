"""The proof before anything is written: the repository is measured as if the drafts stood, by the engine of ``report``.

Compared with the repository without any line of ours. The ignore files themselves are left out of the comparison, for
they change; what matters about them (that none is copied into an image) is counted apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ctxsize.measure import Report, Request, measure
from ctxsize.model import BuilderName
from ctxsize.overlay import OverlayRepository
from ctxsize.plan import inside
from ctxsize.suggest.suggestion import Weighed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ctxsize.builders.links import Links
    from ctxsize.commands.suggesting import Ask, Drafts
    from ctxsize.dockerignore import State
    from ctxsize.model import Kind, Measurement, Sent
    from ctxsize.repository import Repository
    from ctxsize.suggest.suggestion import FileChange
    from ctxsize.tree import Tree

__all__ = ["AsIf", "Proof", "Unseen", "proof"]


class AsIf(OverlayRepository):
    """An overlay whose added rows are held against the ignore list like all others, although the walk was not asked."""

    def __init__(self, repository: Repository, changes: Mapping[str, bytes | None]) -> None:
        super().__init__(repository, changes)
        self._paths = tuple(changes)

    def scan(
        self,
        context: str,
        wanted: Sequence[State] | None = None,
        *,
        count_all: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Tree:
        tree = super().scan(context, wanted, count_all=count_all, progress=progress)
        for path in self._paths:
            inner = inside(context, path)
            place = tree.find(inner.rpartition("/")[0]) if inner is not None else None
            if place is not None:
                place[0].passed = None
        return tree


class Unseen:
    """A repository whose trees do not show some files, though they can be read."""

    def __init__(self, repository: Repository, paths: Iterable[str]) -> None:
        self._below = repository
        self._hidden = OverlayRepository(repository, dict.fromkeys(paths))

    @property
    def root(self) -> Path:
        return self._below.root

    def read(self, path: str) -> bytes | None:
        return self._below.read(path)

    def names(self, folder: str) -> Iterable[tuple[str, Kind]]:
        return self._below.names(folder)

    def kind(self, path: str) -> Kind | None:
        return self._below.kind(path)

    def scan(
        self,
        context: str,
        wanted: Sequence[State] | None = None,
        *,
        count_all: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Tree:
        return self._hidden.scan(context, wanted, count_all=count_all, progress=progress)

    def links(self, context: str) -> Links:
        return self._below.links(context)


def _none() -> dict[BuilderName, frozenset[str]]:
    return dict.fromkeys(BuilderName, frozenset())


@dataclass(frozen=True, slots=True)
class Proof:
    """``weighed`` is every build before and after; ``wrong`` maps builds to why the drafts may not be written.

    ``smaller`` are the builds that upload less than without any line of ours, by builder.
    """

    weighed: tuple[Weighed, ...]
    wrong: Mapping[str, str] = field(default_factory=dict)
    smaller: Mapping[BuilderName, frozenset[str]] = field(default_factory=_none)


def proof(drafts: Drafts, changes: Sequence[FileChange], progress: Callable[[int], None] | None = None) -> Proof:
    """Measures today's repository and the drafts, and compares the drafts with the repository without our lines."""
    ask = drafts.ask
    before = measure(_request(ask, ask.repository), progress=progress)
    ours = drafts.files.without_ours()
    if not changes and not ours:
        return Proof(tuple(_weighed(one, one) for one in before.measurements))
    without = AsIf(ask.repository, ours)
    drafted = AsIf(ask.repository, {change.path: change.after for change in changes})
    after = measure(_request(ask, drafted), progress=progress) if changes else before
    base = measure(_request(ask, without), progress=progress) if ours else before
    paths = [change.path for change in changes] + list(ours)
    unseen = [measure(_request(ask, Unseen(one, paths))) for one in (without, drafted)]
    return Proof(
        tuple(_weighed(one, other) for one, other in zip(before.measurements, after.measurements, strict=True)),
        dict(_compared(unseen[0], unseen[1])) | dict(_slipped(base, after, unseen[0], unseen[1])),
        {builder: frozenset(_smaller(base, after, builder)) for builder in BuilderName},
    )


def _smaller(base: Report, after: Report, builder: BuilderName) -> Iterator[str]:
    for name, one, other in _pairs(base, after):
        if (other[builder].transfer_bytes or 0) < (one[builder].transfer_bytes or 0):
            yield name


def _request(ask: Ask, repository: Repository) -> Request:
    return Request(repository, ask.builds, ask.junk, ask.builder)


def _weighed(before: Measurement, after: Measurement) -> Weighed:
    return Weighed(before.build.name, before.builders, after.builders)


def _pairs(one: Report, other: Report) -> Iterator[tuple[str, Mapping[BuilderName, Sent], Mapping[BuilderName, Sent]]]:
    for before, after in zip(one.measurements, other.measurements, strict=True):
        if before.builders and after.builders:
            yield before.build.name, before.builders, after.builders


def _compared(base: Report, drafted: Report) -> Iterator[tuple[str, str]]:
    for name, before, after in _pairs(base, drafted):
        for builder in BuilderName:
            reason = _worse(before[builder], after[builder])
            if reason:
                yield name, f"{builder.value}: {reason}"
    for old, new in zip(base.measurements, drafted.measurements, strict=True):
        for one, other in zip(old.named, new.named, strict=True):
            reason = _worse(one.sent, other.sent)
            if reason:
                yield old.build.name, f"context {one.name}: {reason}"


def _worse(before: Sent, after: Sent) -> str | None:
    if before.error:
        return None
    if after.error:
        return f"the build would stop: {after.error}"
    if after.used != before.used:
        lost = before.used - after.used
        return f"{lost.files} files and {lost.dirs} folders ({lost.bytes} bytes) that are used would be lost"
    if set(after.emptied) - set(before.emptied):
        return f"{min(set(after.emptied) - set(before.emptied))} would arrive empty"
    if after.sent.files > before.sent.files or after.sent.bytes > before.sent.bytes:
        return f"more would be sent: {after.sent.bytes} bytes, not {before.sent.bytes}"
    return None


def _slipped(base: Report, after: Report, base_unseen: Report, after_unseen: Report) -> Iterator[tuple[str, str]]:
    """Builds into whose image more ignore files would be copied than today."""
    rows = zip(base.measurements, after.measurements, base_unseen.measurements, after_unseen.measurements, strict=True)
    for row in rows:
        counts = [one.builders[BuilderName.BUILDKIT].used.files for one in row if one.builders]
        if len(counts) == 4 and counts[1] - counts[3] > counts[0] - counts[2]:
            yield row[0].build.name, "an ignore file that ctxsize writes would be copied into the image"
