"""What stat does not tell of an entry: extended attributes, which BuildKit's client sends, and symlinks' texts."""

from __future__ import annotations

import errno
import os
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from ctxsize.model import Kind
from ctxsize.tree import Odd, kind_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ctxsize.tree import Pairs

__all__ = ["Attributes"]

_CAPABILITY = "security.capability"
_ask: Callable[[str], list[str]]
_ask = partial(os.listxattr, follow_symlinks=False) if hasattr(os, "listxattr") else (lambda path: [])


class Attributes:
    """Of the entries under one context. ``real`` is its absolute path without links.

    Linux has no call for attributes relative to a folder's descriptor before 6.13, and Python has none at all; a long
    path costs as much as the question itself. So with ``moves`` the process changes into each folder that it asks
    about, until ``home`` is left; nobody else may be relying on the working directory meanwhile.
    """

    def __init__(self, real: str, *, moves: bool = False) -> None:
        self._real = real
        self._supported = hasattr(os, "listxattr")
        self._moves = moves

    @contextmanager
    def home(self) -> Iterator[None]:
        """Comes back to the working directory in the end."""
        try:
            here = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except OSError:
            self._moves = False
            yield
            return
        try:
            yield
        finally:
            os.fchdir(here)
            os.close(here)

    def of(self, path: str, descriptor: int | None = None) -> Pairs:
        """(name length, value length) of each attribute of the entry that is sent along with it."""
        if not self._supported:
            return ()
        try:
            names = os.listxattr(descriptor) if descriptor is not None else _ask(f"{self._real}/{path}")
        except OSError as error:
            self._supported = error.errno not in {errno.ENOTSUP, errno.ENOSYS}
            return ()
        return tuple(self._lengths(f"{self._real}/{path}", names)) if names else ()

    def enter(self, path: str, descriptor: int) -> str:
        """What to put before the names of the folder at ``path``: nothing, if the process moved there."""
        if self._moves:
            try:
                os.fchdir(descriptor)
            except OSError:
                pass
            else:
                return ""
        return f"{self._real}/{path}/" if path else f"{self._real}/"

    def marked(self, base: str, names: Sequence[str]) -> list[str]:
        """The names that have attributes, in the folder that was entered: this runs for every file."""
        if not self._supported:
            return []
        try:
            if not any(map(_ask, map(base.__add__, names) if base else names)):
                return []
        except OSError as error:
            if error.errno in {errno.ENOTSUP, errno.ENOSYS}:
                self._supported = False
                return []
        return [name for name in names if self._has_any(base + name)]

    @staticmethod
    def _has_any(path: str) -> bool:
        try:
            return bool(_ask(path))
        except OSError:
            return False

    def _lengths(self, full: str, names: Iterable[str]) -> Iterable[tuple[int, int]]:
        for name in names:
            if not name.startswith("com.apple."):
                try:
                    value = os.getxattr(full, name, follow_symlinks=False)
                except OSError:
                    continue
                yield len(os.fsencode(name)), len(value)

    def _capability(self, path: str) -> int | None:
        try:
            return len(os.getxattr(f"{self._real}/{path}", _CAPABILITY, follow_symlinks=False))
        except (OSError, AttributeError):
            return None

    def odd(self, path: str, here: os.stat_result, descriptor: int) -> Odd:
        """All that the builders mind about an entry; ``descriptor`` is its folder's."""
        kind, name, xattrs = kind_of(here.st_mode), path.rpartition("/")[2], self.of(path)
        return Odd(
            kind=kind,
            mode=here.st_mode,
            mtime_ns=here.st_mtime_ns,
            size=here.st_size,
            link=_text(name, descriptor) if kind is Kind.SYMLINK else "",
            inode=here.st_ino if here.st_nlink > 1 else None,
            rdev=here.st_rdev,
            xattrs=xattrs,
            capability=self._capability(path) if xattrs else None,
            readable=kind is not Kind.FILE or os.access(name, os.R_OK, dir_fd=descriptor, effective_ids=True),
        )


def _text(name: str, descriptor: int) -> str:
    try:
        return os.readlink(name, dir_fd=descriptor)
    except OSError:
        return ""
