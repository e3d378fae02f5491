"""ignore-file-is-git-ignored: the rules exist on one machine only; a colleague's build and CI's send everything."""

from __future__ import annotations

from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import Case
from ctxsize.rules.rule import Rule

CODE = "ignore-file-is-git-ignored"


def check(case: Case) -> Iterable[Finding]:
    for ignore in case.ignore_files:
        if ignore.git_ignored:
            message = "git ignores this file, so its rules exist on this machine only"
            yield Finding(CODE, Severity.WARNING, message, f"git add -f {ignore.file}", ignore.file, None,
                          ignore.builds[0] if ignore.builds else None)  # fmt: skip
    if case.would_be_ignored is not None:
        file, line = case.would_be_ignored
        message = "this line makes git ignore every .dockerignore: rules would exist on one machine only"
        # without any ignore file left the rules are probably lost already
        severity = Severity.INFO if case.ignore_files else Severity.WARNING
        yield Finding(CODE, severity, message, "drop the line", file, line)


RULE = Rule(CODE, Severity.WARNING, "an ignore file that git does not keep", check)
