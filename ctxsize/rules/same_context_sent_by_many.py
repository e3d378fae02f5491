"""same-context-sent-by-many-builds: what several builds of one context upload over and over. Builders that take an
archive pack all of it for each; BuildKit shares one transfer within one ``docker compose build`` or bake run only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ctxsize.model import BuilderName, Finding, Severity
from ctxsize.rules.case import BuildCase, Case
from ctxsize.rules.rule import Rule
from ctxsize.rules.words import folder, listed, run
from ctxsize.units import format_size

CODE = "same-context-sent-by-many-builds"


def check(case: Case) -> Iterable[Finding]:
    groups: dict[str, list[BuildCase]] = defaultdict(list)
    for build in case.builds:
        if not build.guessed and _sent(build, BuilderName.ARCHIVE):
            groups[build.build.context].append(build)
    for context, builds in groups.items():
        if len({(build.build.dockerfile, build.build.target) for build in builds}) > 1:
            yield _finding(context, builds)


def _finding(context: str, builds: list[BuildCase]) -> Finding:
    sums = {name: sum(_sent(build, name) for build in builds) for name in BuilderName}
    message = (f"{len(builds)} builds ({listed(build.name for build in builds)}) send {folder(context)}: "
               f"{format_size(sums[BuilderName.ARCHIVE])} in all as archives, "
               f"{format_size(sums[BuilderName.BUILDKIT])} with BuildKit")  # fmt: skip
    first = builds[0].build.declared
    hint = f"an ignore file of its own for each Dockerfile: {run('suggest', '--scope', 'dockerfile')}"
    return Finding(CODE, Severity.INFO, message, hint, first.file, first.line, None)


def _sent(build: BuildCase, builder: BuilderName) -> int:
    sent = (build.measurement.builders or {}).get(builder)
    return sent.sent.bytes if sent else 0


RULE = Rule(CODE, Severity.INFO, "several builds upload the same context", check)
