"""What the shell offers: commands, options, choices, and the names of the builds, found in silence."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ctxsize.commands.completion import build_names

COMPOSE = "services:\n  api: {build: ./api}\n  worker: {build: ./worker}\n  web: {build: ./web}\n"


def offered(line: str, folder: Path) -> list[str]:
    """What bash offers at the end of ``line``, whose last word may be empty."""
    words = line.split(" ")
    environ = {**os.environ, "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1), "_CTXSIZE_COMPLETE": "complete_bash"}
    done = subprocess.run([sys.executable, "-m", "ctxsize"], cwd=folder, env={**environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.stderr == ""
    return done.stdout.split()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("ctxsize re", ["report"]),
        ("ctxsize ls --se", ["--set"]),
        ("ctxsize ls --set ", ["sent", "used", "junk", "unused", "ignored"]),
        ("ctxsize report --format ", ["table", "json", "markdown"]),
        ("ctxsize report --builder a", ["archive"]),
        ("ctxsize report --build w", ["worker", "web"]),
        ("ctxsize ls sub --build ", ["sub/Dockerfile"]),
        ("ctxsize explain --root sub --build s", ["sub/Dockerfile"]),
    ],
)
def test_the_shell_is_offered_what_could_follow(tree: Callable[..., Path], line: str, words: list[str]) -> None:
    folder = tree({"compose.yml": COMPOSE, "sub/sub/Dockerfile": "FROM scratch\n"})

    assert offered(line, folder) == words


@pytest.mark.parametrize("content", ["no such key = 1\n", "[[[", "junk = 3\n"])
def test_a_broken_configuration_offers_nothing_and_says_nothing(
    tree: Callable[..., Path], capsys: pytest.CaptureFixture[str], content: str
) -> None:
    folder = tree({"compose.yml": COMPOSE, "ctxsize.toml": content})

    assert build_names({"path": folder}, "") == []
    assert build_names({"path": folder / "nowhere"}, "") == []
    assert capsys.readouterr() == ("", "")


def test_the_script_is_shown_for_those_who_install_it_by_hand(tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-m", "ctxsize", "--show-completion", "bash"], cwd=tmp_path, capture_output=True,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, text=True, check=True)  # fmt: skip

    assert "_CTXSIZE_COMPLETE=complete_bash" in done.stdout
