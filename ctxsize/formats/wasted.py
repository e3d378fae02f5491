"""The lines that name the heaviest waste: size, path, class, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.formats.line import Line, width_of
from ctxsize.formats.text import Page, counted, printable
from ctxsize.model import Class
from ctxsize.units import format_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ctxsize.formats.grouping import Wasted

__all__ = ["lines"]

_INDENT = "      "


def lines(wasted: Sequence[Wasted], builds: int, most: int | None, page: Page) -> Iterator[Line]:
    """At most ``most`` of them, aligned among themselves; ``builds`` is how many could waste each."""
    shown = wasted if most is None or len(wasted) <= most + 1 else wasted[:most]
    column = max((width_of(printable(one.path)) for one in shown), default=0)
    column = min(column, 40)
    for one in shown:
        yield from _one(one, builds, column, page)
    if len(shown) < len(wasted):
        yield Line(f"{_INDENT}{'':9}  and {counted(len(wasted) - len(shown), 'more path')}", "dim")


def _one(one: Wasted, builds: int, column: int, page: Page) -> Iterator[Line]:
    line = Line(f"{_INDENT}{format_size(one.totals.bytes):>9}  ")
    line.append(printable(one.path))
    line.pad_right(max(0, len(_INDENT) + 11 + column - line.cell_len))
    reason = _reason(one, builds)
    if page.fits(line.cell_len + 2 + len(reason)):
        yield line.append("  " + reason, "dim")
        return
    yield line
    yield Line(f"{_INDENT}{'':9}  {reason}", "dim")


def _reason(one: Wasted, builds: int) -> str:
    reason = "/".join(one.classes)
    if one.why:
        reason += ": " + printable(one.why)
    elif one.classes == (Class.UNUSED,):
        reason += ": nothing reads it"
    if len(one.builds) < builds:
        names = ", ".join(map(printable, one.builds))
        few = len(one.builds) == 1 or len(names) <= 24
        reason += f" ({names})" if few else f" ({len(one.builds)} of {builds} builds)"
    return reason
