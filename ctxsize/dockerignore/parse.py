"""An ignore file's bytes into numbered patterns, exactly as moby's ``ignorefile.ReadAll`` reads it.

It is not .gitignore: a comment needs ``#`` in the very first column, there is no escaping of ``#`` or ``!`` here,
and white space is trimmed from both ends.
"""

from __future__ import annotations

from typing import NamedTuple

from ctxsize.dockerignore.lexical import clean, trim
from ctxsize.errors import InputError

# Go's bufio.Scanner gives up on a longer token
LONGEST_LINE = 65_535


class IgnoreLine(NamedTuple):
    """A line that is a pattern: its number (from 1), the text as written, and the pattern after cleaning."""

    number: int
    written: str
    pattern: str


def _pattern_of(line: str) -> str:
    text = trim(line)
    exception = text.startswith("!")
    if exception:
        text = trim(text[1:])
    if text:
        text = clean(text)
        if len(text) > 1 and text.startswith("/"):
            text = text[1:]
    return ("!" if exception else "") + text


def read_ignore_lines(data: bytes, file: str = ".dockerignore") -> tuple[IgnoreLine, ...]:
    """The patterns of an ignore file. Raises InputError for a line that Docker's reader cannot hold."""
    lines = []
    for number, raw in enumerate(data.split(b"\n"), 1):
        if len(raw) > LONGEST_LINE:
            raise InputError(
                f"failed to read dockerignore patterns: failed parsing {file}: bufio.Scanner: token too long",
                where=f"{file}:{number}",
                hint=f"split the line: Docker reads at most {LONGEST_LINE} bytes",
            )
        line = raw.removesuffix(b"\r")
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.startswith(b"#"):
            continue
        text = line.decode("utf-8", "surrogateescape")
        pattern = _pattern_of(text)
        if pattern:
            lines.append(IgnoreLine(number, text, pattern))
    return tuple(lines)
