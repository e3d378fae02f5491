"""``ctxsize suggest``: tightened ignore rules as a diff with the measured saving; ``--write`` writes them."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from ctxsize.commands.declared import choice, flag
from ctxsize.commands.deliver import deliver, page, warn
from ctxsize.commands.options import Options, PathArgument, format_option
from ctxsize.commands.progress import progress
from ctxsize.commands.settle import choose, settle
from ctxsize.errors import ExitCode, SettingsError, WriteRefusedError
from ctxsize.formats import FORMATS
from ctxsize.suggest.suggestion import Scope

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ctxsize.commands.settle import Settled
    from ctxsize.formats.suggest_view import SuggestView
    from ctxsize.model import BuildDefinition
    from ctxsize.suggest.suggestion import Suggestion

__all__ = ["Include", "suggest", "suggestion"]

_SCOPE = "Which ignore files: of each Dockerfile where several share a context, of contexts, or both (auto)."
_INCLUDE = "Which rules: proven, or likely ones too [default: proven, or the configuration's]."


class Include(StrEnum):
    """The contract's ``[suggest] include``."""

    PROVEN = "proven"
    LIKELY = "likely"


def suggest(
    options: Options,
    path: PathArgument = Path(),
    write: Annotated[bool, flag("--write", help="Write the files: all of them or none.")] = False,
    check: Annotated[bool, flag("--check", help="Exit with 1 if there is something to write.")] = False,
    scope: Annotated[Scope, choice("--scope", of=Scope, help=_SCOPE)] = Scope.AUTO,
    include: Annotated[Include | None, choice("--include", of=Include, help=_INCLUDE)] = None,
    format_: Annotated[str, format_option("suggest")] = "table",
) -> ExitCode:
    """Ignore rules that cannot break a build, as a diff with the measured saving; --write writes them."""
    if write and check:
        raise SettingsError("--write and --check exclude each other", hint="give one of them")
    settled = settle(path, options._replace(build=()))
    chosen = frozenset(build.name for build in choose(settled.builds, options.build))
    likely = (include or Include(settled.settings.suggest_include)) is Include.LIKELY
    with progress(options.quiet) as counting:
        found = suggestion(
            settled, chosen, scope, likely=likely, described=options.file is not None, progress=counting
        )
    if write:
        _write(settled.root, found)
    warn(found.problems, options)
    deliver(FORMATS["suggest"][format_](_view(settled, found, options, written=write), page(options)), options)
    return ExitCode.NO if check and found.files else ExitCode.OK


def suggestion(
    settled: Settled,
    chosen: frozenset[str],
    scope: Scope = Scope.AUTO,
    *,
    likely: bool = False,
    described: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Suggestion:
    """What there is to write for the chosen builds, proven by measuring; ``chosen`` are names.

    ``described`` tells that the one build was described with ``-f``: others may share its context all the same.
    """
    from ctxsize.tightening.drafts import Ask
    from ctxsize.tightening.suggesting import suggested

    request = settled.request
    builds = (*settled.builds, *_neighbours(settled)) if described else settled.builds
    ask = Ask(request.repository, builds, request.junk, settled.builder, scope, likely, chosen)
    found = suggested(ask, progress)
    return found._replace(problems=(*settled.problems, *found.problems))


def _neighbours(settled: Settled) -> Iterator[BuildDefinition]:
    """The other builds that are found in the context of a described one; a shared file has to respect them."""
    from ctxsize.builds import discover

    found = discover(settled.repository, exclude=settled.settings.exclude, contexts=settled.settings.contexts,
                     environ=os.environ)  # fmt: skip
    taken = {build.name for build in settled.builds}
    for build in found.builds:
        if any((build.dockerfile, build.target, build.args) == (one.dockerfile, one.target, one.args)
               for one in settled.builds):  # fmt: skip
            continue
        name = build.name
        while name in taken:
            name += "'"
        taken.add(name)
        yield build.renamed(name)


def _write(root: Path, found: Suggestion) -> None:
    """All files or none. Raises WriteRefusedError."""
    from ctxsize.disk import write_all

    if found.refused:
        path, reason = found.refused[0]
        hint = "nothing was written; ctxsize suggest shows what else there is"
        raise WriteRefusedError(f"not written: {reason}", where=path, hint=hint)
    write_all(root, found.files)


def _view(settled: Settled, found: Suggestion, options: Options, *, written: bool) -> SuggestView:
    from ctxsize.formats.suggest_view import SuggestView

    return SuggestView(str(settled.root), found, settled.builder, written=written, quiet=options.quiet,
                       verbose=options.verbose)  # fmt: skip
