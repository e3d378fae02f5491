"""wildcard-exception-walks-everything: with one wildcard in an exception BuildKit's client skips no ignored folder any
more (tonistiigi/fsutil ``filter.go``), so node_modules is read to the bottom on every build."""

from __future__ import annotations

from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import Case
from ctxsize.rules.rule import Rule

CODE = "wildcard-exception-walks-everything"
_MANY = 1000


def check(case: Case) -> Iterable[Finding]:
    for ignore in case.in_force:
        wild = [one for one in ignore.rules.patterns if one.exception and one.wild]
        ignores = any(not one.exception for one in ignore.rules.patterns)
        if not wild or not ignores:
            continue
        in_vain = ignore.walked - ignore.sent
        message = (f"{wild[0].written.strip()} holds a wildcard, so every ignored folder is walked all the same: "
                   f"{ignore.walked:,} entries looked at, {ignore.sent:,} let through")  # fmt: skip
        severity = Severity.WARNING if in_vain >= _MANY else Severity.INFO
        hint = "name the folders one by one; a trailing /** or /* costs nothing"
        yield Finding(CODE, severity, message, hint, ignore.file, wild[0].line, ignore.builds[0])


RULE = Rule(CODE, Severity.WARNING, "an exception with a wildcard makes the client walk ignored folders", check)
