"""ignore-file-inactive: an ignore file that no build reads. Builders look beside the Dockerfile for
``<Dockerfile>.dockerignore`` and at the root of the context for ``.dockerignore``, nowhere else."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import Case
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import run

CODE = "ignore-file-inactive"


def check(case: Case) -> Iterable[Finding]:
    for ignore in case.ignore_files:
        if ignore.builds:
            continue
        severity = Severity.WARNING if ignore.declared else Severity.INFO
        message = "no build reads this file" + (f": {ignore.instead}" if ignore.instead else "")
        name = posixpath.basename(ignore.file)
        hint = "move its rules to the file that is read, with this folder's path in front, or delete it"
        if name != ".dockerignore":
            hint = f"it has to be named after a Dockerfile beside it; {run('report')} lists the builds"
        yield Finding(CODE, severity, message, hint, ignore.file, None)


RULE = Rule(CODE, Severity.WARNING, "an ignore file that no build reads", check)
