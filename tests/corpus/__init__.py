"""Recorded truths: what a real engine received, and what the libraries it is made of decide. See README.md here."""

from __future__ import annotations

import gzip
import json
import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@dataclass(frozen=True)
class EngineCase:
    """A build whose upload was recorded; the fields are those of a line in ``engine-cases.jsonl.gz``."""

    id: str
    tree: list[list[Any]]
    files: list[tuple[str, str, int]]
    mtime: int
    dockerfile: str
    args: dict[str, str]
    target: str | None
    expect: dict[str, dict[str, Any]]


@cache
def engine_cases() -> tuple[EngineCase, ...]:
    with gzip.open(HERE / "engine-cases.jsonl.gz") as lines:
        return tuple(EngineCase(**json.loads(line)) for line in lines)


@cache
def semantics(kind: str) -> tuple[dict[str, Any], ...]:
    """The rows of one kind from ``semantics-cases.jsonl``."""
    lines = (HERE / "semantics-cases.jsonl").read_text("utf-8").splitlines()
    return tuple(row for row in map(json.loads, lines) if row["kind"] == kind)


@cache
def odd_patterns() -> tuple[list[str], tuple[dict[str, Any], ...]]:
    """The paths that were asked, and the rows of ``odd-patterns.jsonl``."""
    first, *rows = map(json.loads, (HERE / "odd-patterns.jsonl").read_text("utf-8").splitlines())
    return first["paths"], tuple(rows)


def lay_out(case: EngineCase, folder: Path) -> Path:
    """Makes the case's tree in ``folder``, with sizes, modes and times as they were when the engine read it."""
    for row in case.tree:
        {"f": _file, "d": _folder, "l": _link}[row[0]](folder / row[1], *row[2:])
    for path, text, mtime in case.files:
        _file(folder / path, text.encode("utf-8", "surrogateescape"), 0o644, mtime)
    rows = {row[1]: (row[2], row[3]) for row in case.tree if row[0] == "d"}
    folders = [Path(at).relative_to(folder) for at, _, _ in os.walk(folder)]
    for path in sorted(folders, key=lambda path: -len(path.parts)):
        if path.parts:
            mode, mtime = rows.get(path.as_posix(), (0o755, case.mtime))
            (folder / path).chmod(mode)
            os.utime(folder / path, ns=(mtime, mtime))
    return folder


def _file(path: Path, content: int | bytes, mode: int, mtime: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        if isinstance(content, int):
            file.truncate(content)
        else:
            file.write(content)
    path.chmod(mode)
    os.utime(path, ns=(mtime, mtime))


def _folder(path: Path, _mode: int, _mtime: int) -> None:
    path.mkdir(parents=True, exist_ok=True)


def _link(path: Path, target: str, mtime: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.symlink_to(target)
    os.utime(path, ns=(mtime, mtime), follow_symlinks=False)
