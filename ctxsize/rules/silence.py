"""Findings that somebody has looked at: ``# ctxsize: ignore=rule-code`` on a comment line before the line in question,
behind it on the same line of YAML, or anywhere for what is said about a file as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from ctxsize.model import Finding

__all__ = ["silenced"]

_MARK = re.compile(r"#\s*ctxsize:\s*ignore=([a-z0-9,\s-]+)")


def silenced(findings: Iterable[Finding], texts: Mapping[str, str]) -> tuple[Finding, ...]:
    """The findings without those that a comment in their file takes back. ``texts`` holds the files by path."""
    return tuple(one for one in findings if one.rule not in _codes(one, texts.get(one.file or "", "")))


def _codes(finding: Finding, text: str) -> set[str]:
    lines = text.split("\n")
    if finding.line is None:
        return {code for line in lines for code in _in(line)}
    found: set[str] = set()
    # the file may have become shorter since it was judged
    at = min(finding.line - 1, len(lines))
    if at < len(lines):
        found |= _in(lines[at])
    while at > 0 and (not lines[at - 1].strip() or lines[at - 1].lstrip().startswith("#")):
        at -= 1
        found |= _in(lines[at])
    return found


def _in(line: str) -> set[str]:
    found = _MARK.search(line)
    return {code.strip() for code in found[1].split(",")} if found else set()
