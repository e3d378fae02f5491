"""Small cases for the tables: a build, an ignore file, a source, each with only what the row is about."""

from __future__ import annotations

from collections.abc import Mapping

from ctxsize.dockerignore import IgnoreRules
from ctxsize.dockerignore.parse import read_ignore_lines
from ctxsize.model import (
    NOTHING,
    BuildDefinition,
    BuilderName,
    Declaration,
    Finding,
    IgnoredBy,
    Measurement,
    NamedContext,
    NamedSent,
    Sent,
    Source,
    Totals,
)
from ctxsize.rules import Case, judge
from ctxsize.rules.case import BuildCase, IgnoreCase, Read, Standing


def a_sent(builder: BuilderName = BuilderName.BUILDKIT, files: int = 3, size: int = 100, waste: int = 0) -> Sent:
    unused = Totals(1, 0, waste) if waste else NOTHING
    used = Totals(files, 0, size)
    return Sent(builder, used + unused, used, NOTHING, unused, 200)


def a_source(word: str, path: str | None = None, **more: object) -> Source:
    given = {"line": 3, "end_line": 3, "instruction": "COPY", "text": f"COPY {word} /x", **more}
    return Source(word, word.strip("./") if path is None else path, **given)  # type: ignore[arg-type]


def a_read(word: str, standing: Standing = Standing.MISSING, path: str | None = None, **more: object) -> Read:
    facts = {name: more.pop(name) for name in list(more) if name in Read._fields}
    return Read(a_source(word, path, **more), standing, **facts)  # type: ignore[arg-type]


def a_build(
    name: str = "api",
    *reads: Read,
    context: str = "services/api",
    kind: str = "compose",
    dockerfile: str | None = "services/api/Dockerfile",
    sizes: Mapping[BuilderName, Sent] | None = None,
    findings: tuple[Finding, ...] = (),
    named: tuple[NamedSent, ...] = (),
    contexts: tuple[NamedContext, ...] = (),
    **facts: object,
) -> BuildCase:
    declared = Declaration(kind, "compose.yml", 4, name) if kind == "compose" else Declaration(kind)
    build = BuildDefinition(name, declared, context, dockerfile, contexts=contexts)
    found = sizes or {one: a_sent(one) for one in BuilderName}
    measured = Measurement(build, None, found, findings=findings, named=named)
    return BuildCase(measured, reads, **facts)  # type: ignore[arg-type]


def an_ignore_file(text: str, file: str = ".dockerignore", builds: tuple[str, ...] = ("api",), **facts: object) -> IgnoreCase:
    data = text.encode()
    rules, lines = IgnoreRules.parse(data, file), read_ignore_lines(data, file)
    return IgnoreCase(file, rules, lines, builds=builds, **facts)  # type: ignore[arg-type]


def found(rule: str, *what: BuildCase | IgnoreCase) -> list[tuple[str, str, int | None]]:
    """(severity, file, line) of what one rule says."""
    return [(one.severity.value, one.file or "", one.line) for one in judge(a_case(*what)) if one.rule == rule]


def said(rule: str, *what: BuildCase | IgnoreCase) -> list[str]:
    return [one.message for one in judge(a_case(*what)) if one.rule == rule]


def a_case(*what: BuildCase | IgnoreCase) -> Case:
    builds = tuple(one for one in what if isinstance(one, BuildCase))
    return Case(builds, tuple(one for one in what if isinstance(one, IgnoreCase)))


IGNORED = IgnoredBy(".dockerignore", 2, "dist")
