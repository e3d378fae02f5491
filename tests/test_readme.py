"""The README keeps its word: its outputs are what the commands print, its tables are what the code says.

``CTXSIZE_README=rewrite`` writes the outputs anew instead of comparing them.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from ctxsize.commands import COMMANDS
from ctxsize.errors import ExitCode
from ctxsize.example import write

ROOT = Path(__file__).parent.parent
README = ROOT / "README.md"
_SESSION = re.compile(r"^```console\n\$ (?P<command>.+)\n(?P<output>(?:(?!```).*\n)*)```$", re.MULTILINE)


def sessions() -> list[tuple[str, str]]:
    """(command, its output) of each console block."""
    return [(found["command"], found["output"]) for found in _SESSION.finditer(README.read_text("utf-8"))]


def run(command: str, folder: Path) -> str:
    """What a command prints to both of its outputs, in a folder that holds the example as ``demo``."""
    _, *arguments = shlex.split(command)
    write(folder / "demo")
    env = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        [sys.executable, "-m", "ctxsize", *arguments], cwd=folder, env=env, encoding="utf-8", check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60,
    )  # fmt: skip
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.splitlines())


def rewrite(command: str, output: str) -> None:
    text = README.read_text("utf-8")
    block = re.compile(rf"^```console\n\$ {re.escape(command)}\n(?:(?!```).*\n)*```$", re.MULTILINE)
    README.write_text(block.sub(lambda _: f"```console\n$ {command}\n{output}```", text), "utf-8")


@pytest.mark.parametrize(("command", "shown"), sessions(), ids=[command for command, _ in sessions()])
def test_a_command_prints_what_the_readme_shows(command: str, shown: str, tmp_path: Path) -> None:
    output = run(command, tmp_path)
    if os.environ.get("CTXSIZE_README") == "rewrite":
        rewrite(command, output)
    else:
        assert output == shown


def rows(heading: str) -> list[list[str]]:
    """The cells of the table whose first column is called so."""
    lines = README.read_text("utf-8").split(f"| {heading} |", 1)[1].splitlines()[2:]
    table = lines[: next(place for place, line in enumerate(lines) if not line.startswith("|"))]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in table]


def test_every_command_has_its_row() -> None:
    named = [re.match(r"`ctxsize (\w+)", row[0]) for row in rows("command")]

    assert sorted(found[1] for found in named if found) == sorted(COMMANDS)


def test_every_exit_code_has_its_row() -> None:
    assert [int(row[0]) for row in rows("exit code")] == sorted(ExitCode)


def test_the_first_screen_installs_and_runs_the_example_in_one_line() -> None:
    first = re.search(r"```sh\n(.+)\n```", README.read_text("utf-8"))

    assert first
    assert first[1] == "pip install . && python -m ctxsize.example demo && ctxsize report demo"


def test_links_lead_to_files_that_are_there() -> None:
    local = re.findall(r"\]\((?!https?:)([^)#]+)", README.read_text("utf-8"))

    assert [target for target in local if not (ROOT / target).exists()] == []


def test_the_figures_on_speed_are_those_of_the_newest_results() -> None:
    newest = max((ROOT / "benchmarks" / "results").glob("????-??-??.md")).read_text("utf-8").splitlines()
    measured = {tuple(cell.strip() for cell in line.strip("|").split("|")[:3]) for line in newest if line[:1] == "|"}

    assert [row for row in rows("what | against") if tuple(row) not in measured] == []
