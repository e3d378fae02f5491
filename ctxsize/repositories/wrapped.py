"""A repository that stands in front of another one and passes every question on; who extends it answers some itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.tree import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from ctxsize.builders.links import Links
    from ctxsize.model import Kind
    from ctxsize.repositories.disk import Repository
    from ctxsize.tree import Tree, Wanted

__all__ = ["WrappedRepository"]


class WrappedRepository:
    """For what the calls give and raise, see ``Repository``."""

    def __init__(self, below: Repository) -> None:
        self._below = below

    @property
    def root(self) -> Path:
        return self._below.root

    def read(self, path: str) -> bytes | None:
        return self._below.read(path)

    def names(self, folder: str) -> Iterable[tuple[str, Kind]]:
        return self._below.names(folder)

    def kind(self, path: str) -> Kind | None:
        return self._below.kind(path)

    def scan(self, context: str, wanted: Wanted = EVERYTHING, *, progress: Callable[[int], None] | None = None) -> Tree:
        return self._below.scan(context, wanted, progress=progress)

    def links(self, context: str) -> Links:
        return self._below.links(context)
