"""Turning values into text that is safe and calm to look at: names, sizes, bars, and the page they go on.

File names are data, never markup: every name passes ``printable`` before it reaches a terminal, a table or a
Markdown cell. This module builds no layout (``table``, ``tree``) and opens no stream (``commands.deliver``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ctxsize.formats.line import Line

__all__ = ["Page", "bar", "counted", "percent", "plain", "printable", "render", "shares"]

_SHORT = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
_EIGHTHS = " ▏▎▍▌▋▊▉█"


class Page(NamedTuple):
    """What is written on: ``width`` in columns, None where lines may be as long as they like (a pipe, a file)."""

    width: int | None = None
    color: bool = False
    unicode: bool = True

    def fits(self, columns: int) -> bool:
        return self.width is None or columns <= self.width


def printable(name: str) -> str:
    r"""``name`` with everything invisible or active spelt out, on one line.

    Bytes that are not UTF-8 become ``\xNN`` (the contract's spelling); control characters, bidi overrides,
    zero-width and exotic spaces become ``\n``, ``\x1b``, ``\u202e``, …; all else stays as it is.
    """
    if name.isprintable():
        return name
    return "".join(char if char.isprintable() else _escaped(char) for char in name)


def plain(name: str) -> str:
    r"""``name`` for JSON: bytes that are not UTF-8 as ``\xNN``, so that no lone surrogate reaches an encoder."""
    try:
        name.encode()
    except UnicodeEncodeError:
        return "".join(_escaped(char) if "\ud800" <= char <= "\udfff" else char for char in name)
    return name


def _escaped(char: str) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:  # os.fsdecode keeps a byte that is not UTF-8 as U+DC00 + byte
        return f"\\x{code - 0xDC00:02x}"
    if char in _SHORT:
        return _SHORT[char]
    if code < 0x80:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """``1 file``, ``12,345 files``."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def percent(part: int, whole: int) -> str:
    """A share in whole percent; ``–`` of nothing, and neither 0 % nor 100 % unless it is exactly that."""
    if whole <= 0:
        return "–"
    share = round(100 * part / whole)
    if part and share == 0:
        return "<1 %"
    if part < whole and share == 100:
        return ">99 %"
    return f"{share} %"


def bar(part: int, whole: int, width: int, page: Page) -> str:
    """A bar of at most ``width`` columns, in eighths of a column where the page has the characters."""
    eighths = round(8 * width * min(part, whole) / whole) if whole > 0 else 0
    if part > 0:
        eighths = max(eighths, 1)
    if not page.unicode:
        return "#" * -(-eighths // 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def shares(part: int, whole: int, most: int, width: int, page: Page) -> tuple[str, str]:
    """A bar for ``whole``, full at ``most``, of which ``part`` is solid: (the solid piece, the pale piece)."""
    if whole <= 0:
        return "", ""
    dark, pale = "█░" if page.unicode else "#."
    cells = round(width * min(whole, most) / most)
    if cells == 0:
        return (bar(whole, most, width, page), "") if 2 * part > whole else ("", pale)
    solid = round(cells * part / whole)
    return dark * solid, pale * (cells - solid)


def render(lines: Iterable[Line], page: Page) -> str:
    """The lines as one text, with terminal colours only where the page wants them."""
    if page.color:
        return "".join(f"{line.colored()}\n" for line in lines)
    text = "".join(f"{line.plain.rstrip()}\n" for line in lines)
    return text if page.unicode else text.replace(" –\n", " -\n").replace(" –  ", " -  ")
