"""Would these paths be sent? Asked of the very gates and rules that measure, over a tree of files that are made up."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from ctxsize.builders import tar, wire
from ctxsize.gate.side import NothingIgnored, contexts_of
from ctxsize.measure import Memory
from ctxsize.repositories.wrapped import WrappedRepository
from ctxsize.tree import EVERYTHING, Directory, Tree, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ctxsize.measure import Request
    from ctxsize.model import BuilderName
    from ctxsize.repositories.disk import Repository

__all__ = ["would_be_sent"]

_FILE, _FOLDER = stat.S_IFREG | 0o644, stat.S_IFDIR | 0o755
_SOME_TIME = 1_700_000_000_000_000_000


def would_be_sent(
    request: Request, asked: Mapping[str, Iterable[str]], builders: Mapping[str, BuilderName]
) -> dict[str, set[str]]:
    """Build → those of the files asked about (relative to its context) that its builder would send if they existed."""

    trees: dict[str, set[str]] = {}
    for build in request.builds:
        trees.setdefault(build.context, set()).update(asked.get(build.name, ()))
    imagined = request._replace(repository=_Imagined(request.repository, trees))
    found: dict[str, set[str]] = {}
    for context in contexts_of(imagined, NothingIgnored(), Memory({}, {})):
        for plan in context.plans:
            sent = context.work(plan, builders[plan.build.name]).sent
            runs = sent.runs() if sent is not None else ()
            paths = {folder.path_of(folder.names[row]) for folder, rows in runs if rows is not None for row in rows}
            found[plan.build.name] = paths & set(asked.get(plan.build.name, ()))
    return found


class _Imagined(WrappedRepository):
    """A repository whose contexts hold nothing but empty files that are made up; all that is read is real."""

    def __init__(self, repository: Repository, trees: Mapping[str, Iterable[str]]) -> None:
        super().__init__(repository)
        self._trees = trees

    def scan(self, context: str, wanted: Wanted = EVERYTHING, *, progress: Callable[[int], None] | None = None) -> Tree:
        nested: dict[str, object] = {}
        for path in self._trees.get(context, ()):
            _put(nested, path.split("/"))
        root = Directory("", _FOLDER, _SOME_TIME)
        _fill(root, nested)
        return Tree(root, (), True, len(nested))


def _put(folder: dict[str, object], parts: Sequence[str]) -> None:
    for name in parts[:-1]:
        below = folder.setdefault(_folder(name), {})
        assert isinstance(below, dict)
        folder = below
    folder[parts[-1]] = None


def _folder(name: str) -> str:
    # ``.env`` is asked about as a file and as a folder, and no tree holds both under one name
    return name + "/"


def _fill(directory: Directory, nested: Mapping[str, object]) -> None:
    for name in sorted(nested, key=lambda name: name.rstrip("/").encode("utf-8", "surrogateescape")):
        below = nested[name]
        if isinstance(below, dict):
            child = Directory(directory.path_of(name.rstrip("/")), _FOLDER, _SOME_TIME)
            directory.folders.append((len(directory.names), child))
            _fill(child, below)
        else:
            path = directory.path_of(name).encode("utf-8", "surrogateescape")
            directory.names.append(name)
            directory.sizes.append(0)
            directory.wire.append(wire.regular_file(len(path), _FILE, _SOME_TIME, 0))
            directory.packets.append(1)
            directory.tar.append(tar.entry(path, 0, _SOME_TIME))
    directory.listed = len(nested)
