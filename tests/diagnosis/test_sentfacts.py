"""What is found among what is sent: the same as asking every path one by one, however deep."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ctxsize.builders.gates import BuildkitGate
from ctxsize.builders.sending import Sender, SentFolder
from ctxsize.diagnosis.sentfacts import Finder, holds, same_name_deeper
from ctxsize.dockerignore import IgnoreRules
from ctxsize.model import Totals
from ctxsize.walk import scan

Plant = Callable[..., Path]

FILES = {
    ".env": "12", "a/.env": "1", "a/.env.example": "1", "a/b/id_rsa": "123", "a/node_modules/x.js": "1",
    "node_modules/y.js": "1", "c/.git/HEAD": "12345", "c/.git/objects/1": "1",
}  # fmt: skip


def sent(root: Path, ignore: str = "") -> SentFolder:
    rules = IgnoreRules.parse(ignore.encode(), ".dockerignore")
    return Sender(BuildkitGate(rules, None), {}).send(scan(root).root)


ROWS = [
    (["**/.env"], [(".env", 0, 2), ("a/.env", 0, 1)]),
    (["**/.env*", "!**/.env.example"], [(".env", 0, 2), ("a/.env", 0, 1)]),
    (["**/.git"], [("c/.git/", 0, 6)]),
    (["**/id_rsa", "**/.git"], [("a/b/id_rsa", 0, 3), ("c/.git/", 1, 6)]),
    (["nope"], []),
]


@pytest.mark.parametrize(("patterns", "expected"), ROWS)
def test_patterns_are_found_with_their_sizes(
    patterns: list[str], expected: list[tuple[str, int, int]], tree: Plant
) -> None:
    folder = sent(tree(FILES))
    finder = Finder(patterns)

    assert [(hit.path, hit.line, hit.totals.bytes) for hit in finder.find(folder)] == expected
    assert finder.find(folder) == finder.find(folder)


def test_a_folder_stands_for_all_in_it(tree: Plant) -> None:
    (hit,) = Finder(["**/.git"]).find(sent(tree(FILES)))

    assert hit.totals == Totals(2, 2, 6)


def test_what_is_nested_very_deep_is_found(deep: Callable[[int], Path]) -> None:
    folder = deep(1200)
    (folder / ("d/" * 1200) / ".env").write_text("x")

    assert [hit.path for hit in Finder(["**/.env"]).find(sent(folder))] == ["d/" * 1200 + ".env"]


@pytest.mark.parametrize(("path", "there"), [("a/.env", True), ("a", True), ("a/b", True), ("a/x", False), ("c", False)])
def test_an_entry_is_among_what_is_sent(path: str, there: bool, tree: Plant) -> None:
    assert holds(sent(tree(FILES), "c\n"), path) is there


def test_a_name_at_the_root_is_looked_for_further_down(tree: Plant) -> None:
    ignore = "node_modules\n*.example\n/docs\n!a/keep\n"
    rules = IgnoreRules.parse(ignore.encode(), ".dockerignore")

    assert same_name_deeper(sent(tree(FILES), ignore), rules.patterns) == {
        1: ("a/node_modules/",), 2: ("a/.env.example",),
    }  # fmt: skip
