"""Git through its command line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["ignored"]


def ignored(root: Path) -> tuple[str, ...]:
    """The git-ignored paths under ``root``, relative to it; folders end in a slash. None where there is no git."""
    import subprocess

    command = ["git", "-c", "core.fsmonitor=false", "ls-files", "--others", "--ignored", "--exclude-standard",
               "--directory", "-z"]  # fmt: skip
    environ = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}
    try:
        done = subprocess.run(command, cwd=root, env=environ, capture_output=True, check=False)
    except OSError:
        return ()
    if done.returncode:
        return ()
    return tuple(os.fsdecode(path) for path in done.stdout.split(b"\0") if path)
