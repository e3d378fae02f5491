"""The typer app, built from the registry of commands, and the one place where an exception ends the run.

Exit codes follow ``errors.ExitCode``. Help and errors stay plain (``rich_markup_mode=None``): rich would cost
as much time as everything else together.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import typer

from ctxsize.commands import COMMANDS
from ctxsize.commands.deliver import STDOUT, unwritten
from ctxsize.commands.options import flattened
from ctxsize.errors import CtxsizeError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["app", "main"]

_ABOUT = "What each docker build really uploads, why, and how to make it small without breaking the build."


def app(only: str | None = None) -> typer.Typer:
    """The command line, with one command alone where it is known which will run: the others are not imported."""
    made = typer.Typer(
        name="ctxsize",
        help=_ABOUT,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback()(_everywhere)
    for name, command in COMMANDS.items():
        if name == only or only not in COMMANDS:
            made.command(name)(flattened(command.load()))
    return made


def _everywhere(
    # answered by __main__ before typer is imported; here for the help text and the shell's completion
    version: bool = typer.Option(False, "--version", help="Show the version and exit."),
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; whatever goes wrong is said on standard error."""
    given = sys.argv[1:] if arguments is None else arguments
    _mind_closed_stderr()
    try:
        typer.main.get_command(app(given[0] if given else None)).main(args=list(given), prog_name="ctxsize")
    except SystemExit as end:
        return _ended(end)
    except BrokenPipeError:
        return _reader_gone()
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except CtxsizeError as error:
        return _told(error)
    except Exception as error:
        return _fault(error)
    return ExitCode.OK


def _mind_closed_stderr() -> None:
    """With ``2>&-`` Python has no such stream, and would print what is meant for it among the data."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115


def _ended(end: SystemExit) -> int:
    # typer ends a broken pipe with 1, which would read as "the answer is no"
    if isinstance(end.__context__, BrokenPipeError):
        return _reader_gone()
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        return _reader_gone()
    except OSError as error:
        return _told(unwritten(error))
    return end.code if isinstance(end.code, int) else ExitCode.OK


def _reader_gone() -> int:
    """``| head`` has seen enough."""
    _drop_buffered()
    return ExitCode.OK


def _drop_buffered() -> None:
    """What standard output could not take goes nowhere, so that Python's own exit stays quiet."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)


def _told(error: CtxsizeError) -> int:
    from ctxsize.formats.text import printable

    if isinstance(error.__cause__, OSError) and error.where == STDOUT:
        _drop_buffered()

    print(f"error: {printable(error.message)}", file=sys.stderr)  # noqa: T201
    if error.where:
        print(f"where: {printable(error.where)}", file=sys.stderr)  # noqa: T201
    if error.hint:
        print(f"hint: {printable(error.hint)}", file=sys.stderr)  # noqa: T201
    return ExitCode.USAGE


def _fault(error: Exception) -> int:
    from ctxsize.formats.text import printable

    if os.environ.get("CTXSIZE_TRACEBACK"):
        import traceback

        traceback.print_exc()
    what = printable(f"{type(error).__name__}: {error}")
    print(  # noqa: T201
        f"ctxsize failed, which is its own fault: {what}. Please report it, with the trace that the same command"
        " prints under CTXSIZE_TRACEBACK=1.",
        file=sys.stderr,
    )
    return ExitCode.FAULT
