"""Reading and writing single files of a repository, carefully."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from ctxsize.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["read_file"]

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
    with os.fdopen(descriptor, "rb") as file:
        here = os.fstat(descriptor)
        if not stat.S_ISREG(here.st_mode):
            raise InputError("is a directory" if stat.S_ISDIR(here.st_mode) else "not a regular file", where=str(path))
        if here.st_size > limit:
            raise InputError(f"larger than {limit} bytes", where=str(path))
        return file.read(limit + 1)
