"""gitignore-habit: lines that are right in a .gitignore and mean something else here (moby/patternmatcher: names match
at the root only, ``#`` comments only in the first column, ``[!a]`` is no negation)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ctxsize.dockerignore.parse import IgnoreLine
from ctxsize.model import Finding, Severity
from ctxsize.rules.case import Case, IgnoreCase
from ctxsize.rules.rule import Rule
from ctxsize.rules.rule_undone_later import unwanted
from ctxsize.rules.words import listed

CODE = "gitignore-habit"


def check(case: Case) -> Iterable[Finding]:
    for ignore in case.ignore_files:
        if ignore.builds:
            for line in ignore.lines:
                if line.number not in ignore.ours:
                    yield from _line(ignore, line)


def _line(ignore: IgnoreCase, line: IgnoreLine) -> Iterator[Finding]:
    said = line.written.strip()
    for severity, message, hint in _habits(ignore, line, said):
        yield Finding(CODE, severity, message, hint, ignore.file, line.number, ignore.builds[0])


def _habits(ignore: IgnoreCase, line: IgnoreLine, said: str) -> Iterator[tuple[Severity, str, str]]:
    if said.startswith("#"):
        yield Severity.WARNING, f"{said}: an indented # starts no comment, this is a pattern", "begin it in column 1"
        return
    if comment := re.search(r"\s#(\s|$)", said):
        kept = said[: comment.start()].rstrip()
        yield (Severity.WARNING, f"{said}: there are no comments behind a pattern, the whole line is one",
               f"put the comment on a line of its own and leave {kept}")  # fmt: skip
        return
    if "[!" in said.removeprefix("!"):
        yield Severity.WARNING, f"{said}: [!…] is no negation here, it matches ! itself", "write [^…]"
    yield from _root_only(ignore, line, said)


def _root_only(ignore: IgnoreCase, line: IgnoreLine, said: str) -> Iterator[tuple[Severity, str, str]]:
    name = line.pattern.removeprefix("!")
    if "/" in name or "**" in name or said.removeprefix("!").lstrip().startswith("/"):
        return
    deeper = ignore.deeper.get(line.number, ())
    better = f"{'!' if line.pattern.startswith('!') else ''}**/{name}"
    if deeper and not line.pattern.startswith("!"):
        # a plain word may well mean the root's folder; a cache or *.log hardly does
        severity = Severity.WARNING if unwanted(name) or "*" in name else Severity.INFO
        yield (severity, f"{said} matches at the root of the context only, not {listed(deeper)}",
               f"write {better} if that is meant")  # fmt: skip
    elif unwanted(name) and ignore.deeper.get(0) is not None:
        yield Severity.INFO, f"{said} matches at the root of the context only, not in folders", f"write {better}"


RULE = Rule(CODE, Severity.WARNING, "a line that would be right in a .gitignore", check)
