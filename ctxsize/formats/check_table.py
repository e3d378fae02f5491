"""``check`` for people: a row a build with its change, then each violation with its causes and the line to blame."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.budget.limits import Level
from ctxsize.formats.check_view import delta, folded, headline, named, reasons
from ctxsize.formats.line import Line, width_of
from ctxsize.formats.text import Page, counted, printable, render
from ctxsize.units import docker_size, format_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ctxsize.budget.judge import Verdict, Violation
    from ctxsize.formats.check_view import CheckView

__all__ = ["check"]

_GAP = 2
_HEAD = ("BUILD", "FILES", "SENT", "DOCKER SAYS", "CHANGE", "")
_STYLE = {"fails": "bold red", "warns": "yellow", "error": "yellow", "fine": "green", "gone": "dim"}


def check(view: CheckView, page: Page) -> str:
    return render(_lines(view, page), page)


def _lines(view: CheckView, page: Page) -> Iterator[Line]:
    yield from _table(view, page)
    for verdicts, violation in folded(view):
        yield Line()
        yield from _violation(verdicts, violation, view)
    yield from _problems(view)
    if view.verdicts:
        yield Line()
    yield Line(headline(view) + (f", compared with {printable(view.against)}" if view.against else ""),
               "bold" if view.ok else _STYLE["fails"])  # fmt: skip
    for position, command in enumerate(view.following):
        yield Line("Next:  " if position == 0 else " " * 7, "dim").append(printable(command), "cyan")


def _table(view: CheckView, page: Page) -> Iterator[Line]:
    cells = [_HEAD, *(_cells(verdict) for verdict in view.verdicts)]
    always = {0, len(_HEAD) - 1}
    columns = [column for column in range(len(_HEAD)) if column in always or any(row[column] for row in cells[1:])]
    widths = {column: max(width_of(row[column]) for row in cells) for column in columns}
    for dropped in (1, 3):
        if dropped in columns and not page.fits(sum(widths[one] + _GAP for one in columns)):
            columns.remove(dropped)
    if not view.verdicts:
        return
    yield _row(_HEAD, columns, widths, "dim")
    for verdict, row in zip(view.verdicts, cells[1:], strict=True):
        yield _row(row, columns, widths, _STYLE[_state(verdict)])
        if verdict.renamed:
            yield Line(f"  was {printable(verdict.renamed)}", "dim")


def _cells(verdict: Verdict) -> Sequence[str]:
    name, change = printable(verdict.name), delta(verdict)
    words = {"fails": "fails", "warns": "warning", "error": "cannot be measured", "fine": "ok", "gone": ""}
    state = words[_state(verdict)]
    if verdict.sent is None:
        remote = verdict.measurement is not None and verdict.error is None
        return (name, "", "", "", change, "nothing is sent from here" if remote else state)
    total = verdict.sent.total
    says = "–" if total.transfer is None else docker_size(total.transfer)
    return (name, f"{total.files:,}", format_size(total.bytes), says, change, state)


def _state(verdict: Verdict) -> str:
    if verdict.fails:
        return "fails"
    if verdict.violations:
        return "warns"
    if verdict.error:
        return "error"
    return "gone" if verdict.measurement is None else "fine"


def _row(cells: Sequence[str], columns: Sequence[int], widths: dict[int, int], style: str) -> Line:
    line = Line()
    for column in columns:
        last = column == columns[-1]
        cell = Line(cells[column], style if last or style == "dim" else "")
        if column == 0:
            cell.pad_right(widths[0] - cell.cell_len)
        elif not last:
            cell.pad_left(widths[column] - cell.cell_len)
        line.append_text(cell).append("" if last else " " * _GAP)
    return line


def _violation(verdicts: Sequence[Verdict], violation: Violation, view: CheckView) -> Iterator[Line]:
    word, style = ("error", "bold red") if violation.level is Level.ERROR else ("warning", "yellow")
    line = Line(f"{word}: ", style).append(printable(f"{named(verdicts)}: {violation.message}"), "bold")
    yield line
    if violation.where:
        yield Line("  at ", "dim").append(printable(str(violation.where)), "default")
    for reason in reasons(violation, view.verbose):
        yield Line("  " + reason)
    if violation.hint:
        yield Line("  hint: ", "dim").append(printable(violation.hint), "default")


def _problems(view: CheckView) -> Iterator[Line]:
    lines = [f"not compared: {problem.path}: {problem.message}" for problem in view.problems]
    lines += [f"cannot be measured: {one.name}: {one.error}" for one in view.verdicts if one.error]
    shown = lines if view.verbose else lines[:6]
    if lines:
        yield Line()
    for line in shown:
        yield Line(printable(line), "yellow")
    if len(lines) > len(shown):
        yield Line(f"and {counted(len(lines) - len(shown), 'more remark')} (-v shows all)", "dim")
