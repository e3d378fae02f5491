"""Few, general rules for what nobody reads; never one that might touch what somebody reads."""

from __future__ import annotations

import pytest

from ctxsize.builders.gates import ArchiveGate
from ctxsize.builders.sending import Sender
from ctxsize.dockerignore import IgnoreRules
from ctxsize.suggest.fewest import fewest
from ctxsize.suggest.reading import read_by
from ctxsize.suggest.unread import Unread, unread
from tests.suggest.trees import Files, TreeLinks, source, tree_of

MONOREPO = {
    f"{service}/{path}": size
    for service in ("services/a", "services/b", "services/c")
    for path, size in {"src/main.py": 100, "docs/big.pdf": 900_000, "Dockerfile": 50}.items()
} | {"docs/manual.pdf": 500_000, ".git/objects/pack": 800_000, "README.md": 400}


def candidates(files: Files, reads: list[str], old: list[str] | None = None) -> tuple[Unread, ...]:
    root = tree_of(files)
    sent = Sender(ArchiveGate(IgnoreRules.of(old or [])), {}).send(root)
    return tuple(unread(sent, read_by([source(path) for path in reads], TreeLinks(root)).patterns))


UNREAD = [
    pytest.param({"a/x": 1, "b/y": 2}, ["a"], ["b"], id="a whole folder"),
    pytest.param({"a/x": 1, "a/y": 2}, ["a/x"], ["a/y"], id="beside a file that is read"),
    pytest.param({"a/x": 1, "b/x/y": 2}, ["*/x"], [], id="anything that a wildcard may match"),
    pytest.param({"a": 1, "b": 2}, ["a/x"], ["b"], id="a file where a folder is asked for stays"),
    pytest.param({"a/b/c/d": 1, "a/b/e": 2}, ["a/b/c"], ["a/b/e"], id="only the topmost"),
    pytest.param({"l -> b": 1, "b/y": 2, "c/y": 1}, ["l"], ["c"], id="behind a link"),
    pytest.param({"x.py": 1, "y.md": 2}, ["*.py"], ["y.md"], id="beside a pattern"),
]


@pytest.mark.parametrize(("files", "reads", "expected"), UNREAD)
def test_unread_is_what_no_source_can_reach(files: Files, reads: list[str], expected: list[str]) -> None:
    assert [one.path for one in candidates(files, reads)] == expected


def test_what_the_old_rules_keep_out_is_no_candidate() -> None:
    assert [one.path for one in candidates({"a": 1, "b": 1, "c/d": 1}, ["a"], ["c"])] == ["b"]


FEWEST = [
    pytest.param(["services/a/src", "services/b/src", "services/c/src"], [".git", "docs", "services/*/docs"],
                 id="one rule for the same folder of many services"),
    pytest.param(["services/a/src", "services/b", "services/c/src"],
                 [".git", "docs", "services/a/docs", "services/c/docs"], id="one by one where a service is read whole"),
    pytest.param(["services/*/src"], [".git", "docs", "services/*/docs"], id="beside a wildcard source"),
    pytest.param(["services"], [".git", "docs"], id="small things are not worth a line"),
    pytest.param(["src", "services/*/docs"], [".git", "docs"], id="never what a wildcard reads"),
]  # fmt: skip


@pytest.mark.parametrize(("reads", "expected"), FEWEST)
def test_the_fewest_rules_reach_nearly_all(reads: list[str], expected: list[str]) -> None:
    entries = candidates(MONOREPO, reads)
    patterns = read_by([source(path) for path in reads], TreeLinks(tree_of(MONOREPO))).patterns
    assert [rule.text for rule in fewest(entries, patterns)] == expected


def test_files_with_one_ending_become_one_rule() -> None:
    files = {f"dump-{number}.sql": 10_000 for number in range(50)} | {"app.py": 10}
    patterns = read_by([source("app.py")], TreeLinks(tree_of(files))).patterns
    assert [rule.text for rule in fewest(candidates(files, ["app.py"]), patterns)] == ["*.sql"]


def test_rules_that_stand_are_kept_while_they_help_and_go_when_they_do_not() -> None:
    entries = candidates({"src/x": 1, "docs/a": 900, "docs2/b": 900}, ["src"])
    patterns = read_by([source("src")], TreeLinks(tree_of({"src/x": 1}))).patterns
    standing = ["docs*", "gone", "src"]
    assert [rule.text for rule in fewest(entries, patterns, standing=standing)] == ["docs*"]


def test_all_of_it_can_be_asked_for() -> None:
    entries = candidates({"src/x": 1, "big/a": 9_000_000, "tiny": 1}, ["src"])
    assert [rule.text for rule in fewest(entries, (), share=1.0)] == ["big", "tiny"]


ODD = [
    ("#h", [], ["/#h"]), ("a*b", [], ["a?b"]), (" lead", [], ["?lead"]), ("!q", [], ["?q"]), ("x\ny", [], ["x?y"]),
    ("[id]", [], ["?id?"]), ("a*b", ["axb"], []), ("!q", ["xq/deep"], []),
]  # fmt: skip


@pytest.mark.parametrize(("name", "reads", "expected"), ODD)
def test_a_name_that_no_line_can_hold_is_said_with_question_marks_or_not_at_all(
    name: str, reads: list[str], expected: list[str]
) -> None:
    entries = candidates({f"{name}/x": 5_000, "src/x": 1}, ["src", *reads])
    patterns = read_by([source(path) for path in ("src", *reads)], TreeLinks(tree_of({}))).patterns
    assert [rule.text for rule in fewest(entries, patterns, share=1.0)] == [line.lstrip("/") for line in expected]
