"""Folders drawn with sizes, counts and bars, largest first; and a flat list of entries folded into such folders.

Shared by ``ls --tree`` and the detail view of ``report``; knows nothing of either.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from ctxsize.formats.line import Line
from ctxsize.formats.text import Page, bar, counted, percent, printable
from ctxsize.model import Entry, Kind
from ctxsize.units import format_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


__all__ = ["Folder", "Weighed", "draw", "fold"]

_BAR = 10


class Weighed(Protocol):
    """A folder with what it holds, itself not counted. What is below is asked for only where it is drawn."""

    @property
    def files(self) -> int: ...
    @property
    def bytes(self) -> int: ...
    @property
    def folders(self) -> Mapping[str, Weighed]: ...
    @property
    def leaves(self) -> Sequence[Entry]: ...


class Folder:
    """A folder that ``fold`` adds to, entry by entry."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.files = 0
        self.bytes = 0
        self.folders: dict[str, Folder] = {}
        self.leaves: list[Entry] = []


class _Row(NamedTuple):
    name: str
    bytes: int
    files: int | None  # None: this is a file itself
    folder: Weighed | None = None


def fold(entries: Iterable[Entry]) -> Folder:
    """The entries as one tree; a folder of which only the contents are listed is made as well."""
    root = Folder("")
    for entry in entries:
        *parents, name = entry.path.split("/")
        if entry.kind is Kind.DIR:
            _descend(root, [*parents, name])
            continue
        chain = _descend(root, parents)
        size = entry.bytes if entry.kind is Kind.FILE else 0
        for folder in chain:
            folder.files += 1
            folder.bytes += size
        chain[-1].leaves.append(entry)
    return root


def _descend(root: Folder, names: list[str]) -> list[Folder]:
    chain = [root]
    for name in names:
        chain.append(chain[-1].folders.setdefault(name, Folder(name)))
    return chain


def draw(
    root: Weighed, page: Page, *, title: str, depth: int, most: int | None = None, light: bool = False
) -> Iterator[Line]:
    """A line for ``title``, then one for each entry down to ``depth``, at most ``most`` in a folder.

    ``light`` gathers in every folder what weighs less than a hundredth of the whole.
    """
    top = _Row(title, root.bytes, root.files, root)
    yield _line(top, root.bytes, "", page)
    yield from _Drawing(page, root.bytes, most, root.bytes // 100 if light else 0).below(root, "", depth)


class _Drawing(NamedTuple):
    page: Page
    whole: int
    most: int | None
    least: int

    def below(self, folder: Weighed, indent: str, depth: int) -> Iterator[Line]:
        rows = _rows(folder, self._room(folder)) if depth > 0 else []
        for position, row in enumerate(rows, 1):
            last = position == len(rows)
            yield _line(row, self.whole, indent + _guide(self.page, last), self.page)
            if row.folder:
                deeper = indent + ("   " if last else _rail(self.page))
                yield from self.below(row.folder, deeper, depth - 1)

    def _room(self, folder: Weighed) -> int | None:
        """How many of a folder's entries get a line of their own."""
        if not self.least:
            return self.most
        sizes = [below.bytes for below in folder.folders.values()] + [entry.bytes for entry in folder.leaves]
        heavy = sum(size >= self.least for size in sizes)
        return heavy if self.most is None else min(self.most, heavy)


def _rows(folder: Weighed, most: int | None) -> list[_Row]:
    rows = [_Row(name + "/", below.bytes, below.files, below) for name, below in folder.folders.items()]
    rows += [_Row(entry.path.rpartition("/")[2], entry.bytes, None) for entry in folder.leaves]
    rows.sort(key=lambda row: (-row.bytes, -(row.files or 0), row.name))
    if most is None or len(rows) <= most + 1:  # "1 more" would take the line that it saves
        return rows
    rest = rows[most:]
    return [*rows[:most], _rest(rest)]


def _rest(rows: list[_Row]) -> _Row:
    files = sum(1 if row.files is None else row.files for row in rows)
    return _Row(f"{len(rows):,} more", sum(row.bytes for row in rows), files)


def _line(row: _Row, whole: int, guide: str, page: Page) -> Line:
    line = Line()
    line.append(format_size(row.bytes).rjust(9))
    line.append(percent(row.bytes, whole).rjust(7), "dim")
    if page.fits(60):
        line.append("  " + bar(row.bytes, whole, _BAR, page).ljust(_BAR), "cyan")
    line.append("  " + guide, "dim")
    line.append(printable(row.name), "bold" if row.folder else "")
    if row.files is not None:
        line.append("  " + counted(row.files, "file"), "dim")
    return line


def _guide(page: Page, last: bool) -> str:
    if not page.unicode:
        return "`- " if last else "|- "
    return "└─ " if last else "├─ "


def _rail(page: Page) -> str:
    return "│  " if page.unicode else "|  "
