"""``ctxsize report``: what every build sends, and what of it is waste."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from ctxsize.commands.deliver import deliver, page
from ctxsize.commands.options import Options, PathArgument, format_option
from ctxsize.commands.progress import progress
from ctxsize.commands.settle import Settled, settle
from ctxsize.errors import ExitCode
from ctxsize.formats import FORMATS
from ctxsize.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ctxsize.formats.tree import Weighed
    from ctxsize.formats.views import ReportView
    from ctxsize.measure import Report
    from ctxsize.model import BuilderName, Measurement

__all__ = ["report"]


def report(
    options: Options, path: PathArgument = Path(), format_: Annotated[str, format_option("report")] = "table"
) -> ExitCode:
    """What every build sends, and what of it is waste. One build in detail with --build NAME."""
    from ctxsize.diagnosis.failing import with_failures
    from ctxsize.measure import measure

    settled = settle(path, options)
    with progress(options.quiet) as counting:
        measured = measure(settled.request, progress=counting)
        measured = with_failures(settled.request, measured, settled.settings.doctor_ignore)
    view = _view(settled, measured, options, detailed=format_ == "table")
    deliver(FORMATS["report"][format_](view, page(options)), options)
    return ExitCode.OK


def _view(settled: Settled, measured: Report, options: Options, *, detailed: bool) -> ReportView:
    from ctxsize.formats.views import ReportView

    one = measured.measurements[0] if len(measured.measurements) == 1 else None
    return ReportView(
        root=str(settled.root),
        measurements=measured.measurements,
        problems=(*settled.problems, *measured.problems),
        builder=settled.builder,
        contents=_contents(settled, measured) if one and detailed else None,
        following=() if options.quiet or not detailed else tuple(_following(measured.measurements, settled.builder)),
        verbose=options.verbose,
        quiet=options.quiet,
    )


def _contents(settled: Settled, measured: Report) -> Weighed:
    """What the detail view draws as a tree of the one build; the broken and the remote have nothing to draw."""
    from ctxsize.formats.tree import Folder
    from ctxsize.listing import SentTree

    for context in measured.contexts:
        sent = context.work(context.plans[0], settled.builder).sent
        if sent is not None:
            return SentTree(sent)
    return Folder("")


def _following(measurements: tuple[Measurement, ...], builder: BuilderName) -> Iterator[str]:
    """The commands worth running next: about the build that wastes most, and only commands that exist."""
    from ctxsize.commands import COMMANDS

    if any(finding.severity is Severity.ERROR for one in measurements for finding in one.findings):
        yield "ctxsize doctor"
    wasting = [one for one in measurements if one.heaviest and one.builders]
    worst = max(wasting, key=lambda one: _wasted(one, builder), default=None)
    if worst is None:
        return
    from shlex import quote

    name, path = quote(worst.build.name), quote(worst.heaviest[0].path.rstrip("/"))
    if len(measurements) > 1:
        yield f"ctxsize report --build {name}"
    else:
        yield f"ctxsize ls --build {name} --set {worst.heaviest[0].klass} --tree"
    yield f"ctxsize explain {path}"
    if "suggest" in COMMANDS:
        yield "ctxsize suggest"


def _wasted(one: Measurement, builder: BuilderName) -> int:
    return one.builders[builder].waste.bytes if one.builders else 0
