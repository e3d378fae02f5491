"""named-context-without-ignore: a named context has an ignore file of its own at its root, the main context's and the
Dockerfile's do not apply to it (BuildKit ``frontend/dockerui/namedcontext.go``)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import Case
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import folder
from ctxsize.units import format_size

CODE = "named-context-without-ignore"


def check(case: Case) -> Iterable[Finding]:
    for build in case.builds:
        for named in build.measurement.named:
            if named.ignore_file is not None or not named.sent.sent.files:
                continue
            waste = named.sent.waste
            message = (f"the named context {named.name} ({folder(named.path)}) has no .dockerignore of its own; "
                       f"{format_size(named.sent.sent.bytes)} are sent")  # fmt: skip
            message += f", {format_size(waste.bytes)} of them for nothing" if waste.bytes else ""
            severity = Severity.WARNING if waste.files else Severity.INFO
            hint = f"add {posixpath.join(named.path, '.dockerignore').removeprefix('./')}"
            declared = build.build.declared
            yield Finding(CODE, severity, message, hint, declared.file, declared.line, build.name)


RULE = Rule(CODE, Severity.WARNING, "a named context without an ignore file", check)
