"""own-file-drops-root-rules: ``<Dockerfile>.dockerignore`` replaces the context's file, nothing is merged, so what only
the context's file kept out is sent again."""

from __future__ import annotations

from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import Case
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import run
from ctxsize.units import format_size

CODE = "own-file-drops-root-rules"


def check(case: Case) -> Iterable[Finding]:
    for build in case.builds:
        dropped = build.dropped
        if dropped is None or not dropped.totals.files:
            continue
        message = (f"this file replaces {dropped.file}, whose rules are not read: {dropped.totals.files:,} files "
                   f"({format_size(dropped.totals.bytes)}) that they keep out are sent for nothing, "
                   f"such as {dropped.example}")  # fmt: skip
        hint = f"repeat the rules that are still wanted; {run('suggest', '--build', build.name)}"
        yield Finding(CODE, Severity.WARNING, message, hint, build.rules.file, None, build.name)


RULE = Rule(CODE, Severity.WARNING, "a Dockerfile's own ignore file drops the context's rules", check)
