"""source-ignored: a source is there, and the ignore file keeps it out. BuildKit's own check says nothing as soon as
one exception exists (moby/buildkit#7125); this asks the very rules that decide."""

from __future__ import annotations

from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import BuildCase, Case, Read, Standing
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import run

CODE = "source-ignored"


def check(case: Case) -> Iterable[Finding]:
    for build in case.builds:
        for read in build.reads:
            if read.ignored_by is not None and read.standing in {Standing.IGNORED, Standing.NOTHING}:
                yield _finding(build, read)


def _finding(build: BuildCase, read: Read) -> Finding:
    source, rule = read.source, read.ignored_by
    assert rule is not None
    what = f"{source.instruction} {source.word} is kept out by {rule.file}:{rule.line} ({rule.pattern.strip()})"
    if read.standing is Standing.NOTHING:
        message, severity = f"{what}: all that it matches is ignored, so it copies nothing", Severity.WARNING
    else:
        message, severity = f"{what}; {read.docker_says}", Severity.ERROR
    hint = f"add !{source.path} behind line {rule.line}; {run('explain', _path(build, source.path))} shows the chain"
    return Finding(CODE, severity, message, hint, build.dockerfile, source.line, build.name)


def _path(build: BuildCase, path: str) -> str:
    return path if build.build.context in {".", ""} else f"{build.build.context}/{path}"


RULE = Rule(CODE, Severity.ERROR, "a source is in the context, and the ignore file keeps it out", check)
