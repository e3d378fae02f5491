"""What doctor's formats are given, and the words they share: findings that say the same of several builds are one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.formats.text import counted
from ctxsize.model import Severity

if TYPE_CHECKING:
    from ctxsize.model import Finding, Problem

__all__ = ["DoctorView", "Issue", "headline", "issues"]


class DoctorView(NamedTuple):
    """``findings`` come worst first. ``builds`` counts the builds examined; ``rules`` are all (code, severity,
    summary), and the whole answer with ``listing``."""

    root: str
    findings: tuple[Finding, ...] = ()
    builds: int = 0
    silenced: int = 0
    problems: tuple[Problem, ...] = ()
    rules: tuple[tuple[str, Severity, str], ...] = ()
    listing: bool = False
    following: tuple[str, ...] = ()
    verbose: bool = False


class Issue(NamedTuple):
    """A finding and all the builds of which it holds."""

    finding: Finding
    builds: tuple[str, ...]


def issues(view: DoctorView) -> tuple[Issue, ...]:
    found: dict[tuple[object, ...], tuple[Finding, list[str]]] = {}
    for one in view.findings:
        key = (one.rule, one.severity, one.message, one.file, one.line)
        builds = found.setdefault(key, (one, []))[1]
        if one.build is not None and one.build not in builds:
            builds.append(one.build)
    return tuple(Issue(finding, tuple(builds)) for finding, builds in found.values())


def headline(view: DoctorView) -> str:
    """``2 errors and 1 warning in 13 builds``, or that all is well."""
    words = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "remark"}
    count = {one: sum(issue.finding.severity is one for issue in issues(view)) for one in Severity}
    parts = [counted(count[one], words[one]) for one in Severity if count[one]]
    silenced = f" ({counted(view.silenced, 'finding')} silenced)" if view.silenced else ""
    if not parts:
        return f"nothing wrong in {counted(view.builds, 'build')}{silenced}"
    said = parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"{said} in {counted(view.builds, 'build')}{silenced}"
