"""Every format of every command is where the registry says."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import pytest

import ctxsize.formats
from ctxsize.commands import COMMANDS
from ctxsize.formats import FORMATS

EVERY = [(command, name) for command, formats in FORMATS.items() for name in formats]


def test_every_command_has_formats() -> None:
    assert set(FORMATS) == set(COMMANDS)


@pytest.mark.parametrize(("command", "name"), EVERY)
def test_a_format_takes_a_view_and_a_page(command: str, name: str) -> None:
    parameters = inspect.signature(FORMATS[command][name].load()).parameters

    assert [parameters[one].annotation for one in list(parameters)[1:]] == ["Page"]


@pytest.mark.parametrize(("command", "names"), [("report", ["table", "json", "markdown"]), ("ls", ["text", "json"]),
                                                ("explain", ["text", "json"])])  # fmt: skip
def test_the_first_format_is_the_default(command: str, names: list[str]) -> None:
    assert list(FORMATS[command]) == names


def styles(module: Path) -> Iterator[str]:
    """The style words that a module writes out: second arguments of ``Line`` and ``append``, values of ``_STYLE…``."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        found: list[ast.expr] = []
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in {"Line", "append"}:
            found = node.args[1:]
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]).startswith("_STYLE"):
            found = [node.value]
        for inner in (one for expression in found for one in ast.walk(expression)):
            if isinstance(inner, ast.Dict):
                yield from (str(ast.literal_eval(value)) for value in inner.values)
        yield from (str(one.value) for one in found if isinstance(one, ast.Constant))


@pytest.mark.parametrize("module", sorted(Path(ctxsize.formats.__file__).parent.glob("*.py")), ids=lambda path: path.name)
def test_a_style_is_made_of_words_that_lines_know(module: Path) -> None:
    known = {"bold", "dim", "red", "green", "yellow", "blue", "magenta", "cyan", "default"}

    assert {word for style in styles(module) for word in style.split()} - known == set()
