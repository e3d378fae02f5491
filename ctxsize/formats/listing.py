"""``ls`` for people and pipes: one path a line, NUL-separated raw names, with sizes, or as a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.formats.text import Page, printable, render
from ctxsize.model import Entry, Kind
from ctxsize.units import format_size

if TYPE_CHECKING:
    from ctxsize.formats.views import LsView

__all__ = ["ls"]


def ls(view: LsView, page: Page) -> str:
    """A directory ends in ``/``. With ``nul`` the names stay as they are (surrogates stand for raw bytes)."""
    if view.depth is not None:
        return _tree(view, page)
    if view.long:
        return "".join([f"{_size(entry):>9}  {printable(_path(entry))}\n" for entry in view.entries])
    paths = view.paths if view.paths is not None else map(_path, view.entries)
    if view.nul:
        return "".join([path + "\0" for path in paths])
    return "".join([printable(path) + "\n" for path in paths])


def _path(entry: Entry) -> str:
    return entry.path + "/" if entry.kind is Kind.DIR else entry.path


def _size(entry: Entry) -> str:
    return format_size(entry.bytes) if entry.kind is Kind.FILE else "–" if entry.kind is Kind.DIR else entry.kind.value


def _tree(view: LsView, page: Page) -> str:
    from ctxsize.formats.tree import draw, fold

    title = f"{view.build}: {view.which} ({view.builder.value})"
    return render(draw(fold(view.entries), page, title=title, depth=view.depth or 0), page)
