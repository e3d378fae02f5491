"""A set of name tests, sorted once into the cheapest form: sets, ``endswith``, ``startswith``, one expression."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ctxsize.dockerignore.pattern import Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ctxsize.dockerignore.pattern import Component, Matcher


class NameTest:
    """``hits(name)`` says whether any of the components matches; ``anything`` stands apart for ``*``."""

    __slots__ = ("anything", "hits", "misses")

    def __init__(self, components: Iterable[Component]) -> None:
        kinds: dict[Shape, list[str]] = {shape: [] for shape in Shape}
        matchers: list[Matcher] = []
        for component in components:
            if component.matcher:
                matchers.append(component.matcher)
            else:
                kinds[component.shape].append(component.text)
        self.anything = bool(kinds[Shape.ANY])
        if kinds[Shape.REGEXP]:
            matchers.append(re.compile("|".join(f"(?:{text})" for text in dict.fromkeys(kinds[Shape.REGEXP]))))
        self.hits = _test(kinds[Shape.LITERAL], kinds[Shape.SUFFIX], kinds[Shape.PREFIX], matchers)
        self.misses = _negated(self.hits)


def _test(
    literals: Iterable[str], suffixes: Iterable[str], prefixes: Iterable[str], matchers: Sequence[Matcher]
) -> Callable[[str], bool]:
    """One closure for all: this is asked for every file there is."""
    names, heads = frozenset(literals), tuple(prefixes)
    # ``*.pyc``: what follows the last dot is looked up, however many there are of these
    endings = frozenset(text for text in suffixes if text.rfind(".") == 0)
    tails = tuple(text for text in suffixes if text not in endings)
    if not matchers:
        return lambda name: (
            name in names or name[name.rfind(".") :] in endings or name.endswith(tails) or name.startswith(heads)
        )
    match = matchers[0].match if len(matchers) == 1 else lambda name: any(one.match(name) for one in matchers)
    return lambda name: (
        name in names
        or name[name.rfind(".") :] in endings
        or name.endswith(tails)
        or name.startswith(heads)
        or bool(match(name))
    )


def _negated(hits: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda name: not hits(name)
