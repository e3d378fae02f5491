"""From what was typed to what is meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ctxsize.cli import main


def test_of_two_configurations_the_one_that_is_not_read_is_named(
    tree: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tree({"Dockerfile": "FROM scratch\n", "ctxsize.toml": "", "pyproject.toml": "[tool.ctxsize]\njunk = [1]\n"})
    warning = "warning: pyproject.toml: its [tool.ctxsize] is not read, because there is a ctxsize.toml\n"

    assert (main(["report", str(folder)]), capsys.readouterr().err) == (0, warning)
    assert (main(["report", "-q", str(folder)]), capsys.readouterr().err) == (0, "")
