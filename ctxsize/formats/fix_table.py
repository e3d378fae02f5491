"""``fix`` for people: the strategies side by side, where every source was found, the diff, and what is left to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.formats.diffs import diff_lines
from ctxsize.formats.line import Line
from ctxsize.formats.text import Page, counted, printable, render
from ctxsize.migrate.strategy import StrategyName
from ctxsize.model import BuilderName
from ctxsize.units import format_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ctxsize.formats.fix_view import FixView
    from ctxsize.migrate.pricing import Price

__all__ = ["fix"]

_HEAD = ("STRATEGY", "BUILDKIT", "TIGHTENED", "ARCHIVE", "TIGHTENED", "COPIES", "FILES")
_SHOWN = 8
_STYLE = {"+": "green", "-": "red", "@": "cyan"}
_RARELY = "vendor writes nothing: copies go stale, and every machine has to make and clean them"


def fix(view: FixView, page: Page) -> str:
    return render(_lines(view, page), page)


def _lines(view: FixView, page: Page) -> Iterator[Line]:
    if not view.findings:
        yield Line("no context mismatch: nothing to mend", "bold")
        return
    yield Line(f"{counted(len(view.findings), 'build')} whose context does not fit", "bold")
    yield from _places(view)
    if view.prices:
        yield Line()
        yield from _table(view, page)
    yield from _left(view)
    yield from _files(view)
    yield from _ending(view)


def _places(view: FixView) -> Iterator[Line]:
    shown = view.places if view.verbose else view.places[:_SHOWN]
    for where, word, place in shown:
        line = Line(f"  {printable(where)}  {printable(word)}", "default")
        yield line.append(f" stands in {printable(place)}", "dim")
    if len(shown) < len(view.places):
        yield Line(f"  and {counted(len(view.places) - len(shown), 'more source')} (-v shows all)", "dim")


# --- the strategies -------------------------------------------------------------------------------


def _table(view: FixView, page: Page) -> Iterator[Line]:
    before = view.prices[0].before
    declared = ("as declared", _size(before, BuilderName.BUILDKIT), "", _size(before, BuilderName.ARCHIVE), "", "", "")
    rows = [_HEAD, declared, *(_cells(one) for one in view.prices)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEAD))]
    for number, row in enumerate(rows):
        style = "dim" if number == 0 else "default"
        if number > 1 and view.prices[number - 2].strategy is view.chosen:
            style = "bold"
        yield Line(_joined(row, widths), style)
    yield Line()
    for one in view.prices:
        yield from _wrapped(f"{one.strategy.value}: {_said(one)}", "default", page)
    if view.recommended:
        yield from _wrapped(f"recommended: {view.recommended[0].value}, since {view.recommended[1]}", "green", page)


def _wrapped(text: str, style: str, page: Page) -> Iterator[Line]:
    from textwrap import wrap

    for piece in [text] if page.width is None else wrap(text, page.width, subsequent_indent="  "):
        yield Line(piece, style)


def _joined(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
    return "  ".join([row[0].ljust(widths[0]), *cells])


def _cells(one: Price) -> tuple[str, ...]:
    kit, archive = BuilderName.BUILDKIT, BuilderName.ARCHIVE
    sizes = (_size(one.after, kit), _size(one.tightened, kit), _size(one.after, archive), _size(one.tightened, archive))
    copies = format_size(one.duplicated) if one.duplicated else "–"
    files = f"{one.files} + {one.rules}" if one.rules else str(one.files or "–")
    return (one.strategy.value, *sizes, copies, files)


def _size(sums: Mapping[BuilderName, int | None], builder: BuilderName) -> str:
    size = sums.get(builder)
    return "–" if size is None else format_size(size)


def _said(one: Price) -> str:
    if one.strategy is StrategyName.VENDOR:
        return f"demands {one.demands}; {_RARELY}"
    said = f"demands {one.demands}; mends {counted(one.mended, 'build')}"
    said += f", leaves {one.refused}" if one.refused else ""
    return f"does not work: {printable(one.failure)}" if one.failure else said


# --- what is left ---------------------------------------------------------------------------------


def _left(view: FixView) -> Iterator[Line]:
    if view.refusals or view.remarks:
        yield Line()
    for one in view.refusals:
        where = f"{one.file}:{one.line}" if one.line else one.file
        builds = f" ({', '.join(map(printable, one.builds[:3]))})" if one.builds else ""
        yield Line("left alone: ", "yellow").append(printable(f"{where}: {one.reason}") + builds, "default")
    shown = view.remarks if view.verbose else view.remarks[:_SHOWN]
    for remark in shown:
        yield Line("by hand: ", "yellow").append(printable(f"{remark.file}:{remark.line}: {remark.text}"), "default")
        yield Line(f"  → {printable(remark.advice)}", "cyan")
    if len(shown) < len(view.remarks):
        yield Line(f"and {counted(len(view.remarks) - len(shown), 'more place')} by hand (-v shows all)", "dim")


def _files(view: FixView) -> Iterator[Line]:
    if not view.files or view.quiet:
        return
    yield Line()
    if view.written:
        for edit in view.files:
            yield Line(f"{edit.action:6} {printable(edit.path)}", "default")
        return
    for edit in view.files:
        for line in diff_lines(edit):
            yield Line(printable(line.removesuffix("\r")), _STYLE.get(line[:1], "default"))


def _ending(view: FixView) -> Iterator[Line]:
    if view.commands and not view.quiet:
        yield Line()
        yield Line("without compose:", "dim")
        for command in view.commands if view.verbose else view.commands[:3]:
            yield Line(f"  {printable(command)}", "cyan")
    for name, message in view.verified:
        style, word = ("green", "builds") if message is None else ("bold red", f"fails: {printable(message)}")
        yield Line(f"{printable(name)} {word}", style)
    if view.unverified:
        yield Line(f"not verified: {printable(view.unverified)}", "yellow")
    yield Line()
    done = "written" if view.written else "nothing is written without --write"
    yield Line(f"{counted(len(view.files), 'file')} {done}" if view.files else "no file to write", "bold")
    for position, command in enumerate(view.following):
        yield Line("Next:  " if position == 0 else " " * 7, "dim").append(printable(command), "cyan")
