"""Builds that share a context and an ignore file, and what they waste together. Pure arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.model import NOTHING, Class, Measurement, Totals

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ctxsize.model import BuilderName, Waste

__all__ = ["Group", "Wasted", "groups", "overall"]


class Wasted(NamedTuple):
    """A path that is sent for nothing, in the ``builds`` of a group. ``classes`` may differ from build to build."""

    path: str
    totals: Totals
    classes: tuple[Class, ...]
    why: str | None
    builds: tuple[str, ...]


class Group(NamedTuple):
    """Builds of one context under one ignore file, in report order."""

    context: str
    ignore_file: str | None
    remote: bool
    measurements: tuple[Measurement, ...]

    def wasted(self) -> tuple[Wasted, ...]:
        """The heaviest waste of all of them, each path once, largest first."""
        found: dict[str, list[tuple[str, Waste]]] = {}
        for one in self.measurements:
            for waste in one.heaviest:
                found.setdefault(waste.path, []).append((one.build.name, waste))
        merged = [_merged(path, uses) for path, uses in found.items()]
        return tuple(sorted(merged, key=lambda one: (-one.totals.bytes, -one.totals.files, one.path)))


def _merged(path: str, uses: list[tuple[str, Waste]]) -> Wasted:
    heaviest = max((waste for _, waste in uses), key=lambda waste: (waste.totals.bytes, waste.totals.files))
    classes = tuple(sorted({waste.klass for _, waste in uses}))
    return Wasted(path, heaviest.totals, classes, heaviest.why, tuple(name for name, _ in uses))


def groups(measurements: Iterable[Measurement]) -> tuple[Group, ...]:
    """In the order in which each context first appears."""
    found: dict[tuple[str, str | None, bool], list[Measurement]] = {}
    for one in measurements:
        found.setdefault((one.build.context, one.ignore_file, one.build.remote), []).append(one)
    return tuple(Group(*key, tuple(members)) for key, members in found.items())


def overall(measurements: Iterable[Measurement], builder: BuilderName) -> tuple[Totals, Totals]:
    """What all builds together send to ``builder``, and the waste in it."""
    sent = waste = NOTHING
    for one in measurements:
        if one.builders and builder in one.builders:
            sent += one.builders[builder].sent
            waste += one.builders[builder].waste
    return sent, waste
