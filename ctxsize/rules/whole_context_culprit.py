"""whole-context-culprit: the instruction that makes BuildKit ask for the whole context: a copy of everything, a source
that an unset variable leaves empty, a bind mount without a source, a tmpfs mount (all observed on 28.5.2)."""

from __future__ import annotations

from collections.abc import Iterable

from ctxsize.model import BuilderName, Finding, Severity, Source
from ctxsize.rules.case import BuildCase, Case
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import run
from ctxsize.units import format_size

CODE = "whole-context-culprit"


def check(case: Case) -> Iterable[Finding]:
    for build in case.builds:
        sources = [read.source for read in build.main_reads]
        whole = [source for source in sources if source.whole or source.kind == "tmpfs"]
        if whole and any(source.kind != "tmpfs" for source in sources):
            yield from (_finding(build, source, len(whole), len(sources)) for source in whole)


def _finding(build: BuildCase, source: Source, culprits: int, of: int) -> Finding:
    sent = (build.measurement.builders or {}).get(BuilderName.BUILDKIT)
    size = format_size(sent.sent.bytes) if sent else "everything"
    alone = "alone makes" if culprits == 1 and of > 1 else "makes"
    message = f"{_what(source)} {alone} BuildKit send the whole context ({size})"
    if sent and sent.waste.bytes:
        message += f", {format_size(sent.waste.bytes)} of it for nothing"
    surprising = source.kind == "tmpfs" or bool(source.unset)
    severity = Severity.WARNING if surprising else Severity.INFO
    return Finding(CODE, severity, message, _hint(build, source), build.dockerfile, source.line, build.name)


def _what(source: Source) -> str:
    if source.kind == "tmpfs":
        return "a tmpfs mount beside a COPY"
    if source.unset:
        return f"{source.instruction} {source.word}, with {source.unset[0]} unset,"
    if source.kind == "bind":
        return "a bind mount of everything"
    return f"{source.instruction} {source.word or '.'}"


def _hint(build: BuildCase, source: Source) -> str:
    if source.kind == "tmpfs":
        return "moby/buildkit asks for / on behalf of a tmpfs mount; RUN --mount=type=cache does not"
    if source.unset:
        return f"give {source.unset[0]} a default, or write the folder"
    if source.kind == "bind":
        return "give the mount a source="
    return f"name what is needed, or keep the rest out: {run('suggest', '--build', build.name)}"


RULE = Rule(CODE, Severity.WARNING, "the instruction that makes BuildKit send everything", check)
