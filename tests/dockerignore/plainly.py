"""moby/patternmatcher written down plainly: every pattern a regular expression, every path asked from its first part.

Slow and obvious, and made without a look at the automaton that it is there to check. It knows the patterns that
``patterns()`` below makes up, not all of Go's expressions.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

_TOKEN = re.compile(r"\*\*/?|\*|\?|\\.|\[[^\]]*\]|.", re.DOTALL)


@dataclass(frozen=True)
class PlainPattern:
    """``kind`` as in patternmatcher: exact, prefix and suffix compare text, the rest is a regular expression."""

    exception: bool
    text: str
    kind: str
    expression: re.Pattern[str]

    def matches(self, path: str) -> bool:
        if self.kind == "exact":
            return path == self.text
        if self.kind == "prefix":
            return path.startswith(self.text[:-2])
        if self.kind == "suffix":
            tail = self.text[2:]
            return path.endswith(tail) or (tail[:1] == "/" and path == tail[1:])
        return bool(self.expression.search(path))


def plain_pattern(written: str) -> PlainPattern:
    text = posixpath.normpath(written).replace("//", "/")
    exception = text.startswith("!")
    text = text[exception:]
    kind, expression = "exact", ""
    tokens = _TOKEN.findall(text)
    for place, token in enumerate(tokens):
        last = place == len(tokens) - 1
        if token.startswith("**"):
            if not last:
                expression, kind = expression + "(.*/)?", "regexp"
            elif kind == "exact":
                kind = "prefix"
            else:
                expression, kind = expression + ".*", "regexp"
            kind = "suffix" if place == 0 else kind
        elif token in {"*", "?"}:
            expression, kind = expression + ("[^/]*" if token == "*" else "[^/]"), "regexp"
        elif token[0] in "\\[":
            expression, kind = expression + token, "regexp"
        else:
            expression += "\\" + token if token in ".+()$" else token
    return PlainPattern(exception, text, kind, re.compile(rf"^{expression}\Z"))


def ancestors(path: str) -> list[str]:
    """``a/b/c`` → ``a``, ``a/b``."""
    parts = path.split("/")
    return ["/".join(parts[:length]) for length in range(1, len(parts))]


def or_parent_matches(patterns: Sequence[PlainPattern], path: str) -> bool:
    """``MatchesOrParentMatches``: patterns that can turn the verdict are asked, of the path and all its parents."""
    matched = False
    for pattern in patterns:
        if pattern.exception == matched and any(pattern.matches(one) for one in [*ancestors(path), path]):
            matched = not pattern.exception
    return matched


def using_parent_results(patterns: Sequence[PlainPattern], path: str) -> bool:
    """``MatchesUsingParentResults`` along a walk: what a pattern said of the parent holds, if it was asked there."""
    said: list[bool] = [False] * len(patterns)
    matched = False
    for one in [*ancestors(path), path]:
        matched = False
        for place, pattern in enumerate(patterns):
            if not said[place] and pattern.exception == matched:
                said[place] = pattern.matches(one)
            if said[place]:
                matched = not pattern.exception
    return matched


_pieces = st.sampled_from(
    ["a", "b", "ab", ".a", "a.b", "A", "-", "é", "*", "*", "?", "**", "a*", "*b", "a*b", "[ab]", "[^a]", "[!a]",
     "[a-c]x", "?b", "**a", "a**", "b**a", "\\*", "\\?", "\\[", "$", "a+b", "(a)", "x y", "a{b}", "..", ".", "[+-b]",
     "[^b]*", "***"]
)  # fmt: skip


def patterns() -> st.SearchStrategy[list[str]]:
    """Lists of patterns over a small alphabet, half of them with exceptions among them."""
    texts = st.lists(_pieces, min_size=1, max_size=4).map("/".join)
    one = st.tuples(st.sampled_from(["", "", "!"]), st.sampled_from(["", "", "/"]), texts).map("".join)
    return st.lists(one, min_size=1, max_size=7).filter(lambda found: not any(map(_is_nothing, found)))


def _is_nothing(written: str) -> bool:
    """A lone ``!`` is refused, and so is what cleaning makes of ``!a/..``: that has a table of its own."""
    return posixpath.normpath(written).lstrip("!") in {"", "."}


_names = st.sampled_from(["a", "b", "ab", "aab", ".a", "a.b", "A", "-", "é", "cx", "*", "?", "$", "x y", "a\nb", "b\n"])


def paths() -> st.SearchStrategy[list[str]]:
    return st.lists(st.lists(_names, min_size=1, max_size=5).map("/".join), min_size=1, max_size=12)
