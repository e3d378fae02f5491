"""From bytes to logical lines: directives, comments, continuations, heredocs.

Follows BuildKit's ``frontend/dockerfile/parser``. Every character of a logical line knows where it stands in the file,
so that an edit can be made in place.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field

from ctxsize.errors import InputError

__all__ = ["DockerfileError", "Heredoc", "LogicalLine", "Text", "Word", "read_lines"]

LONGEST_LINE = 65_535
DIRECTIVES = {"syntax", "escape", "check"}
HEREDOC_KEYWORDS = {"add", "copy", "run"}
BLANK = " \t\v\f\r"

_DIRECTIVE = re.compile(r"#[ \t]*([A-Za-z][A-Za-z0-9]*)[ \t]*=[ \t]*(.+?)[ \t]*\Z")
_HEREDOC = re.compile(r"(\d*)<<(-?)\s*([^<]*)\Z")


class DockerfileError(InputError):
    """A Dockerfile that BuildKit refuses, in its own words."""

    def __init__(self, message: str, name: str, line: int | None = None, hint: str | None = None) -> None:
        where = f"{name}:{line}" if line else name
        super().__init__(message, where=where, hint=hint)
        self.line = line


@dataclass(frozen=True, slots=True)
class Heredoc:
    """An inline file. ``expand`` is False for a quoted name."""

    name: str
    content: str
    expand: bool


@dataclass(frozen=True, slots=True)
class Word:
    """A word as written. ``line`` counts from 1; ``start`` and ``end`` are characters of that physical line, -1 where
    the word is spread over several lines."""

    text: str
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class LogicalLine:
    """An instruction with its continuations joined. ``pieces`` are (offset in ``text``, physical line, column)."""

    text: str
    line: int
    end_line: int
    pieces: tuple[tuple[int, int, int], ...]
    heredocs: tuple[Heredoc, ...] = ()

    def word(self, start: int, end: int) -> Word:
        """The word at these offsets of ``text``."""
        offsets = [piece[0] for piece in self.pieces]
        at = bisect_right(offsets, start) - 1
        offset, line, column = self.pieces[at]
        whole = at + 1 == len(self.pieces) or end <= self.pieces[at + 1][0]
        text = self.text[start:end]
        if not whole:
            return Word(text, line, -1, -1)
        return Word(text, line, column + start - offset, column + end - offset)


@dataclass(slots=True)
class Text:
    """A file cut into logical lines. ``directives`` and ``comments`` come with their line numbers."""

    name: str
    escape: str = "\\"
    directives: dict[str, tuple[str, int]] = field(default_factory=dict)
    comments: list[tuple[int, str]] = field(default_factory=list)
    lines: list[LogicalLine] = field(default_factory=list)


def read_lines(data: bytes, name: str) -> Text:
    """Raises DockerfileError."""
    physical = data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape").split("\n")
    if physical and not physical[-1]:
        physical.pop()
    for number, line in enumerate(physical, 1):
        if len(line) > LONGEST_LINE:
            raise DockerfileError(f"dockerfile line greater than max allowed size of {LONGEST_LINE}", name, number)
    text = Text(name)
    _read_directives(text, physical)
    _Cutter(text, physical).cut()
    return text


def _read_directives(text: Text, physical: list[str]) -> None:
    for number, line in enumerate(physical, 1):
        found = _DIRECTIVE.match(line.strip(BLANK))
        key = found[1].lower() if found else ""
        if found is None or key not in DIRECTIVES:
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
        self.text = text
        self.physical = physical
        self.at = 0
        escape = re.escape(text.escape)
        self._continued = re.compile(rf"([^{escape}])?{escape}[ \t]*\Z")
        self._only = re.compile(rf"\A{escape}[ \t]*\Z")

    def cut(self) -> None:
        while self.at < len(self.physical):
            line = self.physical[self.at].rstrip("\r")
            self.at += 1
            if line.lstrip(BLANK).startswith("#"):
                self.text.comments.append((self.at, line.strip(BLANK)))
            elif line.strip(BLANK):
                self.text.lines.append(self._logical(line))

    def _logical(self, line: str) -> LogicalLine:
        start = self.at
        column = len(line) - len(line.lstrip(BLANK))
        parts, pieces, length = [], [], 0
        piece, going_on = self._cut_escape(line[column:])
        parts.append(piece)
        pieces.append((0, start, column))
        length += len(piece)
        end = start
        while going_on and self.at < len(self.physical):
            line = self.physical[self.at].rstrip("\r")
            self.at += 1
            stripped = line.strip(BLANK)
            if stripped.startswith("#"):
                self.text.comments.append((self.at, stripped))
                continue
            if not stripped:
                continue
            piece, going_on = self._cut_escape(line)
            parts.append(piece)
            pieces.append((length, self.at, 0))
            length += len(piece)
            end = self.at
        joined = LogicalLine("".join(parts), start, end, tuple(pieces))
        heredocs = tuple(self._heredocs(joined))
        return LogicalLine(joined.text, start, self.at if heredocs else end, joined.pieces, heredocs)

    def _cut_escape(self, line: str) -> tuple[str, bool]:
        """The line without the escape at its end, and whether there was one."""
        found = self._continued.search(line)
        if found is None or (not found[1] and not self._only.match(line)):
            return line, False
        return line[: found.start() + len(found[1] or "")], True

    # --- heredocs --------------------------------------------------------------------------------

    def _heredocs(self, line: LogicalLine) -> list[Heredoc]:
        words = line.text.split(None, 2)
        if words and words[0].lower() == "onbuild":
            words = words[1:]
        if not words or words[0].lower() not in HEREDOC_KEYWORDS or "<<" not in line.text:
            return []
        found = []
        for word in shell_words(line.text):
            mark = _HEREDOC.match(word)
            name = mark[3] if mark else ""
            if mark and name.strip("\"'"):
                found.append(self._body(line, _unquoted(name), chomp=bool(mark[2]), expand=name == _unquoted(name)))
        return found

    def _body(self, line: LogicalLine, name: str, *, chomp: bool, expand: bool) -> Heredoc:
        content: list[str] = []
        while self.at < len(self.physical):
            body = self.physical[self.at]
            self.at += 1
            candidate = body.lstrip("\t") if chomp else body
            if candidate.rstrip("\r\n") == name:
                return Heredoc(name, "".join(content), expand)
            content.append(candidate + "\n")
        raise DockerfileError("unterminated heredoc", self.text.name, line.line)


def heredoc_name(word: str) -> str | None:
    """The heredoc that a word announces, None for a plain word."""
    found = _HEREDOC.match(word)
    name = _unquoted(found[3]) if found else ""
    return name or None


def _unquoted(name: str) -> str:
    return re.sub(r"[\"'\\]", "", name)


def shell_words(text: str) -> list[str]:
    """Words as a shell splits them, quotes kept; the escape is always a backslash here."""
    words: list[str] = []
    word, quote, escaped = "", "", False
    for char in text:
        if escaped:
            word, escaped = word + char, False
        elif char == "\\" and quote != "'":
            word, escaped = word + char, True
        elif quote:
            word += char
            quote = "" if char == quote else quote
        elif char in "\"'":
            word, quote = word + char, char
        elif char in BLANK + "\n":
            if word:
                words.append(word)
            word = ""
        else:
            word += char
    return [*words, word] if word else words
