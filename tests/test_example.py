"""The bundled example: the same every time, what it says it is, and never on top of somebody's files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ctxsize.example import FILES, HEAVY, main, write


def listing(folder: Path) -> list[tuple[str, int, int, int]]:
    """(path, mode, size, time) of everything in a folder."""
    found = []
    for path in sorted(folder.rglob("*")):
        here = path.lstat()
        size = 0 if path.is_dir() else here.st_size
        found.append((path.relative_to(folder).as_posix(), here.st_mode, size, here.st_mtime_ns))
    return found


def test_two_examples_are_equal_to_the_nanosecond(tmp_path: Path) -> None:
    before = os.umask(0o077)
    write(tmp_path / "one")
    os.umask(before)
    write(tmp_path / "two")

    assert listing(tmp_path / "one") == listing(tmp_path / "two")


def test_it_holds_what_its_tables_say(tmp_path: Path) -> None:
    count = write(tmp_path)

    files = {path: size for path, mode, size, _ in listing(tmp_path) if mode & 0o170000 == 0o100000}
    assert files == {**{path: len(text.encode()) for path, text in FILES.items()}, **HEAVY}
    assert count == len(files)


def test_writing_it_again_mends_it(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "compose.yaml").write_text("changed")

    assert main([str(tmp_path)]) == 0
    assert (tmp_path / "compose.yaml").read_text() == FILES["compose.yaml"]


def test_a_folder_with_other_files_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.tex").write_text("years")

    assert main([str(tmp_path)]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]
    assert "thesis.tex" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["a", "b"], ["--help"]])
def test_anything_but_one_folder_is_a_question_of_usage(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.startswith("usage:")
