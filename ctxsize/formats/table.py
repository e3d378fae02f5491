"""``report`` for people: many builds as one aligned table grouped by context, or one build in detail.

Columns are dropped, least important first, where a terminal is too narrow; a pipe gets all of them. Names are
never cut: a long one stands on a line of its own above its numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.formats.grouping import Group, groups, overall
from ctxsize.formats.labels import LABEL, remarks
from ctxsize.formats.line import Line, width_of
from ctxsize.formats.text import Page, bar, counted, percent, printable, render
from ctxsize.model import BuilderName, Measurement, Sent, Totals
from ctxsize.units import docker_size, format_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ctxsize.formats.views import ReportView

__all__ = ["report"]

_BAR = 10
_GAP = 2


class _Column(NamedTuple):
    """``need`` 0 always stands; the highest are dropped first."""

    title: str
    need: int
    right: bool = True


# what docker itself prints is recognised at once, so it goes last of the optional columns
_COLUMNS = (
    _Column("BUILD", 0, right=False), _Column("FILES", 0), _Column("SENT", 0), _Column("DOCKER SAYS", 2),
    _Column("FILES", 4), _Column("SENT", 1), _Column("WASTE", 0), _Column("", 0), _Column("", 3, right=False),
)  # fmt: skip
_Cells = tuple[str, ...]


def report(view: ReportView, page: Page) -> str:
    from ctxsize.formats import detail, notes

    lines = detail.lines if view.entries is not None and len(view.measurements) == 1 else _overview
    return render([*lines(view, page), *notes.notes(view, page), *notes.following(view)], page)


def _overview(view: ReportView, page: Page) -> Iterator[Line]:
    if not view.measurements:
        yield Line("No Dockerfile, no compose file: nothing here asks for a docker build.")
        return
    found = groups(view.measurements)
    table = [(one, _cells(one.build.name, one, view.builder)) for group in found for one in group.measurements]
    total = _total(view)
    columns, widths = _fitted([cells for _, cells in table] + [total], view.builder, page)
    yield from _header(columns, widths, view.builder)
    rows = iter(table)
    for group in found:
        yield from _group(group, [next(rows) for _ in group.measurements], columns, widths, page)
        yield from _waste(group, _waste_lines(view, len(found)), page)
        yield Line()
    if len(view.measurements) > 1:
        yield from _row(total, columns, widths, "bold", page)


# --- columns ---------------------------------------------------------------------------------------


def _cells(name: str, one: Measurement, builder: BuilderName) -> _Cells:
    name = "  " + printable(name)
    if not one.builders or builder not in one.builders:
        return (name, *[""] * (len(_COLUMNS) - 1))
    other = BuilderName.ARCHIVE if builder is BuilderName.BUILDKIT else BuilderName.BUILDKIT
    return _numbers(name, one.builders[builder], one.builders.get(other))


def _numbers(name: str, sent: Sent, other: Sent | None) -> _Cells:
    return (
        name, f"{sent.sent.files:,}", format_size(sent.sent.bytes), _says(sent),
        f"{other.sent.files:,}" if other else "", format_size(other.sent.bytes) if other else "",
        *_share(sent.waste, sent.sent),
    )  # fmt: skip


def _says(sent: Sent) -> str:
    return "–" if sent.transfer_bytes is None else docker_size(sent.transfer_bytes)


def _share(waste: Totals, sent: Totals) -> tuple[str, str, str]:
    return format_size(waste.bytes), percent(waste.bytes, sent.bytes), f"{waste.bytes}/{sent.bytes}"


def _total(view: ReportView) -> _Cells:
    sent, waste = overall(view.measurements, view.builder)
    other, _ = overall(view.measurements, _other(view.builder))
    name = counted(len(view.measurements), "build")
    return (
        name, f"{sent.files:,}", format_size(sent.bytes), "", f"{other.files:,}", format_size(other.bytes),
        *_share(waste, sent),
    )  # fmt: skip


def _other(builder: BuilderName) -> BuilderName:
    return BuilderName.ARCHIVE if builder is BuilderName.BUILDKIT else BuilderName.BUILDKIT


def _fitted(rows: Sequence[_Cells], builder: BuilderName, page: Page) -> tuple[list[int], list[int]]:
    """The columns that fit the page, and the width of every column."""
    widths = [_width(rows, position) for position in range(len(_COLUMNS))]
    for most in (4, 3, 2, 1, 0):
        chosen = [position for position, column in enumerate(_COLUMNS) if column.need <= most]
        if page.fits(sum(widths[position] + _GAP for position in chosen) - _GAP):
            break
    else:
        # numbers first: what is left of the page is the names', and longer ones take a line of their own
        rest = sum(widths[position] + _GAP for position in chosen[1:])
        widths[0] = max(8, (page.width or 0) - rest)
    return chosen, widths


def _width(rows: Sequence[_Cells], position: int) -> int:
    if position == len(_COLUMNS) - 1:
        return _BAR
    return max(width_of(cells[position]) for cells in [tuple(column.title for column in _COLUMNS), *rows])


# --- lines -----------------------------------------------------------------------------------------


def _header(columns: list[int], widths: list[int], builder: BuilderName) -> Iterator[Line]:
    above = Line()
    for position, label in ((1, builder), (4 if 4 in columns else 5, _other(builder))):
        if position in columns:
            start = sum(widths[one] + _GAP for one in columns if one < position)
            above.pad_right(max(0, start - above.cell_len))
            above.append(_over(label, position, columns, widths), "dim")
    yield above
    yield from _row(tuple(column.title for column in _COLUMNS), columns, widths, "dim", None)


def _over(label: BuilderName, first: int, columns: list[int], widths: list[int]) -> str:
    last = 3 if first == 1 else 5
    span = [position for position in columns if first <= position <= last]
    return LABEL[label].rjust(sum(widths[position] + _GAP for position in span) - _GAP)


def _row(cells: _Cells, columns: list[int], widths: list[int], style: str, page: Page | None) -> Iterator[Line]:
    name = Line(cells[0], style)
    if name.cell_len > widths[0]:
        yield name
        name = Line()
    name.pad_right(widths[0] - name.cell_len)
    for position in columns[1:]:
        name.append(" " * _GAP)
        name.append_text(_cell(cells, position, widths[position], style, page))
    yield name


def _cell(cells: _Cells, position: int, width: int, style: str, page: Page | None) -> Line:
    if position == len(_COLUMNS) - 1:
        waste, _, sent = cells[position].partition("/")
        drawn = bar(int(waste or 0), int(sent or 0), _BAR, page) if page else ""
        return Line(drawn.ljust(_BAR), _level(cells))
    shown = Line(cells[position], _level(cells) if position in (6, 7) and page else style)
    if _COLUMNS[position].right:
        shown.pad_left(width - shown.cell_len)
    return shown


def _level(cells: _Cells) -> str:
    """Calm up to a tenth, a warning to a half, red above."""
    waste, _, sent = cells[-1].partition("/")
    share = int(waste or 0) / max(int(sent or 0), 1)
    return "red" if share > 0.5 else "yellow" if share > 0.1 else "dim"


def _group(
    group: Group, rows: Sequence[tuple[Measurement, _Cells]], columns: list[int], widths: list[int], page: Page
) -> Iterator[Line]:
    yield _heading(group)
    for one, cells in rows:
        yield from _row(cells, columns, widths, "", page)
        for remark in remarks(one):
            yield _remark(remark)


def _heading(group: Group) -> Line:
    line = Line(printable(group.context), "bold")
    if group.remote:
        return line.append("  fetched by the builder: nothing is sent from here", "dim")
    return line.append("  " + (printable(group.ignore_file) if group.ignore_file else "no ignore file"), "dim")


def _remark(remark: str) -> Line:
    return Line("    " + remark, "dim")


def _waste_lines(view: ReportView, many: int) -> int | None:
    if view.verbose:
        return None
    return 5 if many <= 3 else 3 if many <= 12 else 1


def _waste(group: Group, most: int | None, page: Page) -> Iterator[Line]:
    from ctxsize.formats.wasted import lines

    yield from lines(group.wasted(), len(group.measurements), most, page)
