"""New ignore files lie in contexts themselves: which of them an instruction would copy into an image. Pure.

Nobody asked for these files, so every ignore list under which one could be copied has to keep it out, itself included.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.dockerignore import IgnoreRules
from ctxsize.suggest.globs import touches
from ctxsize.suggest.lines import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ctxsize.suggest.reading import Reading

__all__ = ["Governed", "exclusion", "missing_exclusions", "with_exclusion"]

WRITTEN = "files that ctxsize wrote, so that they do not end up in an image"


class Governed(NamedTuple):
    """An ignore file, the context it decides on, and what is read there under it. All relative to the root."""

    file: str
    context: str
    reading: Reading
    build: str


def missing_exclusions(
    governed: Sequence[Governed], created: Iterable[str], texts: Mapping[str, bytes | None]
) -> list[tuple[Governed, str]]:
    """The (list, path in its context) pairs where a created file would be read. ``texts``: the lists as drafted."""
    rules: dict[str, IgnoreRules] = {}
    found = []
    for path in sorted(created):
        for one in governed:
            inner = _inside(one.context, path)
            if inner is None or not _read(one.reading, inner):
                continue
            if one.file not in rules:
                rules[one.file] = IgnoreRules.parse(texts.get(one.file) or b"", one.file)
            if not rules[one.file].excludes(inner):
                found.append((one, inner))
    return found


def exclusion(inner: str) -> Rule:
    return Rule(inner, why=WRITTEN)


def with_exclusion(rules: Sequence[Rule], rule: Rule) -> tuple[Rule, ...]:
    """The rules with one more such exclusion; they stand last and sorted, in whatever order they are found."""
    ours = sorted({rule, *(one for one in rules if one.why == WRITTEN)}, key=lambda one: one.text)
    return (*(one for one in rules if one.why != WRITTEN), *ours)


def _read(reading: Reading, path: str) -> bool:
    return reading.whole or any(touches(pattern, path) for pattern in reading.patterns)


def _inside(context: str, path: str) -> str | None:
    if context in {".", ""}:
        return None if path.startswith("../") else path
    return path[len(context) + 1 :] if path.startswith(f"{context}/") else None
