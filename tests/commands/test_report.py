"""``ctxsize report`` on real files: which view, what to run next, what is wrong."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ctxsize.cli import main

COMPOSE = """\
services:
  api: {build: ./api}
  web: {build: ./web}
"""
FILES = {
    "compose.yml": COMPOSE,
    "api/Dockerfile": "FROM scratch\nCOPY . .\n", "api/node_modules/a.js": 4_000, "api/a.py": 10,
    "web/Dockerfile": "FROM scratch\nCOPY . .\n", "web/my modules/node_modules/b.js": 90_000,
}  # fmt: skip


@pytest.fixture
def report(tree: Callable[..., Path], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("COLUMNS", raising=False)

    def run(files: dict[str, Any], *words: str, code: int = 0) -> str:
        monkeypatch.chdir(tree(files))
        assert main(["report", *words]) == code
        out, err = capsys.readouterr()
        assert err == ""
        return str(out)

    return run


def next_commands(out: str) -> list[str]:
    return [line.strip() for line in out.partition("\nNext:  ")[2].splitlines()]


@pytest.mark.parametrize(
    ("files", "words", "commands"),
    [
        (FILES, [], ["ctxsize report --build web", "ctxsize explain 'web/my modules/node_modules'", "ctxsize suggest"]),
        (FILES, ["--build", "a*"], ["ctxsize ls --build api --set junk --tree", "ctxsize explain api/node_modules", "ctxsize suggest"]),
        ({"Dockerfile": "FROM scratch\nCOPY a /\n", "a": "1"}, [], []),
        (FILES, ["-q"], []),
        (FILES, ["--format", "markdown"], []),
    ],
)
def test_what_to_run_next_is_about_the_heaviest_waste(report: Any, files: dict[str, Any], words: list[str], commands: list[str]) -> None:
    assert next_commands(report(files, *words)) == commands


@pytest.mark.parametrize("words", [["--build", "api"], ["--build", "a*"], ["-f", "api/Dockerfile", "api"]])
def test_one_build_alone_is_shown_in_detail(report: Any, words: list[str]) -> None:
    out = report(FILES, *words)

    assert "\nHeaviest waste\n" in out
    assert "\nWhere the bytes are\n" in out


def test_of_several_builds_none_is(report: Any) -> None:
    assert "Where the bytes are" not in report(FILES, "--build", "api", "--build", "web")


def test_columns_sets_the_width(report: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = report(FILES)
    monkeypatch.setenv("COLUMNS", "40")

    assert "classic" in wide
    assert "classic" not in report(FILES)


def test_an_empty_folder_is_no_error(report: Any) -> None:
    assert report({"README": "x"}).startswith("No Dockerfile, no compose file")
    assert json.loads(report({"README": "x"}, "--format", "json"))["builds"] == []


EMPTIED = {
    "Dockerfile": "FROM scratch\nCOPY . /\n", "docs/api/x.md": "text", "docs/y.md": "text",
    ".dockerignore": "docs\n!docs/api/*\ndocs/api\n",
}  # fmt: skip
BROKEN = {
    "compose.yml": "services:\n  torn: {build: {context: ., dockerfile_inline: FROM scratch, dockerfile: x}}\n"
                   "  lost: {build: ./nowhere}\n  unset: {build: '${NOPE?set it}'}\n  fine: {build: ./fine}\n",
    "fine/Dockerfile": "FROM scratch\n", "fine/.dockerignore": "[\n",
}  # fmt: skip


@pytest.mark.parametrize(
    ("files", "errors"),
    [
        (EMPTIED, ["error    .dockerignore:3: docs/api/x.md arrives empty: the client announces it and then refuses to open it"]),
        (BROKEN, [
            "error    nowhere: unable to prepare context: no such file or directory (in lost)",
            'error    compose.yml:2: service "torn" declares mutually exclusive dockerfile and dockerfile_inline (in torn)',
            "error    compose.yml:4: error while interpolating services.unset.build: required variable NOPE is missing a value: set it (in unset)",
        ]),
        ({"Dockerfile": b"\x00\x01\x02", "compose.yml": "services: {a: {build: .}}\n"}, None),
    ],
)  # fmt: skip
def test_what_is_broken_is_said_and_the_rest_is_measured(report: Any, files: dict[str, Any], errors: list[str] | None) -> None:
    found = [line for line in report(files).splitlines() if line.startswith("error ")]

    if errors is None:
        assert len(found) >= 1
    else:
        assert sorted(line for line in found if ".dockerignore:1" not in line) == sorted(errors)


@pytest.mark.parametrize(
    ("build", "said"),
    [
        ("{build: ./gone}", ["error    gone: unable to prepare context: no such file or directory"]),
        ("{build: {context: ./gone, dockerfile: ../Dockerfile}}",
         ["error    gone: unable to prepare context: no such file or directory"]),
        ("{build: {context: ./gone, dockerfile: ../No}}",
         ["error    gone: unable to prepare context: no such file or directory",
          "error    No: failed to read dockerfile: open No: no such file or directory"]),
        ("{build: {context: ., additional_contexts: {lib: ./gone}}}",
         ["error    named context lib (gone): unable to prepare context: no such file or directory"]),
    ],
)  # fmt: skip
def test_a_context_that_is_not_there_is_told_once(report: Any, build: str, said: list[str]) -> None:
    files = {"compose.yml": f"services:\n  x: {build}\n", "Dockerfile": "FROM scratch\nCOPY --from=lib x /\n"}

    found = report(files, "--build", "x")

    assert [line for line in found.splitlines() if line.startswith(("error ", "unread "))] == said


def test_names_that_are_no_text_reach_every_format(report: Any) -> None:
    files = {"Dockerfile": "FROM scratch\nCOPY . /\n", "node_modules/\udcff\x1b[31m|`<b>": 5, os.fsdecode(b"\xff/node_modules/x"): 7}

    assert r"\xff/node_modules/" in report(files)
    assert json.loads(report(files, "--format", "json"))["builds"][0]["heaviest"][0]["path"] == r"\xff/node_modules/"
    assert "<code>&#92;xff/node&#95;modules/</code>" in report(files, "--format", "markdown")
