"""rule-undone-later: what a line says is taken back by a later one. The usual case: ``**/node_modules`` before ``*``
and ``!packages``, which brings all of packages/ back, its node_modules too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ctxsize.catalogue import JUNK, SECRETS
from ctxsize.dockerignore import BadPatternError, IgnoreRules
from ctxsize.dockerignore.pattern import MatchKind, Pattern
from ctxsize.model import Finding, Severity
from ctxsize.rules.case import Case, IgnoreCase
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import quoted

CODE = "rule-undone-later"
_PROBE = "ctxsize-probe"
# a last part with an ending is hardly a folder
_FILE = re.compile(r"[^/.][^/]*\.[A-Za-z0-9]{1,5}\Z")


def check(case: Case) -> Iterable[Finding]:
    for ignore in case.in_force:
        yield from _in_file(ignore)


def _in_file(ignore: IgnoreCase) -> Iterator[Finding]:
    patterns = ignore.rules.patterns
    for place, pattern in enumerate(patterns):
        later = [one for one in patterns[place + 1 :] if one.exception != pattern.exception]
        undone = _undone(pattern, [one for one in later if one.text not in ignore.present], ignore.rules)
        if undone is None:
            continue
        decider, path = undone
        message = f"{pattern.written.strip()} is undone by {quoted(decider)}"
        message += f": {path} is {'ignored' if pattern.exception else 'sent'}"
        hint = f"put line {pattern.line} behind line {decider.line}"
        severity = Severity.WARNING if pattern.exception or unwanted(pattern.text) else Severity.INFO
        yield Finding(CODE, severity, message, hint, ignore.file, pattern.line, ignore.builds[0])


def _undone(pattern: Pattern, later: Sequence[Pattern], rules: IgnoreRules) -> tuple[Pattern, str] | None:
    """The later line that decides otherwise on a path that this one was made for, and that path."""
    if not later or pattern.text in {"*", "**", "**/*"} or "\\" in pattern.text:
        return None
    for path in _witnesses(pattern, later):
        try:
            decider = rules.decider(path)
        except BadPatternError:
            return None
        if decider is not None and decider in later and pattern.matches(path):
            return decider, path.replace(_PROBE, "…")
    return None


def _witnesses(pattern: Pattern, later: Sequence[Pattern]) -> Iterator[str]:
    """Paths that the pattern is made for: itself, and for ``**/x`` an x in every folder that a later line names."""
    if pattern.text.startswith("**/"):
        rest = _plain(pattern.text[3:])
        # a name at the root is only undone by a line that is made for it
        folders = (one.text for one in later if one.kind is MatchKind.EXACT and not _FILE.search(one.text))
        yield from (f"{folder}/{_PROBE}/{rest}" for folder in folders if rest)
    elif pattern.kind is MatchKind.EXACT:
        yield pattern.text
    elif rest := _plain(pattern.text):
        yield rest


def _plain(text: str) -> str:
    """The text with a stand-in for its wildcards; empty where that cannot be a match."""
    if "[" in text:
        return ""
    return re.sub(r"\*+|\?", lambda match: _PROBE if match[0] != "?" else "p", text)


def unwanted(text: str) -> bool:
    """Whether the catalogue knows such files as junk or secrets."""
    name = text.removeprefix("**/").rstrip("/")
    known = [one for entry in JUNK for one in entry.patterns] + [one for entry in SECRETS for one in entry.patterns]
    return any(name == one.removeprefix("**/").rstrip("/") for one in known)


RULE = Rule(CODE, Severity.WARNING, "a line of an ignore file that a later line takes back", check)
