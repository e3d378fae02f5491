"""The folders of a commit as git keeps them, each read when somebody first looks into it, or ahead of that in bulk."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ctxsize.model import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ctxsize.repositories.store import Store

    # git's mode, the name's bytes, the object's name in bytes
    Entry = tuple[bytes, bytes, bytes]

__all__ = ["GitFolder", "Reader", "changed", "is_link", "kind_of"]

SUBMODULE = 0o160000
_FOLDER, _LINK, _SUBMODULE = b"40000", b"120000", b"160000"
_KIND_LINK, _KIND_FILE = Kind.SYMLINK, Kind.FILE
# some old tools wrote modes with a nought in front
_ENTRY = "0*([1-7][0-7]*) ([^\0]+)\0(.{%d})"
# git writes no folder without files, and a checkout makes none of what others wrote
_EMPTY = {bytes.fromhex("4b825dc642cb6eb9a060e54bf8d69288fbee4904"),
          bytes.fromhex("6ef19b41225c5369f1c104d45d8d85efa9b057b53b14b4b9b939dd74decc5321")}  # fmt: skip


class GitFolder:
    """A folder of a commit or of the index: ``files`` are its files and links by name, ``folders`` what lies below.

    ``path`` is relative to the work tree's top. ``object`` is empty for a folder that no commit has. ``linked`` tells
    that some of its files are links.
    """

    __slots__ = ("_reader", "files", "folders", "linked", "object", "path")

    files: dict[str, Entry]
    folders: dict[str, GitFolder]

    def __init__(self, path: str, name: str, reader: Reader) -> None:
        self.path = path
        self.object = name
        self.linked = False
        self._reader = reader

    @classmethod
    def of(cls, path: str, files: dict[str, Entry], folders: dict[str, GitFolder], reader: Reader) -> GitFolder:
        """One that is known already."""
        folder = cls(path, "", reader)
        folder.files, folder.folders = files, folders
        return folder

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            if name not in {"files", "folders"}:
                raise AttributeError(name)
            self._reader.read([self])
            return getattr(self, name)

    @property
    def known(self) -> bool:
        """Somebody has looked."""
        try:
            object.__getattribute__(self, "files")
        except AttributeError:
            return False
        return True

    def path_of(self, name: str) -> str:
        return f"{self.path}/{name}" if self.path else name

    def kinds(self) -> list[tuple[str, Kind]]:
        """The names with what stands there."""
        files = [(name, _KIND_LINK if entry[0] == _LINK else _KIND_FILE) for name, entry in self.files.items()]
        return files + [(name, Kind.DIR) for name in self.folders]

    def get(self, name: str) -> GitFolder | Entry | None:
        return self.folders.get(name) or self.files.get(name)

    def at(self, path: str) -> GitFolder | Entry | None:
        """What stands at a path from here; links are not followed."""
        here: GitFolder | Entry | None = self
        for name in path.split("/"):
            if name in {"", "."}:
                continue
            if not isinstance(here, GitFolder):
                return None
            here = here.get(name)
        return here

    def walk(self) -> Iterator[GitFolder]:
        """This folder and all below it, parents first."""
        todo = [self]
        while todo:
            folder = todo.pop()
            yield folder
            todo.extend(reversed(folder.folders.values()))


class Reader:
    """Reads folders, and notes what has to be known of a commit before it is measured: ``submodules`` by their paths,
    ``attributes`` the ``.gitattributes`` files of the folders that were read."""

    def __init__(self, store: Store, digits: int) -> None:
        """``digits`` are those of an object's name."""
        self._store = store
        self._entries = re.compile((_ENTRY % (digits // 2)).encode(), re.DOTALL)
        self.submodules: list[str] = []
        self.attributes: list[Entry] = []

    def read(self, folders: Iterable[GitFolder], wanted: Callable[[str], bool] = lambda name: False) -> None:
        """Reads those of the folders that nobody has looked into, and below all of them the folders whose names are
        ``wanted``, and so on. Raises IncompleteError."""

        def below(folder: GitFolder) -> list[GitFolder]:
            return [one for name, one in folder.folders.items() if wanted(name)]

        def fill(folder: GitFolder, data: bytes) -> list[GitFolder]:
            self._fill(folder, data)
            # submodules are known
            return [one for one in below(folder) if not one.known] if folder.folders else []

        todo, unknown = list(folders), list[GitFolder]()
        while todo:
            folder = todo.pop()
            if folder.known:
                todo += below(folder)
            else:
                unknown.append(folder)
        self._store.follow(unknown, fill)

    def _fill(self, folder: GitFolder, data: bytes) -> None:
        entries = self._entries.findall(data)
        files = dict(zip(_decoded([name for _, name, _ in entries]), entries, strict=True))
        folders: dict[str, GitFolder] = {}
        modes = {mode for mode, _, _ in entries}
        folder.linked = _LINK in modes
        inside = modes & {_FOLDER, _SUBMODULE}
        for name in [name for name, entry in files.items() if entry[0] in inside] if inside else ():
            mode, _, inner = files.pop(name)
            path = folder.path_of(name)
            if mode == _SUBMODULE:
                # an empty folder, as it is after a plain clone
                self.submodules.append(path)
                folders[name] = GitFolder.of(path, {}, {}, self)
            elif inner not in _EMPTY:
                folders[name] = GitFolder(path, inner.hex(), self)
        if ".gitattributes" in files:
            self.attributes.append(files[".gitattributes"])
        folder.files, folder.folders = files, folders


def _decoded(names: Iterable[bytes]) -> list[str]:
    text = os.fsdecode(b"\0".join(names))
    return text.split("\0") if text else []


def changed(folder: GitFolder, changes: Iterable[tuple[Sequence[str], int]], reader: Reader) -> GitFolder:
    """The folder with other entries: (parts of the path below it, git's mode or 0 for nothing). What does not change
    is shared, and a folder in which nothing is left is none."""
    files, folders = dict(folder.files), dict(folder.folders)
    deeper: dict[str, list[tuple[Sequence[str], int]]] = {}
    for (name, *rest), mode in changes:
        if rest:
            deeper.setdefault(name, []).append((rest, mode))
            continue
        files.pop(name, None)
        if name in folders and not folders[name].object:
            del folders[name]
        if mode == SUBMODULE:
            folders[name] = GitFolder.of(folder.path_of(name), {}, {}, reader)
        elif mode:
            files[name] = (b"%o" % mode, os.fsencode(name), b"")
    for name, inner in deeper.items():
        old = folders.pop(name, None) or GitFolder.of(folder.path_of(name), {}, {}, reader)
        new = changed(old, inner, reader)
        if new.files or new.folders:
            folders[name] = new
    return GitFolder.of(folder.path, files, folders, reader)


def is_link(entry: Entry) -> bool:
    return entry[0] == _LINK


def kind_of(entry: GitFolder | Entry) -> Kind:
    if isinstance(entry, GitFolder):
        return Kind.DIR
    return Kind.SYMLINK if entry[0] == _LINK else Kind.FILE
