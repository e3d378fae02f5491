"""What of a folder any build can want: the states of the ignore lists, handed down from folder to folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.builders.gates import leads_to
from ctxsize.dockerignore import BadPatternError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ctxsize.dockerignore import State
    from ctxsize.tree import Directory, Wanted

    States = tuple[State, ...]
    Test = Callable[[str], bool] | bool

__all__ = ["file_test", "mark", "passed_over", "step", "steps"]


def step(state: State, name: str, path: str) -> State:
    """The state of a subfolder; a pattern that Docker cannot compile stops a build, not the walk."""
    try:
        return state.child(name, path)
    except BadPatternError:
        return state


def steps(states: States, name: str, path: str) -> States:
    """The states of a subfolder, without those that can want nothing there, and each once."""
    below = dict.fromkeys([step(state, name, path) for state in states])
    return tuple([state for state in below if not (state.settled and state.excluded)])


def passed_over(wanted: Wanted, below: States | None, path: str) -> bool:
    """Whether a subfolder, with its states, is not even looked into."""
    return below == () and not (wanted.count_all or leads_to(wanted.heads, path))


def file_test(states: States | None, folder: Directory) -> Test:
    """Which files of the folder no build can want: all, none, or a test on the name."""
    if states is None:
        return False
    tests = [state.file_test() for state in states]
    if False in tests:
        return False
    tests = [test for test in tests if test is not True]
    if not tests:
        return True
    if len(tests) == 1 and callable(tests[0]):
        return tests[0]
    return _general_test([state for state in states if not state.settled], folder.path)


def _general_test(states: list[State], folder: str) -> Test:
    prefix = f"{folder}/" if folder else ""

    def excluded(name: str) -> bool:
        try:
            return all(state.excludes_file(name, prefix + name) for state in states)
        except BadPatternError:
            return False

    return excluded


def mark(folder: Directory, states: States | None) -> None:
    """Remembers that all rows of the folder have been held against one state, if there is but one."""
    if states is not None and len(states) == 1 and states[0].file_test() is not None and folder.plain_names:
        folder.passed = states[0]
