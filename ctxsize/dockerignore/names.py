"""A set of name tests, sorted once into the cheapest form: sets, ``endswith``, ``startswith``, one expression."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ctxsize.dockerignore.pattern import Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ctxsize.dockerignore.pattern import Component, Matcher

    Test = Callable[[str], object]

# to look for a text in all names of a folder costs as much as this part of what one name costs in all tests
_WORTH = 8


class NameTest:
    """``hits(name)`` says whether any of the components matches; ``anything`` stands apart for ``*``."""

    __slots__ = ("_endings", "_guard", "_heads", "_match", "_names", "_parts", "_tails", "anything", "hits", "misses")

    def __init__(self, components: Iterable[Component]) -> None:
        kinds: dict[Shape, list[Component]] = {shape: [] for shape in Shape}
        for component in components:
            kinds[component.shape].append(component)
        self.anything = bool(kinds[Shape.ANY])
        self._names = frozenset(component.text for component in kinds[Shape.LITERAL])
        self._heads = tuple(component.text for component in kinds[Shape.PREFIX])
        # ``*.pyc``: what follows the last dot is looked up, however many there are of these
        self._endings = frozenset(one.text for one in kinds[Shape.SUFFIX] if one.text.rfind(".") == 0)
        self._tails = tuple(one.text for one in kinds[Shape.SUFFIX] if one.text not in self._endings)
        expressions = tuple(dict.fromkeys(kinds[Shape.REGEXP]))
        self._guard, self._match = _guard(expressions), _match(expressions) if expressions else None
        starts, ends = (*self._heads, *self._guard[0]), (*self._endings, *self._tails, *self._guard[1])
        self._parts = (*(f"\0{start}" for start in starts), *(f"{end}\0" for end in ends))
        self.hits = _test(self._names, self._endings, self._tails, self._heads, self._guard, self._match)
        self.misses = _negated(self.hits)

    def among(self, given: Sequence[str], text: str) -> set[str]:
        """All that are hit, of names that stand in ``text`` with NULs between them: for many this is faster."""
        found, endings, tails, heads = set(self._names.intersection(given)), self._endings, self._tails, self._heads
        if len(self._parts) <= _WORTH * len(given):
            occurs = f"\0{text}\0".__contains__
            if not any(map(occurs, self._parts)):
                return found
        if endings:
            found.update([name for name in given if name[name.rfind(".") :] in endings])
        if tails or heads:
            found.update([name for name in given if name.endswith(tails) or name.startswith(heads)])
        if self._match is not None:
            (heads, tails), match = self._guard, self._match
            found.update([name for name in given if (name.endswith(tails) or name.startswith(heads)) and match(name)])
        return found


def _guard(expressions: Iterable[Component]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """How names begin or end that an expression can match: to ask that first costs a fraction of the expression."""
    heads: set[str] = set()
    tails: set[str] = set()
    for one in expressions:
        longer = max(one.head, one.tail, key=len)
        (heads if longer == one.head else tails).add(longer)
    return tuple(heads), tuple(tails)


def _match(expressions: Sequence[Component]) -> Test:
    """One expression for all that Python's can say."""
    texts = [one.text for one in expressions if one.matcher is None]
    matchers: list[Matcher] = [one.matcher for one in expressions if one.matcher is not None]
    if texts:
        matchers.append(re.compile("|".join(f"(?:{text})" for text in texts)))
    if len(matchers) == 1:
        return matchers[0].match
    return lambda name: any(one.match(name) for one in matchers)


def _test(
    names: frozenset[str], endings: frozenset[str], tails: tuple[str, ...], heads: tuple[str, ...],
    guard: tuple[tuple[str, ...], tuple[str, ...]], match: Test | None,
) -> Callable[[str], bool]:  # fmt: skip
    """One closure for all: this is asked for every folder there is, and for many a file."""
    if match is None:
        return lambda name: (
            name in names or name[name.rfind(".") :] in endings or name.endswith(tails) or name.startswith(heads)
        )
    begin, end = guard
    return lambda name: (
        name in names
        or name[name.rfind(".") :] in endings
        or name.endswith(tails)
        or name.startswith(heads)
        or ((name.endswith(end) or name.startswith(begin)) and bool(match(name)))
    )


def _negated(hits: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda name: not hits(name)
