"""dockerfile-missing: the declared Dockerfile, or the context itself, is not there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import BuildCase, Case
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import folder

CODE = "dockerfile-missing"


def check(case: Case) -> Iterable[Finding]:
    for one in case.builds:
        build, severity = one.build, Severity.ERROR
        if one.context_missing:
            message = f"the context {folder(build.context)} is not there; unable to prepare context: path not found"
            hint = f"name a folder that exists; relative to {folder(posixpath.dirname(build.declared.file or ''))}"
        elif one.dockerfile_missing:
            name = posixpath.basename(build.dockerfile or "Dockerfile")
            message = (f"{build.dockerfile} is not there; failed to read dockerfile: open {name}: "
                       "no such file or directory")  # fmt: skip
            hint = f"dockerfile: is read relative to the context, {folder(build.context)}"
            if (other := _overridden(one, case)) is not None:
                severity, hint = Severity.INFO, f"fine if this file is only ever used on top of {other}"
        else:
            continue
        yield Finding(CODE, severity, message, hint, build.declared.file, build.declared.line, build.name)


def _overridden(one: BuildCase, case: Case) -> str | None:
    """The compose file beside this one that gives the same service a build that stands: then this is a mere overlay,
    such as docker-compose.windows.yml."""
    mine = one.build.declared
    for other in case.builds:
        theirs = other.build.declared
        beside = posixpath.dirname(theirs.file or "") == posixpath.dirname(mine.file or "")
        same = mine.service is not None and theirs.service == mine.service and theirs.file != mine.file
        if same and beside and not (other.dockerfile_missing or other.context_missing):
            return theirs.file
    return None


RULE = Rule(CODE, Severity.ERROR, "a declared Dockerfile or context does not exist", check)
