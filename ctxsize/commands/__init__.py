"""The registry of commands: a new command is one file here and one line in ``COMMANDS``.

A command is a function whose annotations declare its options (``declared``), that settles them, calls the layer
below, gives the result to a format and returns an exit code. Its docstring is its help. No arithmetic lives here.
A command is imported only when it runs, or for the help that lists them all; typer only for that help and where the
words are not in order (``quick``, ``typed``). ``report`` shows the shape:

* ``options: Options`` first: ``options.parameters`` spreads it into the flags that all commands share
* ``settle(path, options)``: the root, the configuration, and the builds that were chosen, as a ``Request``
* a view (``formats/views.py`` or the command's own), ``FORMATS[command][format_](view, page(options))``
* ``deliver(text, options)`` for data; ``warn`` and ``progress`` for everything else, on standard error
* the ``ExitCode``: OK or NO; what the user can mend is raised as a ``CtxsizeError`` and ends with 2
"""

from __future__ import annotations

from collections.abc import Mapping

from ctxsize.lazy import Lazy

__all__ = ["COMMANDS"]


def _in(module: str, name: str) -> Lazy:
    return Lazy(f"ctxsize.commands.{module}", name)


COMMANDS: Mapping[str, Lazy] = {
    "report": _in("report", "report"),
    "ls": _in("ls", "ls"),
    "explain": _in("explain", "explain"),
    "suggest": _in("suggest", "suggest"),
    "check": _in("check", "check"),
    "doctor": _in("doctor", "doctor"),
    "fix": _in("fix", "fix"),
}
