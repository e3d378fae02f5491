"""Git's objects, read through one git that stays and answers as fast as it is asked."""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from typing import IO, TYPE_CHECKING, NamedTuple, Protocol, TypeVar

from ctxsize.repositories.objects import IncompleteError, command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

__all__ = ["Found", "Store"]

# requests under way: fewer bytes than any pipe holds, so that neither side ever waits for the other for good
_AT_ONCE = 200
_PIECE = 1 << 20


class Thing(Protocol):
    """What has an object."""

    @property
    def path(self) -> str: ...

    @property
    def object(self) -> str: ...


T = TypeVar("T", bound=Thing)


class Found(NamedTuple):
    """An object: its full name, its type and what is in it; None of what was too large to be wanted."""

    name: str
    type: str
    size: int
    data: bytes | None


class Store:
    """The objects of the repository that ``root`` is in. What git has to say about a broken one, ``place`` says."""

    def __init__(self, root: Path) -> None:
        import subprocess

        self._process = command(root, "cat-file", "--batch", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL)  # fmt: skip
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._asks: IO[bytes] = self._process.stdin
        self._hears: IO[bytes] = self._process.stdout

    def find(self, name: str, at_most: int | None = None) -> Found | None:
        """The object with a name that git understands, None if there is none. Larger ones come without content."""
        if "\n" in name:
            return None
        self._ask([name])
        return self._hear(at_most)

    def follow(self, first: Iterable[T], more: Callable[[T, bytes], Iterable[T]]) -> None:
        """Reads the objects of things, and of those that ``more`` makes of each and of what is in it, and so on.

        Raises IncompleteError with the path of the thing whose object is not here.
        """
        waiting, under_way = deque(first), deque[T]()
        while waiting or under_way:
            if waiting and len(under_way) <= _AT_ONCE // 2:
                chosen = [waiting.popleft() for _ in range(min(len(waiting), _AT_ONCE - len(under_way)))]
                self._ask([one.object for one in chosen])
                under_way += chosen
            thing = under_way.popleft()
            found = self._hear(None)
            if found is None or found.data is None:
                raise IncompleteError(thing.path)
            waiting += more(thing, found.data)

    def _ask(self, names: Iterable[str]) -> None:
        # where git is gone, there is nothing to hear
        with suppress(BrokenPipeError):
            self._asks.write("".join([f"{name}\n" for name in names]).encode("utf-8", "surrogateescape"))
            self._asks.flush()

    def _hear(self, at_most: int | None) -> Found | None:
        head = self._hears.readline().split()
        if len(head) != 3 or not head[2].isdigit():
            return None
        name, kind, size = head[0].decode(), head[1].decode(), int(head[2])
        if at_most is not None and size > at_most:
            self._pass_over(size + 1)
            return Found(name, kind, size, None)
        return Found(name, kind, size, self._hears.read(size + 1)[:size])

    def _pass_over(self, size: int) -> None:
        while size > 0:
            size -= len(self._hears.read(min(size, _PIECE))) or size

    def close(self) -> None:
        for stream in (self._asks, self._hears):
            with suppress(BrokenPipeError):
                stream.close()
        self._process.wait()

    def __del__(self) -> None:
        if hasattr(self, "_hears"):
            self.close()
