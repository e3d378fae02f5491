"""``ctxsize ls``: the entries of one build, in the order in which the builder receives them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from ctxsize.commands.declared import choice, flag, number
from ctxsize.commands.deliver import deliver, page, warn
from ctxsize.commands.options import Options, PathArgument, format_option
from ctxsize.commands.settle import only, settle
from ctxsize.commands.watched import watched
from ctxsize.errors import ExitCode, InputError, SettingsError
from ctxsize.formats import FORMATS
from ctxsize.model import Location, Problem

if TYPE_CHECKING:
    from ctxsize.formats.views import LsView
    from ctxsize.measure import Request
    from ctxsize.model import BuildDefinition

__all__ = ["Set", "ls"]

_DEPTH = 2


class Set(StrEnum):
    """Which entries: the contract's ``--set``."""

    SENT = "sent"
    USED = "used"
    JUNK = "junk"
    UNUSED = "unused"
    IGNORED = "ignored"


def ls(
    options: Options,
    path: PathArgument = Path(),
    which: Annotated[Set, choice("--set", of=Set, help="Which entries.")] = Set.SENT,
    tree: Annotated[bool, flag("--tree", help="Folders with sizes and counts, largest first.")] = False,
    depth: Annotated[int | None, number("--depth", least=0, help="How deep --tree goes [default: 2].")] = None,
    long: Annotated[bool, flag("--long", "-l", help="Sizes before the names.")] = False,
    nul: Annotated[bool, flag("--null", "-0", help="Raw names, each ended by a NUL byte.")] = False,
    format_: Annotated[str, format_option("ls")] = "text",
) -> ExitCode:
    """The entries of one build, one a line, in the order in which the builder receives them."""
    _refuse_mixed({"--tree": tree or depth is not None, "--long": long, "-0": nul, "--format json": format_ != "text"})
    settled = settle(path, options)
    build = only(settled, "ls shows one build")
    _refuse_broken(build)
    warn((*settled.problems, *_fetched(build)), options)
    drawn = (_DEPTH if depth is None else depth) if tree or depth is not None else None
    names_alone = drawn is None and not long and format_ == "text"
    with watched(settled, options) as request:  # names are found while they are written
        view = (_names if names_alone else _entries)(request, build, which)
        text = FORMATS["ls"][format_](view._replace(depth=drawn, long=long, nul=nul), page(options))
    deliver(text, options)
    return ExitCode.OK


def _refuse_broken(build: BuildDefinition) -> None:
    if build.broken:
        at = build.declared
        where = str(Location(at.file, at.line)) if at.file else None
        raise InputError(build.broken, where=where, hint=_look(build))


def _fetched(build: BuildDefinition) -> tuple[Problem, ...]:
    if not build.remote:
        return ()
    return (Problem(build.name, f"{build.context} is fetched by the builder: nothing is sent from here"),)


def _names(request: Request, build: BuildDefinition, which: Set) -> LsView:
    from ctxsize.formats.views import LsView
    from ctxsize.listing import paths

    found = paths(request, build, request.builder, which.value)
    return LsView(build.name, request.builder, which.value, (), None, paths=found)


def _entries(request: Request, build: BuildDefinition, which: Set) -> LsView:
    from ctxsize.formats.views import LsView
    from ctxsize.listing import entries

    listing = entries(request, build, request.builder, which.value)
    if listing.error:
        raise InputError(listing.error, hint=_look(build))
    return LsView(build.name, request.builder, which.value, listing.entries, listing.transfer_bytes)


def _look(build: BuildDefinition) -> str:
    from shlex import quote

    return f"ctxsize report --build {quote(build.name)}"


def _refuse_mixed(shapes: dict[str, bool]) -> None:
    chosen = [name for name, given in shapes.items() if given]
    if len(chosen) > 1:
        raise SettingsError(f"{chosen[0]} and {chosen[1]} are two different outputs", hint="give one of them")
