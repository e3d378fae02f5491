"""A repository whose contexts are walked once: two sides of a comparison that look at the same files see the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.repositories.wrapped import WrappedRepository
from ctxsize.tree import EVERYTHING, Tree, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ctxsize.repositories.disk import Repository

__all__ = ["RememberedRepository"]


class RememberedRepository(WrappedRepository):
    """Trees are handed out again for the same lists and the same junk rules: whoever gets one must not write into it.
    An answer is remembered until it was asked for twice. ``walked`` are all contexts so far, with their trees."""

    def __init__(self, below: Repository) -> None:
        super().__init__(below)
        self._trees: dict[tuple[object, ...], Tree] = {}
        self.walked: list[tuple[str, Tree]] = []

    def scan(self, context: str, wanted: Wanted = EVERYTHING, *, progress: Callable[[int], None] | None = None) -> Tree:
        # what is tracked is told of every folder
        wanted = wanted._replace(merges=False)
        key = (context, wanted.states is None, wanted.lists)
        known = self._trees.pop(key, None)
        if known is not None:
            return known
        self._trees[key] = tree = self._below.scan(context, wanted, progress=progress)
        self.walked.append((context, tree))
        return tree
