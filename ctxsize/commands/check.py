"""``ctxsize check``: the gate for CI. Within budget or not, and if not, what made the difference."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from ctxsize.commands.declared import flag, text
from ctxsize.commands.deliver import deliver, page
from ctxsize.commands.options import Options, PathArgument, format_option
from ctxsize.commands.progress import progress
from ctxsize.commands.settle import Settled, settle
from ctxsize.errors import ExitCode, InputError, SettingsError
from ctxsize.formats import FORMATS
from ctxsize.formats.text import counted, printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ctxsize.formats.check_view import CheckView
    from ctxsize.gate.comparing import Comparison, Sources
    from ctxsize.gate.demand import Demand
    from ctxsize.model import BuildDefinition
    from ctxsize.repositories.disk import Repository

__all__ = ["check"]

_AGAINST = "Compare with a git ref; REF... with where HEAD left it."
_BASELINE = "Compare with this file [default: ctxsize-baseline.jsonl, if there]."


def check(
    options: Options,
    path: PathArgument = Path(),
    against: Annotated[str | None, text("--against", metavar="REF", help=_AGAINST)] = None,
    baseline: Annotated[str | None, text("--baseline", metavar="FILE", help=_BASELINE)] = None,
    update: Annotated[bool, flag("--update", help="Write the baseline: what is sent now is fine.")] = False,
    ratchet: Annotated[bool, flag("--ratchet", help="No growth at all; --update only lowers.")] = False,
    format_: Annotated[str, format_option("check")] = "table",
) -> ExitCode:
    """The builds within their budgets? Growth counts from a baseline file or from a git ref."""
    from ctxsize.gate.comparing import compare, update_baseline
    from ctxsize.gate.demands import demanded

    _refuse_mixed(against, baseline, update=update)
    settled = settle(path, options)
    demand = demanded(settled.settings, settled.request)
    sources = _sources(settled, options)
    if update:
        written = update_baseline(sources, demand, baseline, ratchet=ratchet)
        return _told(written, options)
    with progress(options.quiet) as counting:
        done = compare(sources, demand.ratcheted() if ratchet else demand, against, baseline, progress=counting)
    view = _view(settled, done, options)
    deliver(FORMATS["check"][format_](view, page(options)), options)
    return _exit_code(view, demand)


def _refuse_mixed(against: str | None, baseline: str | None, *, update: bool) -> None:
    if against is not None and (baseline is not None or update):
        other = "--update" if update else "--baseline"
        hint = "a git ref needs no baseline file; give one of the two"
        raise SettingsError(f"--against and {other} are two different things to compare with", hint=hint)


def _sources(settled: Settled, options: Options) -> Sources:
    from ctxsize.budget.figures import identity_of
    from ctxsize.gate.comparing import Sources

    if options.file is not None:
        return Sources(settled.request, lambda repository: settled.builds)
    names, identities = set(options.build), {identity_of(build) for build in settled.builds}

    def builds_of(repository: Repository) -> tuple[BuildDefinition, ...]:
        from ctxsize.builds import discover

        own = settled.settings
        found = discover(repository, exclude=own.exclude, contexts=own.contexts, environ=os.environ).builds
        return tuple(one for one in found if not names or _matches(one.name, names) or identity_of(one) in identities)

    return Sources(settled.request, builds_of, partial=bool(names))


def _matches(name: str, patterns: set[str]) -> bool:
    from fnmatch import fnmatchcase

    return name in patterns or any(fnmatchcase(name, pattern) for pattern in patterns)


def _view(settled: Settled, done: Comparison, options: Options) -> CheckView:
    from ctxsize.formats.check_view import CheckView

    return CheckView(
        root=str(settled.root),
        builder=settled.builder,
        verdicts=done.verdicts,
        against=done.against,
        problems=tuple(dict.fromkeys([*settled.problems, *done.problems])),
        following=() if options.quiet else tuple(_following(done)),
        verbose=options.verbose,
    )


def _following(done: Comparison) -> Iterator[str]:
    """The commands worth running next: only ones that exist, about the first build that fails."""
    from shlex import quote

    from ctxsize.commands import COMMANDS

    failing = next((one for one in done.verdicts if one.fails), None)
    if failing is None:
        return
    yield f"ctxsize report --build {quote(failing.name)}"
    if "suggest" in COMMANDS:
        yield "ctxsize suggest"


def _exit_code(view: CheckView, demand: Demand) -> ExitCode:
    """Raises InputError where a build that has a budget cannot be measured, and nothing else is wrong."""
    if not view.ok:
        return ExitCode.NO
    for verdict in view.verdicts:
        if verdict.error is not None and not demand.budget(verdict.name).empty:
            hint = f"ctxsize report --build {verdict.name} tells more"
            raise InputError(f"cannot tell whether {verdict.name} is within its budget: {verdict.error}", hint=hint)
    return ExitCode.OK


def _told(written: tuple[str, int, bool], options: Options) -> ExitCode:
    path, builds, changed = written
    if not options.quiet:
        state = "written" if changed else "unchanged"
        print(f"{printable(path)}: {state}, {counted(builds, 'build')}", file=sys.stderr)  # noqa: T201
    return ExitCode.OK
