"""Reading and writing single files of a repository, carefully: never half, never through a link, never blocking."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.errors import InputError, WriteRefusedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ctxsize.changes import Change

__all__ = ["read_file", "write_all"]

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
        raise InputError(_reason(error), where=str(path)) from None
    here = os.fstat(descriptor)
    wrong = f"larger than {limit:,} bytes" if here.st_size > limit else None
    if not stat.S_ISREG(here.st_mode):
        wrong = "is a directory" if stat.S_ISDIR(here.st_mode) else "not a regular file"
    if wrong:
        os.close(descriptor)
        raise InputError(wrong, where=str(path))
    with os.fdopen(descriptor, "rb") as file:
        return file.read(limit + 1)


def write_all(root: Path, changes: Sequence[Change]) -> None:
    """All changes, or none of them. Every file is whole at any time, whatever happens in between.

    Raises WriteRefusedError, with nothing written, for a file that is a symlink, read-only, not below ``root`` or not
    what it was (``before``), and for a disk that does not take all of it.
    """
    for change in changes:
        _check(root, change)
    batch = _Batch(root)
    try:
        for change in changes:
            batch.stage(change)
        for one in batch.staged:
            _check(root, one.change)
            batch.put(one)
        _sync({root / change.path for change in changes})
    except BaseException as error:
        stuck = batch.take_back()
        if stuck:
            kept = ", ".join(str(one.old or one.change.path) for one in stuck)
            raise WriteRefusedError("written in part, and the disk does not take it back", where=stuck[0].change.path,
                                    hint=f"left over: {kept}") from error  # fmt: skip
        if isinstance(error, OSError):
            raise _refused(_reason(error), batch.at) from error
        raise
    finally:
        batch.clean()


def _refused(reason: str, path: str) -> WriteRefusedError:
    return WriteRefusedError(f"not written: {reason}", where=path, hint="nothing was written")


def _reason(error: OSError | ValueError) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


# --- may it be written? -------------------------------------------------------------------------------


def _check(root: Path, change: Change) -> None:
    path, real = root / change.path, os.path.realpath(root)
    try:
        parent = os.path.realpath(path.parent)
        here = path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        here = None
    except (OSError, ValueError) as error:
        raise _refused(_reason(error), change.path) from None
    if _leads_out(change.path) or not (parent == real or parent.startswith(real.rstrip(os.sep) + os.sep)):
        raise _refused("it lies outside the repository", change.path)
    if here is None:
        _check_new(change, Path(parent))
    else:
        _check_old(change, path, here)


def _leads_out(path: str) -> bool:
    normal = os.path.normpath(path)
    return Path(path).is_absolute() or normal == ".." or normal.startswith(f"..{os.sep}")


def _check_new(change: Change, folder: Path) -> None:
    if change.before is not None:
        raise _refused("it is gone", change.path)
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        raise _refused("its folder is read-only or missing", change.path)


def _check_old(change: Change, path: Path, here: os.stat_result) -> None:
    if stat.S_ISLNK(here.st_mode):
        raise _refused("it is a symlink", change.path)
    if not stat.S_ISREG(here.st_mode):
        raise _refused("it is not a regular file", change.path)
    # root may write everything, but a file without any write permission is meant to stay as it is
    if not here.st_mode & 0o222 or not os.access(path, os.W_OK):
        raise _refused("it is read-only", change.path)
    if change.before is None or here.st_size != len(change.before) or _bytes(path, change.path) != change.before:
        raise _refused("it has changed meanwhile", change.path)


def _bytes(path: Path, shown: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _refused(_reason(error), shown) from None


# --- all of them, or none -----------------------------------------------------------------------------


class _Staged(NamedTuple):
    """A change and its files beside the target: ``new`` is to be renamed onto it, ``old`` takes that back."""

    change: Change
    new: Path | None
    old: Path | None


class _Batch:
    """Changes on their way. ``at`` is the path that is worked on, for messages."""

    def __init__(self, root: Path) -> None:
        self.staged: list[_Staged] = []
        self.at = ""
        self._root = root
        self._done: list[_Staged] = []

    def stage(self, change: Change) -> None:
        """Nothing is left to do that needs space on the disk."""
        self.at = change.path
        path = self._root / change.path
        new = None if change.after is None else _written(path, change.after)
        self.staged.append(_Staged(change, new, None))
        if change.before is not None:
            self.staged[-1] = _Staged(change, new, _second_name(path, change.before))

    def put(self, one: _Staged) -> None:
        self.at = one.change.path
        self._done.append(one)
        _put(self._root / one.change.path, one.new)

    def take_back(self) -> list[_Staged]:
        """What was put, last first; returns what cannot be taken back."""
        stuck = []
        for one in reversed(self._done):
            try:
                _put(self._root / one.change.path, one.old)
            except OSError:
                stuck.append(one)
        self.staged = [_Staged(one.change, one.new, None) if one in stuck else one for one in self.staged]
        return stuck

    def clean(self) -> None:
        for one in self.staged:
            for left in (one.new, one.old):
                if left is not None:
                    with suppress(OSError):
                        left.unlink()


def _put(path: Path, beside: Path | None) -> None:
    if beside is None:
        path.unlink(missing_ok=True)
    else:
        beside.replace(path)


def _written(path: Path, data: bytes) -> Path:
    """A new file with this text beside ``path``, safely on the disk, with the old file's mode and owner."""
    from tempfile import mkstemp

    descriptor, name = mkstemp(dir=path.parent, prefix=_prefix(path), suffix=".new")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(descriptor)
            _dress(descriptor, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


def _second_name(path: Path, data: bytes) -> Path:
    """Another name of the old file, so that it can come back as it was; a copy where the disk knows no second names."""
    from secrets import token_hex

    name = path.parent / f"{_prefix(path)}{token_hex(4)}.old"
    try:
        os.link(path, name)
    except OSError:
        return _written(path, data)
    return name


def _prefix(path: Path) -> str:
    # a name has 255 bytes, a character up to four
    return f".{path.name[:50]}."


def _dress(descriptor: int, path: Path) -> None:
    try:
        here = path.stat()
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(descriptor, 0o666 & ~mask)
        return
    if (here.st_uid, here.st_gid) != (os.geteuid(), os.getegid()):
        # root in a container writes into a folder that somebody else owns
        with suppress(OSError):
            os.fchown(descriptor, here.st_uid, here.st_gid)
    os.fchmod(descriptor, here.st_mode & 0o7777)


def _sync(paths: Iterable[Path]) -> None:
    """Lets the renames last; a disk that cannot do that still has them."""
    for folder in {path.parent for path in paths}:
        with suppress(OSError):
            descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
