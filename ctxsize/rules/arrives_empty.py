"""arrives-empty: BuildKit's client announces a file and then refuses to open it, so it arrives with 0 bytes and the
build goes on (observed on Docker Engine 28.5.2; moby/patternmatcher has two evaluations that can disagree)."""

from __future__ import annotations

from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import Case
from ctxsize.rules.rule import Rule

CODE = "arrives-empty"


def check(case: Case) -> Iterable[Finding]:
    seen = set()
    for build in case.builds:
        for one in build.measurement.findings:
            # builds that share an ignore file share its faults
            if one.rule == CODE and (one.file, one.line, one.message) not in seen:
                seen.add((one.file, one.line, one.message))
                yield one


RULE = Rule(CODE, Severity.ERROR, "a file arrives with 0 bytes, silently", check)
