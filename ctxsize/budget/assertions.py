"""Paths that must or must not be sent, whether they are there or not: the hypothetical paths to ask a builder about.

A clean checkout holds no ``.env`` and no ``node_modules``; so each pattern is tried in every folder that may differ
from the others: the context itself, what is copied, what exceptions let in, and a folder that nobody foresaw.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.budget.limits import Level
from ctxsize.dockerignore import BadPatternError, IgnoreRules

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ctxsize.dockerignore import State
    from ctxsize.model import Location, Source

__all__ = ["INSIDE", "UNFORESEEN", "Assertion", "examples", "levels", "matching", "representatives"]

UNFORESEEN = "any-folder"
INSIDE = "any-file"
_FILLER = "any"
_WILD = re.compile(r"\\(.)|(\*+)|(\?)|\[(\^?)((?:\\.|[^\]\\])+)\]")
# names that are folders wherever they occur: a file of that name is nobody's concern
_FOLDERS = frozenset({
    ".git", ".svn", ".hg", "node_modules", ".ssh", ".aws", ".azure", ".gnupg", ".kube", ".docker", ".venv", "venv",
    "__pycache__", "target", "dist", "build", ".terraform", ".tox", ".mypy_cache", ".pytest_cache", ".idea", ".vscode",
})  # fmt: skip


class Assertion(NamedTuple):
    """``but`` are patterns of paths that are fine although ``pattern`` matches them. ``secret`` marks the patterns that
    warn out of the box. ``shared`` (of ``include``): one build that sends it is enough, because it was asked of the
    repository and not of a build."""

    pattern: str
    but: tuple[str, ...] = ()
    include: bool = False
    level: Level = Level.ERROR
    secret: bool = False
    shared: bool = True
    where: Location | None = None


def levels(folders: Iterable[str], sources: Iterable[Source], rules: IgnoreRules) -> list[str]:
    """The folders of a context (``""`` is the context) that may treat a path differently, without a trailing slash.

    ``folders`` are those that are sent; folders that are read and ignored alike are represented by the first of them.
    """
    found = dict.fromkeys(["", UNFORESEEN])
    roots = [_instances(source.path)[0] for source in sources if source.reads and source.path]
    for root in roots:
        found |= dict.fromkeys([root, f"{root}/{UNFORESEEN}"])
    for pattern in rules.patterns:
        if pattern.exception:
            found |= dict.fromkeys(_let_in(pattern.text))
    for folder in representatives(folders, roots, rules):
        found |= dict.fromkeys([folder, f"{folder}/{UNFORESEEN}"])
    return list(found)


def _let_in(text: str) -> Iterator[str]:
    """The folders that an exception is about; nobody calls a folder ``*.md``."""
    place, last = _instances(text)[0].strip("/"), text.strip("/").rpartition("/")[2]
    if set(last) <= {"*"} or not set(last) & set("*?["):
        yield from (place, f"{place}/{UNFORESEEN}")
    yield place.rpartition("/")[0]


def representatives(folders: Iterable[str], roots: Sequence[str], rules: IgnoreRules) -> list[str]:
    """One folder of each kind: in the same state of the ignore rules, and below the same sources."""
    states: dict[str, State] = {"": rules.walk.start}
    chosen: dict[tuple[int, tuple[str, ...]], str] = {}
    for folder in folders:
        state = _state(folder, states)
        above = tuple(root for root in roots if folder == root or folder.startswith(f"{root}/"))
        chosen.setdefault((id(state), above), folder)
    return list(chosen.values())


def _state(folder: str, states: dict[str, State]) -> State:
    if folder not in states:
        parent, _, name = folder.rpartition("/")
        above = _state(parent, states)
        try:
            states[folder] = above.child(name, folder)
        except BadPatternError:
            states[folder] = above
    return states[folder]


def examples(pattern: str, places: Iterable[str]) -> list[str]:
    """Files that the pattern is about, relative to the context: in all ``places`` if it may stand anywhere.

    A pattern for a folder (``.git``, ``dist/``, ``dist/**``) is tried with a file in it, any other one as it is and as
    a folder.
    """
    text = pattern.strip().lstrip("/")
    folder = text.endswith(("/", "/**"))
    text = text.removesuffix("**").rstrip("/")
    heads = [""]
    if not text or text.startswith("**/"):
        heads = list(places)
        text = text.removeprefix("**/").lstrip("/") or INSIDE
    folder = folder or text.rpartition("/")[2] in _FOLDERS
    tails = [""] if text == INSIDE else [""] * (not folder) + [f"/{INSIDE}"]
    joined = (f"{head}/{one}".lstrip("/") for head in heads for one in _instances(text))
    return list(dict.fromkeys(one + tail for one in joined for tail in tails))


def _instances(text: str) -> list[str]:
    """Paths that a pattern matches: one, or two where a wildcard at an end may as well be empty (``.env*``)."""
    parts = [UNFORESEEN if set(part) == {"*"} else part for part in text.strip("/").split("/")]
    full = "/".join(parts)
    filled = _WILD.sub(lambda found: _filled(found, _FILLER), full)
    if not full.endswith("*") or full.endswith("/*"):
        return [filled]
    return [_WILD.sub(lambda found: _filled(found, ""), full), filled]


def _cleaned(pattern: str) -> str:
    return pattern.strip().lstrip("!").strip("/")


def _filled(found: re.Match[str], filler: str) -> str:
    escaped, stars, single, negated, members = found.groups()
    if escaped:
        return escaped
    if stars is not None:
        return filler
    if single or negated:
        return "x" if "x" not in (members or "") else "q"
    return members.lstrip("\\")[0]


def matching(pattern: str, paths: Iterable[str], but: Iterable[str] = ()) -> Iterator[str]:
    """The paths that the pattern really matches, or that lie in a folder that it matches."""
    asked = list(paths)
    rules = _rules(pattern, tuple(but)) if asked else None
    if rules is not None:
        yield from filter(rules.excludes, asked)


@lru_cache(maxsize=1024)
def _rules(pattern: str, but: tuple[str, ...]) -> IgnoreRules | None:
    """The same few patterns are asked about for every build. None for one that is broken."""
    try:
        return IgnoreRules.of([_cleaned(pattern), *(f"!{_cleaned(one)}" for one in but)])
    except BadPatternError:
        return None
