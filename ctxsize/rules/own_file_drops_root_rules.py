"""own-file-drops-root-rules: ``<Dockerfile>.dockerignore`` replaces the context's file, nothing is merged, so what only
the context's file kept out is sent again."""

from __future__ import annotations

from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import Case
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import files, run
from ctxsize.units import format_size

CODE = "own-file-drops-root-rules"


def check(case: Case) -> Iterable[Finding]:
    for build in case.builds:
        dropped = build.dropped
        if dropped is None or not dropped.totals.files:
            continue
        size = f"{files(dropped.totals.files)} ({format_size(dropped.totals.bytes)})"
        message = (f"this file replaces {dropped.file}, whose rules are then not read; of what they keep out "
                   f"{size} are sent for nothing, such as {dropped.example}")  # fmt: skip
        hint = f"repeat the rules that are still wanted; {run('suggest', '--build', build.name)}"
        yield Finding(CODE, Severity.WARNING, message, hint, build.rules.file, None, build.name)


RULE = Rule(CODE, Severity.WARNING, "a Dockerfile's own ignore file drops the context's rules", check)
