"""``ctxsize`` and ``python -m ctxsize``. Answers ``--version`` before anything heavy is imported."""

import atexit
import gc
import os
import sys
from collections.abc import Sequence
from itertools import takewhile

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code. Without ``arguments`` the process is the command's own, and ends here."""
    if arguments is not None:
        return _run(arguments)
    # the process is short: looking for garbage in it, when there is none, takes some 3 % of any report
    gc.set_threshold(100_000, 50, 100)
    code = _run(sys.argv[1:])
    if not _observed():
        _leave(code)
    return code


def _run(given: Sequence[str]) -> int:
    if "--version" in takewhile(lambda word: word != "--", given):
        from ctxsize import __version__

        print(f"ctxsize {__version__}")  # noqa: T201
        return 0
    try:
        from ctxsize.cli import main as run

        return run(given)
    except KeyboardInterrupt:  # while something is still being imported
        return 130


def _leave(code: int) -> None:
    """Ends the process at once: Python would first take apart all modules and all that was measured, piece by piece.

    Where an output does not take its last piece this returns, because Python's own end has the words for it.
    """
    atexit._run_exitfuncs()
    try:
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except OSError:
        return
    os._exit(code)


def _observed() -> bool:
    """By a debugger, a profiler or a person at ``python -i``, who has something to do when the command has run."""
    monitoring = getattr(sys, "monitoring", None)  # from Python 3.12 on
    tools = monitoring is not None and any(map(monitoring.get_tool, range(6)))
    return bool(tools or sys.gettrace() or sys.getprofile() or sys.flags.interactive)


if __name__ == "__main__":
    sys.exit(main())
