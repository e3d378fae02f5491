"""context-mismatch: the declared context is not the folder that the Dockerfile was written for."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import BuildCase, Case, Read, Standing
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import fix, folder, listed

CODE = "context-mismatch"


def check(case: Case) -> Iterable[Finding]:
    for build in case.builds:
        if not build.build.remote and _missing(build):
            yield from _findings(build)


def _missing(build: BuildCase) -> list[Read]:
    return [read for read in build.main_reads if read.standing is Standing.MISSING and not read.git_ignores]


def _findings(build: BuildCase) -> Iterable[Finding]:
    missing, declared = _missing(build), build.build.declared
    severity = Severity.WARNING if build.guessed else Severity.ERROR
    here = folder(build.build.context)
    if build.fits:
        message = f"the context is {here}, and every source of {build.dockerfile} stands in {folder(build.fits[0])}"
    elif any(read.elsewhere for read in missing):
        places = listed(_place(read) for read in missing if read.elsewhere)
        message = f"no single context fits {build.dockerfile}: the context is {here}, but {places}"
    else:
        return
    message += f"; {missing[0].docker_says}"
    file = declared.file or build.dockerfile
    yield Finding(CODE, severity, message, fix(build), file, declared.line, build.name)


def _place(read: Read) -> str:
    return f"{read.source.word} stands in {folder(posixpath.dirname(read.elsewhere[0].rstrip('/')))}"


RULE = Rule(CODE, Severity.ERROR, "the sources stand in another folder than the declared context", check)
