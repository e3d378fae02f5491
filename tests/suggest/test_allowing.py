"""Allow-lists as lines: short, literal, and with what the old list kept out."""

from __future__ import annotations

import pytest

from ctxsize.dockerignore import IgnoreRules
from ctxsize.suggest.allowing import allow_list
from ctxsize.suggest.lines import Rule, line_of, lines_of
from ctxsize.suggest.order import ambiguous
from ctxsize.suggest.reading import read_by
from tests.suggest.trees import TreeLinks, source, tree_of

LISTS = [
    pytest.param(["src"], [], ["*", "!src"], id="nothing to carry over"),
    pytest.param(["src", "package*.json"], ["**/node_modules", "docs"],
                 ["*", "!package*.json", "!src", "**/node_modules"], id="only what can matter is carried over"),
    pytest.param(["services/api"], ["*", "!services", "**/*.md"], ["*", "!services/api", "**/*.md"],
                 id="an old allow-list is cut down"),
    pytest.param(["services/api"], ["services", "!services/api/src"], ["*", "!services/api/src"],
                 id="an exception in an excluded folder"),
    pytest.param(["src", "README.md"], ["**/*.md", "!README.md"], ["*", "!src", "**/*.md", "!README.md"],
                 id="an exception that is read"),
    pytest.param(["src", "dist"], ["dist"], ["*", "!src"], id="what is kept out stays out"),
    pytest.param(["src"], ["**/gen", "!**/gen/keep"], ["*", "!src", "**/gen", "!src/**/gen/keep"],
                 id="a wildcard exception gets a literal head"),
    pytest.param(["src"], ["*"], ["*"], id="nothing was left"),
    pytest.param(["docs"], ["docs", "!docs/api/x.md", "docs/api"], None, id="an order that builders read in two ways"),
    pytest.param(["src"], ["docs", "!docs/api/x.md", "docs/api"], ["*", "!src"], id="unless it is about other things"),
    pytest.param(["src"], ["*", "!**/*.py", "**/tests"], None, id="a folder excluded behind a wildcard exception"),
    pytest.param(["src"], ["**/x", "!a**b"], None, id="an exception that has to see whole paths"),
    pytest.param([""], ["docs"], None, id="everything is read"),
    pytest.param(["#x", "!y"], ["/!z", "#x"], ["*", "!!y", "!#x"], id="names with marks"),
]  # fmt: skip


@pytest.mark.parametrize(("reads", "old", "expected"), LISTS)
def test_the_list(reads: list[str], old: list[str], expected: list[str] | None) -> None:
    reading = read_by([source(path) for path in reads], TreeLinks(tree_of({})))
    rules = allow_list(reading, IgnoreRules.parse("\n".join(old).encode(), "x").patterns)
    assert (rules and lines_of(rules)) == expected


AMBIGUOUS = [
    (["docs", "!docs/api/x.md", "docs/api"], True),
    (["*", "!a/keep.txt", "a"], True),
    (["*", "!src", "**/node_modules"], False),
    (["**/*.md", "!README.md"], False),
    (["*", "!**/*.py", "**/tests"], True),
    (["*", "!packages/a/package.json", "packages/a/**"], False),
    (["a", "!a/b", "a/b/c"], False),
    ([], False),
]


@pytest.mark.parametrize(("lines", "expected"), AMBIGUOUS)
def test_an_order_that_sends_files_empty_is_known(lines: list[str], expected: bool) -> None:
    assert ambiguous(IgnoreRules.of(lines).patterns) is expected


LINES = [
    ("src", False, "src"), ("src", True, "!src"), ("#x", False, "/#x"), ("#x", True, "!#x"), ("!x", True, "!!x"),
    ("!x", False, None), (" x", False, None), ("x ", True, None), ("a\nb", True, None), ("", False, None),
    ("a/../b", False, None), ("[", False, None), ("a b", False, "a b"), ("\udcff", False, "\udcff"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "exception", "expected"), LINES)
def test_a_line_says_exactly_the_rule_or_is_not_written(text: str, exception: bool, expected: str | None) -> None:
    assert line_of(text, exception=exception) == expected


def test_a_reason_stands_once_above_its_rules() -> None:
    rules = [Rule("a", why="one"), Rule("b", why="one"), Rule("c"), Rule("d", why="two\nlines")]
    assert lines_of(rules) == ["# one", "a", "b", "c", "# two lines", "d"]
