"""What builds are compared with: a commit, measured from git's objects, or the baseline file's figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ctxsize.budget.causes import changes, grown_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ctxsize.budget.baseline import Baseline
    from ctxsize.budget.blame import Sight
    from ctxsize.budget.causes import Cause
    from ctxsize.budget.figures import Identity, Upload
    from ctxsize.gate.side import Side
    from ctxsize.model import BuilderName

__all__ = ["CommitReference", "FileReference", "Reference"]


class Reference(Protocol):
    """The earlier side. Builds go by the names that they had then."""

    def identities(self) -> Mapping[str, Identity]: ...

    def chosen(self, name: str) -> bool:
        """Whether a build that is gone is worth telling: not where only some builds were asked for."""

    def upload(self, name: str, builder: BuilderName) -> Upload | None: ...

    def why_unknown(self, name: str, builder: BuilderName) -> str:
        """Why a build has no figures."""

    def now(self, side: Side) -> Side:
        """The side to compare with, like with like, for what is measured now."""

    def causes(self, name: str, builder: BuilderName, sizes: Mapping[str, int], *, waste: bool) -> tuple[Cause, ...]:
        """What was added or grew up to ``sizes`` (file → size)."""

    def sight(self, name: str, path: str, builder: BuilderName) -> Sight | None:
        """What it made of a path; None where only figures are known."""


class CommitReference:
    """``before`` is the commit, ``after`` the working tree as far as git tracks it."""

    def __init__(self, before: Side, after: Side, *, partial: bool = False) -> None:
        self._before = before
        self._after = after
        self._partial = partial

    def identities(self) -> Mapping[str, Identity]:
        return self._before.identities()

    def chosen(self, name: str) -> bool:
        return not self._partial

    def upload(self, name: str, builder: BuilderName) -> Upload | None:
        return self._before.upload(name, builder)

    def why_unknown(self, name: str, builder: BuilderName) -> str:
        error = self._before.error(name, builder)
        return f"could not be measured before: {error}" if error else "sent nothing from here before"

    def now(self, side: Side) -> Side:
        return self._after

    def causes(self, name: str, builder: BuilderName, sizes: Mapping[str, int], *, waste: bool) -> tuple[Cause, ...]:
        return changes(self._before.sizes(name, builder, waste=waste), sizes)

    def sight(self, name: str, path: str, builder: BuilderName) -> Sight | None:
        return self._before.sight(name, path, builder)


class FileReference:
    """``history`` gives the commit that the baseline was written in, for attribution only; None if there is none."""

    def __init__(
        self, baseline: Baseline, history: Callable[[], Side | None] = lambda: None, *, partial: bool = False
    ) -> None:
        self._builds = baseline.builds
        self._history = history
        self._partial = partial
        self._asked = False
        self._side: Side | None = None

    def identities(self) -> Mapping[str, Identity]:
        return {name: one.identity for name, one in self._builds.items()}

    def chosen(self, name: str) -> bool:
        return not self._partial

    def upload(self, name: str, builder: BuilderName) -> Upload | None:
        return self._builds[name].uploads.get(builder)

    def why_unknown(self, name: str, builder: BuilderName) -> str:
        return f"the baseline has no figures for the {builder} builder: ctxsize check --builder {builder} --update"

    def now(self, side: Side) -> Side:
        return side

    def _before(self, name: str) -> Side | None:
        if not self._asked:
            self._asked = True
            self._side = self._history()
        return self._side if self._side and name in self._side.measurements else None

    def causes(self, name: str, builder: BuilderName, sizes: Mapping[str, int], *, waste: bool) -> tuple[Cause, ...]:
        before = self._before(name)
        if before is not None:
            found = changes(before.sizes(name, builder, waste=waste), sizes)
            if found:
                return found
        upload = self.upload(name, builder)
        parts = self._builds[name].parts.get(builder)
        if waste or upload is None or not parts:
            return ()
        return grown_parts(parts, upload.main.bytes, sizes)

    def sight(self, name: str, path: str, builder: BuilderName) -> Sight | None:
        before = self._before(name)
        return before.sight(name, path, builder) if before is not None else None

