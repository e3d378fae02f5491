"""What git ignores, through its command line; through pathspec where there is no git. Nothing is ever written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from subprocess import Popen

__all__ = ["Ignored", "ignored"]

_LIST = ("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")


class Ignored:
    """Starts to ask at once; the answer is fetched when it is needed, so that git works while we walk."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._top = _top(root)
        self._running = _ask(root) if self._top is not None else None
        self._answer: tuple[str, ...] | None = None

    def paths(self) -> tuple[str, ...]:
        """The git-ignored paths under the root, relative to it; a folder that is ignored as a whole ends in a slash.

        Nothing outside a git repository.
        """
        if self._answer is None:
            self._answer = self._find()
        return self._answer

    def _find(self) -> tuple[str, ...]:
        if self._top is None:
            return ()
        if self._running is not None:
            out, _ = self._running.communicate()
            if not self._running.returncode:
                return tuple(os.fsdecode(path) for path in out.split(b"\0") if path)
        # no git, or it refuses: another owner's repository, a broken one
        return tuple(_read(self._root, self._top))


def ignored(root: Path) -> tuple[str, ...]:
    """``Ignored(root).paths()`` at once."""
    return Ignored(root).paths()


def _top(root: Path) -> Path | None:
    return next((folder for folder in (root, *root.parents) if _is_repository(folder / ".git")), None)


def _is_repository(path: Path) -> bool:
    # a work tree or submodule has a file there
    return path.is_file() or (path / "HEAD").exists()


def _ask(root: Path) -> Popen[bytes] | None:
    """None where there is no git."""
    import subprocess

    # no monitor is started, no index refreshed, nothing fetched
    environ = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
    try:
        return subprocess.Popen(
            ["git", "-c", "core.fsmonitor=false", *_LIST], cwd=root, env=environ, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        return None


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
