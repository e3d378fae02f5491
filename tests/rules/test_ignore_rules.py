"""Rules about ignore files: rows of lines, and what is said about which of them."""

from __future__ import annotations

import pytest

from ctxsize.rules import Case, judge
from tests.rules.cases import an_ignore_file, found, said

NOTHING_DONE = [
    ("normal: it may match one day", "node_modules\n*.log\n", []),
    ("the context itself", ".\n", [("warning", 1)]),
    ("out of the context", "../secrets\n", [("warning", 1)]),
    ("rooted, so inside", "/../secrets\n", []),
    ("an anchor", "a^b*\n", [("warning", 1)]),
    ("a class with ^ is fine", "[^a]b*\n", []),
    ("an exception with nothing before it", "!a\nb\n", [("warning", 1)]),
    ("an exception that takes something back", "b\n!b/c\n", []),
    ("twice", "a\nb\na\n", [("info", 3)]),
    ("twice, with an exception between", "a\n!a/b\na\n", []),
    ("below what is ignored", "dist\ndist/x\n", [("info", 2)]),
    ("everywhere already", "**/*.log\n*.log\n", [("info", 2)]),
    ("everything already", "*\ndist\n", [("info", 2)]),
    ("everything, but something is taken back before it", "*\n!src\nsrc/x\n", []),
    ("an exception for a file that nothing ignores", "dist\n!README.md\n", [("info", 2)]),
    ("an exception for what is not there", "dist\n!LICENSE\n", []),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in NOTHING_DONE], ids=[row[0] for row in NOTHING_DONE])
def test_a_line_without_effect_is_named(text: str, expected: list[tuple[str, int]]) -> None:
    file = an_ignore_file(text, present=frozenset({"README.md"}))

    assert [(severity, line) for severity, _, line in found("rule-does-nothing", file)] == expected


UNDONE = [
    ("in its place", "*\n!packages\n**/node_modules\n", []),
    ("too early", "**/node_modules\n*\n!packages\n", [("warning", 1)]),
    ("taken back as a whole", "node_modules\n!node_modules\n", [("warning", 1)]),
    ("taken back in part", "docs\n!docs/README.md\n", []),
    ("taken back in part, with wildcards", "*.md\n!README.md\n", []),
    ("an exception that is overruled", "docs\n!README.md\n*.md\n", [("warning", 2)]),
    ("an allow-list", "*\n!src\n!package.json\n", []),
    ("an exception that the walk never inherits", "**/*.md\n!docs\n", []),
    ("maybe meant", "**/*.md\n*\n!docs\n", [("info", 1)]),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in UNDONE], ids=[row[0] for row in UNDONE])
def test_a_line_that_is_taken_back_is_named(text: str, expected: list[tuple[str, int]]) -> None:
    assert [(severity, line) for severity, _, line in found("rule-undone-later", an_ignore_file(text))] == expected


HABITS = [
    ("a comment behind a pattern", "dist # the output\n", [("warning", 1)]),
    ("an indented comment", "  # the output\n", [("warning", 1)]),
    ("a comment", "# the output\n", []),
    ("a hash in a name", "c#\n", []),
    ("a negation that is none", "[!a].txt\n", [("warning", 1)]),
    ("a negation", "[^a].txt\n", []),
    ("at the root only, and it stands deeper", "node_modules\n", [("warning", 1)]),
    ("everywhere", "**/node_modules\n", []),
    ("at the root on purpose", "/node_modules\n", []),
    ("a path", "packages/node_modules\n", []),
    ("a name without such a folder deeper", "notes\n", []),
]


def test_a_plain_word_may_mean_the_roots_folder() -> None:
    assert found("gitignore-habit", an_ignore_file("docs\n", deeper={1: ("a/docs/",)})) == [("info", ".dockerignore", 1)]


def test_our_own_lines_are_no_habit() -> None:
    file = an_ignore_file("x\nnode_modules\n", deeper={2: ("a/node_modules/",)}, ours=range(2, 3))

    assert found("gitignore-habit", file) == []


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in HABITS], ids=[row[0] for row in HABITS])
def test_a_habit_from_gitignore_is_named(text: str, expected: list[tuple[str, int]]) -> None:
    deeper = {1: ("packages/a/node_modules/",)} if "node_modules" in text else {}
    file = an_ignore_file(text, deeper=deeper)

    assert [(severity, line) for severity, _, line in found("gitignore-habit", file)] == expected


INVALID = [
    ("fine", "a\n[a-b]\n", []),
    ("not closed", "a\n[\n", [("error", 2)]),
    ("a lone exception mark", "!\n", [("error", 1)]),
    ("reversed, crashes engines", "[z-a]x\n", [("error", 1)]),
    ("an escape that is none, crashes engines", "a\n!\\README.md\n", [("error", 2)]),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in INVALID], ids=[row[0] for row in INVALID])
def test_a_pattern_that_stops_the_build_is_named(text: str, expected: list[tuple[str, int]]) -> None:
    assert [(severity, line) for severity, _, line in found("invalid-pattern", an_ignore_file(text))] == expected
    assert found("invalid-pattern", an_ignore_file(text, builds=())) == [
        ("info", ".dockerignore", line) for _, line in expected
    ]


def test_a_file_that_no_build_reads_is_named() -> None:
    idle = an_ignore_file("dist\n", "services/api/.dockerignore", builds=(), instead="the context is the root")

    assert found("ignore-file-inactive", idle) == [("warning", "services/api/.dockerignore", None)]
    assert found("ignore-file-inactive", an_ignore_file("dist\n")) == []
    assert said("ignore-file-inactive", idle) == ["no build reads this file: the context is the root"]


def test_rules_that_git_does_not_keep_are_named() -> None:
    assert found("ignore-file-is-git-ignored", an_ignore_file("a\n", git_ignored=True)) == [
        ("warning", ".dockerignore", None)
    ]
    assert found("ignore-file-is-git-ignored", an_ignore_file("a\n")) == []
    assert [one.line for one in judge(Case(would_be_ignored=(".gitignore", 96)))] == [96]


WALKS = [
    ("a wildcard in the middle", "**/node_modules\n!docs/*.md\n", 8016, [("warning", 2)]),
    ("few entries", "dist\n!docs/*.md\n", 20, [("info", 2)]),
    ("no wildcard", "dist\n!docs/a.md\n", 8016, []),
    ("a trailing one is free", "*\n!src/**\n", 8016, []),
    ("nothing is ignored", "!docs/*.md\n", 8016, []),
]


@pytest.mark.parametrize(("text", "walked", "expected"), [row[1:] for row in WALKS], ids=[row[0] for row in WALKS])
def test_an_exception_that_makes_the_client_walk_is_named(
    text: str, walked: int, expected: list[tuple[str, int]]
) -> None:
    file = an_ignore_file(text, walked=walked, sent=12)

    assert [(severity, line) for severity, _, line in found("wildcard-exception-walks-everything", file)] == expected


def test_a_pattern_with_brackets_is_named_where_such_a_name_stands() -> None:
    assert found("bracket-name-is-a-class", an_ignore_file("app/[id]\n", brackets={1: "app/[id]/"})) == [
        ("warning", ".dockerignore", 1)
    ]
    assert found("bracket-name-is-a-class", an_ignore_file("app/[ab]\n")) == []
