"""git-ignored-but-sent: files that git leaves out are sent: a clean checkout never shows them, a developer's machine
does, so the image depends on who builds it."""

from __future__ import annotations

from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import Case
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import files, run
from ctxsize.units import format_size

CODE = "git-ignored-but-sent"


def check(case: Case) -> Iterable[Finding]:
    for build in case.builds:
        sums = build.git_ignored
        if not sums.files:
            continue
        verb = "is" if sums.files == 1 else "are"
        message = (f"{files(sums.files)} ({format_size(sums.bytes)}) that git ignores {verb} sent, "
                   f"such as {build.git_ignored_example}")  # fmt: skip
        hint = f"{run('suggest', '--build', build.name, '--include', 'likely')} proposes rules"
        yield Finding(CODE, Severity.WARNING, message, hint, build.rules.file or build.dockerfile, None, build.name)


RULE = Rule(CODE, Severity.WARNING, "files that git ignores are sent", check)
