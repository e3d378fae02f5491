"""A repository whose walks are watched, for the commands whose layer below takes no progress of its own."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ctxsize.commands.progress import progress
from ctxsize.repositories.wrapped import WrappedRepository
from ctxsize.tree import EVERYTHING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ctxsize.commands.options import Options
    from ctxsize.commands.settle import Settled
    from ctxsize.measure import Request
    from ctxsize.repositories.disk import Repository
    from ctxsize.tree import Tree, Wanted

__all__ = ["watched"]


@contextmanager
def watched(settled: Settled, options: Options) -> Iterator[Request]:
    """The request, whose walks count up on the terminal for as long as the block runs."""
    with progress(options.quiet) as counting:
        request = settled.request
        yield request if counting is None else request._replace(repository=_Watched(request.repository, counting))


class _Watched(WrappedRepository):
    def __init__(self, repository: Repository, counting: Callable[[int], None]) -> None:
        super().__init__(repository)
        self._counting = counting

    def scan(self, context: str, wanted: Wanted = EVERYTHING, *, progress: Callable[[int], None] | None = None) -> Tree:
        return super().scan(context, wanted, progress=progress or self._counting)
