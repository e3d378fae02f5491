"""One line of output with styles, without rich until somebody wants colours: importing it costs as much as a report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.text import Text

__all__ = ["Line"]


class Line:
    """Text with a style of its own and appended parts with theirs, laid over it. Styles are rich's names."""

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

    def rich(self) -> Text:
        """The same with rich's colours."""
        from rich.text import Text

        drawn = Text(self._text, self._style)
        for part in self._parts:
            if isinstance(part, Line):
                drawn.append_text(part.rich())
            else:
                drawn.append(*part)
        return drawn


def width_of(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)
