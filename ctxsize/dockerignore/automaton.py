"""The evaluation of a pattern list, folder by folder, with the line that decided.

A state holds what a folder hands down to its children: the verdict so far, the pattern it came from, and for every
later pattern the places it has reached (a bit per component). Patterns before the deciding one can never decide
again below it, so they are dropped; a whole monorepo needs a dozen states. States are made once and shared.

Two variants exist in the builders, and they can disagree (moby/patternmatcher):

* the walk hands parents' results down; a pattern that was *skipped* at a folder, because it could not flip the
  verdict there, is not inherited by the children (``MatchesUsingParentResults``);
* opening a file asks again without parents, so there such a pattern counts (``MatchesOrParentMatches``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.dockerignore.lexical import BadPatternError
from ctxsize.dockerignore.names import NameTest
from ctxsize.dockerignore.pattern import ANY_BUT_LF, DEEP, MatchKind, Pattern, Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ctxsize.dockerignore.pattern import Component

# the places of ``**/name`` in any folder
_ANYWHERE = 0b11
# in place of places: the pattern has to see the whole path
WHOLE_PATH = -1

# (index of the pattern, bits of the components it may match next) of every pattern that still counts
Live = tuple[tuple[int, int], ...]


class State:
    """What holds for an entry and is handed down below it.

    ``excluded`` is the verdict on the entry itself, ``decided_by`` the index of the pattern it came from or -1.
    ``may_flip`` tells whether anything below can still get the other verdict, ``may_except`` whether an exception is
    live; ``whole_path`` that a pattern is live
    that has to see paths as a whole; ``settled`` that nothing below needs to be asked at all.
    """

    __slots__ = ("_children", "_default", "_files", "_folders", "_one_way", "automaton", "decided_by", "excluded",
                 "live", "may_except", "may_flip", "settled", "whole_path")  # fmt: skip

    def __init__(self, automaton: Automaton, excluded: bool, decided_by: int, live: Live) -> None:
        self.automaton = automaton
        self.excluded = excluded
        self.decided_by = decided_by
        self.live = live
        polarities = {automaton.patterns[index].exception for index, _ in live}
        self.may_except = True in polarities
        self.may_flip = excluded in polarities
        self._one_way = (not excluded) not in polarities
        self.whole_path = any(places == WHOLE_PATH for _, places in live)
        self.settled = not self.may_flip and not self.whole_path
        self._children: dict[str, State] = {}
        self._default: State | None = None
        self._folders: NameTest | None = None
        self._files: NameTest | None = None

    def child(self, name: str, path: str) -> State:
        """The state of the entry ``name`` in this folder; ``path`` is the entry's own path from the context.

        Raises BadPatternError when a pattern that Docker cannot compile is held against the entry.
        """
        if not self.live:
            return self
        if self.whole_path:
            return self.automaton.step(self, name, path)
        found = self._children.get(name)
        if found is not None:
            return found
        if self._folders is None:
            self._folders = NameTest(self.automaton.components_of(self.live, last_only=False))
        if "\n" in name or self._folders.hits(name):
            found = self._children[name] = self.automaton.step(self, name, path)
            return found
        if self._default is None:
            self._default = self.automaton.step(self, None, path)
        return self._default

    def file_test(self) -> Callable[[str], bool] | bool | None:
        """Which files of this folder are excluded: all or none, by the name alone, or None: ask ``excludes_file``.

        A name with a line feed must always be asked.
        """
        if self.settled:
            return self.excluded
        if self.whole_path:
            return None
        test = self._file_names()
        if test.anything:
            return None
        if self._one_way:
            return test.misses if self.excluded else test.hits
        return self._in_order(test.hits)

    def passing(self, names: list[str]) -> list[str] | None:
        """Those of this folder's files that are not excluded, by their names alone; None: ask ``excludes_file``."""
        if self.settled:
            return [] if self.excluded else names
        text = "\0".join(names)
        if self.whole_path or "\n" in text:
            return None
        test = self._file_names()
        if test.anything:
            return None
        flipped = test.among(names, text)
        if flipped and not self._one_way:
            step = self.automaton.step
            flipped = {name for name in flipped if step(self, name, "").excluded is not self.excluded}
        if self.excluded:
            return list(flipped)
        return [name for name in names if name not in flipped] if flipped else names

    def _in_order(self, hits: Callable[[str], bool]) -> Callable[[str], bool]:
        """A name that may flip the verdict can be flipped back by a later pattern: those few are gone through."""
        excluded, step = self.excluded, self.automaton.step
        return lambda name: step(self, name, "").excluded if hits(name) else excluded

    def _file_names(self) -> NameTest:
        """The names at which the verdict on a file may differ from that on the folder."""
        if self._files is None:
            components = self.automaton.components_of(self.live, last_only=True, flips=self.excluded)
            self._files = NameTest(components)
        return self._files

    def excludes_file(self, name: str, path: str) -> bool:
        """The verdict on a file of this folder, without making a state for it."""
        if self.whole_path or (self.may_flip and "\n" in name):
            return self.automaton.step(self, name, path).excluded
        if not self.may_flip:
            return self.excluded
        test = self._file_names()
        if not (test.anything or test.hits(name)):
            return self.excluded
        return not self.excluded if self._one_way else self.automaton.step(self, name, path).excluded


