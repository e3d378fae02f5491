"""rule-does-nothing: a line that cannot have any effect, whatever the tree holds. That a pattern matches nothing in a
clean checkout is normal and no reason (three of four real patterns do)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ctxsize.dockerignore import BadPatternError, IgnoreRules
from ctxsize.dockerignore.pattern import MatchKind, Pattern
from ctxsize.model import Finding, Severity
from ctxsize.rules.case import Case, IgnoreCase
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import quoted

CODE = "rule-does-nothing"
_EVERYTHING = {"*", "**", "**/*"}


def check(case: Case) -> Iterable[Finding]:
    for ignore in case.in_force:
        yield from _in_file(ignore)


def _in_file(ignore: IgnoreCase) -> Iterator[Finding]:
    patterns = ignore.rules.patterns
    for place, pattern in enumerate(patterns):
        if pattern.line in ignore.ours:
            continue
        found = _impossible(pattern) or _idle(patterns[:place], pattern, ignore)
        if found:
            severity, why = found
            message = f"{pattern.written.strip()} does nothing: {why}"
            yield Finding(CODE, severity, message, "drop the line", ignore.file, pattern.line, ignore.builds[0])


def _impossible(pattern: Pattern) -> tuple[Severity, str] | None:
    if pattern.text in {".", "/"}:
        return Severity.WARNING, "the context itself cannot be ignored"
    if pattern.text == ".." or pattern.text.startswith("../"):
        return Severity.WARNING, "patterns are relative to the context and cannot leave it"
    if pattern.kind is MatchKind.REGEXP and "^" in pattern.text.replace("[^", ""):
        return Severity.WARNING, "^ is an anchor inside a pattern with wildcards, so it never matches"
    return None


def _idle(before: Sequence[Pattern], pattern: Pattern, ignore: IgnoreCase) -> tuple[Severity, str] | None:
    """Why a line that could match has nothing left to do when it is reached."""
    if pattern.exception:
        return _idle_exception(before, pattern, ignore)
    if any(one.exception for one in before):
        return None
    for one in before:
        if one.text == pattern.text or one.text in _EVERYTHING or one.text == f"**/{pattern.text}":
            return Severity.INFO, f"{quoted(one)} ignores it already"
    if pattern.kind is MatchKind.EXACT and (decider := _decider(before, pattern.text)):
        return Severity.INFO, f"{quoted(decider)} ignores it already"
    return None


def _idle_exception(
    before: Sequence[Pattern], pattern: Pattern, ignore: IgnoreCase
) -> tuple[Severity, str] | None:
    if not any(not one.exception for one in before):
        return Severity.WARNING, "nothing is ignored before it; an exception takes back only earlier lines"
    literal = pattern.kind is MatchKind.EXACT and pattern.text in ignore.present
    if literal and (decider := _decider(before, pattern.text)) is None:
        return Severity.INFO, "no earlier line ignores that file"
    if literal and decider is not None and decider.exception:
        return Severity.INFO, f"{quoted(decider)} takes it back already"
    return None


def _decider(before: Sequence[Pattern], path: str) -> Pattern | None:
    try:
        return IgnoreRules(None, tuple(before)).decider(path)
    except BadPatternError:
        return None


RULE = Rule(CODE, Severity.WARNING, "a line of an ignore file that cannot have an effect", check)
