"""Questions about what a build sends, answered on the tree of what is sent: what git ignores, what looks like a secret,
what another list would have kept out. Pure walks; equal subtrees are asked once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.builders.junk import GitPaths
from ctxsize.dockerignore import BadPatternError, IgnoreRules
from ctxsize.model import NOTHING, Class, Totals

if TYPE_CHECKING:
    from ctxsize.builders.classes import Judge
    from ctxsize.builders.reach import ReachState
    from ctxsize.builders.sending import SentFolder
    from ctxsize.dockerignore import State
    from ctxsize.dockerignore.pattern import Pattern

__all__ = ["Finder", "Hit", "holds", "kept_out", "same_name_deeper", "sum_of_git_ignored"]


class Hit(NamedTuple):
    """An entry that a list of patterns matches; a folder (``/`` at its end) stands for all below it."""

    path: str
    line: int
    totals: Totals


class Finder:
    """Finds the entries that patterns match among what is sent. One for all builds of a repository."""

    def __init__(self, patterns: Iterable[str]) -> None:
        self._rules = IgnoreRules.of(patterns)
        self._memory: dict[tuple[int, State], tuple[Hit, ...]] = {}
        self._kept: list[SentFolder] = []

    def find(self, sent: SentFolder) -> tuple[Hit, ...]:
        """The hits in the order in which they are sent. Without recursion: folders may be nested a thousand deep."""
        todo = [(sent, self._rules.walk.start)]
        while todo:
            here, state = todo[-1]
            below = [one for one in self._below(here, state) if (id(one[0]), one[1]) not in self._memory]
            if below:
                todo += below
                continue
            todo.pop()
            self._kept.append(here)  # an id is only unique as long as its owner lives
            self._memory[id(here), state] = tuple(self._look(here, state))
        return self._memory[id(sent), self._rules.walk.start]

    def _below(self, sent: SentFolder, state: State) -> Iterator[tuple[SentFolder, State]]:
        """The folders that have to be looked into, with their states."""
        for _, below in sent.parts:
            if below is not None:
                child = state.child(below.folder.name, below.folder.path)
                if not child.excluded or child.may_flip:
                    yield below, child

    def _look(self, sent: SentFolder, state: State) -> Iterator[Hit]:
        folder = sent.folder
        for rows, below in sent.parts:
            for row in rows:
                path = folder.path_of(folder.names[row])
                if state.excludes_file(folder.names[row], path):
                    line = state.child(folder.names[row], path).decided_by
                    yield Hit(path, line, Totals(1, 0, folder.sizes[row]))
            if below is not None:
                child = state.child(below.folder.name, below.folder.path)
                if child.excluded and not child.may_flip:
                    yield Hit(f"{below.folder.path}/", child.decided_by, Totals(below.files, below.dirs, below.bytes))
                else:
                    yield from self._memory[id(below), child]


def holds(sent: SentFolder, path: str) -> bool:
    """Whether an entry is among what is sent."""
    parts = path.split("/")
    for place, name in enumerate(parts):
        below = next((one for _, one in sent.parts if one is not None and one.folder.name == name), None)
        if below is None:
            last = place == len(parts) - 1
            return last and any(sent.folder.names[row] == name for rows, _ in sent.parts for row in rows)
        sent = below
    return True


def sum_of_git_ignored(
    sent: SentFolder, ignored: GitPaths | None, reach: ReachState
) -> tuple[Totals, str | None]:
    """What is sent although git ignores it, but for what an instruction asks for by name; and the first such path."""
    sums, example = NOTHING, None
    todo: list[tuple[SentFolder, GitPaths | None, ReachState]] = [(sent, ignored, reach)]
    while todo:
        here, paths, state = todo.pop()
        if paths is None:
            continue
        for path, totals in _ignored_here(here, paths, state, todo):
            sums += totals
            example = min(example, path) if example else path
    return sums, example


def _ignored_here(
    sent: SentFolder, paths: GitPaths, reach: ReachState, todo: list[tuple[SentFolder, GitPaths | None, ReachState]]
) -> Iterator[tuple[str, Totals]]:
    folder = sent.folder
    for rows, below in sent.parts:
        for row in rows:
            name = folder.names[row]
            if paths.names.get(name, paths) is None and not reach.child(name).named:
                yield folder.path_of(name), Totals(1, 0, folder.sizes[row])
        if below is None or below.folder.name not in paths.names:
            continue
        state, inner = reach.child(below.folder.name), paths.names[below.folder.name]
        if inner is not None:
            todo.append((below, inner, state))
        elif not state.named:
            yield f"{below.folder.path}/", Totals(below.files, below.dirs, below.bytes)


def kept_out(judge: Judge, sent: SentFolder, reach: ReachState, rules: IgnoreRules) -> tuple[Totals, str]:
    """The waste that is sent and that another list would have kept out, and one path of it."""
    sums, example = NOTHING, ""
    for folder, rows, klass in judge.runs(sent, reach):
        if klass is Class.USED or rows is None:
            continue
        for row in rows:
            path = folder.path_of(folder.names[row])
            if _excluded(rules, path):
                sums += Totals(1, 0, folder.sizes[row])
                example = example or path
    return sums, example


def _excluded(rules: IgnoreRules, path: str) -> bool:
    try:
        return rules.excludes(path)
    except BadPatternError:
        return False


def same_name_deeper(sent: SentFolder, patterns: Iterable[Pattern], most: int = 3) -> dict[int, tuple[str, ...]]:
    """By line, entries in folders whose name a pattern without a slash would match at the root."""
    wanted = [one for one in patterns if "/" not in one.text and not one.exception]
    found: dict[int, list[str]] = {one.line: [] for one in wanted}
    for folder, rows in sent.runs() if wanted else ():
        if rows is None:
            names = [folder.name] if "/" in folder.path else []
            prefix, end = folder.path.rpartition("/")[0], "/"
        else:
            names = [folder.names[row] for row in rows] if folder.path else []
            prefix, end = folder.path, ""
        for name in names:
            for one in wanted:
                if len(found[one.line]) < most and _matches(one, name):
                    found[one.line].append(f"{prefix}/{name}{end}")
    return {line: tuple(paths) for line, paths in found.items() if paths}


def _matches(pattern: Pattern, name: str) -> bool:
    try:
        return pattern.matches(name)
    except BadPatternError:
        return False