class Automaton:
    """A pattern list, ready to be walked. ``remember_skipped`` chooses the variant that opens files.

    ``begins`` is the automaton of a list that this one begins with: where none of the patterns behind it counts any
    more, the states are that one's, so that whoever walks for both lists walks for one.
    """

    def __init__(
        self, patterns: Sequence[Pattern], *, remember_skipped: bool = False, begins: Automaton | None = None
    ) -> None:
        self.patterns = tuple(patterns)
        self.remember_skipped = remember_skipped
        self._begins = begins
        self._states: dict[tuple[bool, int, Live], State] = {}
        live = tuple(
            (index, WHOLE_PATH if pattern.components is None else closure(pattern.components, 0))
            for index, pattern in enumerate(self.patterns)
        )
        self.start = self._state(False, -1, live)

    def _state(self, excluded: bool, decided_by: int, live: Live) -> State:
        begins = self._begins
        if begins and max(decided_by, live[-1][0] if live else -1) < len(begins.patterns):
            return begins._state(excluded, decided_by, live)
        key = (excluded, decided_by, live)
        found = self._states.get(key)
        if found is None:
            found = self._states[key] = State(self, excluded, decided_by, live)
        return found

    def step(self, state: State, name: str | None, path: str) -> State:
        """The ordered evaluation of one entry. ``name`` None stands for any name that only ``*`` and ``**`` match."""
        matched, decided_by = state.excluded, state.decided_by
        below: list[tuple[int, int]] = []
        for index, places in state.live:
            pattern = self.patterns[index]
            skipped = pattern.exception != matched
            if places == WHOLE_PATH:
                moved, hit = WHOLE_PATH, self._matches(pattern, path, skipped)
            else:
                moved, hit = advance(pattern, places, name)
            if hit and (self.remember_skipped or not skipped):
                # what came before cannot decide below this any more, and this one is inherited as a whole
                matched, decided_by = not pattern.exception, index
                below.clear()
            elif moved:
                below.append((index, moved))
        return self._state(matched, decided_by, tuple(below))

    def _matches(self, pattern: Pattern, path: str, skipped: bool) -> bool:
        """A pattern that is skipped here is not evaluated, so one that cannot be compiled does no harm yet."""
        if not skipped:
            return pattern.matches(path)
        try:
            return self.remember_skipped and pattern.matches(path)
        except BadPatternError:
            return False

    def components_of(self, live: Live, *, last_only: bool, flips: bool | None = None) -> Iterator[Component]:
        """The components that live patterns hold against the next name; only ends of patterns with ``last_only``.

        With ``flips`` only of patterns of that polarity (exception or not).
        """
        for index, places in live:
            pattern = self.patterns[index]
            components = pattern.components or ()
            if flips is not None and pattern.exception != flips:
                continue
            for place, component in enumerate(components):
                at_end = place == len(components) - 1
                if places >> place & 1 and component.shape is not Shape.DEEP and (at_end or not last_only):
                    yield component
            if last_only and pattern.open_end and places >> len(components) & 1:
                yield ANY_BUT_LF


def closure(components: tuple[Component, ...], place: int) -> int:
    """The bit of a place, and of those behind it that ``**`` lets begin at once."""
    bits = 1 << place
    while place < len(components) and components[place].shape is Shape.DEEP:
        place += 1
        bits |= 1 << place
    return bits


def advance(pattern: Pattern, places: int, name: str | None) -> tuple[int, bool]:
    """The places after one more component of the path, and whether the pattern matches there."""
    components = pattern.components or ()
    end = len(components)
    # in moby's expressions the ``.`` of ``**`` stops at a line feed; its literal prefix and suffix tests do not
    through = not (name is not None and "\n" in name and pattern.kind is MatchKind.REGEXP)
    if places == _ANYWHERE and end == 2 and through and components[0] is DEEP and not pattern.open_end:
        # ``**/name``: most patterns of most lists
        return places, _fits(components[1], name)
    moved, place = 0, 0
    while places >> place:
        if places >> place & 1:
            if place == end:
                moved |= (1 << end) if pattern.open_end and through else 0
            elif components[place].shape is Shape.DEEP:
                moved |= closure(components, place) if through else 0
            elif _fits(components[place], name):
                moved |= closure(components, place + 1)
        place += 1
    hit = bool(moved >> end & 1)
    return (moved if pattern.open_end else moved & ~(1 << end)), hit


def _fits(component: Component, name: str | None) -> bool:
    if name is None:
        return component.shape is Shape.ANY or component is ANY_BUT_LF
    return component.matches(name)
