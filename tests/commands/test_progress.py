"""Progress is for people who wait: on a terminal, after half a second, and gone afterwards."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from ctxsize.commands.options import Options
from ctxsize.commands.progress import progress
from ctxsize.commands.settle import settle
from ctxsize.commands.watched import watched


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def shown(updates: list[tuple[float, int]]) -> list[str]:
    """What appears on the screen for (seconds since the start, entries counted), piece by piece."""
    screen, clock = Screen(), Clock()
    with progress(False, stream=screen, clock=clock) as counting:
        assert counting
        for seconds, entries in updates:
            clock.now = 100.0 + seconds
            counting(entries)
    return [piece for piece in screen.getvalue().replace("\x1b[K", "").split("\r") if piece]


@pytest.mark.parametrize(
    ("updates", "pieces"),
    [
        ([], []),
        ([(0.1, 500), (0.49, 900)], []),
        ([(0.1, 500), (0.5, 12_000)], ["12,000 entries …"]),
        ([(7.0, 3)], ["3 entries …"]),  # few updates are shown as they come
        ([(0.5, 1), (0.55, 2), (0.59, 3), (0.61, 4)], ["1 entries …", "4 entries …"]),  # no more than ten a second
        ([(0.6, 100), (0.8, 40), (1.0, 50)], ["100 entries …", "140 entries …", "150 entries …"]),  # a second context
    ],
)
def test_the_line_counts_up_after_half_a_second(updates: list[tuple[float, int]], pieces: list[str]) -> None:
    assert shown(updates) == pieces


def test_the_line_is_gone_when_it_ends_and_also_when_it_ends_badly() -> None:
    screen, clock = Screen(), Clock()

    def interrupted() -> None:
        with progress(False, stream=screen, clock=clock) as counting:
            assert counting
            clock.now += 1
            counting(5)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()

    assert screen.getvalue().endswith("\r\x1b[K")


def test_nobody_counts_where_nobody_looks() -> None:
    with progress(True, stream=Screen()) as quiet, progress(False, stream=io.StringIO()) as piped:
        assert (quiet, piped) == (None, None)


def test_the_walks_of_a_watched_request_are_counted(
    tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    settled = settle(tree({"Dockerfile": "FROM scratch\nCOPY . /\n", "src/a": 1, "src/b": 2}), Options())
    monkeypatch.setattr("sys.stderr", Screen())

    with watched(settled, Options()) as request:
        counted: list[int] = []
        monkeypatch.setattr(request.repository, "_counting", counted.append)
        request.repository.scan(".")
    assert counted[-1] == 4
    with watched(settled, Options(quiet=True)) as request:
        assert type(request.repository).__name__ == "DiskRepository"
