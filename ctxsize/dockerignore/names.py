"""A set of name tests, sorted once into the cheapest form: one set, one ``endswith``, one ``startswith``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.dockerignore.pattern import Shape

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

    from ctxsize.dockerignore.pattern import Component


class NameTest:
    """``hits(name)`` says whether any of the components matches; ``anything`` stands apart for ``*``."""

    __slots__ = ("anything", "literals", "prefixes", "regexps", "suffixes")

    def __init__(self, components: Iterable[Component]) -> None:
        literals, suffixes, prefixes, regexps = set(), [], [], []
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
                regexps.append(component.regexp)
        self.literals = frozenset(literals)
        self.suffixes = tuple(suffixes)
        self.prefixes = tuple(prefixes)
        self.regexps: tuple[re.Pattern[str], ...] = tuple(regexps)

    def misses(self, name: str) -> bool:
        return not self.hits(name)

    def hits(self, name: str) -> bool:
        return (
            name in self.literals
            or name.endswith(self.suffixes)
            or name.startswith(self.prefixes)
            or (bool(self.regexps) and any(regexp.match(name) for regexp in self.regexps))
        )
