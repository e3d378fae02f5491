"""The proof before anything is written: the repository is measured as if the drafts stood, by the engine of ``report``.

Compared with the repository without any line of ours. The ignore files themselves are left out of the comparison, for
they change; what matters about them (that none is copied into an image) is counted apart.
"""

from __future__ import annotations

from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.measure import Report, Request, measure
from ctxsize.model import BuilderName
from ctxsize.repositories.overlay import OverlayRepository
from ctxsize.repositories.wrapped import WrappedRepository
from ctxsize.suggest.suggestion import Weighed
from ctxsize.tree import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from ctxsize.changes import Change
    from ctxsize.model import Measurement, Sent
    from ctxsize.repositories.disk import Repository
    from ctxsize.tightening.drafts import Ask
    from ctxsize.tightening.ignore_files import IgnoreFiles
    from ctxsize.tree import Tree, Wanted

__all__ = ["Proof", "Prover", "Unseen"]


class Unseen(WrappedRepository):
    """A repository whose trees do not show some files, though they can be read."""

    def __init__(self, repository: Repository, paths: Iterable[str]) -> None:
        super().__init__(repository)
        self._hidden = OverlayRepository(repository, dict.fromkeys(paths))

    def scan(self, context: str, wanted: Wanted = EVERYTHING, *, progress: Callable[[int], None] | None = None) -> Tree:
        return self._hidden.scan(context, wanted, progress=progress)


_NONE: Mapping[BuilderName, frozenset[str]] = MappingProxyType(dict.fromkeys(BuilderName, frozenset()))


class Proof(NamedTuple):
    """``weighed`` is every build before and after; ``wrong`` maps builds to why the drafts may not be written.

    ``smaller`` and ``larger`` are the builds that upload less or more than without any line of ours, by builder.
    """

    weighed: tuple[Weighed, ...]
    wrong: Mapping[str, str] = MappingProxyType({})
    smaller: Mapping[BuilderName, frozenset[str]] = _NONE
    larger: Mapping[BuilderName, frozenset[str]] = _NONE


class Prover:
    """Measures what does not depend on the drafts only once."""

    def __init__(self, ask: Ask, files: IgnoreFiles, progress: Callable[[int], None] | None = None) -> None:
        self._ask = ask
        self._progress = progress
        self._ours = files.without_ours()
        self._known = files.known
        self._without = OverlayRepository(ask.repository, self._ours)

    def _measured(self, repository: Repository) -> Report:
        ask = self._ask
        return measure(Request(repository, ask.builds, ask.junk, ask.builder), progress=self._progress)

    @cached_property
    def _before(self) -> Report:
        return self._measured(self._ask.repository)

    @cached_property
    def _base(self) -> Report:
        return self._measured(self._without) if self._ours else self._before

    @cached_property
    def _base_unseen(self) -> Report:
        return self._measured(Unseen(self._without, self._known))

    def proof(self, changes: Sequence[Change]) -> Proof:
        """Measures the changes and compares them with the repository without our lines."""
        if not changes and not self._ours:
            return Proof(tuple(_weighed(one, one) for one in self._before.measurements))
        drafted = OverlayRepository(self._ask.repository, {change.path: change.after for change in changes})
        after = self._measured(drafted) if changes else self._before
        unseen = self._measured(Unseen(drafted, self._known))
        pairs = zip(self._before.measurements, after.measurements, strict=True)
        return Proof(
            tuple(_weighed(one, other) for one, other in pairs),
            dict(_compared(self._base_unseen, unseen)) | dict(_slipped(self._base, after, self._base_unseen, unseen)),
            {builder: frozenset(_smaller(self._base, after, builder)) for builder in BuilderName},
            {builder: frozenset(_smaller(after, self._base, builder)) for builder in BuilderName},
        )


def _smaller(base: Report, after: Report, builder: BuilderName) -> Iterator[str]:
    """The builds that upload less in the second report."""
    for name, one, other in _pairs(base, after):
        if (other[builder].transfer_bytes or 0) < (one[builder].transfer_bytes or 0):
            yield name


def _weighed(before: Measurement, after: Measurement) -> Weighed:
    return Weighed(before.build.name, before.builders, after.builders)


def _pairs(one: Report, other: Report) -> Iterator[tuple[str, Mapping[BuilderName, Sent], Mapping[BuilderName, Sent]]]:
    for before, after in zip(one.measurements, other.measurements, strict=True):
        if before.builders and after.builders:
            yield before.build.name, before.builders, after.builders


def _compared(base: Report, drafted: Report) -> Iterator[tuple[str, str]]:
    for name, before, after in _pairs(base, drafted):
        if before[BuilderName.BUILDKIT].error:
            # it cannot be built as it is described, so what it reads is not known to the measuring
            continue
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
