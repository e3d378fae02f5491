"""Files that BuildKit's client announces and then refuses to open: they arrive with 0 bytes.

The client evaluates its ignore list twice, with two variants of the rules (see ``dockerignore.automaton``); where a
parent is excluded after an exception they disagree, and the engine does not say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ctxsize.builders.sending import SentFolder
    from ctxsize.dockerignore import IgnoreRules, State

__all__ = ["refused_files"]


def refused_files(sent: SentFolder, rules: IgnoreRules) -> dict[int, set[int]]:
    """The refused rows by ``id`` of their folder, none for folders on the way; without exceptions there are none."""
    found: dict[int, set[int]] = {}
    if rules.has_exceptions:
        _collect(sent, rules.walk.start, rules.opening.start, found)
    return found


def _collect(sent: SentFolder, walk: State, state: State, found: dict[int, set[int]]) -> bool:
    """Whether anything is refused here or below. ``walk`` and ``state`` are what the two variants have come to."""
    if state.settled and not state.excluded:
        return False
    alike = walk.excluded == state.excluded and walk.live == state.live
    if alike and not state.may_except:
        # from here on both say the same, and the walk let all of this pass
        return False
    folder = sent.folder
    prefix = f"{folder.path}/" if folder.path else ""
    test = False if alike else state.file_test()
    refused, deeper = set[int](), False
    for rows, below in sent.parts:
        if rows and test is not False:
            refused.update(_refused(sent, rows, state, test, prefix))
        if below is not None:
            name, path = below.folder.name, below.folder.path
            deeper |= _collect(below, walk.child(name, path), state.child(name, path), found)
    if refused or deeper:
        found.setdefault(id(folder), set()).update(refused)
    return bool(refused) or deeper


def _refused(
    sent: SentFolder, rows: Sequence[int], state: State, test: Callable[[str], bool] | bool | None, prefix: str
) -> Iterable[int]:
    names = sent.folder.names
    if test is True:
        return rows
    if callable(test) and sent.folder.plain_names:
        return [row for row in rows if test(names[row])]
    return [row for row in rows if state.excludes_file(names[row], prefix + names[row])]
