"""builders-disagree: a file that the build reads and only one of the builders gets. The classic builder knows no
``<Dockerfile>.dockerignore`` and follows no wildcard exception into an ignored folder."""

from __future__ import annotations

from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import Case
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import listed, run

CODE = "builders-disagree"


def check(case: Case) -> Iterable[Finding]:
    for build in case.builds:
        if not build.apart:
            continue
        only = build.apart[0][1]
        other = "the classic builder (and others that take an archive)" if only == "buildkit" else "BuildKit"
        paths = [path for path, builder in build.apart if builder == only]
        message = f"the build reads {listed(paths)}, which {other} does not get"
        hint = f"harmless if only one of them ever builds this; {run('explain', paths[0])}"
        yield Finding(CODE, Severity.WARNING, message, hint, build.rules.file or build.dockerfile, None, build.name)


RULE = Rule(CODE, Severity.WARNING, "a file that is read reaches only one of the builders", check)
