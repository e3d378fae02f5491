"""vcs-in-context: ``.git`` is sent although nothing in the Dockerfile uses it. Never said where an instruction copies
or mounts it, or runs git on the mounted context."""

from __future__ import annotations

from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import Case
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import files, run
from ctxsize.units import format_size

CODE = "vcs-in-context"


def check(case: Case) -> Iterable[Finding]:
    for build in case.builds:
        if not build.vcs.files or build.git_use is not None:
            continue
        message = f".git is sent: {files(build.vcs.files)}, {format_size(build.vcs.bytes)}, and changes every commit"
        hint = f"ignore **/.git; {run('suggest', '--build', build.name)}"
        yield Finding(CODE, Severity.WARNING, message, hint, build.rules.file or build.dockerfile, None, build.name)


RULE = Rule(CODE, Severity.WARNING, ".git is sent and nothing uses it", check)
