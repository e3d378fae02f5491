"""``report`` for people: many builds as one aligned table grouped by context, or one build in detail.

Columns are dropped, least important first, where a terminal is too narrow; a pipe gets all of them. Names are
never cut: a long one stands on a line of its own above its numbers. A bar is as long as the build is heavy beside
the heaviest, and as solid as it is waste.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.formats.columns import BAR, COLUMNS, GAP, Row, fitted, other, row_of, total
from ctxsize.formats.grouping import Group, groups
from ctxsize.formats.labels import LABEL, remarks
from ctxsize.formats.line import Line
from ctxsize.formats.text import Page, counted, printable, render, shares
from ctxsize.units import format_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ctxsize.formats.views import ReportView
    from ctxsize.model import BuilderName

__all__ = ["report"]


def report(view: ReportView, page: Page) -> str:
    from ctxsize.formats.notes import following, notes

    if view.contents is not None and len(view.measurements) == 1:
        from ctxsize.formats.detail import lines
    else:
        lines = _overview
    return render([*lines(view, page), *notes(view, page), *following(view)], page)


def _overview(view: ReportView, page: Page) -> Iterator[Line]:
    if not view.measurements:
        yield Line("No Dockerfile, no compose file: nothing here asks for a docker build.")
        yield Line("Describe one:  ", "dim").append("ctxsize report -f DOCKERFILE CONTEXT", "cyan")
        return
    found = groups(view.measurements)
    rows = {one.build.name: row_of(one, view.builder) for one in view.measurements}
    table = _Table([*rows.values(), total(view)], page)
    yield from table.header(view.builder)
    for group in found:
        yield _heading(group)
        yield from _members(group, rows, table, brief=view.brief)
        yield from _waste(group, _waste_lines(view, len(found)), page)
        if not view.brief or group is found[-1]:
            yield Line()
    if len(rows) > 1:
        yield from table.lines(total(view), "bold")


def _members(group: Group, rows: dict[str, Row], table: _Table, *, brief: bool) -> Iterator[Line]:
    for one in group.measurements:
        yield from table.lines(rows[one.build.name])
        for remark in remarks(one, brief=brief):
            yield Line("    " + remark, "dim")
        for named in one.named:
            sent = f"{format_size(named.sent.sent.bytes)} ({counted(named.sent.sent.files, 'file')})"
            yield Line(f"    + {sent} from the named context {printable(named.name)}", "dim")


def _heading(group: Group) -> Line:
    line = Line(printable(group.context), "bold")
    if group.remote:
        return line.append("  fetched by the builder: nothing is sent from here", "dim")
    if not any(one.builders for one in group.measurements):
        return line
    return line.append("  " + (printable(group.ignore_file) if group.ignore_file else "no ignore file"), "dim")


def _waste_lines(view: ReportView, many: int) -> int | None:
    if view.verbose:
        return None
    return 5 if many <= 3 else 3 if many <= 12 else 1


def _waste(group: Group, most: int | None, page: Page) -> Iterator[Line]:
    from ctxsize.formats.wasted import lines

    yield from lines(group.wasted(), len(group.measurements), most, page)


class _Table:
    """The rows as lines, in the columns that the page has room for."""

    def __init__(self, rows: Sequence[Row], page: Page) -> None:
        self._columns, self._widths = fitted(rows, page)
        self._heaviest = max(row.sent for row in rows)
        self._page = page

    def header(self, builder: BuilderName) -> Iterator[Line]:
        above = Line()
        for first, last, name in ((1, 3, builder), (4, 5, other(builder))):
            span = [position for position in self._columns if first <= position <= last]
            if span:
                end = self._start(span[-1]) + self._widths[span[-1]]
                above.append(LABEL[name].rjust(end - above.cell_len), "dim")
        yield above
        yield from self.lines(Row(tuple(column.title for column in COLUMNS[:-1])), "dim")

    def _start(self, position: int) -> int:
        return sum(self._widths[one] + GAP for one in self._columns if one < position)

    def lines(self, row: Row, style: str = "") -> Iterator[Line]:
        line = Line(row.cells[0], style)
        if line.cell_len > self._widths[0]:
            yield line
            line = Line()
        line.pad_right(self._widths[0] - line.cell_len)
        for position in self._columns[1:]:
            line.append(" " * GAP)
            line.append_text(self._cell(row, position, style))
        yield line

    def _cell(self, row: Row, position: int, style: str) -> Line:
        if position == len(COLUMNS) - 1:
            solid, pale = shares(row.waste, row.sent, self._heaviest, BAR, self._page)
            return Line(solid, _level(row)).append(pale, "dim")
        shown = Line(row.cells[position], _level(row) if position >= 6 and row.sent else style)
        shown.pad_left(self._widths[position] - shown.cell_len)
        return shown


def _level(row: Row) -> str:
    """Calm up to a tenth, a warning to a half, red above."""
    share = row.waste / max(row.sent, 1)
    return "red" if share > 0.5 else "yellow" if share > 0.1 else "dim"
