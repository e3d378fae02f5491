"""What nobody wants in an image, folder by folder: the catalogue's patterns, the configuration's, and git's word.

Patterns are read like an ignore file (``!pattern`` takes an earlier one back). Likely, never proven.
"""

from __future__ import annotations

from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.dockerignore import IgnoreRules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ctxsize.builders.sheet import Sheet
    from ctxsize.dockerignore import State
    from ctxsize.tree import Directory

__all__ = ["GIT_IGNORES", "JunkRules", "JunkState", "git_paths", "spotless"]

GIT_IGNORES = "git ignores it"


def spotless(folder: Directory, rules: State) -> bool:
    """Whether nothing in the folder and below it is junk by the rules alone. Worked out once for each folder."""
    if folder.spotless is None or folder.spotless[0] is not rules:
        on_sheet = folder.sheet is not None
        folder.spotless = rules, _has_no_spots(folder, rules) if on_sheet else _spotless(folder, rules)
    return folder.spotless[1]


def _spotless(folder: Directory, rules: State) -> bool:
    if rules.excluded or _junk_among(folder.path, folder.names, rules):
        return False
    return all(spotless(child, rules.child(child.name, child.path)) for _, child in folder.folders)


def _junk_among(folder: str, names: list[str], rules: State) -> bool:
    passing = rules.passing(names)
    if passing is not None:
        return len(passing) < len(names)
    prefix = f"{folder}/" if folder else ""
    return any(rules.excludes_file(name, prefix + name) for name in names)


class Spots(NamedTuple):
    """The folders from one on that are junk or have junk among their files, in order, and the states on the way."""

    folders: list[int]
    states: dict[int, State]


def _has_no_spots(folder: Directory, rules: State) -> bool:
    """The same for a folder of a sheet, without making objects of those below it."""
    sheet, number = folder.sheet, folder.number
    assert sheet is not None
    spots = next((one for one in sheet.spots if one.states.get(number) is rules), None)
    if spots is None:
        spots = _spots(sheet, number, rules)
        sheet.spots.append(spots)
    at = bisect_left(spots.folders, number)
    return at == len(spots.folders) or spots.folders[at] >= sheet.ends[number]


def _spots(sheet: Sheet, start: int, rules: State) -> Spots:
    """From one folder on. What is in a junk folder is not looked at."""
    found, states, number = list[int](), {start: rules}, start
    while number < sheet.ends[start]:
        state, (path, *_, text, count, _) = states[number], sheet.rows[number]
        if number in sheet.inner:
            inner = sheet.directory(number)
            if inner is not None and not spotless(inner, state):
                found.append(number)
        elif state.excluded:
            found.append(number)
            number = sheet.ends[number]
            continue
        elif count and _junk_among(path, text.split("\0"), state):
            found.append(number)
        for below in sheet.below(number):
            inner_path = sheet.rows[below][0]
            states[below] = state.child(inner_path[len(path) + 1 if path else 0 :], inner_path)
        number += 1
    return Spots(found, states)


class GitPaths:
    """A folder of git-ignored paths: by name, the folder below, or None where everything is ignored."""

    __slots__ = ("names",)

    def __init__(self) -> None:
        self.names: dict[str, GitPaths | None] = {}


class JunkState(NamedTuple):
    """What holds for an entry. ``git`` are the ignored paths below it, None where there are none."""

    rules: State
    git: GitPaths | None
    git_ignored: bool = False

    @property
    def junk(self) -> bool:
        return self.git_ignored or self.rules.excluded

    @property
    def settled(self) -> bool:
        """Nothing below differs from this entry."""
        return self.git_ignored or (self.rules.settled and self.git is None)

    def spotless(self, folder: Directory) -> bool:
        """Nothing in the folder that this holds for is junk."""
        return not self.git_ignored and self.git is None and spotless(folder, self.rules)

    def child(self, name: str, path: str) -> JunkState:
        if self.git_ignored:
            return self
        git, ignored = None, False
        if self.git is not None and name in self.git.names:
            git = self.git.names[name]
            ignored = git is None
        return JunkState(self.rules.child(name, path), git, ignored)

    def file(self, name: str, path: str) -> bool:
        """Whether a file of this folder is junk."""
        if self.git_ignored or self.rules.excludes_file(name, path):
            return True
        return self.git is not None and self.git.names.get(name, self) is None


    def files(self, folder: Directory, rows: Sequence[int]) -> Sequence[int]:
        """The rows that are junk, of files of this folder."""
        names, test = folder.names, self.rules.file_test()
        if self.git_ignored or test is True:
            return rows
        if callable(test) and self.git is None and folder.plain_names:
            return [row for row in rows if test(names[row])]
        if test is False and self.git is None:
            return ()
        prefix = f"{folder.path}/" if folder.path else ""
        return [row for row in rows if self.file(names[row], prefix + names[row])]


class JunkRules:
    """``reasons`` has a name for every pattern text of the catalogue and the configuration."""

    def __init__(self, patterns: Sequence[tuple[str, str]], git: GitPaths | None) -> None:
        self._reasons = [reason for _, reason in patterns]
        self._rules = _compiled(tuple(text for text, _ in patterns))
        self.start = JunkState(self._rules.walk.start, git)

    def why(self, state: JunkState) -> str | None:
        """The reason why an entry is junk, None if it is not."""
        if state.rules.excluded and state.rules.decided_by >= 0:
            line = self._rules.patterns[state.rules.decided_by].line
            return self._reasons[line - 1]
        return GIT_IGNORES if state.git_ignored else None


@lru_cache(maxsize=8)
def _compiled(texts: tuple[str, ...]) -> IgnoreRules:
    """The catalogue is long and the same for every context."""
    return IgnoreRules.of(texts)


def git_paths(paths: Iterable[str], context: str) -> GitPaths | None:
    """The ignored paths (relative to the root, folders with a trailing slash) as a tree below ``context``.

    None if there are none, or if the context itself is ignored: then git knows nothing about what is in it.
    """
    prefix = "" if context in {".", ""} else f"{context}/"
    root = GitPaths()
    for path in paths:
        if prefix.startswith(path if path.endswith("/") else f"{path}/"):
            return None
        if path.startswith(prefix):
            _insert(root, path[len(prefix) :].rstrip("/").split("/"))
    return root if root.names else None


def _insert(root: GitPaths, parts: list[str]) -> None:
    folder = root
    for name in parts[:-1]:
        below = folder.names.setdefault(name, GitPaths())
        if below is None:
            return
        folder = below
    folder.names[parts[-1]] = None
