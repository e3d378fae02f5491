"""``check`` as GitLab's code quality report: https://docs.gitlab.com/ci/testing/code_quality/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ctxsize.budget.limits import Level
from ctxsize.formats.check_view import issues, reasons
from ctxsize.formats.text import plain, printable

if TYPE_CHECKING:
    from ctxsize.budget.judge import Verdict, Violation
    from ctxsize.formats.check_view import CheckView
    from ctxsize.formats.text import Page

__all__ = ["check", "fingerprint", "place"]

_SEVERITY = {Level.ERROR: "major", Level.WARN: "minor"}


def check(view: CheckView, page: Page) -> str:
    import json

    return json.dumps([_issue(*pair, view) for pair in issues(view)], indent=2) + "\n"


def _issue(verdict: Verdict, violation: Violation, view: CheckView) -> dict[str, Any]:
    file, line = place(verdict, violation)
    text = "; ".join([f"{verdict.name}: {violation.message}", *reasons(violation, view.verbose)])
    return {
        "type": "issue",
        "check_name": f"ctxsize/{violation.budget}",
        "description": printable(text),
        "categories": ["Performance"],
        "severity": _SEVERITY[violation.level],
        "fingerprint": fingerprint(verdict, violation),
        "location": {"path": plain(file), "lines": {"begin": line}},
    }


def place(verdict: Verdict, violation: Violation) -> tuple[str, int]:
    """The file and line to show it at: formats that demand one get the build's own file where none is to blame."""
    if violation.where is not None:
        return violation.where.file, violation.where.line or 1
    build = verdict.measurement.build if verdict.measurement else None
    if build is None:
        return ".", 1
    if build.dockerfile:
        return build.dockerfile, 1
    return build.declared.file or ".", build.declared.line or 1


def fingerprint(verdict: Verdict, violation: Violation) -> str:
    """The same finding has the same print from run to run and machine to machine: no sizes, lines or root in it."""
    from hashlib import sha256

    path = violation.causes[0].cause.path if violation.causes else ""
    key = "\0".join([verdict.name, verdict.builder.value, violation.budget, path])
    return sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
