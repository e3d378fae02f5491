"""``ctxsize ls``: the entries of one build, in the order in which the builder receives them."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ctxsize.commands.deliver import deliver, page, warn
from ctxsize.commands.options import Options, PathArgument, format_option
from ctxsize.commands.settle import Settled, only, settle
from ctxsize.errors import ExitCode, InputError, SettingsError
from ctxsize.formats import FORMATS

if TYPE_CHECKING:
    from ctxsize.formats.views import LsView
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
    which: Annotated[Set, typer.Option("--set", help="Which entries.")] = Set.SENT,
    tree: Annotated[bool, typer.Option("--tree", help="Folders with sizes and counts, largest first.")] = False,
    depth: Annotated[int | None, typer.Option("--depth", min=0, help="How deep --tree goes [default: 2].")] = None,
    long: Annotated[bool, typer.Option("--long", "-l", help="Sizes before the names.")] = False,
    nul: Annotated[bool, typer.Option("--null", "-0", help="Raw names, each ended by a NUL byte.")] = False,
    format_: Annotated[str, format_option("ls")] = "text",
) -> ExitCode:
    """The entries of one build, one a line, in the order in which the builder receives them."""
    _refuse_mixed({"--tree": tree or depth is not None, "--long": long, "-0": nul, "--format json": format_ != "text"})
    settled = settle(path, options)
    build = only(settled, "ls shows one build")
    warn(settled.problems, options)
    drawn = (_DEPTH if depth is None else depth) if tree or depth is not None else None
    names_alone = drawn is None and not long and format_ == "text"
    view = (_names if names_alone else _entries)(settled, build, which)
    view = replace(view, depth=drawn, long=long, nul=nul)
    deliver(FORMATS["ls"][format_](view, page(options)), options)
    return ExitCode.OK


def _names(settled: Settled, build: BuildDefinition, which: Set) -> LsView:
    from ctxsize.formats.views import LsView
    from ctxsize.listing import paths

    found = paths(settled.request, build, settled.builder, which.value)
    return LsView(build.name, settled.builder, which.value, (), None, paths=found)


def _entries(settled: Settled, build: BuildDefinition, which: Set) -> LsView:
    from ctxsize.formats.views import LsView
    from ctxsize.listing import entries

    listing = entries(settled.request, build, settled.builder, which.value)
    if listing.error:
        raise InputError(listing.error, hint=f"ctxsize report --build {build.name}")
    return LsView(build.name, settled.builder, which.value, listing.entries, listing.transfer_bytes)


def _refuse_mixed(shapes: dict[str, bool]) -> None:
    chosen = [name for name, given in shapes.items() if given]
    if len(chosen) > 1:
        raise SettingsError(f"{chosen[0]} and {chosen[1]} are two different outputs", hint="give one of them")
