"""``check`` as GitHub's workflow commands: an annotation at the line to blame, for each violation.

GitHub shows about ten of each level a step, so the worst come first. Values are escaped as its runner unescapes them:
https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.budget.limits import Level
from ctxsize.formats.check_view import folded, headline, named, reasons, title
from ctxsize.formats.text import plain, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ctxsize.budget.judge import Verdict, Violation
    from ctxsize.formats.check_view import CheckView
    from ctxsize.formats.text import Page

__all__ = ["check", "data", "value"]

_COMMAND = {Level.ERROR: "error", Level.WARN: "warning"}


def check(view: CheckView, page: Page) -> str:
    lines = [_annotation(verdicts, violation, view) for verdicts, violation in folded(view)]
    lines += [_told("notice", "not compared", f"{problem.path}: {problem.message}") for problem in view.problems]
    lines += [
        _told("warning", "cannot be measured", f"{verdict.name}: {verdict.error}")
        for verdict in view.verdicts
        if verdict.error
    ]
    return "".join(f"{line}\n" for line in [*lines, _plain_line(headline(view))])


def _annotation(verdicts: Sequence[Verdict], violation: Violation, view: CheckView) -> str:
    where = violation.where
    place = [("file", where.file)] if where else []
    if where and where.line:
        place.append(("line", str(where.line)))
    properties = [*place, ("title", printable(f"{named(verdicts)}: {title(violation)}"))]
    given = ",".join(f"{key}={value(text)}" for key, text in properties)
    return f"::{_COMMAND[violation.level]} {given}::{data(chr(10).join(_text(violation, view)))}"


def _text(violation: Violation, view: CheckView) -> Iterator[str]:
    yield printable(violation.message)
    yield from map(printable, reasons(violation, view.verbose))
    if violation.hint:
        yield printable(violation.hint)


def _told(command: str, heading: str, text: str) -> str:
    return f"::{command} title={value(heading)}::{data(printable(text))}"


def _plain_line(text: str) -> str:
    """A line that no runner takes for a command."""
    return text.replace("::", ": :").replace("##[", "# #[")


def data(text: str) -> str:
    """A command's message."""
    return plain(text).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def value(text: str) -> str:
    """A command's property."""
    return data(text).replace(":", "%3A").replace(",", "%2C")
