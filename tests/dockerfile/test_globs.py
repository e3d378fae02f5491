"""Patterns of substitutions against regular expressions that mean the same, and on inputs made to be slow."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ctxsize.dockerfile.globs import Glob, GlobError, reversed_pattern
from ctxsize.dockerfile.shell import Lexer

PATTERNS = some.text("ab*?", max_size=7)
VALUES = some.text("abc", max_size=10)


def expression(pattern: str, *, longest: bool) -> str:
    star = ".*" if longest else ".*?"
    return "".join({"*": star, "?": "."}.get(char, re.escape(char)) for char in pattern)


@given(PATTERNS, VALUES, some.booleans())
def test_prefixes_are_those_of_the_expression(pattern: str, value: str, longest: bool) -> None:
    found = re.match(expression(pattern, longest=longest), value)

    assert Glob(pattern).prefix(value, longest=longest) == (found.end() if found else None)


@given(PATTERNS, VALUES)
def test_replacing_once_is_that_of_the_expression(pattern: str, value: str) -> None:
    assert Glob(pattern).replace(value, "-", every=False) == re.sub(expression(pattern, longest=True), "-", value, count=1)


@given(some.text("ab*?", min_size=1, max_size=7).filter(lambda pattern: pattern.strip("*")), VALUES)
def test_replacing_all_is_that_of_the_expression(pattern: str, value: str) -> None:
    """Only patterns that match no empty text: there Python and Go count differently."""
    assert Glob(pattern).replace(value, "-", every=True) == re.sub(expression(pattern, longest=True), "-", value)


@pytest.mark.parametrize(
    ("pattern", "value", "found"),
    # as Go's ReplaceAllString gives it
    [("*", "abc", "-"), ("", "abc", "-a-b-c-"), ("*", "", "-"), ("b*", "abcb", "a-"), ("?", "a\nb", "-\n-"), ("*", "a\nb", "-\n-")],
)
def test_empty_matches_are_replaced_as_by_go(pattern: str, value: str, found: str) -> None:
    assert Glob(pattern).replace(value, "-", every=True) == found


@given(some.text("ab*?\\", max_size=8).filter(lambda pattern: not pattern.endswith("\\")))
def test_reversing_twice_changes_nothing_that_matters(pattern: str) -> None:
    try:
        Glob(pattern)
    except GlobError:
        return
    assert reversed_pattern(reversed_pattern(pattern)) == pattern


@pytest.mark.parametrize("form", ["${A##%s}", "${A%%%%%s}", "${A#%s}", "${A%%%s}", "${A/%s/x}", "${A//%s/x}"])
def test_no_pattern_is_slow(form: str) -> None:
    value = "a" * 20_000

    assert Lexer({"A": value}.get).expand(form % ("*a" * 2000 + "b")) == value
