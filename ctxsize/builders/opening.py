"""Files that BuildKit's client announces and then refuses to open: they arrive with 0 bytes.

The client evaluates its ignore list twice, with two variants of the rules (see ``dockerignore.automaton``); where a
parent is excluded after an exception they disagree, and the engine does not say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ctxsize.builders.sending import SentFolder
    from ctxsize.dockerignore import IgnoreRules, State

__all__ = ["refused_files"]


def refused_files(sent: SentFolder, rules: IgnoreRules) -> dict[int, set[int]]:
    """The refused rows by ``id`` of their folder; without exceptions there are none."""
    found: dict[int, set[int]] = {}
    if rules.has_exceptions:
        _collect(sent, rules.opening.start, found)
    return found


def _collect(sent: SentFolder, state: State, found: dict[int, set[int]]) -> None:
    if state.settled and not state.excluded:
        return
    folder = sent.folder
    prefix = f"{folder.path}/" if folder.path else ""
    for rows, below in sent.parts:
        refused = {row for row in rows if state.excludes_file(folder.names[row], prefix + folder.names[row])}
        if refused:
            found.setdefault(id(folder), set()).update(refused)
        if below is not None:
            _collect(below, state.child(below.folder.name, below.folder.path), found)
