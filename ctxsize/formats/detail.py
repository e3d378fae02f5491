"""One build in full: where it is declared, numbers for both builders, named contexts, waste, and the folder tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.formats.grouping import groups
from ctxsize.formats.labels import LABEL, remarks
from ctxsize.formats.line import Line, width_of
from ctxsize.formats.text import Page, bar, percent, printable
from ctxsize.formats.tree import draw
from ctxsize.formats.wasted import lines as waste_lines
from ctxsize.model import Measurement, Sent, Totals
from ctxsize.units import docker_size, format_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ctxsize.formats.views import ReportView

__all__ = ["lines"]

_BAR = 30


def lines(view: ReportView, page: Page) -> Iterator[Line]:
    (one,) = view.measurements
    yield Line(printable(one.build.name), "bold")
    yield from _facts(one)
    if not one.builders:
        return
    yield Line()
    yield from _grid(_numbers(one), page)
    yield from _shares(one.builders[view.builder], page)
    yield from _section("Heaviest waste", waste_lines(groups([one])[0].wasted(), 1, _most(view, 10), page))
    if view.contents and (view.contents.folders or view.contents.leaves):
        title = f"{one.build.context} ({LABEL[view.builder]}, sent)"
        tree = draw(view.contents, page, title=title, depth=3, most=_most(view, 5), light=not view.verbose)
        yield from _section("Where the bytes are", tree)


def _most(view: ReportView, most: int) -> int | None:
    return None if view.verbose else most


def _section(title: str, body: Iterator[Line]) -> Iterator[Line]:
    held = list(body)
    if held:
        yield from (Line(), Line(title, "bold"), *held)


def _facts(one: Measurement) -> Iterator[Line]:
    for label, value in _labelled(one):
        yield Line(f"  {label:13}", "dim").append(value, "default")
    for remark in remarks(one):
        yield Line("  " + remark, "dim")


def _labelled(one: Measurement) -> Iterator[tuple[str, str]]:
    build, declared = one.build, one.build.declared
    if declared.file:
        yield "declared in", printable(f"{declared.file}:{declared.line}" if declared.line else declared.file)
    if build.dockerfile or build.inline is not None:
        yield "Dockerfile", printable(build.dockerfile) if build.dockerfile else "inline"
    yield "context", printable(build.context) + (" (fetched by the builder, not sent)" if build.remote else "")
    if one.builders:
        yield "ignore file", printable(one.ignore_file) if one.ignore_file else "none"
    if build.target:
        yield "target", printable(build.target)
    if build.args:
        yield "build args", ", ".join(printable(name) for name, _ in build.args)
    for context in build.contexts:
        yield "named", printable(f"{context.name} = {context.value}")


def _numbers(one: Measurement) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = [("", "FILES", "DIRS", "SENT", "DOCKER SAYS", "WALKED", "USED", "JUNK", "UNUSED")]
    rows += [_amounts(LABEL[name], sent) for name, sent in (one.builders or {}).items()]
    rows += [_amounts(f"+ {printable(named.name)}", named.sent) for named in one.named]
    return rows


def _amounts(label: str, sent: Sent) -> Sequence[str]:
    if sent.error:
        return label, "", "", "fails", "", "", "", "", ""
    says = "–" if sent.transfer_bytes is None else docker_size(sent.transfer_bytes)
    sizes = [format_size(part.bytes) for part in (sent.used, sent.junk, sent.unused)]
    return (
        label, f"{sent.sent.files:,}", f"{sent.sent.dirs:,}", format_size(sent.sent.bytes), says,
        f"{sent.walked:,}", *sizes,
    )  # fmt: skip


def _grid(rows: list[Sequence[str]], page: Page) -> Iterator[Line]:
    """The numbers, builders as rows; on a narrow page turned over, builders as columns."""
    widths = [max(width_of(row[column]) for row in rows) for column in range(len(rows[0]))]
    if not page.fits(sum(widths) + 2 * len(widths)):
        rows = [list(row) for row in zip(*rows, strict=True)]
        widths = [max(width_of(row[column]) for row in rows) for column in range(len(rows[0]))]
    for position, row in enumerate(rows):
        line = Line("  ")
        for column, cell in enumerate(row):
            part = Line(cell, "dim" if position == 0 or column == 0 else "")
            part.pad_left(widths[column] - part.cell_len) if column else part.pad_right(widths[0] - part.cell_len)
            line.append_text(part).append("  ")
        yield line


def _shares(sent: Sent, page: Page) -> Iterator[Line]:
    """One bar a class: what of the upload the build wants, and what not."""
    if sent.error or not sent.sent.bytes:
        return
    yield Line()
    parts: tuple[tuple[str, Totals, str], ...] = (
        ("used", sent.used, "green"), ("junk", sent.junk, "yellow"), ("unused", sent.unused, "red"),
    )  # fmt: skip
    for label, part, style in parts:
        line = Line(f"  {label:8}{format_size(part.bytes):>9}{percent(part.bytes, sent.sent.bytes):>7}  ")
        yield line.append(bar(part.bytes, sent.sent.bytes, _BAR, page), style)
