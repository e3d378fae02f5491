"""What pip installs: a command that starts, and the data that the package reads."""

from __future__ import annotations

import tomllib
from importlib import import_module
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())


def test_each_command_starts_something() -> None:
    scripts = PROJECT["project"]["scripts"]

    assert set(scripts) == {"ctxsize"}
    for target in scripts.values():
        module, _, name = target.partition(":")
        assert callable(getattr(import_module(module), name))


def test_data_beside_the_code_is_packed() -> None:
    packed = set(PROJECT["tool"]["setuptools"]["package-data"]["ctxsize"])
    there = {
        path.relative_to(ROOT / "ctxsize").as_posix()
        for path in (ROOT / "ctxsize").rglob("*")
        if path.is_file() and path.suffix != ".py" and "__pycache__" not in path.parts
    }

    assert packed == there
