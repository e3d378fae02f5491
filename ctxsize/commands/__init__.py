"""The registry of commands: a new command is one file here and one line in ``COMMANDS``.

A command is a function with typer's annotations that settles its options, calls the layer below, gives the
result to a format and returns an exit code. Its docstring is its help. No arithmetic lives here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ctxsize.commands import explain, ls, report
from ctxsize.errors import ExitCode

__all__ = ["COMMANDS"]

COMMANDS: Mapping[str, Callable[..., ExitCode]] = {
    "report": report.report,
    "ls": ls.ls,
    "explain": explain.explain,
}
