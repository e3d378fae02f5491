"""What the walk found under a context: folders with columns of files, in the order in which builders send them.

A tree holds only what some build may want. Names are text with surrogates for bytes that are not UTF-8; entries of a
folder are sorted by their bytes, files and folders together, as Go's WalkDir does.
"""

from __future__ import annotations

import gc
import stat
from array import array
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple

from ctxsize.model import Kind, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

    from ctxsize.builders.sheet import Sheet
    from ctxsize.builders.sums import Whole
    from ctxsize.dockerignore import State

    # (name length, value length) in bytes of each extended attribute
    Pairs = tuple[tuple[int, int], ...]
    # wire, packets and tar, a row per file
    Columns = tuple[array[int], array[int], array[int]]
    # of sizes, wire, packets and tar
    Sums = tuple[int, int, int, int]

_KINDS = {
    stat.S_IFREG: Kind.FILE,
    stat.S_IFDIR: Kind.DIR,
    stat.S_IFLNK: Kind.SYMLINK,
    stat.S_IFIFO: Kind.FIFO,
    stat.S_IFSOCK: Kind.SOCKET,
}


@contextmanager
def uncollected() -> Iterator[None]:
    """Without garbage collection: there is none in a growing tree, and looking for it takes longer than the walk."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def kind_of(mode: int) -> Kind:
    """The kind that an st_mode tells."""
    return _KINDS.get(stat.S_IFMT(mode), Kind.DEVICE)


class Odd(NamedTuple):
    """What is not plain about an entry: anything but a readable regular file with one link and no attributes.

    ``mode`` is st_mode, ``link`` a symlink's target, ``inode`` is set for entries with several links.
    ``xattrs`` are (name length, value length) pairs in bytes, ``capability`` the length of security.capability.
    """

    kind: Kind
    mode: int
    mtime_ns: int
    size: int
    link: str = ""
    inode: int | None = None
    rdev: int = 0
    xattrs: Pairs = ()
    capability: int | None = None
    readable: bool = True


_POSTPONED = ("names", "sizes", "odd", "folders", "_columns", "_sums")


def _no_columns(_: Directory) -> Columns:
    return array("q"), array("q"), array("q")


class Wanted(NamedTuple):
    """What of a context a walk is to find.

    ``states`` are the start states of the ignore lists; what all of them keep out is left out, and not even looked into
    where nothing can come back. None keeps everything. The builders look into some such folders all the same, so
    their entries are counted: into all with ``count_all``, else into those that a text in ``heads`` begins with.
    With ``merges`` (and ``count_all``) nobody asks for less than all that is not ignored, so that folders with nothing
    in them that counts may be told by their number of entries alone.
    ``junk`` is the start state of the junk rules that the tree will be held against: a walk that is shared out looks
    for junk on the way. Two that have the same ``lists`` and ``junk`` rules ask for the same, whatever their states.
    """

    states: tuple[State, ...] | None = None
    count_all: bool = False
    heads: tuple[str, ...] = ()
    junk: State | None = None
    lists: tuple[Hashable, ...] | None = None
    merges: bool = False


EVERYTHING: Final = Wanted()


class Directory:
    """A folder of the context. ``path`` is relative to the context, ``""`` for the context itself.

    The columns ``names``, ``sizes``, ``wire``, ``packets`` and ``tar`` have a row per file (anything that is not a
    folder): its size (0 if it is not a regular file), the bytes that BuildKit's client sends for it without the packet
    numbers, how many packets bear its number, and the bytes of its tar entry.
    ``odd`` holds the rows that need a closer look. ``folders`` are (row before which it sorts, folder) pairs.
    ``listed`` counts the entries that the walk saw in this folder, kept or not; a folder where no build can want
    anything has no rows, only folders and that count, and perhaps not even folders: then ``beyond`` counts the entries
    below them. ``passed`` is the state of the only ignore list that the rows were held against, None if there were none
    or several. ``whole`` are the sums of all below, ``spotless`` whether junk rules in some state find nothing there,
    once somebody has asked (``builders.sums``, ``builders.junk``). A folder that was walked stands in a ``sheet``
    under a ``number``, until somebody changes something in it.
    Sums are often all that is asked for, so the last three columns may be worked out when they are first looked at.
    """

    __slots__ = ("_columns", "_load", "_sums", "beyond", "folders", "listed", "mode", "mtime_ns", "names", "number",
                 "odd", "passed", "path", "sheet", "sizes", "spotless", "unreadable", "whole", "xattrs")  # fmt: skip

    def __init__(self, path: str, mode: int, mtime_ns: int, xattrs: Pairs = ()) -> None:
        self.path = path
        self.mode = mode
        self.mtime_ns = mtime_ns
        self.xattrs = xattrs
        self.names: list[str] = []
        self.sizes = array("q")
        self.odd: dict[int, Odd] = {}
        self.folders: list[tuple[int, Directory]] = []
        self.listed = self.beyond = self.number = 0
        self.unreadable: str | None = None
        self.passed: State | None = None
        self.sheet: Sheet | None = None
        self._columns: Columns | Callable[[Directory], Columns] = _no_columns
        self._sums: Sums | None = None
        self.whole: Whole | None = None
        self.spotless: tuple[State, bool] | None = None

    def fill(
        self, names: list[str], sizes: array[int], columns: Columns | Callable[[Directory], Columns], sums: Sums | None
    ) -> None:
        """All rows at once; ``columns`` may be what works them out, ``sums`` must be theirs if they are known."""
        self.names, self.sizes, self._columns, self._sums = names, sizes, columns, sums

    def postpone(self, load: Callable[[], None]) -> None:
        """Rows and subfolders come from ``load`` when somebody first looks: until then they are missing attributes."""
        self._load = load
        for name in _POSTPONED:
            delattr(self, name)

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            if name not in _POSTPONED:
                raise AttributeError(name)
            self._load()
            return getattr(self, name)

    @property
    def derived(self) -> bool:
        """The columns have not been looked at, and follow from names and sizes."""
        return callable(self._columns)

    @property
    def columns(self) -> Columns:
        """wire, packets and tar. Whoever changes one calls ``forget_sums``."""
        if callable(self._columns):
            self._columns = self._columns(self)
        return self._columns

    @property
    def wire(self) -> array[int]:
        return self.columns[0]

    @property
    def packets(self) -> array[int]:
        return self.columns[1]

    @property
    def tar(self) -> array[int]:
        return self.columns[2]

    def totals(self) -> Sums:
        """The sums of sizes, wire, packets and tar over all rows."""
        if self._sums is None and self.sheet is not None:
            self._sums = self.sheet.files(self.number)
        elif self._sums is None:
            wire, packets, tar = self.columns
            self._sums = (sum(self.sizes), sum(wire), sum(packets), sum(tar))
        return self._sums

    def forget_sums(self) -> None:
        """What was worked out from the rows. To be told to every folder on the way to what was changed."""
        _ = self.names  # what the sheet tells is taken over before it is left
        self.sheet = None
        self._sums = self.whole = self.spotless = None

    @property
    def plain_names(self) -> bool:
        """No name has a line feed, so that tests by name alone can be trusted (see ``State.file_test``)."""
        return "\n" not in "".join(self.names)

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    def path_of(self, name: str) -> str:
        return f"{self.path}/{name}" if self.path else name

    def segments(self) -> Iterator[tuple[int, int, Directory | None]]:
        """(first row, row behind the last, folder that follows them or None) in the order of names."""
        start = 0
        for row, folder in self.folders:
            yield start, row, folder
            start = row
        yield start, len(self.names), None

    def kind_of(self, row: int) -> Kind:
        odd = self.odd.get(row)
        return odd.kind if odd else Kind.FILE

    def walk(self) -> Iterator[Directory]:
        """This folder and all below it, parents first."""
        todo = [self]
        while todo:
            folder = todo.pop()
            yield folder
            todo.extend(child for _, child in reversed(folder.folders))


class Tree(NamedTuple):
    """A walked context. ``complete`` tells that nothing was skipped."""

    root: Directory
    problems: tuple[Problem, ...]
    complete: bool
    entries: int

    def find(self, path: str) -> tuple[Directory, int | None] | None:
        """The folder at ``path`` (row None), or the folder that holds the file and its row; None if not there."""
        folder = self.root
        parts = [part for part in path.split("/") if part]
        for place, name in enumerate(parts):
            below = next((child for _, child in folder.folders if child.name == name), None)
            if below is not None:
                folder = below
            elif place == len(parts) - 1 and name in folder.names:
                return folder, folder.names.index(name)
            else:
                return None
        return folder, None
