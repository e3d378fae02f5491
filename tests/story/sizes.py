"""The story in figures: what all builds send in each state, as a Markdown table for people.

``python -m tests.story.sizes`` prints it. Figures are bytes of file contents, so they are the same on every machine.
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from ctxsize.cli import main
from ctxsize.units import format_size
from tests.story.greenhouse import plant

__all__ = ["Figures", "measured", "table"]

# by builder: builds that can be built, files, bytes; None where a builder cannot build it
Figures = dict[str, tuple[int, int, int] | None]

STATES = {
    "before: every build in the root's context": (True, None),
    "broken: service contexts, `COPY ../shared`": (False, None),
    "after `ctxsize fix --strategy root --write`": (False, "root"),
    "after `ctxsize fix --strategy named --write`": (False, "named"),
}


def _json(*arguments: str) -> Any:
    out = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with contextlib.redirect_stdout(out):
        main([*arguments, "--format", "json"])
    out.flush()
    return json.loads(out.buffer.getvalue())  # type: ignore[attr-defined]


def measured(root: Path) -> Figures:
    """What all builds of a repository send, named contexts included."""
    found = _json("report", str(root), "-q")
    broken = {one["build"] for one in _json("doctor", str(root), "-q")["findings"] if one["severity"] == "error"}
    builds = found["builds"]
    fine = sum(build["name"] not in broken for build in builds)
    figures: Figures = {}
    for builder in ("buildkit", "archive"):
        parts = [build["builders"][builder]["sent"] for build in builds]
        named = [one["buildkit"]["sent"] for build in builds for one in build["named_contexts"] if one["buildkit"]]
        parts += named if builder == "buildkit" else []
        figures[builder] = (fine, sum(one["files"] for one in parts), sum(one["bytes"] for one in parts))
        if builder == "archive" and named:
            figures[builder] = None
    return figures


def table() -> str:
    lines = ["| state | builds that work | BuildKit sends | archive builders send |", "| --- | --: | --: | --: |"]
    for state, (before, strategy) in STATES.items():
        with tempfile.TemporaryDirectory() as folder:
            root = plant(Path(folder) / "greenhouse", before=before)
            subprocess.run(["git", "init", "-q"], cwd=root, check=True)
            if strategy:
                _json("fix", str(root), "--strategy", strategy, "--write", "-q")
            figures = measured(root)
        fine = next(one[0] for one in figures.values() if one)
        cells = [_cell(figures["buildkit"]), _cell(figures["archive"])]
        lines.append(f"| {state} | {fine} of 14 | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def _cell(figure: tuple[int, int, int] | None) -> str:
    return "cannot build it" if figure is None else f"{figure[1]:,} files, {format_size(figure[2])}"


if __name__ == "__main__":
    sys.stdout.write(table())
