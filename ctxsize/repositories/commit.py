"""A commit as a repository: discovery and measuring read git's objects, nothing is checked out.

Sizes, names and links are the objects' own; files are 0644 or 0755, folders 0755, and all bear the commit's time, which
costs as many bytes on the wire as any other time of our days. What a checkout would convert is in ``conversion``.
"""

from __future__ import annotations

import os
import posixpath
import re
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.errors import InputError
from ctxsize.model import Kind, Problem
from ctxsize.repositories import objects
from ctxsize.repositories.folders import GitFolder, Reader, is_link, kind_of
from ctxsize.repositories.planting import Planting, shared_files
from ctxsize.repositories.sizes import MISSING, Sizes
from ctxsize.repositories.store import Store
from ctxsize.tree import EVERYTHING, Tree, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from ctxsize.repositories.folders import Entry
    from ctxsize.tree import Directory

__all__ = ["CommitRepository"]

_LINKS_AT_MOST = 40
_REGULAR = (b"100644", b"100755")
_READ_AT_MOST = 64 << 20
_COMMITTED = re.compile(rb"^committer .* (\d+) [+-]\d+$", re.MULTILINE)
_SUBMODULE = re.compile(r"^\s*path\s*=\s*(.*?)\s*$", re.MULTILINE)


class CommitRepository:
    """The files under ``root`` as they stand in ``ref``. ``commit`` is its full name; ``problems`` tell what is in the
    commit but not comparable (submodules, converted files). Raises InputError, see ``objects``."""

    def __init__(self, root: Path, ref: str) -> None:
        self._root = root
        self._store = Store(root)
        self._place = objects.place(root)
        self.commit, self._mtime_ns = self._resolved(ref)
        self._reader = Reader(self._store, len(self.commit))
        self.top = GitFolder("", f"{self.commit}^{{tree}}", self._reader)
        self._sizes = Sizes(root)
        self._contents: dict[str, bytes] = {}
        self._like: dict[str, Directory] = {}
        self._looked_at, self._asks_for_conversion = 0, False
        self._converted: dict[str, int] = {}
        self._remarks: tuple[Problem, ...] = ()

    def _resolved(self, ref: str) -> tuple[str, int]:
        """The full name of the commit, and its time in nanoseconds."""
        name = ref.removesuffix("...") if ref != "..." else ref
        found = self._store.find(f"{name}^{{commit}}")
        if found is not None and name != ref:
            found = self._store.find(objects.merge_base(self._root, found.name, name))
        if found is None:
            raise objects.missing(self._root, name)
        time = _COMMITTED.search((found.data or b"").partition(b"\n\n")[0])
        return found.name, int(time[1] if time else 0) * 1_000_000_000

    @property
    def root(self) -> Path:
        return self._root

    @property
    def place(self) -> objects.Place:
        return self._place

    @property
    def reader(self) -> Reader:
        return self._reader

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Of the folders that were looked into; submodules wherever they are declared."""
        submodules = [self._submodule(path) for path in self._submodules]
        self._mind_conversion()
        return (*submodules, *self._remarks)

    def _submodule(self, path: str) -> Problem:
        inner = posixpath.relpath(path, self._place.prefix) if self._place.prefix != "." else path
        return Problem(f"{inner}/", "a submodule: its files are in another repository and are not compared")

    @property
    def _submodules(self) -> list[str]:
        declared = self.top.files.get(".gitmodules")
        text = os.fsdecode(self._content(declared, ".gitmodules")) if declared else ""
        for path in _SUBMODULE.findall(text):
            # whoever looks for one comes by it
            self.top.at(path.strip('"'))
        return sorted(dict.fromkeys(self._reader.submodules), key=os.fsencode)

    # --- one path --------------------------------------------------------------------------------

    def read(self, path: str) -> bytes | None:
        found = self._find(path)
        if found is None:
            return None
        if isinstance(found, GitFolder):
            raise InputError("is a directory", where=path)
        return self._content(found, path)

    def names(self, folder: str) -> Iterable[tuple[str, Kind]]:
        found = self._find(folder)
        if not isinstance(found, GitFolder):
            return []
        return found.kinds()

    def kind(self, path: str) -> Kind | None:
        found = self._find(path)
        return kind_of(found) if found is not None else None

    def _find(self, path: str) -> GitFolder | Entry | None:
        """What stands at a path relative to the root, links followed; None for nothing and for what git cannot know."""
        todo = [part for part in reversed(f"{self._place.prefix}/{path}".split("/")) if part not in {"", "."}]
        trail, links = [self.top], 0
        while todo:
            name = todo.pop()
            if name == "..":
                if len(trail) == 1:
                    return None
                trail.pop()
                continue
            found = trail[-1].get(name)
            if isinstance(found, GitFolder):
                trail.append(found)
                continue
            if found is None or not is_link(found):
                return found if not todo else None
            links += 1
            target = os.fsdecode(self._content(found, path))
            if links > _LINKS_AT_MOST or target.startswith("/"):
                return None
            todo += [part for part in reversed(target.split("/")) if part not in {"", "."}]
        return trail[-1]

    def _content(self, entry: Entry, path: str) -> bytes:
        name = entry[2].hex()
        if name not in self._contents:
            found = self._store.find(name, at_most=_READ_AT_MOST)
            if found is None:
                raise objects.IncompleteError(path)
            if found.data is None:
                raise InputError(f"has {found.size:,} bytes, too many to be read as text", where=path)
            self._contents[name] = found.data
        return self._contents[name]

    # --- a context -------------------------------------------------------------------------------

    def read_ahead(self, passing_over: Iterable[str]) -> None:
        """Reads all folders in bulk but those of some names, and what is below them, before they are asked for."""
        passed = frozenset(passing_over)
        here = self._find(".")
        if isinstance(here, GitFolder):
            self._reader.read([here], lambda name: name not in passed)

    def expect(self, context: str, tree: Directory) -> None:
        """A context will be asked for that may be like ``tree``: begins to ask for what is going to be needed. What is
        like it in the commit, folder by folder, will be the tree's own: whoever gets one must not write into it."""
        found = self._find(context)
        if isinstance(found, GitFolder):
            self._like[context] = tree
            self._sizes.foresee(shared_files(self._reader, tree, found))

    def scan(
        self, context: str, wanted: Wanted = EVERYTHING, *, progress: Callable[[int], None] | None = None
    ) -> Tree:
        """The context's tree: a new one every time but for what was ``expected``, because whoever overlays a tree
        writes into it."""
        found = self._find(context)
        if not isinstance(found, GitFolder):
            reason = "no such file or directory" if found is None else "not a directory"
            hint = f"there is no such folder in {self.commit[:12]}, or git does not track it"
            raise InputError(reason, where=context, hint=hint)
        planting = Planting(self._reader, found, wanted, self._mtime_ns, self._like.get(context))
        self._fetch(planting.links())
        root = planting.plant(self._sizes_of(planting), lambda link: self._contents[link[2].hex()])
        return Tree(root, (), wanted.states is None, planting.seen)

    def _fetch(self, links: Iterable[tuple[str, Entry]]) -> None:
        """The contents of links, in bulk."""

        def keep(blob: _Blob, data: bytes) -> tuple[_Blob, ...]:
            self._contents[blob.object] = data
            return ()

        blobs = (_Blob(path, entry[2].hex()) for path, entry in links)
        self._store.follow([blob for blob in blobs if blob.object not in self._contents], keep)

    def _sizes_of(self, planting: Planting) -> list[int]:
        """As a checkout would have them."""
        self._mind_conversion()
        sizes = self._sizes.of(planting.objects())
        if MISSING in sizes:
            path, _ = next(islice(planting.files(), sizes.index(MISSING), None))
            raise objects.IncompleteError(path)
        if self._converted:
            return [self._converted.get(path, size) for (path, _), size in zip(planting.files(), sizes, strict=True)]
        return sizes

    def _mind_conversion(self) -> None:
        """Looks at the attributes that were met since somebody last looked."""
        new, self._looked_at = self._reader.attributes[self._looked_at :], len(self._reader.attributes)
        if not new or self._asks_for_conversion:
            return
        from ctxsize.repositories import conversion

        if not any(conversion.converts(self._content(entry, ".gitattributes")) for entry in new):
            return
        # whatever a remark counts, it counts in all of the commit
        self._asks_for_conversion = True
        self._reader.read([self.top], lambda name: True)
        regular = {folder.path_of(name): entry[2].hex() for folder in self.top.walk()
                   for name, entry in folder.files.items() if entry[0] in _REGULAR}  # fmt: skip
        self._converted, self._remarks = conversion.as_checked_out(self._root, self.commit, regular)

    def links(self, context: str) -> _CommitLinks:
        found = self._find(context)
        folder = found if isinstance(found, GitFolder) else GitFolder.of("", {}, {}, self._reader)
        return _CommitLinks(folder, self._content)


class _Blob(NamedTuple):
    path: str
    object: str


class _CommitLinks:
    """The symlinks of a context, as ``builders.links`` asks for them."""

    def __init__(self, folder: GitFolder, content: Callable[[Entry, str], bytes]) -> None:
        self._top = folder
        self._content = content

    def target(self, path: str) -> str | None:
        entry = self._top.at(path)
        if entry is None or isinstance(entry, GitFolder) or not is_link(entry):
            return None
        return os.fsdecode(self._content(entry, path))

    def names(self, folder: str) -> Iterable[str]:
        here = self._top.at(folder)
        return sorted([*here.files, *here.folders], key=os.fsencode) if isinstance(here, GitFolder) else []
