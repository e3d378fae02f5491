"""``ctxsize ls`` on real files: sets, builders, raw names, and builds that have nothing to list."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ctxsize.cli import main

FILES = {
    "Dockerfile": "FROM scratch\nCOPY src /\nCOPY lib lib\n", ".dockerignore": "**/*.log\n",
    "src/a.py": 10, "src/a.log": 20, "lib/x.py": 30, "lib/node_modules/y.js": 40, "docs/z.md": 50, "docs/z.log": 60,
    "src/link -> a.py": None, "lib/empty": None,
}  # fmt: skip


@pytest.fixture
def ls(tree: Callable[..., Path], capfdbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Any:
    planted: list[dict[str, Any]] = []

    def run(files: dict[str, Any], *words: str) -> tuple[int, str, str]:
        if files not in planted:
            planted.append(files)
            monkeypatch.chdir(tree(files))
        code = main(["ls", *words])
        out, err = capfdbinary.readouterr()
        return code, os.fsdecode(out), os.fsdecode(err)

    return run


@pytest.mark.parametrize(
    ("words", "paths"),
    [
        ([], "lib/ lib/empty/ lib/node_modules/ lib/node_modules/y.js lib/x.py src/ src/a.py src/link"),
        (["--set", "used"], "lib/ lib/empty/ lib/x.py src/ src/a.py src/link"),
        (["--set", "junk"], "lib/node_modules/ lib/node_modules/y.js"),
        (["--set", "unused"], ""),
        (["--set", "ignored"], "docs/z.log src/a.log"),
        (["--builder", "archive"], ".dockerignore Dockerfile docs/ docs/z.md lib/ lib/empty/ lib/node_modules/"
                                   " lib/node_modules/y.js lib/x.py src/ src/a.py src/link"),
        (["--builder", "archive", "--set", "unused"], "docs/ docs/z.md"),
        (["--builder", "archive", "--set", "ignored"], "docs/z.log src/a.log"),
    ],
)  # fmt: skip
def test_a_set_of_one_builder(ls: Any, words: list[str], paths: str) -> None:
    code, out, err = ls(FILES, *words)

    assert (code, out.split(), err) == (0, paths.split(), "")
    raw = ls(FILES, *words, "-0")[1]
    assert raw.split("\0")[:-1] == paths.split()
    listed = json.loads(ls(FILES, *words, "--format", "json")[1])["entries"]
    assert [entry["path"] for entry in listed] == paths.split()
    long = ls(FILES, *words, "-l")[1]
    assert [line[11:] for line in long.splitlines()] == paths.split()


def test_the_parts_make_up_the_whole(ls: Any) -> None:
    for builder in ("buildkit", "archive"):
        parts = [ls(FILES, "--builder", builder, "--set", one)[1].split() for one in ("used", "junk", "unused")]
        assert sorted(path for part in parts for path in part) == sorted(ls(FILES, "--builder", builder)[1].split())


def test_raw_names_are_the_disks_bytes(ls: Any) -> None:
    names = [b"\xff\xfe", b"a\nb", "é".encode(), "e\u0301".encode(), b"\x1b[31m", b" ", b"\\xff"]
    files = {"Dockerfile": "FROM scratch\nCOPY d /\n", **{"d/" + os.fsdecode(name): 1 for name in names}}

    found = os.fsencode(ls(files, "-0")[1]).split(b"\0")

    assert found == [b"d/", *sorted(b"d/" + name for name in names), b""]
    assert all(line.isprintable() for line in ls(files)[1].splitlines())


def test_a_remote_context_lists_nothing_and_says_why(ls: Any) -> None:
    files = {"compose.yml": "services: {far: {build: 'https://example.org/far.git'}}\n"}

    assert ls(files) == (
        0, "", "warning: far: https://example.org/far.git is fetched by the builder: nothing is sent from here\n",
    )  # fmt: skip
    assert ls(files, "-q") == (0, "", "")
    found = json.loads(ls(files, "-q", "--format", "json")[1])
    assert (found["transfer_bytes"], found["entries"]) == (None, [])


@pytest.mark.parametrize(
    ("compose", "said"),
    [
        ("services:\n  'my api': {build: {dockerfile_inline: FROM scratch, dockerfile: x}}\n",
         'error: service "my api" declares mutually exclusive dockerfile and dockerfile_inline\nwhere: compose.yml:2\n'
         "hint: ctxsize report --build 'my api'\n"),
        ("services: {api: {build: ./nowhere}}\n",
         "error: unable to prepare context: no such file or directory\nhint: ctxsize report --build api\n"),
        ("services: {api: {build: {context: ., dockerfile: No.Dockerfile}}}\n",
         "error: failed to read dockerfile: open No.Dockerfile: no such file or directory\n"
         "hint: ctxsize report --build api\n"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("words", [[], ["--tree"], ["--format", "json"], ["-0"]])
def test_a_build_that_fails_has_no_list(ls: Any, compose: str, said: str, words: list[str]) -> None:
    assert ls({"compose.yml": compose}, *words) == (2, "", said)


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (["--tree", "-0"], "--tree and -0"), (["--tree", "-l"], "--tree and --long"), (["-l", "-0"], "--long and -0"),
        (["--depth", "1", "--format", "json"], "--tree and --format json"), (["-0", "--format", "json"], "-0 and --format json"),
    ],
)  # fmt: skip
def test_two_outputs_at_once_are_refused(ls: Any, words: list[str], names: str) -> None:
    assert ls(FILES, *words) == (2, "", f"error: {names} are two different outputs\nhint: give one of them\n")


def test_depth_alone_means_a_tree(ls: Any) -> None:
    assert ls(FILES, "--depth", "1")[1] == """\
     80 B  100 %  ██████████  Dockerfile: sent (buildkit)  4 files
     70 B   88 %  ████████▊   ├─ lib/  2 files
     10 B   12 %  █▎          └─ src/  2 files
"""
    assert "node_modules/" in ls(FILES, "--tree")[1]
    assert "y.js" not in ls(FILES, "--tree")[1]


def test_a_list_of_many_is_written_whole_to_a_file(tree: Callable[..., Path], tmp_path: Path) -> None:
    folder = tree({"Dockerfile": "FROM scratch\nCOPY . /\n", **{f"d{one % 7}/f{one}": 0 for one in range(3_000)}})

    code = subprocess.run([sys.executable, "-m", "ctxsize", "ls", "-0", "-o", str(tmp_path / "list")], cwd=folder,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, check=False).returncode  # fmt: skip

    assert code == 0
    assert len((tmp_path / "list").read_bytes().split(b"\0")) == 3_000 + 7 + 1 + 1
