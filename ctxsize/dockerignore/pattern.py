"""One ignore pattern, compiled: moby/patternmatcher's rules, and the cheapest test that gives the same answer.

A pattern whose wildcards cannot cross a slash in odd places becomes a list of components, which the automaton
steps through folder by folder. Everything else (classes that may match ``/``, backslashes, ``a**b``, the ``|`` and
``{}`` that patternmatcher forgets to escape) keeps moby's regular expression on the whole path.
"""

from __future__ import annotations

import re
from enum import Enum, IntEnum
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, Protocol

from ctxsize.dockerignore.lexical import BadPatternError, clean, go_match, trim

if TYPE_CHECKING:
    from collections.abc import Iterable


class MatchKind(Enum):
    """How patternmatcher compares: the names are its own."""

    EXACT = "exact"
    PREFIX = "prefix"
    SUFFIX = "suffix"
    REGEXP = "regexp"


class Shape(IntEnum):
    """The cheapest test that decides one path component."""

    LITERAL = 0
    SUFFIX = 1
    PREFIX = 2
    ANY = 3
    REGEXP = 4
    DEEP = 5  # ``**``: any number of folders, none included


class Matcher(Protocol):
    """What can be held against a whole name from its start on."""

    def match(self, name: str, /) -> object: ...


class Component(NamedTuple):
    """One path component of a pattern: ``text`` is the literal, the prefix, the suffix or a regular expression.

    ``matcher`` stands for what no regular expression of Python's can say. All that an expression or a matcher matches
    begins with ``head`` and ends in ``tail``.
    """

    shape: Shape
    text: str = ""
    matcher: Matcher | None = None
    head: str = ""
    tail: str = ""

    def matches(self, name: str) -> bool:
        if self.shape is Shape.LITERAL:
            return name == self.text
        if self.shape is Shape.SUFFIX:
            return name.endswith(self.text)
        if self.shape is Shape.PREFIX:
            return name.startswith(self.text)
        if self.shape is Shape.ANY:
            return True
        return bool(self.matcher.match(name) if self.matcher else re.match(self.text, name))


DEEP: Final = Component(Shape.DEEP)
ANY: Final = Component(Shape.ANY)
# Go's ``.`` stops at a line feed, ``[^/]`` does not
ANY_BUT_LF: Final = Component(Shape.REGEXP, r"[^\n]*\Z")

# a class that can only match within a component: no negation, no slash in it or in a range of it
_SIMPLE_CLASS = r"\[(?:[0-9A-Za-z_.,!@#%= ](?:-[0-9A-Za-z])?)+\]"
_RANGE = "(.)-(.)"
# names without any wildcard, perhaps below ``**``: they mean what they say
_PLAIN = re.compile(r"(?:\*\*/)?[\w.@+-]+(?:/[\w.@+-]+)*", re.ASCII)
_SPECIAL = re.compile(r"(\*|\?|\[[^\]]*\])")
_NOT_SIMPLE = re.compile(r"[\[\]\\|{}^]|\*\*")
_ODD = "[\ufeff\ufffd\ud800-\udfff]"


def _regexp_text(pattern: str) -> tuple[str, MatchKind]:
    """moby's regular expression and match kind for a cleaned pattern without its ``!``."""
    out, kind, at, index = ["^"], MatchKind.EXACT, 0, 0
    while at < len(pattern):
        char = pattern[at]
        at += 1
        if pattern.startswith("**", at - 1):
            at += 1 + pattern.startswith("/", at + 1)
            if at < len(pattern):
                out.append("(.*/)?")
                kind = MatchKind.REGEXP
            elif kind is MatchKind.EXACT:
                kind = MatchKind.PREFIX
            else:
                out.append(".*")
                kind = MatchKind.REGEXP
            if index == 0:
                kind = MatchKind.SUFFIX
        elif char in "*?":
            out.append("[^/]*" if char == "*" else "[^/]")
            kind = MatchKind.REGEXP
        elif char == "\\":
            out.append("\\" + pattern[at : at + 1])
            at += 1
            kind = MatchKind.REGEXP
        else:
            # patternmatcher means to escape | { } too, but its bitmap has no room for bytes from 64 on
            out.append("\\" + char if char in ".+()$" else char)
            kind = MatchKind.REGEXP if char in "[]" else kind
        index += 1
    return "".join([*out, "$"]), kind


def _glob_regexp(text: str) -> str:
    parts = _SPECIAL.split(text)
    special = {"*": r"[^/]*", "?": "[^/]"}
    translated = (special.get(part, part if part[:1] == "[" else re.escape(part)) for part in parts)
    return "".join(translated) + r"\Z"


def _is_odd(text: str, plain: str) -> bool:
    """Whether there is more to the pattern than wildcards and classes; ``plain`` is it without the simple classes."""
    if _NOT_SIMPLE.search(plain) or (not plain.isascii() and re.search(_ODD, plain)):
        return True
    if plain == text:
        return False
    ranges = re.findall(_RANGE, "".join(re.findall(_SIMPLE_CLASS, text)))
    return not plain.isascii() or any(low > high or low <= "/" <= high for low, high in ranges)


