"""``ctxsize explain`` on real files: which path is meant, and what is said of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from ctxsize.builders.classes import Judge
from ctxsize.cli import main
from ctxsize.commands.explain import rooted
from ctxsize.errors import InputError

COMPOSE = """\
services:
  all: {build: .}
  api: {build: ./api}
"""
FILES = {
    "compose.yml": COMPOSE, "Dockerfile": "FROM scratch\nCOPY . .\n", ".dockerignore": "**/*.log\n!keep.log\n",
    "keep.log": 1, "api/Dockerfile": "FROM scratch AS one\nCOPY src/ /\nCOPY src/b.py /b\nFROM one\n", "api/src/a.py": 1,
    "api/src/b.py": 1, "api/x.log": 1, "api/node_modules/m.js": 1,
}  # fmt: skip


@pytest.fixture
def root(tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tree(FILES)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NO_COLOR", "1")
    return folder


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("keep.log", "keep.log\n  all  sent      read by Dockerfile:2: COPY . .\n"),
        ("api/x.log", """\
api/x.log
  all  not sent  ignored by .dockerignore:1: **/*.log
                 asked for by Dockerfile:2: COPY . .
  api  not sent  no instruction asks for it
"""),
        ("api/src/b.py", """\
api/src/b.py
  all  sent      read by Dockerfile:2: COPY . .
  api  sent      read by api/Dockerfile:2: COPY src/ /
                 read by api/Dockerfile:3: COPY src/b.py /b
"""),
        ("api/node_modules", """\
api/node_modules
  all  sent      junk: only read because a whole folder is copied
                 read by Dockerfile:2: COPY . .
  api  not sent  no instruction asks for it
"""),
        ("src/a.py", """\
src/a.py
  all  not sent  asked for by Dockerfile:2: COPY . .
  api  sent      read by api/Dockerfile:2: COPY src/ /
"""),
        ("no/such\n.log", """\
no/such\\n.log  not there now
  all  not sent  ignored by .dockerignore:1: **/*.log
                 asked for by Dockerfile:2: COPY . .
"""),
    ],
)  # fmt: skip
def test_each_build_and_the_line_that_decided(root: Path, capsys: pytest.CaptureFixture[str], path: str, said: str) -> None:
    assert (main(["explain", path]), capsys.readouterr()) == (0, (said, ""))


def test_many_files_cost_each_build_one_look(
    root: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, runs = count(), Judge.runs
    monkeypatch.setattr(Judge, "runs", lambda *given: (next(looks), runs(*given))[1])
    paths = ["api/src/a.py", "api/src/b.py", "api/src", "keep.log", "api/x.log", "gone", "."]

    main(["explain", "--format", "json", *paths])

    found = {one["path"]: one["builds"] for one in json.loads(capsys.readouterr().out)["paths"]}
    assert next(looks) == 2
    assert {path: [(one["build"], one["class"]) for one in found[path]] for path in paths} == {
        "api/src/a.py": [("all", "used"), ("api", "used")], "api/src/b.py": [("all", "used"), ("api", "used")],
        "api/src": [("all", "used"), ("api", "used")], "keep.log": [("all", "used")],
        "api/x.log": [("all", None), ("api", None)], "gone": [("all", None)], ".": [("all", "used"), ("api", "used")],
    }  # fmt: skip


def test_another_builder_reads_other_rules(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["explain", "--builder", "archive", "--build", "api", "--format", "json", "api/x.log", "gone"])

    found = {one["path"]: one for one in json.loads(capsys.readouterr().out)["paths"]}
    assert found["api/x.log"] == {
        "path": "api/x.log", "exists": True,
        "builds": [{"build": "api", "sent": True, "class": "unused", "ignored_by": None, "read_by": [],
                    "error": None}],
    }  # fmt: skip
    assert found["gone"]["exists"] is False


@pytest.mark.parametrize(
    ("build", "files", "builder", "error"),
    [
        ("{build: ./nowhere}", {}, "buildkit", "unable to prepare context: no such file or directory"),
        ("{build: {context: ., dockerfile: No}}", {}, "buildkit",
         "failed to read dockerfile: open No: no such file or directory"),
        ("{build: {context: ., dockerfile: No}}", {}, "archive",
         "failed to read dockerfile: open No: no such file or directory"),
        ("{build: .}", {".dockerignore": "[\n"}, "archive", "syntax error in pattern"),
        ("{build: '${NO?set it}'}", {}, "buildkit", "error while interpolating services.x.build: required variable NO is "
         "missing a value: set it"),
        ("{build: .}", {}, "buildkit", None),
    ],
)  # fmt: skip
def test_a_build_that_fails_says_so(
    tree: Callable[..., Path], capsys: pytest.CaptureFixture[str], build: str, files: dict[str, str], builder: str,
    error: str | None,
) -> None:  # fmt: skip
    folder = tree({"compose.yml": f"services:\n  x: {build}\n", "Dockerfile": "FROM scratch\n", **files})
    path = "nowhere/x" if "nowhere" in build else "x"

    main(["explain", "--root", str(folder), "--build", "x", "--builder", builder, "--format", "json", str(folder / path)])

    assert [one["error"] for one in json.loads(capsys.readouterr().out)["paths"][0]["builds"]] == [error]


@pytest.mark.parametrize(
    ("typed", "cwd", "meant"),
    [
        ("api/src/a.py", ".", "api/src/a.py"),
        ("src/a.py", "api", "api/src/a.py"),
        ("../keep.log", "api", "keep.log"),
        ("./api//src/../src/a.py", ".", "api/src/a.py"),
        ("api/src/", ".", "api/src"),
        (".", ".", "."),
        (".", "api", "api"),
        ("keep.log", "api", "keep.log"),  # as a report names it
        ("api/src/a.py", "api", "api/src/a.py"),
        ("nowhere", "api", "api/nowhere"),
        ("{root}/keep.log", "api", "keep.log"),
        ("api/src/a.py", "..", "api/src/a.py"),
    ],
)
def test_a_path_is_read_from_here_or_else_from_the_root(root: Path, typed: str, cwd: str, meant: str) -> None:
    assert rooted(typed.format(root=root), root, (root / cwd).resolve()) == meant


@pytest.mark.parametrize("typed", ["../../x", "/etc/passwd"])
def test_what_is_outside_is_refused(root: Path, typed: str) -> None:
    with pytest.raises(InputError) as caught:
        rooted(typed, root, root)

    said = caught.value
    assert (said.message, said.where, said.hint) == ("outside the repository", typed, f"the repository is {root}; see --root")


def test_without_any_build_there_is_nothing_to_explain(
    tree: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tree({"x": "y"}, "empty")

    assert main(["explain", "--root", str(folder), "x"]) == 2
    assert capsys.readouterr().err.startswith("error: nothing here asks for a docker build\n")
