"""bracket-name-is-a-class: ``app/[id]`` is a folder to people and a character class to Docker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import BuildCase, Case, IgnoreCase
from ctxsize.rules.rule import Rule

CODE = "bracket-name-is-a-class"


def check(case: Case) -> Iterable[Finding]:
    for build in case.builds:
        yield from _sources(build)
    for ignore in case.ignore_files:
        if ignore.builds:
            yield from _patterns(ignore)


def _sources(build: BuildCase) -> Iterator[Finding]:
    for read in build.reads:
        if read.literal:
            source = read.source
            message = f"{source.instruction} {source.word} does not copy {read.literal}: […] is a class of characters"
            hint = f"write {_escaped(source.word)}"
            yield Finding(CODE, Severity.WARNING, message, hint, build.dockerfile, source.line, build.name)


def _patterns(ignore: IgnoreCase) -> Iterator[Finding]:
    for pattern in ignore.rules.patterns:
        name = ignore.brackets.get(pattern.line)
        if name:
            message = f"{pattern.written.strip()} does not match {name}: […] is a class of characters"
            hint = f"write {_escaped(pattern.written.strip())}"
            yield Finding(CODE, Severity.WARNING, message, hint, ignore.file, pattern.line, ignore.builds[0])


def _escaped(text: str) -> str:
    return text.replace("[", "[[]", 1) if text.count("[") == 1 else text.replace("[", "[[]")


RULE = Rule(CODE, Severity.WARNING, "a name with brackets is read as a class of characters", check)
