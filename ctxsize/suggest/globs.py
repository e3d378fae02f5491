"""Questions about whole patterns rather than single paths: may two meet, does one cover the other, what do they share.

A pattern's *closure* is what it matches with everything below. Every answer errs on the careful side: "may meet" is
True and "covers" False where the components do not tell. Patterns are those of ``ctxsize.dockerignore`` and of
``builders.reach``; one without components (it has to see the whole path) may meet anything.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ctxsize.dockerignore.automaton import advance, closure
from ctxsize.dockerignore.pattern import DEEP, Component, Pattern, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["all_components", "covers", "may_match_above", "may_meet", "meeting", "touches"]

_MOST = 32
Components = tuple[Component, ...]


def all_components(pattern: Pattern) -> Components | None:
    """The components, with ``**`` behind them where the pattern goes on matching below; None if there are none."""
    if pattern.components is None:
        return None
    return (*pattern.components, DEEP) if pattern.open_end else pattern.components


def touches(pattern: Pattern, path: str) -> bool:
    """Whether the closure of ``pattern`` may hold something at, above or below ``path``; ``""`` is everything."""
    if pattern.components is None:
        return True
    places = closure(pattern.components, 0)
    for name in path.split("/") if path else ():
        places, hit = advance(pattern, places, name)
        if hit:
            return True
        if not places:
            return False
    return True


def may_meet(one: Pattern, other: Pattern) -> bool:
    """Whether the closures of two patterns may share a path."""
    left, right = all_components(one), all_components(other)
    return left is None or right is None or _meet(left, right)


@lru_cache(maxsize=1 << 14)
def _meet(one: Components, other: Components) -> bool:
    if not one or not other:
        return True
    if one[0].shape is Shape.DEEP:
        return _meet(one[1:], other) or _meet(one, other[1:])
    if other[0].shape is Shape.DEEP:
        return _meet(other, one)
    return _compatible(one[0], other[0]) and _meet(one[1:], other[1:])


def may_match_above(one: Pattern, other: Pattern, *, strictly: bool = False) -> bool:
    """Whether ``one`` may match a path that ``other`` matches, or a folder on the way there.

    With ``strictly`` only folders on the way count.
    """
    left, right = all_components(one), all_components(other)
    return left is None or right is None or _above(left, right, strictly)


@lru_cache(maxsize=1 << 14)
def _above(one: Components, other: Components, strictly: bool) -> bool:
    if not one:
        return bool(other) or not strictly
    if not other:
        return not strictly and all(part.shape is Shape.DEEP for part in one)
    if one[0].shape is Shape.DEEP:
        return _above(one[1:], other, strictly) or _above(one, other[1:], strictly)
    if other[0].shape is Shape.DEEP:
        # the folders that ``**`` stands for have any names
        return _above(one, other[1:], strictly) or _above(one[1:], other, strictly)
    return _compatible(one[0], other[0]) and _above(one[1:], other[1:], strictly)


def covers(one: Pattern, other: Pattern) -> bool:
    """Whether everything that ``other`` matches lies in the closure of ``one``, for certain."""
    left, right = all_components(one), all_components(other)
    if left is None or right is None:
        return one.text == other.text
    return _covers(left, right)


@lru_cache(maxsize=1 << 14)
def _covers(one: Components, other: Components) -> bool:
    if not one:
        return True
    if not other:
        return all(part.shape is Shape.DEEP for part in one)
    if one[0].shape is Shape.DEEP:
        return _covers(one[1:], other) or _covers(one, other[1:])
    if other[0].shape is Shape.DEEP:
        return False
    return _contains(one[0], other[0]) and _covers(one[1:], other[1:])


def _contains(one: Component, other: Component) -> bool:
    if one.shape is Shape.ANY:
        return True
    if other.shape is Shape.LITERAL:
        return one.matches(other.text)
    return one == other


def _compatible(one: Component, other: Component) -> bool:
    """Whether some name may fit both."""
    if one.shape is Shape.LITERAL:
        return other.matches(one.text)
    if other.shape is Shape.LITERAL:
        return one.matches(other.text)
    if one.shape is other.shape is Shape.SUFFIX:
        return one.text.endswith(other.text) or other.text.endswith(one.text)
    if one.shape is other.shape is Shape.PREFIX:
        return one.text.startswith(other.text) or other.text.startswith(one.text)
    return True


# --- what two patterns share ------------------------------------------------------------------------


def meeting(one: Pattern, other: Pattern) -> tuple[str, ...] | None:
    """Texts whose closures together are what the closures of both share; none if they cannot meet.

    None where no such texts can be written down, or only very many.
    """
    left, right = _parts(one), _parts(other)
    if left is None or right is None or _depths(left) + _depths(right) > 4:
        return None if may_meet(one, other) else ()
    found = _shared(left, right)
    if found is None or len(found) > _MOST:
        return None
    return tuple(dict.fromkeys("/".join(part for part, _ in parts) for parts in found))


_Part = tuple[str, Component]
_Parts = tuple[_Part, ...]


def _parts(pattern: Pattern) -> _Parts | None:
    """(text, component) for each part, or None where they do not stand one beside the other."""
    texts = pattern.text.split("/")
    if pattern.components is None or pattern.open_end or len(texts) != len(pattern.components):
        return None
    return tuple(zip(texts, pattern.components, strict=True))


def _depths(parts: _Parts) -> int:
    return sum(component.shape is Shape.DEEP for _, component in parts)


def _shared(left: _Parts, right: _Parts) -> list[_Parts] | None:
    if not left or not right:
        return [left or right]
    one, other = left[0][1], right[0][1]
    if one.shape is Shape.DEEP and other.shape is Shape.DEEP:
        return _joined([_led((left[0],), _shared(left[1:], right)), _led((left[0],), _shared(right[1:], left))])
    if one.shape is Shape.DEEP:
        return _joined([_shared(left[1:], right), _led((right[0],), _shared(left, right[1:]))])
    if other.shape is Shape.DEEP:
        return _shared(right, left)
    narrower = _narrower(left[0], right[0])
    if narrower is None:
        return None if _compatible(one, other) else []
    return _led((narrower,), _shared(left[1:], right[1:]))


def _narrower(left: _Part, right: _Part) -> _Part | None:
    """The part that matches what both do, if one of them does."""
    if _contains(right[1], left[1]):
        return left
    return right if _contains(left[1], right[1]) else None


def _led(head: _Parts, found: list[_Parts] | None) -> list[_Parts] | None:
    return None if found is None else [head + parts for parts in found]


def _joined(all_found: Iterable[list[_Parts] | None]) -> list[_Parts] | None:
    joined: list[_Parts] = []
    for found in all_found:
        if found is None or len(joined) + len(found) > 4 * _MOST:
            return None
        joined += found
    return joined
