"""Trees in memory, what builders send of them, and an independent word on what a COPY reads. For the laws only."""

from __future__ import annotations

import os
import stat
from array import array
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from ctxsize.builders.gates import ArchiveGate, BuildkitGate
from ctxsize.builders.links import follow_links
from ctxsize.builders.opening import refused_files
from ctxsize.builders.sending import Sender
from ctxsize.dockerignore import IgnoreRules, compile_patterns, go_match
from ctxsize.model import Kind, Source
from ctxsize.tree import Directory, Odd

if TYPE_CHECKING:
    from ctxsize.builders.sending import SentFolder

# a path ending in "/" is a folder, "a -> b" a symlink, all else files of the given size
Files = Mapping[str, int]


def tree_of(files: Files) -> Directory:
    root = Directory("", stat.S_IFDIR | 0o755, 0)
    for path, size in sorted(files.items(), key=lambda item: os.fsencode(item[0])):
        name, _, link = path.partition(" -> ")
        folder = root
        parts = name.rstrip("/").split("/")
        for part in parts if name.endswith("/") else parts[:-1]:
            folder = _folder(folder, part)
        if not name.endswith("/"):
            _file(folder, parts[-1], size, link)
    for folder in root.walk():
        _sort(folder)
    return root


def _folder(parent: Directory, name: str) -> Directory:
    for _, child in parent.folders:
        if child.name == name:
            return child
    child = Directory(parent.path_of(name), stat.S_IFDIR | 0o755, 0)
    parent.folders.append((0, child))
    return child


def _file(folder: Directory, name: str, size: int, link: str) -> None:
    if name in folder.names or any(child.name == name for _, child in folder.folders):
        return
    if link:
        folder.odd[len(folder.names)] = Odd(Kind.SYMLINK, stat.S_IFLNK | 0o777, 0, len(link), link)
    folder.names.append(name)
    folder.sizes.append(0 if link else size)
    folder.wire.append(size + 20)
    folder.packets.append(2)
    folder.tar.append(512 + -(-size // 512) * 512)


def _sort(folder: Directory) -> None:
    order = sorted(range(len(folder.names)), key=lambda row: os.fsencode(folder.names[row]))
    folder.odd = {order.index(row): odd for row, odd in folder.odd.items()}
    folder.names = [folder.names[row] for row in order]
    for column in (folder.sizes, *folder.columns):
        column[:] = array("q", [column[row] for row in order])
    children = sorted((child for _, child in folder.folders), key=lambda child: os.fsencode(child.name))
    folder.folders = [(sum(os.fsencode(name) < os.fsencode(child.name) for name in folder.names), child)
                      for child in children]  # fmt: skip
    folder.listed = len(folder.names) + len(folder.folders)


class TreeLinks:
    """The symlinks of a tree in memory."""

    def __init__(self, root: Directory) -> None:
        self._folders = {folder.path: folder for folder in root.walk()}

    def target(self, path: str) -> str | None:
        folder = self._folders.get(path.rpartition("/")[0])
        name = path.rpartition("/")[2]
        if folder is None or name not in folder.names:
            return None
        odd = folder.odd.get(folder.names.index(name))
        return odd.link if odd else None

    def names(self, folder: str) -> Iterable[str]:
        found = self._folders.get(folder)
        return sorted([*found.names, *(child.name for _, child in found.folders)]) if found else []


def paths(sent: SentFolder) -> frozenset[str]:
    found: set[str] = set()
    for folder, rows in sent.runs():
        found |= {f"{folder.path}/"} if rows is None else {folder.path_of(folder.names[row]) for row in rows}
    return frozenset(found)


def buildkit(root: Directory, rules: IgnoreRules, asked: Iterable[str] | None) -> tuple[frozenset[str], frozenset[str]]:
    """(what is sent, what of it arrives empty); ``asked`` None is the whole context."""
    followed = None if asked is None else follow_links(asked, TreeLinks(root))
    sent = Sender(BuildkitGate(rules, None if followed is None else compile_patterns(followed)), {}).send(root)
    refused = refused_files(sent, rules)
    empty = {folder.path_of(folder.names[row]) for folder in root.walk() for row in refused.get(id(folder), ())}
    return paths(sent), frozenset(empty)


def archive(root: Directory, rules: IgnoreRules) -> frozenset[str]:
    return paths(Sender(ArchiveGate(rules), {}).send(root))


def read_by_copy(source: Source, path: str) -> bool:
    """Whether COPY reads a path: the source matches it or a folder above it, part by part, as filepath.Match does."""
    if not source.reads:
        return False
    wanted = source.path.split("/") if source.path else []
    parts = path.rstrip("/").split("/")
    return len(parts) >= len(wanted) and all(map(_fits, wanted, parts))


def _fits(pattern: str, name: str) -> bool:
    return go_match(pattern, name)


def asked_for(sources: Iterable[Source]) -> list[str] | None:
    """BuildKit's follow paths for these sources."""
    words = [source.path for source in sources]
    return None if "" in words else sorted(words)


def source(path: str, **more: object) -> Source:
    return Source(path or ".", path, 1, 1, "COPY", f"COPY {path or '.'} /x", **more)  # type: ignore[arg-type]
