"""invalid-pattern: a line that makes the builder stop, or that makes an engine crash when a path is held against it
(moby/patternmatcher before 0.6.1 panics at the second evaluation of an expression that does not compile)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ctxsize.dockerignore.lexical import BadPatternError
from ctxsize.dockerignore.pattern import Pattern
from ctxsize.model import Finding, Severity
from ctxsize.rules.case import Case, IgnoreCase
from ctxsize.rules.rule import Rule

CODE = "invalid-pattern"
_CRASH = ("as soon as a path is held against it the build stops, and engines with patternmatcher before 0.6.1 crash "
          "(Unavailable: error reading from server: EOF)")  # fmt: skip
_HINT = "mend or drop the line; a backslash before a letter and a reversed range such as [z-a] mean nothing here"


def check(case: Case) -> Iterable[Finding]:
    for ignore in case.ignore_files:
        yield from _broken(ignore)


def _broken(ignore: IgnoreCase) -> Iterator[Finding]:
    live = bool(ignore.builds)
    severity = Severity.ERROR if live else Severity.INFO
    build = ignore.builds[0] if live else None
    if ignore.rules.broken:
        one = ignore.rules.broken
        message = f"{one.pattern}: the build stops with: {one.message}"
        yield Finding(CODE, severity, message, _HINT, ignore.file, one.line, build)
        return
    for pattern in ignore.rules.patterns:
        if (why := _why(pattern)) is not None:
            message = f"{pattern.written.strip()}: {why}; {_CRASH}"
            yield Finding(CODE, severity, message, _HINT, ignore.file, pattern.line, build)


def _why(pattern: Pattern) -> str | None:
    try:
        pattern.check()
    except BadPatternError as error:
        return str(error)
    return None


RULE = Rule(CODE, Severity.ERROR, "a pattern stops the build or crashes the engine", check)
