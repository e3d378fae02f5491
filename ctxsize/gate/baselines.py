"""The baseline file on the disk: found, read, and written so that it counts itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.budget.baseline import Baseline, Recorded, dump, is_newer, parse, renewed
from ctxsize.budget.causes import parts_of
from ctxsize.budget.figures import identity_of
from ctxsize.errors import InputError
from ctxsize.gate.side import Side
from ctxsize.repositories.overlay import OverlayRepository

if TYPE_CHECKING:
    from pathlib import Path

    from ctxsize.gate.demand import Demand
    from ctxsize.measure import Request

__all__ = ["DEFAULT", "load", "replaceable", "updated"]

DEFAULT = "ctxsize-baseline.jsonl"
# the file may lie in a context that it describes: a few rounds, and its own size in it is right
_ROUNDS = 5


def load(root: Path, path: str | None) -> Baseline | None:
    """The baseline at ``path`` (relative to the root, or absolute), else the default one if it is there.

    Raises InputError for a file that was asked for and is missing, and for what is no baseline.
    """
    from ctxsize.disk import read_file

    name = path or DEFAULT
    data = read_file(root / name)
    if data is not None:
        return parse(data, name)
    if path is None:
        return None
    raise InputError("there is no baseline", where=name, hint="write one with: ctxsize check --update")


def updated(request: Request, demand: Demand, path: str, old: Baseline | None, *, ratchet: bool, partial: bool) -> str:
    """The text that the baseline at ``path`` should have. ``old`` lines stay where ``partial``, for builds not asked
    for, and with ``ratchet`` for builds that grew."""
    text = ""
    for _ in range(_ROUNDS):
        overlaid = OverlayRepository(request.repository, {path: text.encode()}) if text else request.repository
        lines = _lines(Side(request._replace(repository=overlaid)), demand)
        before = dict(old.builds) if old else {}
        kept = before if partial else {}
        kept |= {name: renewed(before.get(name), line, ratchet=ratchet) for name, line in lines.items()}
        again = dump(kept.values())
        if again == text:
            break
        text = again
    return text


def _lines(side: Side, demand: Demand) -> dict[str, Recorded]:
    lines = {}
    for name, measurement in side.measurements.items():
        builder = demand.builder_of(name)
        upload = side.upload(name, builder)
        if upload is not None:
            parts = parts_of(side.sizes(name, builder))
            identity = identity_of(measurement.build)
            lines[name] = Recorded(name, identity, {builder: upload}, {builder: parts} if parts else {})
    return lines


def replaceable(root: Path, path: str, *, needed: bool) -> Baseline | None:
    """The old baseline for an update. One that is broken may be overwritten unless its lines are ``needed``; one that
    a newer ctxsize wrote never is: InputError."""
    from ctxsize.disk import read_file

    data = read_file(root / path)
    if data is None:
        return None
    try:
        return parse(data, path)
    except InputError:
        if needed or is_newer(data):
            raise
        return None
