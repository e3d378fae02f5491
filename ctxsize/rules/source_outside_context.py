"""source-outside-context: a source climbs out with ``..``. BuildKit silently cuts the ``..`` off, the classic builder
refuses; both observed on Docker Engine 28.5.2."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import BuildCase, Case, Read, Standing
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import fix, folder

CODE = "source-outside-context"


def check(case: Case) -> Iterable[Finding]:
    for build in case.builds:
        for read in build.main_reads:
            if read.source.climbs:
                yield from _finding(build, read)


def _finding(build: BuildCase, read: Read) -> Iterator[Finding]:
    source = read.source
    context = folder(build.build.context)
    start = f"{source.instruction} {source.word} leaves the context {context}: BuildKit reads it as /{source.path}"
    classic = f"the classic builder says: forbidden path outside the build context: {source.word}"
    if not read.broken:
        message, severity = f"{start}, which is there; {classic}", Severity.WARNING
        hint = f"write {source.path or '.'}, which means the same, if that is what is meant"
        if source.whole:
            message = f"{start}, the whole context; {classic}"
    else:
        message, severity = f"{start}; {read.docker_says} ({classic})", Severity.ERROR
        hint = _where(build, read)
    yield Finding(CODE, severity, message, hint, build.dockerfile, source.line, build.name)


def _where(build: BuildCase, read: Read) -> str:
    if read.standing is Standing.IGNORED and read.ignored_by:
        return f"it is there, but {read.ignored_by.file}:{read.ignored_by.line} ignores it"
    if read.elsewhere:
        return f"it stands in {read.elsewhere[0]}: {fix(build)}"
    return "nothing of that name stands in any folder above: name a folder that is in the context"


RULE = Rule(CODE, Severity.ERROR, "a source climbs out of the context", check)
