"""A command and its time, two commands timed in turn, and how much memory one holds."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Run:
    """One command: its words, its surroundings, and where its output goes (nowhere if None).

    ``inner`` takes the seconds that the command itself prints instead of the time of the whole process.
    """

    name: str
    words: tuple[str, ...]
    workers: int | None = None
    output: Path | None = None
    inner: bool = False

    def seconds(self) -> float:
        environ = {**os.environ, **({"CTXSIZE_WORKERS": str(self.workers)} if self.workers else {})}
        if self.inner:
            return float(subprocess.run(self.words, capture_output=True, env=environ, check=True).stdout)
        with (self.output or Path(os.devnull)).open("wb") as sink:
            start = time.perf_counter()
            done = subprocess.run(self.words, stdout=sink, stderr=subprocess.PIPE, env=environ, check=False)
            taken = time.perf_counter() - start
        if done.returncode:
            raise SystemExit(f"{self.name} failed: {done.stderr.decode()[-500:]}")
        return taken


@dataclass(frozen=True)
class Pair:
    """``ours`` may take at most ``target`` times as long as ``theirs``; None: no target."""

    name: str
    ours: Run
    theirs: Run | None
    target: float | None = None
    missing: str = ""


def peak(run: Run) -> int | None:
    """The most memory that one process of a command holds at once, in bytes; None without GNU time."""
    if shutil.which("time") is None:
        return None
    environ = {**os.environ, **({"CTXSIZE_WORKERS": str(run.workers)} if run.workers else {})}
    done = subprocess.run(["time", "-v", *run.words], capture_output=True, env=environ, check=True)
    line = next(line for line in done.stderr.decode().splitlines() if "Maximum resident set size (kbytes)" in line)
    return int(line.rpartition(":")[2]) * 1024


@dataclass(frozen=True)
class Result:
    pair: Pair
    ratio: float
    ours: float
    theirs: float

    @property
    def line(self) -> str:
        target = "" if self.pair.target is None else f"{self.pair.target:g}"
        met = "" if self.pair.target is None else ("yes" if self.ratio <= self.pair.target else "**no**")
        against = self.pair.theirs.name if self.pair.theirs else ""
        times = f"{self.ours * 1000:.0f} / {self.theirs * 1000:.0f} ms"
        return f"| {self.pair.name} | {against} | {self.ratio:.2f} | {target} | {met} | {times} |"


def compare(pair: Pair, rounds: int) -> Result:
    """Medians over the rounds; which of the two goes first alternates."""
    assert pair.theirs is not None
    pair.ours.seconds()
    pair.theirs.seconds()
    ours, theirs = [], []
    for number in range(rounds):
        for run in (pair.ours, pair.theirs)[:: 1 if number % 2 else -1]:
            (ours if run is pair.ours else theirs).append(run.seconds())
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    return Result(pair, statistics.median(ratios), statistics.median(ours), statistics.median(theirs))
