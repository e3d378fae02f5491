"""Puts one marked block of rules into an ignore file, or takes it out again; every other byte stays what it was.

Bytes in, bytes out, no disk. The block's lines take the file's own line ends; the byte order mark, the user's lines
and a missing newline at the end survive, so that taking the block out restores the file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.dockerignore.parse import read_ignore_lines
from ctxsize.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["CLOSE", "CREATED", "OPEN", "Parts", "block_patterns", "parts_of", "with_block", "without_block"]

OPEN = "# >>> ctxsize"
CLOSE = "# <<< ctxsize"
CREATED = "this file was created by ctxsize"
_REMARK = "rewritten by `ctxsize suggest --write`"
_BOM = b"\xef\xbb\xbf"


class Parts(NamedTuple):
    """An ignore file cut at its block. ``block`` is None without one, else its lines between the marks.

    ``before`` + ``after`` is the user's text. ``created`` tells that the file was empty or absent before the block;
    ``open_end`` that the file ends right behind the block without a line end, as it did before; ``line_end`` is the
    block's own.
    """

    before: bytes
    block: tuple[str, ...] | None
    after: bytes
    created: bool = False
    open_end: bool = False
    line_end: bytes = b"\n"

    @property
    def user(self) -> bytes:
        """What the file says without the block."""
        if self.open_end and not self.after:
            return self.before.removesuffix(self.line_end)
        return self.before + self.after


def parts_of(data: bytes, file: str = ".dockerignore") -> Parts:
    """Raises InputError where the marks do not pair up."""
    start = len(_BOM) if data.startswith(_BOM) else 0
    lines = _lines(data[start:])
    opens = [number for number, line in enumerate(lines) if _is(line, OPEN)]
    closes = [number for number, line in enumerate(lines) if _is(line, CLOSE)]
    if not opens and not closes:
        return Parts(data, None, b"")
    if len(opens) != 1 or len(closes) != 1 or closes[0] < opens[0]:
        number = (opens + closes)[-1] + 1
        raise InputError("the marks around ctxsize's own lines do not pair up", where=f"{file}:{number}",
                         hint=f"leave one line '{OPEN}' and one line '{CLOSE}' behind it, or none")  # fmt: skip
    first, last = opens[0], closes[0]
    return Parts(
        before=data[:start] + b"".join(lines[:first]),
        block=tuple(_text(line) for line in lines[first + 1 : last]),
        after=b"".join(lines[last + 1 :]),
        created=CREATED.encode() in lines[first],
        open_end=not lines[last].endswith(b"\n"),
        line_end=b"\r\n" if lines[first].endswith(b"\r\n") else b"\n",
    )


def without_block(data: bytes, file: str = ".dockerignore") -> bytes | None:
    """The file as it was before the block came; None if there was none. Raises InputError as ``parts_of``."""
    parts = parts_of(data, file)
    user = parts.user
    return None if parts.created and not user.removeprefix(_BOM).strip() else user


def with_block(data: bytes | None, lines: Sequence[str], file: str = ".dockerignore") -> bytes | None:
    """The file with these lines between the marks, or without marks if there are none; None: no such file.

    An existing block is replaced where it stands, a new one comes last. Raises InputError as ``parts_of``.
    """
    if not lines:
        return None if data is None else without_block(data, file)
    parts = parts_of(data or b"", file)
    if parts.block is None:
        parts = _with_room(parts.before, created=data is None)
    head = f"{OPEN} ({CREATED}; {_REMARK})" if parts.created else f"{OPEN} ({_REMARK})"
    block = parts.line_end.join(_bytes(line) for line in (head, *lines, CLOSE))
    return parts.before + block + (b"" if parts.open_end else parts.line_end) + parts.after


def _with_room(user: bytes, *, created: bool) -> Parts:
    """The parts of a file that gets its first block."""
    open_end = not user.endswith(b"\n") and user not in {b"", _BOM}
    # behind a lone CR only a bare LF can be told apart when the block goes again
    end = b"\n" if open_end and user.endswith(b"\r") else _line_end(user)
    return Parts(user + end if open_end else user, (), b"", created, open_end, end)


def block_patterns(data: bytes | None, file: str = ".dockerignore") -> tuple[str, ...]:
    """The cleaned patterns that stand in the block, ``!`` included. Raises InputError as ``parts_of``."""
    parts = parts_of(data or b"", file)
    text = "\n".join(parts.block or ())
    return tuple(line.pattern for line in read_ignore_lines(_bytes(text), file))


def _lines(data: bytes) -> list[bytes]:
    # bytes.splitlines would also cut at a lone CR, which Docker's reader does not
    pieces = data.split(b"\n")
    return [piece + b"\n" for piece in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])


def _is(line: bytes, mark: str) -> bool:
    return line.startswith(mark.encode()) and line[len(mark) : len(mark) + 1] in {b"", b" ", b"\r", b"\n"}


def _text(line: bytes) -> str:
    return line.removesuffix(b"\n").removesuffix(b"\r").decode("utf-8", "surrogateescape")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _line_end(data: bytes) -> bytes:
    crlf = data.count(b"\r\n")
    return b"\r\n" if crlf and 2 * crlf >= data.count(b"\n") else b"\n"
