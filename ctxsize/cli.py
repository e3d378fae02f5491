"""From the words of the command line to an exit code, and the one place where an exception ends the run.

Exit codes follow ``errors.ExitCode``.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from ctxsize.commands import quick
from ctxsize.commands.deliver import STDOUT, unwritten
from ctxsize.errors import CtxsizeError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; whatever goes wrong is said on standard error."""
    given = sys.argv[1:] if arguments is None else arguments
    _mind_closed_stderr()
    try:
        return _flushed(_run(given))
    except BrokenPipeError:
        return _reader_gone()
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except CtxsizeError as error:
        return _told(error)
    except Exception as error:
        return _fault(error)


def _run(words: Sequence[str]) -> int:
    call = quick.read(words)
    if call is not None:
        return call()
    from ctxsize.commands import typed

    return typed.run(words)


def _mind_closed_stderr() -> None:
    """With ``2>&-`` Python has no such stream, and would print what is meant for it among the data."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115


def _flushed(code: int) -> int:
    """``code``, once standard output has taken everything. Raises BrokenPipeError, InputError."""
    try:
        if sys.stdout is not None:
            sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritten(error) from error
    return code


def _reader_gone() -> int:
    """``| head`` has seen enough, be it of the data or of what is said beside it."""
    _drop_buffered(1)
    try:
        sys.stderr.flush()
    except OSError:
        _drop_buffered(2)
    return ExitCode.OK


def _drop_buffered(descriptor: int) -> None:
    """What an output could not take goes nowhere, so that Python's own exit stays quiet."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, descriptor)


def _told(error: CtxsizeError) -> int:
    from ctxsize.formats.text import printable

    if isinstance(error.__cause__, OSError) and error.where == STDOUT:
        _drop_buffered(1)

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
