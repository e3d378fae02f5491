"""``ctxsize fix``: mends builds whose context does not fit, by the strategy that the figures speak for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from ctxsize.commands.declared import choice, flag
from ctxsize.commands.deliver import deliver, page, warn
from ctxsize.commands.options import Options, PathArgument, format_option
from ctxsize.commands.progress import progress
from ctxsize.commands.settle import Settled, choose, settle
from ctxsize.errors import ExitCode, SettingsError, WriteRefusedError
from ctxsize.formats import FORMATS
from ctxsize.migrate.strategy import StrategyName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ctxsize.changes import Change
    from ctxsize.formats.fix_view import FixView
    from ctxsize.mending.fixing import Proposal, Proposals

__all__ = ["fix"]

_STRATEGY = "root: one context above; named: additional contexts; vendor: only priced [default: by the figures]."
_TIGHTEN = "Write the ignore rules that suggest proposes for the new contexts, too."
_VERIFY = "After --write: build with the real docker compose build."


def fix(
    options: Options,
    path: PathArgument = Path(),
    strategy: Annotated[StrategyName | None, choice("--strategy", of=StrategyName, help=_STRATEGY)] = None,
    write: Annotated[bool, flag("--write", help="Write the files: all of them or none.")] = False,
    tighten: Annotated[bool, flag("--tighten", off="--no-tighten", help=_TIGHTEN)] = True,
    verify: Annotated[bool, flag("--verify", help=_VERIFY)] = False,
    format_: Annotated[str, format_option("fix")] = "table",
) -> ExitCode:
    """Mend builds whose sources stand outside their context: strategies side by side, a diff, --write."""
    from ctxsize.mending.fixing import proposals

    if verify and not write:
        raise SettingsError("--verify builds what was written", hint="give --write, too")
    if options.file is not None:
        raise SettingsError("fix edits the files that declare builds, and -f declares one itself", hint="leave -f out")
    settled = settle(path, options._replace(build=()))
    names = frozenset(build.name for build in choose(settled.builds, options.build)) if options.build else None
    with progress(options.quiet) as counting:
        found = proposals(settled, names, likely=settled.settings.suggest_include == "likely", progress=counting)
    chosen = _chosen(found, strategy)
    view = _view(settled, found, chosen, options, tighten=tighten)
    if write and found.findings:
        view = _written(settled, view, found, chosen, verify=verify)
    warn(settled.problems, options)
    deliver(FORMATS["fix"][format_](view, page(options)), options)
    return _exit_code(view)


def _chosen(found: Proposals, strategy: StrategyName | None) -> Proposal | None:
    if not found.choices:
        return None
    name = strategy or (found.recommended[0] if found.recommended else StrategyName.ROOT)
    return found.get(name)


def _exit_code(view: FixView) -> ExitCode:
    """1 if a mismatch stays: refused, or not built by the engine."""
    failed = any(message is not None for _, message in view.verified)
    left = bool(view.findings) and (bool(view.refusals) or not view.files)
    return ExitCode.NO if failed or left else ExitCode.OK


def _view(
    settled: Settled, found: Proposals, chosen: Proposal | None, options: Options, *, tighten: bool
) -> FixView:
    from ctxsize.formats.fix_view import FixView
    from ctxsize.mending.declarations import command

    mended = chosen.mended if chosen and chosen.price.failure is None else None
    return FixView(
        root=str(settled.root),
        builder=settled.builder,
        findings=found.findings,
        prices=tuple(one.price for one in found.choices),
        recommended=found.recommended,
        chosen=chosen.price.strategy if chosen else None,
        files=tuple(_edits(settled, chosen, tighten=tighten)) if chosen and mended else (),
        places=tuple(_places(found)),
        refusals=(*found.refusals, *(chosen.mended.refusals if chosen and chosen.mended else ())),
        remarks=mended.remarks if mended else (),
        commands=tuple(command(one) for one in mended.layouts) if mended else (),
        following=() if options.quiet else tuple(_following(chosen)),
        verbose=options.verbose,
        quiet=options.quiet,
    )


def _edits(settled: Settled, chosen: Proposal, *, tighten: bool) -> Iterator[Change]:
    from ctxsize.changes import Change

    for path, after in sorted(chosen.changes(tighten=tighten).items()):
        before = settled.repository.read(path)
        if before != after:
            yield Change(path, before, after)


def _places(found: Proposals) -> Iterator[tuple[str, str, str]]:
    """Where each source that the builder does not find was found instead."""
    for site in found.sites:
        for reading, place in site.places:
            if not f"{place}/".startswith(f"{site.home}/") and site.home != ".":
                yield f"{site.dockerfile}:{reading.source.line}", reading.source.word, place


def _following(chosen: Proposal | None) -> Iterator[str]:
    if chosen is None or chosen.price.failure is not None or chosen.mended is None:
        return
    yield f"ctxsize fix --strategy {chosen.price.strategy.value} --write"


def _written(settled: Settled, view: FixView, found: Proposals, chosen: Proposal | None, *, verify: bool) -> FixView:
    """Writes all files or none. Raises WriteRefusedError."""
    from ctxsize.disk import write_all

    if chosen is None or chosen.mended is None:
        strategy = chosen.price.strategy.value if chosen else "this"
        raise WriteRefusedError(f"{strategy} writes nothing", hint="choose --strategy root or named")
    if chosen.price.failure is not None:
        raise WriteRefusedError(f"{chosen.price.strategy.value} would not mend it: {chosen.price.failure}",
                                hint="nothing was written; try the other strategy")  # fmt: skip
    write_all(settled.root, view.files)
    view = view._replace(written=True, following=("ctxsize doctor", "ctxsize report"))
    return _verified(settled, view, chosen) if verify else view


def _verified(settled: Settled, view: FixView, chosen: Proposal) -> FixView:
    from ctxsize.mending.verifying import engine_silent, verify

    silent = engine_silent()
    if silent is not None:
        return view._replace(unverified=silent)
    assert chosen.mended is not None
    mended = [one for one in settle(settled.root, Options()).builds if one.name in chosen.mended.builds]
    return view._replace(verified=verify(settled.root, mended))
