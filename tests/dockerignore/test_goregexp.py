"""Go's regular expressions as patterns bring them about, in Python's."""

from __future__ import annotations

import pytest

from ctxsize.dockerignore import BadPatternError
from ctxsize.dockerignore.goregexp import translate


@pytest.mark.parametrize(
    ("text", "matching", "others"),
    [
        ("^a$", "a", "b|a\n|aa"),
        ("^.$", "a|é", "\n|ab"),
        ("^[^/]*$", "a|a\nb|é", "a/b"),
        ("^(.*/)?a$", "a|b/a|b/c/a", "ba|b\n/a"),
        ("^[a-c]$", "a|b|c", "d|-"),
        ("^[^a]$", "b|\n|/", "a"),
        ("^[]a]$", "]|a", "b"),
        ("^[a-]$", "a|-", "b"),
        ("^[[:alpha:]]$", "a|Z", "1|é"),
        ("^[[:^digit:]]$", "a|é", "1"),
        (r"^\d$", "5", "d|٣"),
        (r"^\w$", "a|_|5", "é|-"),
        (r"^\s$", " |\t", "\v|\xa0"),
        (r"^[\d-]$", "5|-", "a"),
        (r"^[^\d]$", "a", "5"),
        (r"^\.\*$", ".*", "ab"),
        (r"^\x41\x{62}\103$", "AbC", "x41"),
        (r"^\pL$", "a|é", "1"),
        (r"^\p{Lu}$", "A|É", "a"),
        (r"^\PL$", "1", "a"),
        (r"^\Qa.b\E$", "a.b", "axb"),
        ("^a{2}$", "aa", "a|a{2}"),
        ("^a{x}$", "a{x}", "a"),
        ("^a|b$", "ax|xb", "xx"),
        ("^a&&b$", "a&&b", "a"),
        (r"^[a&&b]$", "a|b|&", "c"),
    ],
)
def test_an_expression_matches_as_in_go(text: str, matching: str, others: str) -> None:
    expression = translate(text)

    assert [one for one in matching.split("|") if not expression.search(one)] == []
    assert [one for one in others.split("|") if expression.search(one)] == []


@pytest.mark.parametrize(
    "text",
    ["^[b-a]$", r"^\R$", r"^\8$", "^[a$", "^a{2,1}$", "^a{1001}$", r"^\p{Nonsense}$", r"^\x4$", r"^\x{110000}$", r"^\é$",
     r"^[\d-z]$a[", "^(a$", "^a)$", r"^\c$"],
)  # fmt: skip
def test_what_go_refuses_is_refused(text: str) -> None:
    with pytest.raises(BadPatternError, match="syntax error in pattern"):
        translate(text)
