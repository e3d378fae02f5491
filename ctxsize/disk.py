"""Reading and writing single files of a repository, carefully: never half, never through a link, never blocking."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING

from ctxsize.errors import InputError, WriteRefusedError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Change", "read_file", "write_all"]

_LIMIT = 64 << 20


def read_file(path: Path, limit: int = _LIMIT) -> bytes | None:
    """The bytes of a regular file, links followed; None if nothing is there. Never blocks on a FIFO.

    Raises InputError for a folder, a FIFO or device, no permission, and for more than ``limit`` bytes.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise InputError((getattr(error, "strerror", None) or str(error)).lower(), where=str(path)) from None
    here = os.fstat(descriptor)
    wrong = f"larger than {limit:,} bytes" if here.st_size > limit else None
    if not stat.S_ISREG(here.st_mode):
        wrong = "is a directory" if stat.S_ISDIR(here.st_mode) else "not a regular file"
    if wrong:
        os.close(descriptor)
        raise InputError(wrong, where=str(path))
    with os.fdopen(descriptor, "rb") as file:
        return file.read(limit + 1)


@dataclass(frozen=True, slots=True)
class Change:
    """A file to write. ``path`` is relative to the root; None is "no file", before or after."""

    path: str
    before: bytes | None
    after: bytes | None


def write_all(root: Path, changes: Sequence[Change]) -> None:
    """All changes, or none of them. Every file is whole at any time, whatever happens in between.

    Raises WriteRefusedError, with nothing written, for a file that is a symlink, read-only, not below ``root`` or not
    what it was (``before``), and for a disk that does not take all of it.
    """
    for change in changes:
        _check(root, change)
    staged: list[tuple[Change, Path | None]] = []
    done: list[Change] = []
    try:
        for change in changes:
            staged.append((change, _stage(root, change)))
        for change, temporary in staged:
            _check(root, change)
            _put(root / change.path, temporary)
            done.append(change)
    except BaseException as error:
        for change in reversed(done):
            _restore(root, change)
        if isinstance(error, OSError):
            raise _refused(error.strerror or str(error), change.path) from error
        raise
    finally:
        for _, temporary in staged:
            if temporary is not None:
                temporary.unlink(missing_ok=True)


def _refused(reason: str, path: str) -> WriteRefusedError:
    return WriteRefusedError(f"not written: {reason}", where=path, hint="nothing was written")


def _check(root: Path, change: Change) -> None:
    path, real = root / change.path, os.path.realpath(root)
    parent = os.path.realpath(path.parent)
    if os.path.normpath(change.path).startswith("..") or not (parent == real or parent.startswith(real + os.sep)):
        raise _refused("it lies outside the repository", change.path)
    try:
        here = path.lstat()
    except FileNotFoundError:
        if change.before is not None:
            raise _refused("it is gone", change.path) from None
        if not os.access(parent, os.W_OK):
            raise _refused("its folder is read-only or missing", change.path) from None
        return
    if stat.S_ISLNK(here.st_mode):
        raise _refused("it is a symlink", change.path)
    if not stat.S_ISREG(here.st_mode):
        raise _refused("it is not a regular file", change.path)
    # root may write everything, but a file without any write permission is meant to stay as it is
    if not here.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise _refused("it is read-only", change.path)
    if change.before is None or path.read_bytes() != change.before:
        raise _refused("it has changed meanwhile", change.path)


def _stage(root: Path, change: Change) -> Path | None:
    """The new contents in a file beside the old one, safely on the disk; None for a file that goes."""
    if change.after is None:
        return None
    path = root / change.path
    descriptor, name = mkstemp(dir=path.parent, prefix=f".{path.name[:60]}.", suffix=".new")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(change.after)
            file.flush()
            os.fsync(descriptor)
            os.fchmod(descriptor, _mode(path))
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _mode(path: Path) -> int:
    if path.exists():
        return path.stat().st_mode & 0o7777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def _put(path: Path, temporary: Path | None) -> None:
    if temporary is None:
        path.unlink()
    else:
        temporary.replace(path)


def _restore(root: Path, change: Change) -> None:
    """Puts a file back as it was; the one thing that may fail here is a disk that has failed already."""
    path = root / change.path
    if change.before is None:
        path.unlink(missing_ok=True)
        return
    back = _stage(root, Change(change.path, change.after, change.before))
    _put(path, back)
