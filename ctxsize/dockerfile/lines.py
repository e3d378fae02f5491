"""From bytes to logical lines: directives, comments, continuations, heredocs.

Follows BuildKit's ``frontend/dockerfile/parser``. Every character of a logical line knows where it stands in the
file, so that an edit can be made in place. What the words mean is not known here.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.dockerfile.faults import DockerfileError
from ctxsize.dockerfile.heredocs import announced
from ctxsize.dockerfile.spaces import SPACE
from ctxsize.units import format_size

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["DockerfileError", "Heredoc", "LogicalLine", "Text", "Word", "read_lines"]

LONGEST_LINE = 65_535
# BuildKit takes more, but nobody writes it, and reading it would take minutes
LONGEST_FILE = 1 << 20

_DIRECTIVES = {"syntax", "escape", "check"}
_DIRECTIVE = r"([A-Za-z][A-Za-z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*(.+?)[\t\n\f\r ]*\Z"
_BOM = "\ufeff"


class Heredoc(NamedTuple):
    """An inline file. ``expand`` is False for a quoted name; the body stands in ``lines`` (from 1)."""

    name: str
    content: str
    expand: bool
    lines: range


class Word(NamedTuple):
    """A word as read, and where it stands: from character ``start`` of ``line`` (from 1) to before character ``end``
    of ``end_line``.

    Characters are those of the file decoded as UTF-8 with ``surrogateescape`` and split at LF; a byte order mark
    counts as one.
    """

    text: str
    line: int
    start: int
    end: int
    end_line: int


class LogicalLine(NamedTuple):
    """An instruction with its continuations joined. ``pieces`` are (offset in ``text``, physical line, column)."""

    text: str
    line: int
    end_line: int
    pieces: tuple[tuple[int, int, int], ...]
    heredocs: tuple[Heredoc, ...] = ()

    def word(self, start: int, end: int, text: str | None = None) -> Word:
        """What stands at these offsets of ``text``."""
        line, first = self._place(start)
        end_line, last = self._place(end - 1) if end > start else (line, first - 1)
        return Word(self.text[start:end] if text is None else text, line, first, last + 1, end_line)

    def _place(self, offset: int) -> tuple[int, int]:
        index = 0 if len(self.pieces) == 1 else bisect_right(self.pieces, offset, key=lambda piece: piece[0]) - 1
        start, line, column = self.pieces[index]
        return line, column + offset - start


class Text:
    """A file cut into logical lines. ``directives`` hold (value, line), ``comments`` (line, text with its ``#``);
    ``faults`` are what BuildKit refuses about single lines."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.escape = "\\"
        self.directives: dict[str, tuple[str, int]] = {}
        self.comments: list[tuple[int, str]] = []
        self.lines: list[LogicalLine] = []
        self.faults: list[DockerfileError] = []


def read_lines(data: bytes, name: str) -> Text:
    """Raises DockerfileError for a file that cannot be cut into lines at all."""
    if len(data) > LONGEST_FILE:
        raise DockerfileError(f"{format_size(len(data))} are too much for a Dockerfile", name,
                              hint=f"ctxsize reads up to {format_size(LONGEST_FILE)}")  # fmt: skip
    for number, raw in enumerate(data.split(b"\n"), 1):
        if len(raw) > LONGEST_LINE:
            raise DockerfileError(f"dockerfile line greater than max allowed size of {LONGEST_LINE}", name, number)
    physical = data.decode("utf-8", "surrogateescape").split("\n")
    text = Text(name)
    _read_directives(text, physical)
    _Cutter(text, physical).cut()
    return text


def _read_directives(text: Text, physical: list[str]) -> None:
    for number, raw in enumerate(physical, 1):
        line = (raw.removeprefix(_BOM) if number == 1 else raw).lstrip(SPACE).rstrip("\r")
        found = re.match(_DIRECTIVE, line[1:].lstrip(SPACE)) if line.startswith("#") else None
        key = found[1].lower() if found else ""
        if found is None or key not in _DIRECTIVES:
            return
        if key in text.directives:
            raise DockerfileError(f"only one {key} parser directive can be used", text.name, number)
        text.directives[key] = (found[2], number)
        if key == "escape":
            if found[2] not in {"`", "\\"}:
                raise DockerfileError(f"invalid escape token '{found[2]}' does not match ` or \\", text.name, number)
            text.escape = found[2]


class _Cutter:
    def __init__(self, text: Text, physical: list[str]) -> None:
        self._text = text
        self._physical = physical
        self._at = 0
        escape = re.escape(text.escape)
        # an escape in front of the escape takes its meaning away, except at the line's start
        self._continued = re.compile(rf"(?:(?<=[^{escape}])|\A){escape}[ \t]*\Z")

    def cut(self) -> None:
        for line, column in self._unread():
            if line.startswith("#"):
                self._text.comments.append((self._at, line.rstrip(SPACE)))
            elif line:
                self._text.lines.append(self._logical(line, column))

    def _unread(self) -> Iterator[tuple[str, int]]:
        """The lines that start something, without the white space in front, and how much that was."""
        while self._at < len(self._physical):
            raw = self._physical[self._at].rstrip("\r")
            skipped = 1 if self._at == 0 and raw.startswith(_BOM) else 0
            line = raw[skipped:].lstrip(SPACE)
            self._at += 1
            yield line, len(raw) - len(line)

    def _logical(self, line: str, column: int) -> LogicalLine:
        start = end = self._at
        piece, going_on = self._cut_escape(line)
        if not going_on:
            return self._with_heredocs(LogicalLine(piece, start, end, ((0, start, column),)))
        parts, pieces, length = [piece], [(0, start, column)], len(piece)
        while going_on and self._at < len(self._physical):
            line = self._physical[self._at].rstrip("\r")
            self._at += 1
            stripped = line.strip(SPACE)
            if stripped.startswith("#"):
                self._text.comments.append((self._at, stripped))
            elif stripped:
                piece, going_on = self._cut_escape(line)
                parts.append(piece)
                pieces.append((length, self._at, 0))
                length += len(piece)
                end = self._at
        return self._with_heredocs(LogicalLine("".join(parts), start, end, tuple(pieces)))

    def _cut_escape(self, line: str) -> tuple[str, bool]:
        """The line without the escape at its end, and whether there was one."""
        found = self._continued.search(line) if self._text.escape in line else None
        return (line, False) if found is None else (line[: found.start()], True)

    # --- heredocs --------------------------------------------------------------------------------

    def _with_heredocs(self, line: LogicalLine) -> LogicalLine:
        if "<<" not in line.text:
            return line

        heredocs = tuple(self._body(line, name, chomp=chomp, expand=expand)
                         for name, chomp, expand in announced(line.text, self._text.escape))  # fmt: skip
        if not heredocs:
            return line
        return LogicalLine(line.text, line.line, min(self._at, len(self._physical)), line.pieces, heredocs)

    def _body(self, line: LogicalLine, name: str, *, chomp: bool, expand: bool) -> Heredoc:
        first = self._at + 1
        content: list[str] = []
        while self._at < len(self._physical):
            body = self._physical[self._at]
            self._at += 1
            candidate = body.rstrip("\r")
            if (candidate.lstrip("\t") if chomp else candidate) == name:
                return Heredoc(name, "".join(content), expand, range(first, self._at))
            content.append((body.lstrip("\t") if chomp else body) + "\n")
        self._text.faults.append(DockerfileError("unterminated heredoc", self._text.name, line.line))
        return Heredoc(name, "".join(content), expand, range(first, self._at + 1))
