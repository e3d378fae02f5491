"""What instructions read of a context, as an automaton over path components.

A COPY source is compared part by part with Go's ``filepath.Match`` (``**`` is just ``*``), ``--parents`` uses
patternmatcher's own patterns; what matches is read with everything below it. Symlinks on the way are followed inside
the context, so the paths that BuildKit's client is asked for belong to it too. Reading too much is the safe side:
what is not reached here is proven to be unused.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ctxsize.builders.links import follow_links, has_wildcard
from ctxsize.dockerignore.automaton import advance, closure
from ctxsize.dockerignore.lexical import BadPatternError, go_match
from ctxsize.dockerignore.names import NameTest
from ctxsize.dockerignore.pattern import ANY, Component, MatchKind, Pattern, Shape, compile_pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ctxsize.builders.links import Links
    from ctxsize.model import Source

__all__ = ["EVERYTHING", "NOWHERE", "Reach", "ReachState", "exactly", "patterns_of"]

_ESCAPE = r"(?s)\\(.)"
Live = tuple[tuple[int, int], ...]


class _GoName:
    """Stands where a compiled expression is expected: one part of a path against ``filepath.Match``."""

    def __init__(self, text: str) -> None:
        self._text = text

    def match(self, name: str) -> bool:
        try:
            return go_match(self._text, name)
        except BadPatternError:
            # BuildKit fails on such a source; until somebody mends it, it may mean anything
            return True


def _component(text: str) -> Component:
    if not has_wildcard(text):
        return Component(Shape.LITERAL, re.sub(_ESCAPE, r"\1", text))
    if set(text) == {"*"}:
        return ANY
    return Component(Shape.REGEXP, matcher=_GoName(text))


def _go_pattern(path: str) -> Pattern:
    return Pattern(path, False, MatchKind.REGEXP, tuple(map(_component, path.split("/"))), False)


def exactly(path: str) -> Pattern:
    """The pattern of one plain path and all below it."""
    components = tuple(Component(Shape.LITERAL, part) for part in path.split("/"))
    return Pattern(path, False, MatchKind.EXACT, components, False)


def _patterns(path: str, parents: bool) -> Iterator[Pattern]:
    if parents:
        try:
            pattern = compile_pattern(path)
        except BadPatternError:
            pattern = None
        if pattern is not None and pattern.components is not None:
            yield pattern
        else:
            yield _go_pattern(re.split(r"[^/]*[*?\[\\]", path, maxsplit=1)[0].rstrip("/") or "*")
    yield _go_pattern(path)


def patterns_of(source: Source, links: Links) -> tuple[Pattern, ...] | None:
    """The patterns of everything that one source reads; None is the whole context, empty is nothing."""
    if not source.reads:
        return ()
    if source.whole:
        return None
    followed = follow_links([source.path], links)
    if followed is None:
        return None
    paths = dict.fromkeys([source.path, *followed])
    return tuple(pattern for path in paths for pattern in _patterns(path, source.parents))


class ReachState:
    """What is known at an entry. ``read``: it is read, and so is all below. ``named``: a source asks for this very
    entry by more than a bare ``*``. ``settled``: nothing below needs to be asked."""

    __slots__ = ("_children", "_default", "_files", "_folders", "_reach", "live", "named", "read", "settled")

    def __init__(self, reach: Reach | None, live: Live, read: bool, named: bool) -> None:
        self._reach = reach
        self.live = live
        self.read = read
        self.named = named
        self.settled = not live
        self._children: dict[str, ReachState] = {}
        self._default: ReachState | None = None
        self._folders: NameTest | None = None
        self._files: NameTest | None = None

    def child(self, name: str) -> ReachState:
        """The state of the entry ``name`` in this folder."""
        if self._reach is None or not self.live:
            return EVERYTHING if self.read else NOWHERE
        found = self._children.get(name)
        if found is not None:
            return found
        if self._folders is None:
            self._folders = NameTest(self._reach.next_components(self.live, last_only=False))
        if self._folders.hits(name) or "\n" in name:
            found = self._children[name] = self._reach.step(self, name)
            return found
        if self._default is None:
            self._default = self._reach.step(self, None)
        return self._default

    def asks(self, name: str) -> bool:
        """Whether a source ends at the file ``name`` of this folder; False leaves it at ``read``."""
        if self._reach is None or not self.live:
            return False
        if self._files is None:
            self._files = NameTest(self._reach.next_components(self.live, last_only=True))
        return self._files.anything or self._files.hits(name)


EVERYTHING = ReachState(None, (), read=True, named=False)
NOWHERE = ReachState(None, (), read=False, named=False)


class Reach:
    """The union of what several sources read. ``start`` is the state of the context itself."""

    def __init__(self, patterns: Iterable[Pattern], *, whole: bool = False) -> None:
        unique = {(pattern.text, pattern.components): pattern for pattern in patterns}
        self._patterns = tuple(unique.values())
        # a source that ends in a bare ``*`` names nothing
        self._wide = tuple((one.components or (None,))[-1] is ANY for one in self._patterns)
        self._states: dict[tuple[Live, bool, bool], ReachState] = {}
        live = tuple((index, closure(one.components or (), 0)) for index, one in enumerate(self._patterns))
        self.start = self._state(live, whole, False)

    def _state(self, live: Live, read: bool, named: bool) -> ReachState:
        if not live and not named:
            return EVERYTHING if read else NOWHERE
        key = (live, read, named)
        found = self._states.get(key)
        if found is None:
            found = self._states[key] = ReachState(self, live, read, named)
        return found

    def step(self, state: ReachState, name: str | None) -> ReachState:
        """One part of a path further; ``name`` None stands for any name that only ``*`` and ``**`` match."""
        read, named = state.read, False
        below: list[tuple[int, int]] = []
        for index, places in state.live:
            moved, hit = advance(self._patterns[index], places, name)
            if hit:
                read = True
                named = named or not self._wide[index]
            if moved:
                below.append((index, moved))
        return self._state(_beyond_ends(below, self._patterns), read, named)

    def next_components(self, live: Live, *, last_only: bool) -> Iterator[Component]:
        for index, places in live:
            components = self._patterns[index].components or ()
            for place, component in enumerate(components):
                at_end = place == len(components) - 1
                if places >> place & 1 and component.shape is not Shape.DEEP and (at_end or not last_only):
                    yield component
            if last_only and components and components[-1].shape is Shape.DEEP:
                yield ANY


def _beyond_ends(live: list[tuple[int, int]], patterns: tuple[Pattern, ...]) -> Live:
    """Without the place behind a pattern's last part: what is below a match is read anyway."""
    kept = ((index, places & ~(1 << len(patterns[index].components or ()))) for index, places in live)
    return tuple((index, places) for index, places in kept if places)
