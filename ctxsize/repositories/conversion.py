"""What a checkout would change about a commit's files: line ends and LFS pointers, as ``.gitattributes`` ask for.

Only sizes are worked out, so that a commit is measured as its checkout would be. What only other programs know
(``ident``, ``working-tree-encoding``, filters) is counted as stored, and a remark says so.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from ctxsize.model import Problem
from ctxsize.repositories import objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ctxsize.repositories.objects import TreeEntry

__all__ = ["as_checked_out", "crlf_size", "pointed_size"]

_REGULAR = (0o100644, 0o100755)
_CONVERTING = re.compile(rb"\beol=crlf\b|\bfilter=|\bcrlf\b|\bident\b|\bworking-tree-encoding=")
_ATTRIBUTES = ("filter", "eol", "text", "crlf", "ident", "working-tree-encoding")
_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?size (\d+)\n")
# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: a pointer is shorter than this
_POINTER_AT_MOST = 1024
_LOOKED_AT = 8000


def as_checked_out(
    root: Path, commit: str, entries: Sequence[TreeEntry]
) -> tuple[Sequence[TreeEntry], tuple[Problem, ...]]:
    """The entries with the sizes that a checkout has, and remarks on what was taken for granted."""
    if not _converts(root, entries):
        return entries, ()
    regular = [entry for entry in entries if entry.mode in _REGULAR]
    found = objects.attributes(root, commit, (entry.path for entry in regular), _ATTRIBUTES)
    kinds = {entry.path: kind for entry in regular if (kind := _kind(found.get(entry.path, {})))}
    pulled = _pulled(root, [path for path, kind in kinds.items() if kind == "lfs"])
    wanted = [entry for entry in regular if _read(kinds.get(entry.path), entry, pulled)]
    contents = objects.blobs(root, (entry.object for entry in wanted))
    sizes = {entry.path: _size(kinds[entry.path], contents.get(entry.object, b""), entry.size) for entry in wanted}
    converted = [entry._replace(size=sizes.get(entry.path, entry.size)) for entry in entries]
    return converted, tuple(_remarks(kinds, pulled))


def _converts(root: Path, entries: Iterable[TreeEntry]) -> bool:
    files = [entry.object for entry in entries if posixpath.basename(entry.path) == ".gitattributes"]
    return any(_CONVERTING.search(data) for data in objects.blobs(root, files).values())


def _kind(attributes: dict[str, str]) -> str | None:
    """lfs, crlf, auto (crlf for what looks like text) or unknown; None for a file that stays as it is."""
    if attributes.get("filter") == "lfs":
        return "lfs"
    text = attributes.get("text", attributes.get("crlf"))
    if attributes.get("filter", "unset") not in {"unset", ""} or "working-tree-encoding" in attributes:
        return "unknown"
    if attributes.get("ident") == "set":
        return "unknown"
    if attributes.get("eol") != "crlf" or text == "unset":
        return None
    return "auto" if text == "auto" else "crlf"


def _pulled(root: Path, pointers: Sequence[str]) -> bool:
    """Whether checkouts here hold LFS' files rather than pointers: what is checked out now tells, else git's setup."""
    top = objects.place(root).top
    for path in pointers:
        try:
            with (top / path).open("rb") as file:
                return pointed_size(file.read(_POINTER_AT_MOST)) is None
        except OSError:
            continue
    return bool(pointers) and not objects.run(root, "config", "--get", "filter.lfs.smudge").returncode


def _read(kind: str | None, entry: TreeEntry, pulled: bool) -> bool:
    return kind in {"crlf", "auto"} or (kind == "lfs" and pulled and entry.size < _POINTER_AT_MOST)


def _size(kind: str, data: bytes, stored: int) -> int:
    if kind == "lfs":
        return pointed_size(data) or stored
    return crlf_size(data, guess=kind == "auto")


def pointed_size(data: bytes) -> int | None:
    """The size of the file that an LFS pointer stands for; None for anything else."""
    found = _POINTER.fullmatch(data) if len(data) < _POINTER_AT_MOST else None
    return int(found[1]) if found else None


def crlf_size(data: bytes, *, guess: bool = False) -> int:
    """The size after git has written line ends as CRLF; ``guess`` leaves alone what is binary or has CRs already."""
    pairs = data.count(b"\r\n")
    if guess and (b"\r" in data or b"\0" in data[:_LOOKED_AT]):
        return len(data)
    return len(data) + data.count(b"\n") - pairs


def _remarks(kinds: dict[str, str], pulled: bool) -> Iterable[Problem]:
    pointers = [path for path, kind in kinds.items() if kind == "lfs"]
    unknown = [path for path, kind in kinds.items() if kind == "unknown"]
    if pointers and pulled:
        yield Problem(pointers[0], f"LFS keeps {_many(pointers)}: counted with the size that the pointer in git names")
    elif pointers:
        what = f"LFS keeps {_many(pointers)} and only the pointer is here: run git lfs pull to count the content"
        yield Problem(pointers[0], what)
    if unknown:
        yield Problem(unknown[0], f"a filter converts {_many(unknown)} on checkout: counted as stored in git")


def _many(paths: Sequence[str]) -> str:
    return "this file" if len(paths) == 1 else f"this and {len(paths) - 1:,} more files"
