"""Hostile repositories through the command line: a clear error or a listed problem, never a fault, never a hang."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ctxsize.cli import main

COPY_ALL = "FROM scratch\nCOPY . .\n"


def report(folder: Path, capfd: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert main(["report", str(folder), "--format", "json"]) == 0
    found: dict[str, Any] = json.loads(capfd.readouterr().out)
    return found


def fifo(folder: Path) -> None:
    os.mkfifo(folder / ".dockerignore")


def null_bytes(folder: Path) -> None:
    (folder / ".dockerignore").write_bytes(b"a\0b\n\0\nx\n")


def ignore_folder(folder: Path) -> None:
    (folder / ".dockerignore").mkdir()


def loop(folder: Path) -> None:
    (folder / "loop").symlink_to("loop")
    (folder / "up").symlink_to("..")


def odd_names(folder: Path) -> None:
    for name in ("new\nline", "\x1b[31mred", "[bold]x", os.fsdecode(b"caf\xe9")):
        (folder / name).write_text("x")


@pytest.mark.parametrize("make", [fifo, null_bytes, ignore_folder, loop, odd_names])
def test_a_hostile_context_is_measured(
    tree: Callable[..., Path], capfd: pytest.CaptureFixture[str], make: Callable[[Path], None]
) -> None:
    folder = tree({"Dockerfile": COPY_ALL, "x": 10})
    make(folder)

    assert_measured(folder, capfd)


def test_a_context_that_is_very_deep_is_measured(deep: Callable[[int], Path], capfd: pytest.CaptureFixture[str]) -> None:
    folder = deep(1200)
    (folder / "Dockerfile").write_text(COPY_ALL)
    (folder / "x").touch()

    assert_measured(folder, capfd)


def assert_measured(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (build,) = report(folder, capfd)["builds"]
    assert build["builders"]["archive"]["sent"]["files"] >= 1
    assert main(["ls", str(folder), "-0"]) == 0
    assert main(["explain", "x", "--root", str(folder)]) == 0


@pytest.mark.parametrize(
    "files",
    [{"Dockerfile/x": ""}, {"Dockerfile": b"\x00\x7fELF" * 99}, {"Dockerfile": ""}, {"Dockerfile": 50 << 20},
     {"compose.yml": b"\xff\xfes\x00"}, {"compose.yml": "a: [b"}, {"compose.yml": "a: &a [*a]"}, {"compose.yml": "[" * 20_000}],
    ids=["a folder", "binary", "empty", "50 MB", "UTF-16", "broken YAML", "a loop of aliases", "deep YAML"],
)  # fmt: skip
def test_a_hostile_declaration_hides_no_other_build(
    tree: Callable[..., Path], capfd: pytest.CaptureFixture[str], files: dict[str, str | bytes | int]
) -> None:
    folder = tree({"good/Dockerfile": COPY_ALL, "good/x": 1, **files})

    found = report(folder, capfd)

    assert "good/Dockerfile" in [build["name"] for build in found["builds"]]
    if "Dockerfile/x" not in files:
        assert found["problems"]


def test_the_one_build_asked_for_must_be_readable(tree: Callable[..., Path], capfd: pytest.CaptureFixture[str]) -> None:
    folder = tree({"x": 1})

    assert main(["report", "-f", str(folder / "Dockerfile"), str(folder)]) == 2
    assert main(["report", str(folder / "nowhere")]) == 2
    assert "no such" in capfd.readouterr().err
