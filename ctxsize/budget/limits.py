"""What a build may send: limits, how much it may grow, and how bad it is if it does not keep to them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

from ctxsize.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from fractions import Fraction

    from ctxsize.model import BuilderName, Location

__all__ = ["FLOOR", "LIMITS", "Budget", "Growth", "Level", "allowed_growth", "parse_growth"]

# growth in percent alone is not judged below this many bytes, so that a build of three files does not flap
FLOOR = 1000


class Level(StrEnum):
    """``error`` fails the run, ``warn`` is only said."""

    ERROR = "error"
    WARN = "warn"


class Growth(NamedTuple):
    """Bytes, or a share of what was sent before (``percent`` of it); exactly one of them is set."""

    bytes: int | None = None
    percent: Fraction | None = None

    def allowed(self, before: int) -> int:
        """The growth in bytes that is still within the limit."""
        if self.percent is None:
            return self.bytes or 0
        return int(before * self.percent / 100)


class Budget(NamedTuple):
    """Limits for one build; None is no limit. All of ``max_growth`` have to be exceeded. ``where`` it is written."""

    max_bytes: int | None = None
    max_files: int | None = None
    max_transfer: int | None = None
    max_walked: int | None = None
    max_waste: int | None = None
    max_growth: tuple[Growth, ...] = ()
    level: Level = Level.ERROR
    message: str | None = None
    builder: BuilderName | None = None
    where: Location | None = None

    @property
    def empty(self) -> bool:
        return not self.max_growth and all(getattr(self, name) is None for name in LIMITS)

    def overruled(self, **values: Any) -> Budget:
        """The same budget with other limits: the nearer word wins."""
        return self._replace(**values)


# budget → what it limits in ``Figures``
LIMITS: Mapping[str, str] = {
    "max_bytes": "bytes", "max_files": "files", "max_transfer": "transfer", "max_walked": "walked",
    "max_waste": "waste",
}  # fmt: skip


def allowed_growth(limits: Sequence[Growth], before: int) -> int | None:
    """How many bytes more than ``before`` are within the limits; None without any."""
    if not limits:
        return None
    allowed = max(limit.allowed(before) for limit in limits)
    share = all(limit.percent for limit in limits)
    return max(allowed, FLOOR) if share else allowed


def parse_growth(text: str, parse_size: Callable[[str], int]) -> Growth:
    """``5%`` or a size. Raises SettingsError."""
    from fractions import Fraction

    number, percent, rest = text.strip().partition("%")
    if not percent:
        return Growth(bytes=parse_size(text))
    try:
        share = Fraction(number.strip())
    except (ValueError, ZeroDivisionError):
        share = Fraction(-1)
    if rest or share < 0 or "/" in number:
        raise SettingsError(f"{text!r} is no share", hint="write it as 5% or 2.5%, or give a size such as 10 kB")
    return Growth(percent=share)
