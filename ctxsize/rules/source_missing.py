"""source-missing: a source that is not in the context. What git ignores is made before the build; a wildcard that
matches nothing is fine; a variable without a value leaves it open."""

from __future__ import annotations

from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import BuildCase, Case, Read, Standing
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import fix, folder, run

CODE = "source-missing"

_BUILT_FOLDERS = {"artifacts", "bin", "build", "dist", "out", "output", "publish", "release", "target"}
_BUILT_ENDS = (".apk", ".deb", ".dll", ".ear", ".exe", ".jar", ".rpm", ".so", ".tar", ".tar.gz", ".tgz", ".tar.xz",
               ".war", ".whl", ".zip")  # fmt: skip


def check(case: Case) -> Iterable[Finding]:
    for build in case.builds:
        for read in build.reads:
            # what climbs has a rule of its own, unless it is nowhere to be found
            if read.standing is Standing.MISSING and not (read.source.climbs and read.source.context is None):
                yield _finding(build, read)
            elif read.standing is Standing.UNKNOWN:
                yield _unknown(build, read)


def looks_built(read: Read) -> bool:
    """Made by an earlier step, as far as its name tells."""
    parts = read.source.path.lower().split("/")
    named = bool(_BUILT_FOLDERS & set(parts)) or parts[-1].endswith(_BUILT_ENDS)
    # a path that is made of an argument names what somebody builds for it
    return named or "$" in read.source.word


def severity_of(build: BuildCase, read: Read) -> Severity:
    """An error only where a clean checkout is meant to have the file and the build is really declared so."""
    if read.git_ignores:
        return Severity.INFO
    if read.elsewhere and not build.guessed:
        return Severity.ERROR
    if looks_built(read):
        return Severity.INFO if build.guessed else Severity.WARNING
    return Severity.WARNING if build.guessed else Severity.ERROR


def _finding(build: BuildCase, read: Read) -> Finding:
    source, severity = read.source, severity_of(build, read)
    context = folder(_context(build, read))
    message = f"{source.instruction} {source.word} is not in {context}; {read.docker_says}"
    hint = f"nothing of that name stands above either; {run('ls', '--build', build.name)} lists what is sent"
    if severity is Severity.INFO or (severity is Severity.WARNING and looks_built(read)):
        why = "git ignores it" if read.git_ignores else "its name says so"
        message += f". Is it made before the build? ({why})"
        hint = "build it first, or let a stage of the Dockerfile build it"
    elif read.elsewhere:
        hint = f"it stands in {read.elsewhere[0]}: {fix(build)}"
    elif build.guessed:
        message += ". No file declares this build, so its context may be made elsewhere"
    return Finding(CODE, severity, message, hint, build.dockerfile, source.line, build.name)


def _context(build: BuildCase, read: Read) -> str:
    named = {one.name: one.path or one.value for one in build.build.contexts}
    return build.build.context if read.source.context is None else named.get(read.source.context, read.source.context)


def _unknown(build: BuildCase, read: Read) -> Finding:
    names = ", ".join(read.source.unset)
    message = f"{read.source.instruction} {read.source.word} depends on {names}, which has no value here"
    hint = f"give it: --build-arg {read.source.unset[0]}=… with -f, or build.args in compose"
    return Finding(CODE, Severity.INFO, message, hint, build.dockerfile, read.source.line, build.name)


RULE = Rule(CODE, Severity.ERROR, "a source is not in the context", check)
