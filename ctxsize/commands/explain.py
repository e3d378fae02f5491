"""``ctxsize explain``: for each path and build, whether it is sent, and the line that decided."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from ctxsize.commands.declared import argument, path
from ctxsize.commands.deliver import deliver, page, warn
from ctxsize.commands.options import Options, format_option
from ctxsize.commands.settle import Settled, settle
from ctxsize.commands.watched import watched
from ctxsize.errors import ExitCode, InputError
from ctxsize.formats import FORMATS

if TYPE_CHECKING:
    from ctxsize.formats.views import ExplainView
    from ctxsize.listing import ExplainedPath

__all__ = ["explain", "rooted"]


def explain(
    options: Options,
    files: Annotated[tuple[str, ...], argument(metavar="FILE…", help="Paths, there or not.", many=True)],
    root: Annotated[Path, path("--root", metavar="PATH", help="The repository; with -f the context.")] = Path(),
    format_: Annotated[str, format_option("explain")] = "text",
) -> ExitCode:
    """For each path and build: sent or not, and the line of the ignore file or Dockerfile that decided."""
    from ctxsize import listing

    settled = settle(root, options)
    if not settled.builds:
        raise InputError("nothing here asks for a docker build", where=str(settled.root), hint="describe one with -f")
    paths = [rooted(file, settled.root, Path.cwd()) for file in files]
    with watched(settled, options) as request:
        explained = listing.explain(request, paths, settled.builder)
    warn(settled.problems, options)
    deliver(FORMATS["explain"][format_](_view(explained, settled), page(options)), options)
    return ExitCode.OK


def rooted(file: str, root: Path, cwd: Path) -> str:
    """``file`` as typed in ``cwd``, relative to ``root`` and ``/``-separated; ``.`` is the root itself.

    As git reads a path: from the current folder. Where that leaves the repository, or where only the
    repository's root has such a path, from the root, so that the paths of a report can be pasted.
    """
    candidates = [_relative(base / file, root) for base in (cwd, root)]
    inside = [path for path in candidates if path is not None]
    if not inside:
        raise InputError("outside the repository", where=file, hint=f"the repository is {root}; see --root")
    there = [path for path in inside if os.path.lexists(root / path)]
    return (there or inside)[0]


def _relative(path: Path, root: Path) -> str | None:
    relative = os.path.relpath(os.path.normpath(path), root).replace(os.sep, "/")
    return None if relative == ".." or relative.startswith("../") else relative


def _view(explained: tuple[ExplainedPath, ...], settled: Settled) -> ExplainView:
    from ctxsize.formats.views import ExplainView

    return ExplainView(explained, frozenset(one.path for one in explained if not _there(one.path, settled)))


def _there(path: str, settled: Settled) -> bool:
    """Seen from the root or, as ``ls`` names it, from the context of any build."""
    contexts = {"."} | {build.context for build in settled.builds if not build.remote}
    return any(os.path.lexists(settled.root / context / path) for context in contexts)
