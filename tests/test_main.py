"""How the process ends: at once, with every byte delivered, and not before those who watch it are done."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ctxsize import __version__

_MAIN = "from ctxsize.__main__ import main; code = main(); print('came back with', code)"


def python(*arguments: str, cwd: Path | None = None, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}
    return subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False,
                          env={**kept, "PYTHONPATH": os.pathsep.join(sys.path), **environ})  # fmt: skip


@pytest.fixture
def folder(tree: Callable[..., Path]) -> Path:
    return tree({"Dockerfile": "FROM scratch\nCOPY . .\n", **{f"file-{number:05}": 0 for number in range(5000)}})


def test_all_of_a_long_output_arrives(folder: Path) -> None:
    done = python("-m", "ctxsize", "ls", cwd=folder)

    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 5001
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("words", "code", "out", "err"),
    [
        (["--version"], 0, f"ctxsize {__version__}\n", ""),
        (["check", "--baseline", "none"], 2, "", "error: there is no baseline\n"),
        (["doctor", "--select", "none"], 2, "", "error: no rule is called none\n"),
        (["ls", "--dept", "1"], 2, "", "Usage: ctxsize ls"),
        (["suggest", "--write", "--check"], 2, "", "error: --write and --check"),
    ],
)
def test_the_process_ends_with_the_commands_code(folder: Path, words: list[str], code: int, out: str, err: str) -> None:
    done = python("-c", _MAIN, *words, cwd=folder)

    assert (done.returncode, done.stdout) == (code, out)
    assert done.stderr.startswith(err)


def test_what_was_left_in_a_buffer_arrives(folder: Path) -> None:
    before = "import sys; sys.stdout.write('before '); sys.stderr.write('beside')\n"

    done = python("-c", before + _MAIN, "ls", "-o", "list", cwd=folder)

    assert (done.returncode, done.stdout, done.stderr) == (0, "before ", "beside")


def test_what_waits_for_the_end_is_called_before_it(folder: Path) -> None:
    waiting = "import atexit; atexit.register(print, 'the end')\n"

    assert python("-c", waiting + _MAIN, "--version", cwd=folder).stdout == f"ctxsize {__version__}\nthe end\n"


@pytest.mark.parametrize(
    "watched",
    ["sys.settrace(lambda *_: None)", "sys.setprofile(lambda *_: None)"]
    + (["sys.monitoring.use_tool_id(1, 'coverage')"] if hasattr(sys, "monitoring") else []),
)
def test_who_watches_sees_it_return(folder: Path, watched: str) -> None:
    done = python("-c", f"import sys; {watched}\n{_MAIN}", "--version", cwd=folder)

    assert (done.returncode, done.stdout) == (0, f"ctxsize {__version__}\ncame back with 0\n")


def test_a_profile_is_printed_behind_the_output(folder: Path) -> None:
    out = python("-m", "cProfile", "-m", "ctxsize", "ls", "-o", "list", cwd=folder).stdout

    assert "function calls" in out.splitlines()[0]


def test_who_gives_the_words_goes_on(folder: Path) -> None:
    done = python("-c", _MAIN.replace("main()", "main(['ls', '-o', 'list'])"), cwd=folder)

    assert (done.returncode, done.stdout) == (0, "came back with 0\n")


@pytest.mark.parametrize(("words", "code"), [("--version", 120), ("ls", 2)])
def test_a_full_disk_is_told_at_the_end(folder: Path, words: str, code: int) -> None:
    done = python("-c", f"import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-m', 'ctxsize', '{words}'],"
                  " stdout=open('/dev/full', 'w')))", cwd=folder)  # fmt: skip

    assert done.returncode == code
    assert "No space left on device" in done.stderr
