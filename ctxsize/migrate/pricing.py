"""What a strategy costs, side by side, and which one the figures speak for. Arithmetic only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from ctxsize.migrate.strategy import StrategyName
from ctxsize.model import BuilderName
from ctxsize.units import format_size

__all__ = ["DEMANDS", "Price", "recommended"]

DEMANDS = {
    StrategyName.ROOT: "nothing of the builder",
    StrategyName.NAMED: "BuildKit with Dockerfile syntax 1.4, Compose 2.17; the classic builder cannot build it",
    StrategyName.VENDOR: "a copy step before every build, on every machine, and one that cleans up",
}
# closer than this the figures do not decide
_CLOSE = 0.05


class Price(NamedTuple):
    """Bytes sent by all mended builds together, by builder; None where a builder cannot build it or it is not known.

    ``before`` is what they send as declared (what is found of it), ``after`` with the strategy's edits,
    ``tightened`` with the ignore rules of ``suggest`` on top. ``duplicated`` are bytes that then exist twice on the
    disk. ``files`` counts the files that the edits change, ``rules`` the ignore files that tightening adds. ``mended``
    counts builds, ``refused`` those that stay broken; ``failure`` is why the strategy does not work.
    """

    strategy: StrategyName
    before: Mapping[BuilderName, int | None] = MappingProxyType({})
    after: Mapping[BuilderName, int | None] = MappingProxyType({})
    tightened: Mapping[BuilderName, int | None] = MappingProxyType({})
    duplicated: int = 0
    files: int = 0
    rules: int = 0
    mended: int = 0
    refused: int = 0
    failure: str | None = None

    @property
    def demands(self) -> str:
        return DEMANDS[self.strategy]


def recommended(prices: Sequence[Price], builder: BuilderName) -> tuple[StrategyName, str] | None:
    """The strategy that the figures speak for and why; None if none can mend anything."""
    able = [one for one in prices if one.strategy is not StrategyName.VENDOR and one.mended and one.failure is None]
    if not able:
        return None
    most = max(one.mended for one in able)
    able = [one for one in able if one.mended == most]
    possible = [one for one in able if one.tightened.get(builder) is not None]
    if len(possible) == 1:
        what = "it alone mends all of them" if len(able) == 1 else f"the {builder.value} builder can build no other"
        return possible[0].strategy, what
    if not possible:
        return able[0].strategy, "it mends most builds"
    return _cheapest(possible, builder)


def _cheapest(prices: Sequence[Price], builder: BuilderName) -> tuple[StrategyName, str]:
    ordered = sorted(prices, key=lambda one: one.tightened[builder] or 0)
    best, other = ordered[0], ordered[1]
    low, high = best.tightened[builder] or 0, other.tightened[builder] or 0
    figures = f"{format_size(low)} against {format_size(high)} with {builder.value}"
    if high - low > _CLOSE * max(high, 1):
        return best.strategy, f"it sends least: {figures}"
    root = next((one for one in prices if one.strategy is StrategyName.ROOT), None)
    if root is not None:
        return StrategyName.ROOT, f"both send about the same ({figures}), and it demands nothing of the builder"
    return best.strategy, f"both send about the same ({figures})"
