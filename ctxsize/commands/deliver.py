"""Where a command's text goes: standard output or a file; and the page (width, colour) that it is written for."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from ctxsize.errors import InputError
from ctxsize.formats.text import Page, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ctxsize.commands.options import Options
    from ctxsize.model import Problem

__all__ = ["STDOUT", "deliver", "page", "unwritten", "warn"]

STDOUT = "standard output"


def page(options: Options, *, stream: TextIO | None = None, environ: Mapping[str, str] = os.environ) -> Page:
    """A terminal's width and colours; a pipe or file gets unlimited width, plain. ``COLUMNS`` sets the width."""
    if options.output is not None:
        return Page()
    stream = stream or sys.stdout
    if stream is None:
        return Page()
    terminal = stream.isatty()
    return Page(_width(stream, terminal, environ), _color(options, terminal, environ), _unicode(stream))


def _width(stream: TextIO, terminal: bool, environ: Mapping[str, str]) -> int | None:
    columns = environ.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return max(40, int(columns))
    if not terminal:
        return None
    try:
        return max(40, os.get_terminal_size(stream.fileno()).columns)
    except OSError:
        return 80


def _color(options: Options, terminal: bool, environ: Mapping[str, str]) -> bool:
    # https://no-color.org and https://force-color.org: set and not empty; the option wins, then NO_COLOR
    if options.no_color or environ.get("NO_COLOR"):
        return False
    if environ.get("FORCE_COLOR"):
        return True
    return terminal and environ.get("TERM") != "dumb"


def _unicode(stream: TextIO) -> bool:
    try:
        "█└–".encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True


def deliver(text: str, options: Options) -> None:
    """Write ``text`` as UTF-8 (surrogates as the bytes they stand for) to ``--output``, else to standard output."""
    data = text.encode("utf-8", "surrogateescape")
    if options.output is None:
        _print(data, text)
    else:
        _save(options.output, data)


def unwritten(error: OSError) -> InputError:
    """What to say of a standard output that takes no more: a full disk, a closed stream."""
    told = InputError(f"cannot write: {error.strerror or error}", where=STDOUT, hint="-o FILE writes to a file")
    told.__cause__ = error
    return told


def _print(data: bytes, text: str) -> None:
    if sys.stdout is None:
        raise InputError("it is closed", where=STDOUT, hint="-o FILE writes to a file")
    try:
        _put(data, text)
    except BrokenPipeError:
        raise
    except OSError as error:
        raise unwritten(error) from error


def _put(data: bytes, text: str) -> None:
    encoding = (sys.stdout.encoding or "utf-8").lower().replace("_", "-")
    if encoding not in {"utf-8", "utf8"} and "\0" not in text:
        data = text.encode(encoding, "backslashreplace")
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _save(output: Path, data: bytes) -> None:
    """All or nothing: a reader never sees half a report, and a failed run leaves the old one."""
    target = output.resolve()
    try:
        if target.exists() and not target.is_file():  # a terminal, a FIFO, /dev/null: nothing to replace
            target.write_bytes(data)
            return
        _replace(target, data)
    except OSError as error:
        raise InputError(f"cannot write: {error.strerror or error}", where=str(output)) from error


def _replace(target: Path, data: bytes) -> None:
    from tempfile import NamedTemporaryFile

    with NamedTemporaryFile(dir=target.parent, prefix=f".{target.name[:60]}.", delete=False) as temporary:
        try:
            temporary.write(data)
            temporary.close()
            mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~_umask()
            Path(temporary.name).chmod(mode)
            Path(temporary.name).replace(target)
        except BaseException:
            Path(temporary.name).unlink(missing_ok=True)
            raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def warn(problems: Iterable[Problem], options: Options) -> None:
    """Name on standard error what could not be read, unless quiet."""
    if options.quiet:
        return
    for problem in problems:
        print(f"warning: {printable(problem.path)}: {printable(problem.message)}", file=sys.stderr)  # noqa: T201
