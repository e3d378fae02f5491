"""``doctor`` as GitHub's workflow commands: an annotation at the line of each finding, worst first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.formats.check_github import data, value
from ctxsize.formats.doctor_view import headline, issues
from ctxsize.formats.text import printable
from ctxsize.model import Severity

if TYPE_CHECKING:
    from ctxsize.formats.doctor_view import DoctorView, Issue
    from ctxsize.formats.text import Page

__all__ = ["doctor"]

_COMMAND = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def doctor(view: DoctorView, page: Page) -> str:
    lines = [_annotation(issue) for issue in issues(view)]
    lines += [f"::warning title=unread::{data(printable(f'{one.path}: {one.message}'))}" for one in view.problems]
    return "".join(f"{line}\n" for line in [*lines, headline(view)])


def _annotation(issue: Issue) -> str:
    finding = issue.finding
    given = [("file", finding.file)] if finding.file else []
    given += [("line", str(finding.line))] if finding.file and finding.line else []
    given.append(("title", printable(finding.rule)))
    properties = ",".join(f"{key}={value(text)}" for key, text in given)
    text = "\n".join(printable(part) for part in (finding.message, finding.hint) if part)
    return f"::{_COMMAND[finding.severity]} {properties}::{data(text)}"
