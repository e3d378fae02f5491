"""Where the text goes, and what page it is written for."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from ctxsize.commands.deliver import deliver, page, warn
from ctxsize.commands.options import Options
from ctxsize.errors import InputError
from ctxsize.formats.text import Page
from ctxsize.model import Problem
from tests.privileges import unprivileged


class Terminal(io.TextIOWrapper):
    def __init__(self, encoding: str = "utf-8", terminal: bool = True) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize(
    ("environ", "terminal", "expected"),
    [
        ({}, True, Page(80, color=True)),  # a terminal that does not tell its width
        ({}, False, Page(None)),
        ({"COLUMNS": "120"}, True, Page(120, color=True)),
        ({"COLUMNS": "120"}, False, Page(120)),
        ({"COLUMNS": "1"}, False, Page(40)),
        ({"COLUMNS": "0"}, False, Page(None)),
        ({"COLUMNS": "-5"}, False, Page(None)),
        ({"COLUMNS": "wide"}, False, Page(None)),
        ({"COLUMNS": "²"}, False, Page(None)),
        ({"NO_COLOR": "1"}, True, Page(80)),
        ({"NO_COLOR": ""}, True, Page(80, color=True)),  # https://no-color.org: set and not empty
        ({"FORCE_COLOR": "1"}, False, Page(None, color=True)),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False, Page(None)),
        ({"TERM": "dumb"}, True, Page(80)),
    ],
)
def test_the_page_is_what_the_stream_and_the_environment_allow(
    environ: Mapping[str, str], terminal: bool, expected: Page
) -> None:
    assert page(Options(), stream=Terminal(terminal=terminal), environ=environ) == expected


def test_options_win_over_the_environment() -> None:
    forced = {"FORCE_COLOR": "1", "COLUMNS": "50"}

    assert page(Options(no_color=True), stream=Terminal(), environ=forced) == Page(50)
    assert page(Options(output=Path("x")), stream=Terminal(), environ=forced) == Page()


@pytest.mark.parametrize(("encoding", "unicode"), [("utf-8", True), ("ascii", False), ("latin-1", False), ("cp437", False)])
def test_bars_need_an_encoding_that_has_them(encoding: str, unicode: bool) -> None:
    assert page(Options(), stream=Terminal(encoding), environ={}).unicode is unicode


# --- to a file ---


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    target = tmp_path / "report.txt"
    target.write_text("old and longer than what is new")
    target.chmod(0o640)

    deliver("new \udcff é\n", Options(output=target))

    assert target.read_bytes() == b"new \xff \xc3\xa9\n"
    assert target.stat().st_mode & 0o777 == 0o640
    assert [one.name for one in tmp_path.iterdir()] == ["report.txt"]


def test_a_new_file_gets_the_mode_that_others_get(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")

    deliver("x", Options(output=tmp_path / "new"))

    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_link_keeps_pointing_where_it_did(tmp_path: Path) -> None:
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")

    deliver("new", Options(output=tmp_path / "link"))

    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


def test_what_is_no_file_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    read: list[bytes] = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "fifo").read_bytes()))
    reader.start()

    deliver("through the pipe", Options(output=tmp_path / "fifo"))
    reader.join(10)

    assert read == [b"through the pipe"]
    assert (tmp_path / "fifo").is_fifo()


@pytest.mark.parametrize(("name", "message"), [("", "Is a directory"), ("no/such/folder.txt", "No such file or directory")])
def test_a_file_that_cannot_be_written_is_named(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        deliver("x", Options(output=tmp_path / name))

    assert (caught.value.message, caught.value.where) == (f"cannot write: {message}", str(tmp_path / name))


def test_a_folder_that_takes_no_files_leaves_the_old_one(open_folder: Path) -> None:
    (open_folder / "old").write_text("old")
    open_folder.chmod(0o555)
    try:
        with unprivileged(), pytest.raises(InputError, match="cannot write: Permission denied"):
            deliver("new", Options(output=open_folder / "old"))
        assert (open_folder / "old").read_text() == "old"
    finally:
        open_folder.chmod(0o755)


# --- to standard output ---

_SAY = "from ctxsize.commands.deliver import deliver; from ctxsize.commands.options import Options; deliver({!r}, Options())"


@pytest.mark.parametrize(
    ("encoding", "text", "written"),
    [
        ("utf-8", "é \udcff█\n", b"\xc3\xa9 \xff\xe2\x96\x88\n"),
        ("UTF8", "é\n", b"\xc3\xa9\n"),
        ("ascii", "é\n", b"\\xe9\n"),
        ("latin-1", "é 日\n", b"\xe9 \\u65e5\n"),
        ("ascii", "é \udcff\0", b"\xc3\xa9 \xff\0"),  # raw names are bytes, whatever the terminal speaks
    ],
)
def test_standard_output_gets_its_encoding(encoding: str, text: str, written: bytes) -> None:
    environ = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONPATH": os.pathsep.join(sys.path)}

    done = subprocess.run([sys.executable, "-c", _SAY.format(text)], env=environ, capture_output=True, check=True)

    assert (done.stdout, done.stderr) == (written, b"")


def test_warnings_name_paths_in_print_and_quiet_means_quiet(capsys: pytest.CaptureFixture[str]) -> None:
    problems = [Problem("a\nb", "permission \x1b[31mdenied")]

    warn(problems, Options())
    warn(problems, Options(quiet=True))

    assert capsys.readouterr() == ("", "warning: a\\nb: permission \\x1b[31mdenied\n")
