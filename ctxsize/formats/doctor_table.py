"""``doctor`` for people: each finding with its place, what the build will say, and what to run next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.formats.doctor_view import Issue, headline, issues
from ctxsize.formats.line import Line
from ctxsize.formats.text import Page, counted, printable, render
from ctxsize.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ctxsize.formats.doctor_view import DoctorView

__all__ = ["doctor"]

_STYLE = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_MOST = 6


def doctor(view: DoctorView, page: Page) -> str:
    return render(_rules(view) if view.listing else _lines(view, page), page)


def _rules(view: DoctorView) -> Iterator[Line]:
    width = max(len(code) for code, _, _ in view.rules)
    for code, severity, summary in view.rules:
        line = Line(f"{code:{width}}  ").append(f"{severity.value:8}", _STYLE[severity])
        yield line.append(f" {summary}")


def _lines(view: DoctorView, page: Page) -> Iterator[Line]:
    found = issues(view)
    shown = found if view.verbose else tuple(_limited(found))
    for issue in shown:
        yield from _issue(issue, page)
        yield Line()
    if len(shown) < len(found):
        yield Line(f"and {counted(len(found) - len(shown), 'more remark')} (-v shows all)", "dim")
        yield Line()
    for problem in view.problems:
        yield Line("unread: ", "yellow").append(printable(f"{problem.path}: {problem.message}"), "default")
    worst = found[0].finding.severity if found else None
    yield Line(headline(view), _STYLE.get(worst, "bold") if worst else "bold")
    for position, command in enumerate(view.following):
        yield Line("Next:  " if position == 0 else " " * 7, "dim").append(printable(command), "cyan")


def _limited(found: tuple[Issue, ...]) -> Iterator[Issue]:
    """All errors; of what is milder the first few of each rule, and few remarks in all."""
    count: dict[object, int] = {}
    for issue in found:
        key = issue.finding.severity if issue.finding.severity is Severity.INFO else issue.finding.rule
        count[key] = count.get(key, 0) + 1
        if issue.finding.severity is Severity.ERROR or count[key] <= _MOST:
            yield issue


def _issue(issue: Issue, page: Page) -> Iterator[Line]:
    finding = issue.finding
    head = Line(finding.severity.value, _STYLE[finding.severity]).append(f" {finding.rule}", "bold")
    where = f"{finding.file}:{finding.line}" if finding.line else finding.file
    if where:
        head.append(f"  {printable(where)}", "default")
    if issue.builds:
        head.append(f"  {_builds(issue.builds)}", "dim")
    yield head
    for text, style in ((finding.message, "default"), (f"→ {finding.hint}" if finding.hint else "", "cyan")):
        for piece in _wrapped(text if page.unicode else text.replace("→", "->"), page):
            yield Line("  ").append(piece, style)


def _builds(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"({', '.join(map(printable, names[:3]))}{more})"


def _wrapped(text: str, page: Page) -> list[str]:
    text = printable(text)
    if not text:
        return []
    if page.width is None:
        return [text]
    from textwrap import wrap

    # a path must stay in one piece, so that it can be copied
    return wrap(text, max(20, page.width - 2), break_long_words=False, break_on_hyphens=False)
