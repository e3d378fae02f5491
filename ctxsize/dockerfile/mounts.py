"""``RUN --mount=…``: the options of one mount. Follows ``instructions/commands_runmount.go``.

BuildKit looks at ``from`` when it reads the file and at all else when the stage is built, with variables expanded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ctxsize.dockerfile.faults import nearest, quoted, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from ctxsize.dockerfile.lines import Word

__all__ = ["Mount", "MountError", "read_mount"]

_TYPES = ("bind", "cache", "tmpfs", "secret", "ssh")
_KEYS = (
    "type", "from", "source", "target", "readonly", "id", "sharing", "required", "size", "mode", "uid", "gid", "src",
    "dst", "destination", "ro", "rw", "readwrite", "env",
)  # fmt: skip
_BARE = {"readonly", "ro", "readwrite", "rw", "required"}
_SAME = {"src": "source", "dst": "target", "destination": "target"}


class MountError(Exception):
    """A mount that BuildKit refuses, in its words."""


@dataclass(frozen=True, slots=True)
class Mount:
    """One mount. ``options`` have lower-case keys and values as written, later ones win; ``fields`` are all of them.

    ``word`` is where the flag stands, ``place`` where the value of ``source`` does (None where it cannot be told).
    """

    fields: tuple[str, ...]
    word: Word
    place: Word | None = None

    @property
    def options(self) -> dict[str, str]:
        pairs = (field.partition("=") for field in self.fields)
        return {_SAME.get(key.lower(), key.lower()): value for key, _, value in pairs}

    @property
    def type(self) -> str:
        """Lower case, unexpanded."""
        return self.options.get("type", "bind").lower()

    @property
    def origin(self) -> str:
        return self.options.get("from", "")

    @property
    def source(self) -> str | None:
        return self.options.get("source")

    def expanded(self, expand: Callable[[str], str]) -> dict[str, str]:
        """The options with their variables expanded. Raises MountError, and what ``expand`` raises."""
        found: dict[str, str] = {"type": "bind"}
        for field in self.fields:
            key, equals, value = field.partition("=")
            key = key.lower()
            if not equals and key not in _BARE:
                raise MountError(f"invalid field '{shown(field)}' must be a key=value pair")
            value = expand(value) if equals else "true"
            if key not in _KEYS:
                near = nearest(key, _KEYS)
                raise MountError(f"unexpected key '{shown(key)}' in '{shown(field)}'{near}")
            if key == "type":
                value = _type(value)
            found[_SAME.get(key, key)] = value
        return found


def _type(value: str) -> str:
    if value.lower() not in _TYPES:
        raise MountError(f"unsupported mount type {quoted(value)}{nearest(value, _TYPES)}")
    return value.lower()


def read_mount(value: str, word: Word, raw: str) -> Mount:
    """The mount that a flag's value describes; ``raw`` is the flag as written. Raises MountError."""
    fields = _fields(value)
    for field in fields:
        key, _, text = field.partition("=")
        if key.lower() == "from" and "$" in text[:-1]:
            raise MountError("'from' doesn't support variable expansion, define alias stage instead")
    mount = Mount(fields, word)
    return Mount(fields, word, _place(mount, raw))


def _fields(value: str) -> tuple[str, ...]:
    if '"' not in value:
        return tuple(value.split(",")) if value else ()
    import csv

    try:
        return tuple(next(csv.reader([value], strict=True), ()))
    except csv.Error:
        raise MountError('failed to parse csv mounts: record on line 1: extraneous or missing " in field') from None


def _place(mount: Mount, raw: str) -> Word | None:
    """Where the source's value stands, if it is written plainly and on one line."""
    word, source = mount.word, mount.source
    if not source or word.end_line != word.line:
        return None
    import re

    found = list(re.finditer(rf"(?i)[=,](?:source|src)=({re.escape(source)})(?=[,\"']|\Z)", raw))
    if not found:
        return None
    start, end = found[-1].span(1)
    return type(word)(source, word.line, word.start + start, word.start + end)
