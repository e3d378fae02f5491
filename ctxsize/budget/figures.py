"""The numbers that budgets are about, taken from a measurement: one builder's upload, named contexts included."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.model import BuilderName

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ctxsize.model import BuildDefinition, Measurement, Sent

__all__ = ["Figures", "Identity", "Upload", "error_of", "identity_of", "upload_of"]


class Figures(NamedTuple):
    """``transfer`` is None where the builder asks for no context at all. Sizes in bytes."""

    files: int = 0
    dirs: int = 0
    bytes: int = 0
    transfer: int | None = None
    walked: int = 0
    waste: int = 0

    def __add__(self, other: Figures) -> Figures:  # type: ignore[override]
        transfers = [one for one in (self.transfer, other.transfer) if one is not None]
        transfer = sum(transfers) if transfers else None
        return Figures(self.files + other.files, self.dirs + other.dirs, self.bytes + other.bytes, transfer,
                       self.walked + other.walked, self.waste + other.waste)  # fmt: skip


class Upload(NamedTuple):
    """What one builder uploads for one build: its context, and each local named context beside it."""

    main: Figures
    named: Mapping[str, Figures] = MappingProxyType({})

    @property
    def total(self) -> Figures:
        """All of it; this is what budgets are about."""
        found = self.main
        for figures in self.named.values():
            found += figures
        return found


class Identity(NamedTuple):
    """What makes a build the same build under another name."""

    dockerfile: str | None
    context: str
    target: str | None


def identity_of(build: BuildDefinition) -> Identity:
    return Identity(build.dockerfile, build.context, build.target)


def upload_of(measurement: Measurement, builder: BuilderName) -> Upload | None:
    """What ``builder`` uploads; None for a remote context and for what could not be measured."""
    if measurement.builders is None or error_of(measurement, builder):
        return None
    named = measurement.named if builder is BuilderName.BUILDKIT else ()
    return Upload(_of(measurement.builders[builder]), {one.name: _of(one.sent) for one in named})


def error_of(measurement: Measurement, builder: BuilderName) -> str | None:
    """Why the build cannot be measured."""
    if measurement.build.broken:
        return measurement.build.broken
    if measurement.builders is None:
        return None
    named = measurement.named if builder is BuilderName.BUILDKIT else ()
    errors = [measurement.builders[builder].error, *(one.sent.error for one in named)]
    return next((error for error in errors if error), None)


def _of(sent: Sent) -> Figures:
    total = sent.sent
    return Figures(total.files, total.dirs, total.bytes, sent.transfer_bytes, sent.walked, sent.waste.bytes)
