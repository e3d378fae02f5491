"""``report`` as GitHub-flavoured Markdown, for a pull-request comment or a step summary. Every cell is escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.formats.columns import other
from ctxsize.formats.grouping import groups, overall
from ctxsize.formats.notes import collected
from ctxsize.formats.text import Page, counted, percent, printable
from ctxsize.model import Measurement, Sent
from ctxsize.units import docker_size, format_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ctxsize.formats.views import ReportView

__all__ = ["code", "escaped", "report", "rows"]

_HEAD = ("build", "context", "ignore file", "files", "sent", "docker says", "classic archive", "waste", "")
_RIGHT = (False, False, False, True, True, True, True, True, True)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_ACTIVE = str.maketrans({**{char: f"\\{char}" for char in "\\`*_{}[]()#+-.!~|@:"}, **_ENTITIES})
_MARKS = str.maketrans({**{char: f"&#{ord(char)};" for char in "|`\\*_[]@~$:"}, **_ENTITIES})


def report(view: ReportView, page: Page) -> str:
    sent, waste = overall(view.measurements, view.builder)
    wasted = f", {format_size(waste.bytes)} of it ({percent(waste.bytes, sent.bytes)}) for nothing"
    share = wasted if waste.bytes else ""
    title = f"**{counted(len(view.measurements), 'build')}** sent {format_size(sent.bytes)}{share}"
    body = rows(_HEAD, _RIGHT, [_row(view, one) for one in view.measurements])
    parts = ["### docker build contexts", title, "\n".join(body), _waste(view), _notes(view)]
    return "\n\n".join(part for part in parts if part) + "\n"


def rows(head: Sequence[str], right: Sequence[bool], body: Sequence[Sequence[str]]) -> Iterator[str]:
    """The lines of a Markdown table; the cells must be escaped already."""
    yield f"| {' | '.join(head)} |"
    yield f"| {' | '.join('--:' if one else '---' for one in right)} |"
    for cells in body:
        yield f"| {' | '.join(cells)} |"


def escaped(text: str) -> str:
    """``text`` as it is, whatever Markdown or HTML would make of it; on one line, and nobody is mentioned."""
    return printable(text).translate(_ACTIVE)


def code(name: str) -> str:
    """A name in code style. ``<code>`` and entities, because backticks cannot hold every name inside a table."""
    return f"<code>{printable(name).translate(_MARKS)}</code>"


def _row(view: ReportView, one: Measurement) -> list[str]:
    ignore = code(one.ignore_file) if one.ignore_file else "none"
    names = [code(one.build.name), code(one.build.context)]
    if not one.builders:
        state = "cannot be built" if one.build.broken else "fetched by the builder"
        return [*names, "", "", state, "", "", "", ""]
    return [*names, ignore, *_numbers(one.builders[view.builder], one.builders.get(other(view.builder)))]


def _numbers(sent: Sent, theirs: Sent | None) -> list[str]:
    says = "–" if sent.transfer_bytes is None else docker_size(sent.transfer_bytes)
    classic = "" if theirs is None else "fails" if theirs.error else format_size(theirs.sent.bytes)
    if sent.error:
        return ["", "fails", "", classic, "", ""]
    waste = [format_size(sent.waste.bytes), percent(sent.waste.bytes, sent.sent.bytes)]
    return [f"{sent.sent.files:,}", format_size(sent.sent.bytes), says, classic, *waste]


def _waste(view: ReportView) -> str:
    found = [(group, wasted) for group in groups(view.measurements) for wasted in group.wasted()]
    found.sort(key=lambda pair: -pair[1].totals.bytes)
    most = None if view.verbose else 10
    body = [
        [code(wasted.path), code(group.context), format_size(wasted.totals.bytes), f"{wasted.totals.files:,}",
         "/".join(wasted.classes), escaped(wasted.why or ""), str(len(wasted.builds))]
        for group, wasted in found[:most]
    ]  # fmt: skip
    if not body:
        return ""
    head = ("heaviest waste", "context", "size", "files", "class", "why", "builds")
    return "\n".join(rows(head, (False, False, True, True, False, False, True), body))


def _about(builds: Sequence[str], of: int) -> str:
    if len(builds) > 3 or len(builds) == of:
        return f"{len(builds)} of {counted(of, 'build')}"
    return ", ".join(map(code, builds))


def _notes(view: ReportView) -> str:
    lines = []
    for note, builds in collected(view).items():
        where = f"{code(note.where)}: " if note.where else ""
        about = f" ({_about(builds, len(view.measurements))})" if builds and len(view.measurements) > 1 else ""
        hint = f" Hint: {escaped(note.hint)}" if note.hint else ""
        lines.append(f"- **{note.word}** {where}{escaped(note.message)}{about}{hint}")
    return "\n".join(lines)
