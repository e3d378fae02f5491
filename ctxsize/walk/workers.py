"""Forked processes that share out numbered jobs. No threads: under a GIL they lose what they win.

A worker takes the next number from a pipe, so that unequal jobs even out, and answers for all of its jobs at once when
there are no more, through a pipe of its own. Whatever a worker fails to answer is left to the caller.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["alone", "count", "share_out"]

_NUMBER, _LENGTH = 4, 8
# what fits into a pipe before anybody reads
_JOBS_AT_MOST = 65536 // _NUMBER
_CHUNK = 1 << 20


def count() -> int:
    """How many workers are worth starting here: 1 stands for none at all.

    ``CTXSIZE_WORKERS`` sets it. Forking beside another thread is not safe, so then there is one.
    """
    wish = os.environ.get("CTXSIZE_WORKERS", "")
    if not hasattr(os, "fork") or not sys.platform.startswith("linux") or not alone():
        return 1
    if wish.isdecimal():
        return max(1, min(int(wish), 64))
    return min(8, len(os.sched_getaffinity(0)))


def alone() -> bool:
    """No other thread runs in this process."""
    threading = sys.modules.get("threading")
    return threading is None or threading.active_count() == 1


def share_out(
    jobs: int, work: Callable[[Iterator[int]], bytes], here: Callable[[Iterator[int]], None], workers: int
) -> Iterator[bytes]:
    """The answers of other processes to the jobs 0 … ``jobs`` − 1 that they took.

    This process is one of the ``workers``: it does its share by ``here``.
    """
    take, give = os.pipe()
    os.write(give, b"".join(number.to_bytes(_NUMBER, "little") for number in range(min(jobs, _JOBS_AT_MOST))))
    os.close(give)
    children: dict[int, int] = {}
    try:
        for _ in range(workers - 1):
            process, answers = _start(take, work, tuple(children))
            children[answers] = process
        here(_numbers(take))
        yield from filter(None, _collected(children))
    finally:
        os.close(take)
        _end(children)


def _numbers(take: int) -> Iterator[int]:
    while number := os.read(take, _NUMBER):
        yield int.from_bytes(number, "little")


def _collected(pipes: dict[int, int]) -> Iterator[bytes]:
    """The answers as they come in; nothing of one that did not come in whole."""
    import select

    buffers = {pipe: bytearray() for pipe in pipes}
    while buffers:
        for pipe in select.select(list(buffers), [], [])[0]:
            chunk = os.read(pipe, _CHUNK)
            buffers[pipe] += chunk
            if not chunk:
                yield _complete(buffers.pop(pipe))


def _complete(data: bytearray) -> bytes:
    return bytes(data[_LENGTH:]) if int.from_bytes(data[:_LENGTH], "little") == len(data) - _LENGTH else b""


def _start(take: int, work: Callable[[Iterator[int]], bytes], inherited: tuple[int, ...]) -> tuple[int, int]:
    """A new worker's process number and the pipe that it answers through."""
    answers, answer = os.pipe()
    _widen(answer)
    process = os.fork()
    if process:
        os.close(answer)
        return process, answers
    status = 1
    try:
        for other in (answers, *inherited):
            os.close(other)
        _write(answer, work(_numbers(take)))
        status = 0
    finally:
        # no exit handlers, no buffers: those belong to the parent
        os._exit(status)


def _widen(pipe: int) -> None:
    """Room for answers, so that a worker need not wait until somebody reads; the most that anybody may have."""
    import fcntl

    with suppress(OSError, AttributeError):
        fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, _CHUNK)


def _write(answer: int, data: bytes) -> None:
    rest = memoryview(len(data).to_bytes(_LENGTH, "little") + data)
    while rest:
        rest = rest[os.write(answer, rest) :]


def _end(children: dict[int, int]) -> None:
    import signal

    for answers, process in children.items():
        os.close(answers)
        try:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        except (ProcessLookupError, ChildProcessError):
            continue
