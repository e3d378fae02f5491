"""``explain`` for people: per path and build, whether it is sent and the line that decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.formats.line import Line, width_of
from ctxsize.formats.text import Page, printable, render
from ctxsize.model import Class

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ctxsize.formats.views import ExplainView
    from ctxsize.listing import ExplainedBuild

__all__ = ["explain"]

_CLASS = {
    Class.USED: ("sent", "green", ""),
    Class.JUNK: ("sent", "yellow", "junk: only read because a whole folder is copied"),
    Class.UNUSED: ("sent", "red", "unused: no instruction of this build reads it"),
}


def explain(view: ExplainView, page: Page) -> str:
    return render(_lines(view), page)


def _lines(view: ExplainView) -> Iterator[Line]:
    for position, (path, builds) in enumerate(view.paths):
        if position:
            yield Line()
        heading = Line(printable(path), "bold")
        yield heading.append("  not there now", "yellow") if path in view.missing else heading
        column = max((width_of(printable(one.build)) for one in builds), default=0)
        for one in builds:
            yield from _verdict(one, column)


def _verdict(one: ExplainedBuild, column: int) -> Iterator[Line]:
    word, style, remark = _CLASS[one.klass] if one.sent and one.klass else ("not sent", "cyan", "")
    reasons = [remark] if remark else []
    wish = "read" if one.sent else "asked for"
    for read in one.read_by:
        reasons.append(f"{wish} by {printable(f'{read.file}:{read.line}')}: {printable(read.instruction)}")
    if one.ignored_by:
        by = one.ignored_by
        verb = "kept" if one.sent else "ignored"
        reasons.insert(0, f"{verb} by {printable(f'{by.file}:{by.line}')}: {printable(by.pattern)}")
    if one.error:
        reasons.insert(0, f"the build fails: {printable(one.error)}")
    for position, reason in enumerate(reasons or [_silence(one)]):
        line = Line("  " + (printable(one.build) if position == 0 else ""))
        line.pad_right(column + 4 - line.cell_len)
        line.append(word.ljust(8) if position == 0 else " " * 8, style)
        yield line.append("  " + reason)


def _silence(one: ExplainedBuild) -> str:
    return "" if one.sent else "no instruction asks for it"
