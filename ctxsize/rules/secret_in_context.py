"""secret-in-context: a file that looks like a secret is sent. Told by its name only; a file that an instruction asks
for by name is meant."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import BuildCase, Case, SentSecret
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import files, listed

CODE = "secret-in-context"
_ONE_BY_ONE = 3


def check(case: Case) -> Iterable[Finding]:
    for build in case.builds:
        groups: dict[tuple[str, bool, bool], list[SentSecret]] = defaultdict(list)
        for secret in build.secrets:
            groups[secret.why, secret.used, secret.named].append(secret)
        for group in groups.values():
            # keys of a test suite come by the hundred, and say no more than one line does
            several = len(group) > _ONE_BY_ONE
            yield from [_finding(build, group)] if several else (_finding(build, [secret]) for secret in group)


def _finding(build: BuildCase, group: list[SentSecret]) -> Finding:
    secret = group[0]
    severity = Severity.INFO if secret.named else Severity.WARNING
    fate = "sent" + (" and copied into the image" if secret.used else "")
    message = f"{secret.path} is {fate} ({secret.why})"
    if len(group) > 1:
        message = f"{files(len(group))} that look like a {secret.why} are {fate}, such as {listed(_paths(group))}"
    hint = f"ignore it: {secret.path}; what a build really needs goes in with RUN --mount=type=secret"
    if secret.named:
        hint = "an instruction asks for it by name; RUN --mount=type=secret leaves no trace in the image"
    return Finding(CODE, severity, message, hint, build.rules.file or build.dockerfile, None, build.name)


def _paths(group: list[SentSecret]) -> list[str]:
    return [secret.path for secret in group][:3]


RULE = Rule(CODE, Severity.WARNING, "a file that looks like a secret is sent", check)
