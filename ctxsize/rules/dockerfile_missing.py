"""dockerfile-missing: the declared Dockerfile, or the context itself, is not there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import Case
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import folder

CODE = "dockerfile-missing"


def check(case: Case) -> Iterable[Finding]:
    for one in case.builds:
        build = one.build
        if one.context_missing:
            message = f"the context {folder(build.context)} is not there; unable to prepare context: path not found"
            hint = f"name a folder that exists; relative to {folder(posixpath.dirname(build.declared.file or ''))}"
        elif one.dockerfile_missing:
            name = posixpath.basename(build.dockerfile or "Dockerfile")
            message = (f"{build.dockerfile} is not there; failed to read dockerfile: open {name}: "
                       "no such file or directory")  # fmt: skip
            hint = f"dockerfile: is read relative to the context, {folder(build.context)}"
        else:
            continue
        yield Finding(CODE, Severity.ERROR, message, hint, build.declared.file, build.declared.line, build.name)


RULE = Rule(CODE, Severity.ERROR, "a declared Dockerfile or context does not exist", check)
