"""One line of output with styles, written in a terminal's own codes: importing rich costs as much as a whole report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Line", "width_of"]

# ECMA-48, the sixteen colours that every terminal has and lets its user choose
_ATTRIBUTES = {"bold": "1", "dim": "2"}
_COLORS = {
    "red": "31", "green": "32", "yellow": "33", "blue": "34", "magenta": "35", "cyan": "36", "default": "39",
}  # fmt: skip


class Line:
    """Text with a style of its own and appended parts with theirs, laid over it.

    A style is words: ``bold``, ``dim`` and at most one colour; the colour of a part replaces that of the line.
    """

    __slots__ = ("_parts", "_style", "_text")

    def __init__(self, text: str = "", style: str = "") -> None:
        self._text = text
        self._style = style
        self._parts: list[tuple[str, str] | Line] = []

    def append(self, text: str, style: str = "") -> Line:
        self._parts.append((text, style))
        return self

    def append_text(self, line: Line) -> Line:
        self._parts.append(line)
        return self

    def pad_left(self, count: int) -> None:
        self._text = " " * count + self._text

    def pad_right(self, count: int) -> None:
        if count > 0:
            self.append(" " * count)

    @property
    def plain(self) -> str:
        return self._text + "".join(part.plain if isinstance(part, Line) else part[0] for part in self._parts)

    @property
    def cell_len(self) -> int:
        """Columns on a terminal: some characters take two, some none."""
        return width_of(self.plain)

    def colored(self) -> str:
        """The same with the codes of a terminal, without spaces at its end."""
        pieces = [(text, _codes(styles)) for text, styles in self._pieces("") if text]
        while pieces and not pieces[-1][0].strip():
            pieces.pop()
        if pieces:
            pieces[-1] = (pieces[-1][0].rstrip(), pieces[-1][1])
        return "".join(f"\x1b[{codes}m{text}\x1b[0m" if codes else text for text, codes in pieces)

    def _pieces(self, outer: str) -> Iterator[tuple[str, str]]:
        style = f"{outer} {self._style}"
        yield self._text, style
        for part in self._parts:
            if isinstance(part, Line):
                yield from part._pieces(style)
            else:
                yield part[0], f"{style} {part[1]}"


def _codes(style: str) -> str:
    words = style.split()
    found = [code for name, code in _ATTRIBUTES.items() if name in words]
    colors = [_COLORS[word] for word in words if word not in _ATTRIBUTES]
    return ";".join([*found, *colors[-1:]])


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.replace("–", "-").isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
