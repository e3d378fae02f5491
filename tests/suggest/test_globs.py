"""Questions about whole patterns: tables, and the promise to err on the careful side on random paths."""

from __future__ import annotations

from random import Random

import pytest

from ctxsize.dockerignore import IgnoreRules, Pattern
from ctxsize.suggest.globs import covers, may_match_above, may_meet, meeting, touches
from tests.suggest.test_laws import random_path


def pattern(text: str) -> Pattern:
    return IgnoreRules.of([text]).patterns[0]


MEETINGS = [
    ("src", "src/a", ("src/a",)),
    ("src", "docs", ()),
    ("services/*/x", "services/a", ("services/a/x",)),
    ("*.json", "package.json", ("package.json",)),
    ("**/gen", "src", ("src/**/gen",)),
    ("**/a", "**/b", ("**/a/**/b", "**/b/**/a")),
    ("*.json", "package*", None),
    ("src/**", "src", None),
    ("a*", "*", ("a*",)),
]


@pytest.mark.parametrize(("one", "other", "expected"), MEETINGS)
def test_what_two_patterns_share(one: str, other: str, expected: tuple[str, ...] | None) -> None:
    assert meeting(pattern(one), pattern(other)) == expected
    swapped = meeting(pattern(other), pattern(one))
    assert (swapped and sorted(swapped)) == (expected and sorted(expected))


TOUCHES = [
    ("src", "src", True), ("src", "src/a", True), ("src/a", "src", True), ("src", "docs", False), ("src", "", True),
    ("*/x", "a", True), ("*/x", "a/y", False), ("**/x", "a/b", True), ("a**b", "anything", True), ("x/**", "x", True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "expected"), TOUCHES)
def test_whether_a_pattern_touches_a_path(text: str, path: str, expected: bool) -> None:
    assert touches(pattern(text), path) is expected


def closure_holds(one: Pattern, path: str) -> bool:
    parts = path.split("/")
    return any(one.matches("/".join(parts[:end])) for end in range(1, len(parts) + 1))


@pytest.mark.property
def test_the_answers_err_on_the_careful_side() -> None:
    random = Random(1)
    for _ in range(3000):
        one, other = pattern(random_path(random, 0.5, 3)), pattern(random_path(random, 0.5, 3))
        path = random_path(random, 0, 4)
        both = closure_holds(one, path) and closure_holds(other, path)
        assert not both or may_meet(one, other)
        shared = meeting(one, other)
        if shared is not None:
            assert any(closure_holds(pattern(text), path) for text in shared) is both, (one.text, other.text, path)
        if covers(one, other) and other.matches(path):
            assert closure_holds(one, path), (one.text, other.text, path)
        if other.matches(path) and closure_holds(one, path):
            assert may_match_above(one, other)
        if closure_holds(one, path):
            assert touches(one, path)
            assert touches(one, path.rpartition("/")[0])
