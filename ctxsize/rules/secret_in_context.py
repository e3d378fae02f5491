"""secret-in-context: a file that looks like a secret is sent. Told by its name only; a file that an instruction asks
for by name is meant."""

from __future__ import annotations

from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import BuildCase, Case, SentSecret
from ctxsize.rules.rule import Rule

CODE = "secret-in-context"


def check(case: Case) -> Iterable[Finding]:
    for build in case.builds:
        for secret in build.secrets:
            yield _finding(build, secret)


def _finding(build: BuildCase, secret: SentSecret) -> Finding:
    severity = Severity.INFO if secret.named else Severity.WARNING
    fate = "is sent" + (" and copied into the image" if secret.used else "")
    message = f"{secret.path} {fate} ({secret.why})"
    hint = f"ignore it: {secret.path}; what a build really needs goes in with RUN --mount=type=secret"
    if secret.named:
        hint = "an instruction asks for it by name; RUN --mount=type=secret leaves no trace in the image"
    return Finding(CODE, severity, message, hint, build.rules.file or build.dockerfile, None, build.name)


RULE = Rule(CODE, Severity.WARNING, "a file that looks like a secret is sent", check)
