"""Where contexts and files are: what is a path and what a URL, and paths as seen from the repository's root.

A local place is written so that it can never be taken for a URL: ``./x``, ``../x`` or ``/x``.
Follows compose-go 2.9 (``paths``): prefixes decide, ``~`` is the home folder, an absolute path stays as it is.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["from_root", "is_local", "is_remote_file", "located", "resolved"]

_REMOTE = ("https://", "http://", "git://", "ssh://", "github.com/", "git@")


def is_local(context: str) -> bool:
    """False for URLs and for everything that names its own scheme (``docker-image://``, ``service:``)."""
    return not ("://" in context or context.startswith(("service:", "target:", *_REMOTE)))


def is_remote_file(file: str) -> bool:
    """True for an ``extends`` or ``include`` that would have to be fetched."""
    return "://" in file or file.startswith(_REMOTE)


def located(path: str, folder: str, home: str | None) -> str:
    """The path of a file or folder named in ``folder``; empty stays empty."""
    if path.startswith("~") and home:
        path = posixpath.join(home, path[1:].lstrip("/"))
    if not path or path.startswith("/"):
        return path
    joined = posixpath.normpath(posixpath.join(folder, path))
    return joined if joined.startswith(("/", "..")) else "./" + joined


def resolved(context: str, folder: str, home: str | None) -> str:
    """A context as written in a file of the project in ``folder``, seen from the root."""
    return located(context, folder, home) if is_local(context) else context


def from_root(place: str, root: Path | None) -> str:
    """A local place as the model wants it: relative to the root, ``.`` for the root itself.

    An absolute path outside of the root stays absolute.
    """
    path = posixpath.normpath(place or ".")
    if not path.startswith("/") or root is None:
        return path
    path = "/" + path.lstrip("/")
    inside = posixpath.relpath(path, root.as_posix())
    return path if inside == ".." or inside.startswith("../") else inside
