"""A line on the terminal's standard error while a walk is long; gone when it ends."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["progress"]

_AFTER = 0.5  # seconds: what is quicker needs no explanation
_EVERY = 0.1


@contextmanager
def progress(
    quiet: bool, *, stream: TextIO | None = None, clock: Callable[[], float] = monotonic
) -> Iterator[Callable[[int], None] | None]:
    """Yield what a walk calls with the entries counted so far; None where nobody would see it."""
    stream = stream or sys.stderr
    if quiet or stream is None or not stream.isatty():
        yield None
        return
    line = _Line(stream, clock)
    try:
        yield line
    finally:
        line.clear()


class _Line:
    def __init__(self, stream: TextIO, clock: Callable[[], float]) -> None:
        self._stream, self._clock = stream, clock
        self._due = clock() + _AFTER
        self._shown = False
        self._before = self._last = 0

    def __call__(self, entries: int) -> None:
        if entries < self._last:  # the next context counts from its own beginning
            self._before += self._last
        self._last = entries
        now = self._clock()
        if now < self._due:
            return
        self._due = now + _EVERY
        self._shown = True
        self._stream.write(f"\r{self._before + entries:,} entries …\x1b[K")
        self._stream.flush()

    def clear(self) -> None:
        if self._shown:
            self._stream.write("\r\x1b[K")
            self._stream.flush()
