"""A set of name tests, sorted once into the cheapest form: one set, one ``endswith``, one ``startswith``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.dockerignore.pattern import Shape

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ctxsize.dockerignore.pattern import Component

    Matches = Callable[[str], object]


class NameTest:
    """``hits(name)`` says whether any of the components matches; ``anything`` stands apart for ``*``."""

    __slots__ = ("anything", "hits", "misses")

    def __init__(self, components: Iterable[Component]) -> None:
        literals, suffixes, prefixes, regexps = set[str](), list[str](), list[str](), dict[str, "Matches"]()
        self.anything = False
        for component in components:
            if component.shape is Shape.LITERAL:
                literals.add(component.text)
            elif component.shape is Shape.SUFFIX:
                suffixes.append(component.text)
            elif component.shape is Shape.PREFIX:
                prefixes.append(component.text)
            elif component.shape is Shape.ANY:
                self.anything = True
            elif component.regexp is not None:
                regexps[getattr(component.regexp, "pattern", repr(component.regexp))] = component.regexp.match
        self.hits = _test(frozenset(literals), tuple(suffixes), tuple(prefixes), tuple(regexps.values()))
        self.misses = _negated(self.hits)


def _test(
    literals: frozenset[str], suffixes: tuple[str, ...], prefixes: tuple[str, ...], regexps: tuple[Matches, ...]
) -> Callable[[str], bool]:
    """One closure for all: this is asked for every file there is."""
    if not regexps:
        return lambda name: name in literals or name.endswith(suffixes) or name.startswith(prefixes)
    if len(regexps) == 1:
        (match,) = regexps
        return lambda name: (
            name in literals or name.endswith(suffixes) or name.startswith(prefixes) or bool(match(name))
        )
    return lambda name: (
        name in literals
        or name.endswith(suffixes)
        or name.startswith(prefixes)
        or any(match(name) for match in regexps)
    )


def _negated(hits: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda name: not hits(name)
