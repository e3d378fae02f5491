"""What fix's formats are given: the strategies with their prices, and the files of the one that was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ctxsize.changes import Change
    from ctxsize.mending.declarations import Remark
    from ctxsize.mending.edited import Refusal
    from ctxsize.migrate.pricing import Price
    from ctxsize.migrate.strategy import StrategyName
    from ctxsize.model import BuilderName, Finding

__all__ = ["FixView"]


class FixView(NamedTuple):
    """``chosen`` is the strategy whose files are shown, None if none can be; ``asked`` tells that it was asked for.

    ``places`` are (Dockerfile:line, source as written, where it stands). ``commands`` build the mended images without
    compose. ``verified`` are (build, engine's answer or None for built) after a real build.
    """

    root: str
    builder: BuilderName
    findings: tuple[Finding, ...] = ()
    prices: tuple[Price, ...] = ()
    recommended: tuple[StrategyName, str] | None = None
    chosen: StrategyName | None = None
    files: tuple[Change, ...] = ()
    places: tuple[tuple[str, str, str], ...] = ()
    refusals: tuple[Refusal, ...] = ()
    remarks: tuple[Remark, ...] = ()
    commands: tuple[str, ...] = ()
    written: bool = False
    verified: tuple[tuple[str, str | None], ...] = ()
    unverified: str | None = None
    following: tuple[str, ...] = ()
    verbose: bool = False
    quiet: bool = False
