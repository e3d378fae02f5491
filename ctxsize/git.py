"""What git ignores, through its command line; through pathspec where there is no git. Nothing is ever written."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from subprocess import Popen

__all__ = ["Ignored", "ignored"]

_OF_A_HOOK = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"}
_LIST = ("ls-files", "--others", "--ignored", "--exclude-standard", "--directory", "-z")
_SPECIAL, _ESCAPED = r"[\\*?\[\]!]", r"\\\g<0>"
# in a hook git says where its repository is, but not where the work tree's top is; the folder itself knows better
_PLACES = frozenset(
    {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"}
)


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
        found = list(self._own(self._top))
        for inner in _submodules(self._root, self._top):
            found += (f"{inner}/{path}" for path in Ignored(self._root / inner).paths())
        return tuple(found)

    def _own(self, top: Path) -> Iterable[str]:
        """Without the submodules, of which git says nothing here."""
        if self._running is not None:
            out, _ = self._running.communicate()
            if not self._running.returncode:
                # "./": all that is in the root is ignored, which says nothing of the single files
                return (os.fsdecode(path) for path in out.split(b"\0") if path not in {b"", b"./"})
        # no git, or it refuses: another owner's repository, a broken one
        return _read(self._root, top)


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
    environ = {name: value for name, value in os.environ.items() if name not in _PLACES}
    environ |= {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0"}
    try:
        return subprocess.Popen(
            ["git", "-c", "core.fsmonitor=false", *_LIST], cwd=root, env=environ, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except OSError:
        return None


def _submodules(root: Path, top: Path) -> Iterator[str]:
    """The checked-out submodules below the root, relative to it; those in a submodule are its own affair."""
    for line in _lines(top / ".gitmodules"):
        name, _, value = line.partition("=")
        if name.strip() != "path" or "\0" in value:
            continue
        inner = os.path.normpath(value.strip().strip('"'))
        path = top / inner
        # a link or ".." would lead somewhere else, or round in circles
        straight = os.path.realpath(path) == os.path.join(os.path.realpath(top), inner)
        if straight and path != root and path.is_relative_to(root) and (path / ".git").exists():
            yield path.relative_to(root).as_posix()


# --- without git --------------------------------------------------------------------------------------


def _read(root: Path, top: Path) -> Iterator[str]:
    """The same from the ``.gitignore`` files alone. What is tracked although it is ignored only git could tell."""
    inner = root.relative_to(top).as_posix() if root != top else ""
    lines = [line for line in _lines(top / ".git" / "info" / "exclude") if _is_pattern(line)]
    above = ""
    for name in inner.split("/") if inner else ():
        lines += _rules_of(top, above)
        above = f"{above}/{name}" if above else name
    todo = [(inner, _Rules(lines))]
    while todo:
        folder, rules = todo.pop()
        rules = rules.with_more(_rules_of(top, folder))
        for name, is_folder in _entries(top / folder):
            path = f"{folder}/{name}" if folder else name
            shown = f"{path}/" if is_folder else path
            if rules.spec.match_file(shown):
                yield shown[len(inner) + 1 :] if inner else shown
            elif is_folder and name != ".git" and not _is_repository(top / path / ".git"):
                todo.append((path, rules))


class _Rules:
    """Lines as they would stand at the top, compiled once for all the folders in which they are the same."""

    def __init__(self, lines: list[str]) -> None:
        from pathspec import GitIgnoreSpec

        self._lines = lines
        self.spec = GitIgnoreSpec.from_lines(lines, backend="simple")

    def with_more(self, lines: list[str]) -> _Rules:
        return _Rules(self._lines + lines) if lines else self


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
        text = (read_file(path) or b"").decode("utf-8-sig", "surrogateescape")
    except InputError:
        return []
    # git ends a line at a line feed only
    return [line.removesuffix("\r") for line in text.split("\n")]


def _rules_of(top: Path, folder: str) -> list[str]:
    prefix = f"/{re.sub(_SPECIAL, _ESCAPED, folder)}" if folder else ""
    rooted = [_rooted(line, prefix) for line in _lines(top / folder / ".gitignore") if not line.startswith("#")]
    return [line for line in rooted if line.strip() and _is_pattern(line)]


def _is_pattern(line: str) -> bool:
    """git passes over what it cannot understand, pathspec raises."""
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line], backend="simple")
    except (ValueError, re.error):
        return False
    return True


def _rooted(line: str, prefix: str) -> str:
    """A pattern of a nested ``.gitignore`` as it would stand at the top."""
    if not prefix or not line.strip():
        return line
    sign, pattern = ("!", line[1:]) if line.startswith("!") else ("", line)
    if "/" in pattern.rstrip("/ "):
        return f"{sign}{prefix}/{pattern.lstrip('/')}"
    return f"{sign}{prefix}/**/{pattern}"