def _component(text: str) -> Component | None:
    """The component for one part of a pattern (``**`` aside), or None if it may do more than match a component."""
    plain = text if "[" not in text else re.sub(_SIMPLE_CLASS, "", text)
    if _is_odd(text, plain):
        return None
    if text == "*":
        return ANY
    if plain == text and "?" not in text:
        if "*" not in text:
            return Component(Shape.LITERAL, text)
        if text.count("*") == 1:
            if text[0] == "*":
                return Component(Shape.SUFFIX, text[1:])
            if text[-1] == "*":
                return Component(Shape.PREFIX, text[:-1])
    parts = _SPECIAL.split(text)
    return Component(Shape.REGEXP, _glob_regexp(text), head=parts[0], tail=parts[-1])


def _components(pattern: str, kind: MatchKind) -> tuple[tuple[Component, ...], bool] | None:
    """(components, open end) of a pattern, or None where the whole path has to be looked at.

    An open end goes on matching below: ``dir/**``, ``a**``.
    """
    if kind is MatchKind.EXACT:
        return tuple(Component(Shape.LITERAL, part) for part in pattern.split("/")), False
    parts, out = pattern.split("/"), []
    anything = ANY_BUT_LF if kind is MatchKind.REGEXP else ANY
    for place, part in enumerate(parts):
        last = place == len(parts) - 1
        if part == "**":
            out.append(anything if last else DEEP)
            continue
        if part.startswith("**") and "**" not in part[2:] and not part.startswith("***"):
            out.append(DEEP)
            # ``**x`` at the very start, without other wildcards, is "ends in x"
            part = ("*" if kind is MatchKind.SUFFIX and place == 0 else "") + part[2:]  # noqa: PLW2901
        elif kind is MatchKind.PREFIX and last:
            part = part.removesuffix("*")  # noqa: PLW2901 - ``x**``: starts with x
        component = _component(part)
        if component is None:
            return None
        out.append(component)
    return tuple(out), parts[-1] == "**" or kind is MatchKind.PREFIX


class Pattern(NamedTuple):
    """A compiled pattern. ``text`` is cleaned and without ``!``; ``line`` is the ignore file's line or 0.

    ``components`` is None for a pattern that has to see the whole path.
    """

    text: str
    exception: bool
    kind: MatchKind
    components: tuple[Component, ...] | None
    open_end: bool
    line: int = 0
    written: str = ""

    def check(self) -> None:
        """Raises BadPatternError for a pattern that New takes and that fails when a path is first held against it."""
        if self.components is None:
            _regexp(self.text)

    @property
    def is_wrong(self) -> bool:
        """Whether ``check`` would raise."""
        try:
            self.check()
        except BadPatternError:
            return True
        return False

    def matches(self, path: str) -> bool:
        """Whether the pattern matches this very path; no parent is considered. Raises BadPatternError."""
        if self.kind is MatchKind.EXACT:
            return path == self.text
        if self.kind is MatchKind.PREFIX:
            return path.startswith(self.text[:-2])
        if self.kind is MatchKind.SUFFIX:
            tail = self.text[2:]
            return path.endswith(tail) or (tail.startswith("/") and path == tail[1:])
        return _regexp(self.text).search(path if path.isascii() else _without_surrogates(path)) is not None

    @property
    def literal_head(self) -> str:
        """The text without one trailing ``/**`` and one trailing ``/*``: what fsutil compares folders with."""
        return self.text.removesuffix("/**").removesuffix("/*")

    @property
    def wild(self) -> bool:
        """Whether fsutil sees a wildcard in it, and so gives up skipping folders."""
        return any(char in self.literal_head for char in "*[]?^\\")


@cache
def _regexp(pattern: str) -> re.Pattern[str]:
    """moby's expression; raises BadPatternError when it is first needed, as moby does."""
    from ctxsize.dockerignore.goregexp import translate

    # text/scanner, which reads the pattern, drops a byte order mark at its start
    return translate(_without_surrogates(_regexp_text(pattern)[0]).replace("^\ufeff", "^", 1))


def _without_surrogates(path: str) -> str:
    return re.sub("[\ud800-\udfff]", "\ufffd", path)


def compile_pattern(text: str, *, line: int = 0, written: str = "") -> Pattern | None:
    """patternmatcher's ``New`` for one pattern; None for an empty one. Raises BadPatternError with Go's words."""
    text = trim(text)
    if not text:
        return None
    if _PLAIN.fullmatch(text) and "." not in (parts := text.split("/")) and ".." not in parts:
        return _plain(text, parts, line, written or text)
    text = clean(text)
    exception = text.startswith("!")
    if exception:
        text = text[1:]
        if not text:
            raise BadPatternError('illegal exclusion pattern: "!"')
    go_match(text, ".")
    kind = _regexp_text(text)[1]
    found = _components(text, kind)
    components, open_end = found if found else (None, False)
    return Pattern(text, exception, kind, components, open_end, line, written or text)


def _plain(text: str, parts: list[str], line: int, written: str) -> Pattern:
    """``a/b`` and ``**/a/b``: most patterns of most lists."""
    deep = parts[0] == "**"
    components = tuple(DEEP if part == "**" else Component(Shape.LITERAL, part) for part in parts)
    return Pattern(text, False, MatchKind.SUFFIX if deep else MatchKind.EXACT, components, False, line, written)


def compile_patterns(texts: Iterable[str]) -> tuple[Pattern, ...]:
    """A list without line numbers, such as the follow paths of a build."""
    return tuple(pattern for text in texts if (pattern := compile_pattern(text)))
