"""What git ignores, through its command line; through pathspec where there is no git. Nothing is ever written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ignored"]

_LIST = ("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")


def ignored(root: Path) -> tuple[str, ...]:
    """The git-ignored paths under ``root``, relative to it; a folder that is ignored as a whole ends in a slash.

    Nothing outside a git repository.
    """
    top = _top(root)
    if top is None:
        return ()
    found = _asked(root)
    return tuple(_read(root, top)) if found is None else found


def _top(root: Path) -> Path | None:
    return next((folder for folder in (root, *root.parents) if (folder / ".git").exists()), None)


def _asked(root: Path) -> tuple[str, ...] | None:
    """None where git is missing or refuses (another owner's repository, a broken one)."""
    import subprocess

    # no monitor is started, no index refreshed, nothing fetched
    environ = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
    try:
        done = subprocess.run(
            ["git", "-c", "core.fsmonitor=false", *_LIST], cwd=root, env=environ, capture_output=True, check=False
        )
    except OSError:
        return None
    if done.returncode:
        return None
    return tuple(os.fsdecode(path) for path in done.stdout.split(b"\0") if path)


# --- without git --------------------------------------------------------------------------------------


def _read(root: Path, top: Path) -> Iterator[str]:
    """The same from the ``.gitignore`` files alone. What is tracked although it is ignored only git could tell."""
    from pathspec import GitIgnoreSpec

    def lines_of(folder: str) -> list[str]:
        prefix = f"/{folder}" if folder else ""
        return [_rooted(line, prefix) for line in _lines(top / folder / ".gitignore")]

    inner = root.relative_to(top).as_posix() if root != top else ""
    above = _lines(top / ".git" / "info" / "exclude") + lines_of("")
    for depth in range(len(inner.split("/")) if inner else 0):
        above += lines_of("/".join(inner.split("/")[: depth + 1]))
    todo = [(inner, above)]
    while todo:
        folder, lines = todo.pop()
        spec = GitIgnoreSpec.from_lines(lines, backend="simple")
        for name, is_folder in _entries(top / folder):
            path = f"{folder}/{name}" if folder else name
            shown = f"{path}/" if is_folder else path
            if spec.match_file(shown):
                yield shown[len(inner) + 1 :] if inner else shown
            elif is_folder and name != ".git":
                todo.append((path, lines + lines_of(path)))


def _entries(folder: Path) -> list[tuple[str, bool]]:
    try:
        with os.scandir(folder) as entries:
            return sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
    except OSError:
        return []


def _lines(path: Path) -> list[str]:
    from ctxsize.disk import read_file
    from ctxsize.errors import InputError

    try:
        return (read_file(path) or b"").decode("utf-8", "surrogateescape").splitlines()
    except InputError:
        return []


def _rooted(line: str, prefix: str) -> str:
    """A pattern of a nested ``.gitignore`` as it would stand at the top."""
    if not prefix or not line.strip() or line.startswith("#"):
        return line
    sign, pattern = ("!", line[1:]) if line.startswith("!") else ("", line)
    if "/" in pattern.rstrip("/ "):
        return f"{sign}{prefix}/{pattern.lstrip('/')}"
    return f"{sign}{prefix}/**/{pattern}"
