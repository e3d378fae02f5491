"""What a checkout would change about a commit's files: line ends and LFS pointers, as ``.gitattributes`` ask for.

Only sizes are worked out, so that a commit is measured as its checkout would be. What only other programs know
(``ident``, ``working-tree-encoding``, filters) is counted as stored, and a remark says so.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ctxsize.model import Problem
from ctxsize.repositories import objects
from ctxsize.repositories.sizes import Sizes

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

__all__ = ["as_checked_out", "converts", "crlf_size", "pointed_size"]

_CONVERTING = re.compile(rb"\beol=crlf\b|\bfilter=|\bcrlf\b|\bident\b|\bworking-tree-encoding=")
_ATTRIBUTES = ("filter", "eol", "text", "crlf", "ident", "working-tree-encoding")
_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?size (\d+)\n")
# https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md: a pointer is shorter than this
_POINTER_AT_MOST = 1024
_LOOKED_AT = 8000


def converts(attributes: bytes) -> bool:
    """Whether a ``.gitattributes`` asks for anything that changes sizes."""
    return _CONVERTING.search(attributes) is not None


def as_checked_out(root: Path, commit: str, files: Mapping[str, str]) -> tuple[dict[str, int], tuple[Problem, ...]]:
    """The sizes in a checkout of those that it changes, and remarks on what was taken for granted. ``files`` are all
    regular files of the commit, by path, with their objects."""
    found = objects.attributes(root, commit, files, _ATTRIBUTES)
    kinds = {path: kind for path in files if (kind := _kind(found.get(path, {})))}
    pulled = _pulled(root, [path for path, kind in kinds.items() if kind == "lfs"])
    wanted = [path for path, kind in kinds.items() if kind in {"crlf", "auto"}]
    wanted += _pointers(root, {path: files[path] for path, kind in kinds.items() if kind == "lfs"}) if pulled else []
    contents = objects.blobs(root, (files[path] for path in wanted))
    read = ((path, contents[files[path]]) for path in wanted if files[path] in contents)
    return {path: _size(kinds[path], data) for path, data in read}, tuple(_remarks(kinds, pulled))


def _pointers(root: Path, files: Mapping[str, str]) -> list[str]:
    """Those that are small enough to be pointers."""
    sizes = Sizes(root).of([bytes.fromhex(name) for name in files.values()])
    return [path for path, size in zip(files, sizes, strict=True) if size < _POINTER_AT_MOST]


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


def _size(kind: str, data: bytes) -> int:
    if kind == "lfs":
        return pointed_size(data) or len(data)
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
