"""How long things may be: short functions, files of one topic. The figures are those of the code we learn from."""

from __future__ import annotations

import ast
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LONGEST_FILE, LONGEST_FUNCTION, LONG, MEDIAN = 400, 60, 35, 8
# no names that say nothing about what is inside
EMPTY_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "misc", "core", "lib", "stuff"}


def files() -> list[Path]:
    return sorted((ROOT / "ctxsize").rglob("*.py"))


def functions(file: Path) -> Iterator[tuple[str, int]]:
    """(file:name, lines from its ``def`` to its end) of every function, nested ones too."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{file.relative_to(ROOT)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def all_lengths() -> dict[str, int]:
    found: dict[str, int] = {}
    for file in files():
        for name, length in functions(file):
            found[name] = max(length, found.get(name, 0))
    return found


every_file = pytest.mark.parametrize("file", files(), ids=lambda path: path.relative_to(ROOT).as_posix())


@every_file
def test_a_file_has_one_topic(file: Path) -> None:
    assert len(file.read_text("utf-8").splitlines()) <= LONGEST_FILE
    assert file.stem not in EMPTY_NAMES


@every_file
def test_a_file_says_what_it_is(file: Path) -> None:
    text = file.read_text("utf-8")
    docstring = ast.get_docstring(ast.parse(text))

    assert docstring or not text.strip()


@every_file
def test_a_function_fits_on_a_screen(file: Path) -> None:
    assert {name: length for name, length in functions(file) if length > LONGEST_FUNCTION} == {}


def test_most_functions_are_short() -> None:
    lengths = all_lengths()
    long = {name: length for name, length in lengths.items() if length > LONG}

    assert statistics.median(lengths.values()) <= MEDIAN
    assert len(long) <= len(lengths) * 0.05, long
