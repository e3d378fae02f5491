"""build-fails: the builder stops for a reason of its own, in its own words: a broken Dockerfile, an unknown target, an
unreadable folder."""

from __future__ import annotations

from collections.abc import Iterable

from ctxsize.model import BuilderName, Finding, Severity
from ctxsize.rules.case import BuildCase, Case
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import run

CODE = "build-fails"


def check(case: Case) -> Iterable[Finding]:
    for build in case.builds:
        if build.context_missing or build.dockerfile_missing:
            continue
        if build.open_base is not None:
            yield _open(build, *build.open_base)
            continue
        known = [one for one in build.measurement.findings if one.rule == CODE]
        hint = run("report", "--build", build.name)
        yield from (one._replace(hint=one.hint or hint) for one in known or _stopped(build))


def _open(build: BuildCase, line: int, text: str) -> Finding:
    """A base image that an argument names: only who builds it knows whether that is wrong."""
    message = f"{text} depends on an argument that has no value here; without one: {build.error}"
    hint = "give the argument a default, or its value with --build-arg, build.args or the environment"
    return Finding(CODE, Severity.INFO, message, hint, build.dockerfile, line, build.name)


def _stopped(build: BuildCase) -> Iterable[Finding]:
    sent = (build.measurement.builders or {}).get(BuilderName.BUILDKIT)
    if build.rules.broken or any(one.rule == "invalid-pattern" for one in build.measurement.findings):
        return
    message = build.error or (sent.error if sent else None)
    if message:
        declared = build.build.declared
        yield Finding(CODE, Severity.ERROR, message, None, declared.file, declared.line, build.name)


RULE = Rule(CODE, Severity.ERROR, "the builder stops before anything is copied", check)
