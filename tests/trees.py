"""Real folders from a readable description, for tests that want a disk under them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

# every entry gets the same time, so that sizes on the wire are the same in every run
MTIME_NS = 1_700_000_000_123_456_789

Content = str | bytes | int | None
Form = str | Mapping[str, Content]


def plant(folder: Path, form: Form) -> Path:
    """Makes the described files under ``folder`` and returns it.

    As a mapping: path to text, bytes, a size (zeros), or None for a folder; a path may also read ``name -> target``
    (a symlink, with None). As text, one entry a line: ``path``, ``path SIZE``, ``folder/``, ``name -> target``.
    """
    rows = form.items() if isinstance(form, Mapping) else _rows_of(form)
    for path, content in rows:
        _make(folder, path, content)
    for at, folders, files in os.walk(folder, topdown=False):
        for name in (*files, *folders):
            os.utime(os.path.join(at, name), ns=(MTIME_NS, MTIME_NS), follow_symlinks=False)
    return folder


def _rows_of(text: str) -> Iterable[tuple[str, Content]]:
    for line in filter(None, map(str.strip, text.splitlines())):
        name, _, size = line.rpartition(" ")
        if "->" not in line and name and size.isdecimal():
            yield name.strip(), int(size)
        else:
            yield line, None if "->" in line or line.endswith("/") else b""


def _make(folder: Path, path: str, content: Content) -> None:
    name, arrow, target = path.partition(" -> ")
    full = folder / name
    full.parent.mkdir(parents=True, exist_ok=True)
    if arrow:
        full.symlink_to(target)
    elif content is None:
        full.mkdir(parents=True, exist_ok=True)
    elif isinstance(content, int):
        full.touch()
        os.truncate(full, content)
    else:
        full.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogateescape"))


def plant_rows(folder: Path, rows: Iterable[list[Any]]) -> Path:
    """Makes a tree from the corpus's rows: ``["file", path, text or size, mode]``, ``["dir", path, mode]`` (both may
    end early), ``["symlink", path, target]``, ``["hardlink", path, first]``. Modes are set last, deepest first."""
    rows = list(rows)
    for kind, path, *rest in rows:
        if kind == "hardlink":
            os.link(folder / rest[0], folder / path)
        elif kind == "symlink":
            _make(folder, f"{path} -> {rest[0]}", None)
        else:
            _make(folder, path, None if kind == "dir" else rest[0] if rest else b"")
    plant(folder, {})
    for kind, path, *rest in reversed(rows):
        mode = rest[-1] if kind in {"dir", "file"} and len(rest) > (kind == "file") else None
        if mode is not None:
            (folder / path).chmod(int(mode["mode"] if isinstance(mode, dict) else mode.removeprefix("0o"), 8))
    return folder
