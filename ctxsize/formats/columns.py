"""The columns of the table of builds: what stands in them, and which of them fit a page. No lines, no colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.formats.grouping import overall
from ctxsize.formats.line import width_of
from ctxsize.formats.text import Page, counted, percent, printable
from ctxsize.model import BuilderName, Measurement, Sent, Totals
from ctxsize.units import docker_size, format_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ctxsize.formats.views import ReportView

__all__ = ["BAR", "COLUMNS", "GAP", "Row", "fitted", "other", "row_of", "total"]

BAR = 10
GAP = 2


class _Column(NamedTuple):
    """``need`` 0 always stands; the highest are dropped first."""

    title: str
    need: int
    right: bool = True


# the first is the name, the last the bar
COLUMNS = (
    _Column("BUILD", 0, right=False), _Column("FILES", 0), _Column("SENT", 0), _Column("DOCKER SAYS", 3),
    _Column("FILES", 4), _Column("SENT", 1), _Column("WASTE", 0), _Column("", 0), _Column("", 2, right=False),
)  # fmt: skip
_FAILS = "fails"


class Row(NamedTuple):
    """One line of the table: a cell a column but for the bar, for which ``waste`` of ``sent`` are bytes."""

    cells: tuple[str, ...]
    waste: int = 0
    sent: int = 0


def row_of(one: Measurement, builder: BuilderName) -> Row:
    name = "  " + printable(one.build.name)
    if not one.builders or builder not in one.builders:
        return Row((name, *[""] * (len(COLUMNS) - 2)))
    mine, theirs = one.builders[builder], one.builders.get(other(builder))
    return Row((name, *_mine(mine), *_theirs(theirs), *_share(mine)), *_lengths(mine))


def total(view: ReportView) -> Row:
    """What all builds send together, without a bar: it would only dwarf the others."""
    sent, waste = overall(view.measurements, view.builder)
    theirs, _ = overall(view.measurements, other(view.builder))
    name = counted(len(view.measurements), "build")
    shares = (format_size(waste.bytes), percent(waste.bytes, sent.bytes))
    return Row((name, *_amount(sent), "", *_amount(theirs), *shares))


def other(builder: BuilderName) -> BuilderName:
    return BuilderName.ARCHIVE if builder is BuilderName.BUILDKIT else BuilderName.BUILDKIT


def _mine(sent: Sent) -> tuple[str, str, str]:
    if sent.error:
        return "", _FAILS, ""
    return (*_amount(sent.sent), "–" if sent.transfer_bytes is None else docker_size(sent.transfer_bytes))


def _theirs(sent: Sent | None) -> tuple[str, str]:
    if sent is None or sent.error:
        return "", _FAILS if sent else ""
    return _amount(sent.sent)


def _amount(totals: Totals) -> tuple[str, str]:
    return f"{totals.files:,}", format_size(totals.bytes)


def _share(sent: Sent) -> tuple[str, str]:
    if sent.error:
        return "", ""
    return format_size(sent.waste.bytes), percent(sent.waste.bytes, sent.sent.bytes)


def _lengths(sent: Sent) -> tuple[int, int]:
    return (0, 0) if sent.error else (sent.waste.bytes, sent.sent.bytes)


def fitted(rows: Sequence[Row], page: Page) -> tuple[list[int], list[int]]:
    """The positions of the columns that fit the page, and the width of every column."""
    widths = [_width(rows, position) for position in range(len(COLUMNS) - 1)] + [BAR]
    chosen = list(range(len(COLUMNS)))
    if page.width is None:
        return chosen, widths
    room = 0
    for need in (4, 3, 2, 1, 0):
        chosen = [position for position, column in enumerate(COLUMNS) if column.need <= need]
        room = page.width - sum(widths[position] + GAP for position in chosen[1:])
        if room >= _most_names(rows):
            break
    # numbers first: what is left of the page is the names', and longer ones take a line of their own
    widths[0] = min(widths[0], max(8, room))
    return chosen, widths


def _width(rows: Sequence[Row], position: int) -> int:
    return max(width_of(text) for text in [COLUMNS[position].title, *(row.cells[position] for row in rows)])


def _most_names(rows: Sequence[Row]) -> int:
    """What three names of four need: a few long ones shall not cost everybody a column."""
    names = sorted(width_of(row.cells[0]) for row in rows)
    return names[len(names) * 3 // 4]
