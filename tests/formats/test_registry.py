"""Every format of every command is where the registry says."""

from __future__ import annotations

import inspect

import pytest

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
