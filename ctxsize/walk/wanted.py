"""What of a folder any build can want: the states of the ignore lists, handed down from folder to folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.builders.gates import leads_to
from ctxsize.dockerignore import BadPatternError

if TYPE_CHECKING:
    from ctxsize.dockerignore import State
    from ctxsize.tree import Wanted

    States = tuple[State, ...]

__all__ = ["by_one", "keep", "passed_over", "step", "steps"]


def step(state: State, name: str, path: str) -> State:
    """The state of a subfolder; a pattern that Docker cannot compile stops a build, not the walk."""
    try:
        return state.child(name, path)
    except BadPatternError:
        return state


def steps(states: States, name: str, path: str) -> States:
    """The states of a subfolder, without those that can want nothing there, and each once."""
    if len(states) == 1:
        below = step(states[0], name, path)
        return states if below is states[0] else () if below.settled and below.excluded else (below,)
    found = dict.fromkeys([step(state, name, path) for state in states])
    return tuple([state for state in found if not (state.settled and state.excluded)])


def passed_over(wanted: Wanted, below: States | None, path: str) -> bool:
    """Whether a subfolder, with its states, is not even looked into."""
    return below == () and not (wanted.count_all or leads_to(wanted.heads, path))


def keep(states: States, folder: str, names: list[str]) -> list[str]:
    """Those of the folder's files that some build may want."""
    if len(states) == 1:
        return _passing(states[0], folder, names)
    found: set[str] = set()
    for state in states:
        passing = _passing(state, folder, names)
        if len(passing) == len(names):
            return names
        found.update(passing)
    return [name for name in names if name in found]


def _passing(state: State, folder: str, names: list[str]) -> list[str]:
    passing = state.passing(names)
    if passing is not None:
        return passing
    prefix = f"{folder}/" if folder else ""
    return [name for name in names if _passes(state, name, prefix + name)]


def _passes(state: State, name: str, path: str) -> bool:
    try:
        return not state.excludes_file(name, path)
    except BadPatternError:
        return True


def by_one(states: States, text: str) -> bool:
    """Whether all files of a folder, whose names are in the text, were held against one state, and by name alone."""
    return len(states) == 1 and states[0].file_test() is not None and "\n" not in text
