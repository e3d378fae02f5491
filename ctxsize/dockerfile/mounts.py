"""``RUN --mount=…``: the options of one mount. Follows ``instructions/commands_runmount.go``.

BuildKit looks at ``from`` when it reads the file and at all else when the stage is built, with variables expanded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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
_ONLY_FOR = {"required": ("secret", "ssh"), "size": ("tmpfs",)}
_SHARING = ("shared", "private", "locked")
_BOOLEANS = {"1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False"}
_NUMBERS = {"mode": frozenset("01234567"), "uid": frozenset("0123456789"), "gid": frozenset("0123456789")}
_SAME = {"src": "source", "dst": "target", "destination": "target"}


class MountError(Exception):
    """A mount that BuildKit refuses, in its words."""


class Mount(NamedTuple):
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
            _check_value(key, value, found["type"])
            found[_SAME.get(key, key)] = value.lower() if key == "type" else value
        _check_whole(found)
        return found


def _check_value(key: str, value: str, kind: str) -> None:
    """``kind`` is the mount's type as far as it has been said."""
    if key == "type" and value.lower() not in _TYPES:
        raise MountError(f"unsupported mount type {quoted(value)}{nearest(value, _TYPES)}")
    if key == "sharing" and value.lower() not in _SHARING:
        raise MountError(f"unsupported sharing value {quoted(value)}{nearest(value, _SHARING)}")
    if key in _ONLY_FOR and kind not in _ONLY_FOR[key]:
        raise MountError(f"unexpected key '{key}' for mount type '{kind}'")
    if key in _BARE and value not in _BOOLEANS:
        raise MountError(f"invalid value for {key}: {shown(value)}")
    digits = _NUMBERS.get(key)
    if digits is not None and not (value and digits.issuperset(value)):
        raise MountError(f"invalid value {shown(value)} for {key}")


def _check_whole(options: dict[str, str]) -> None:
    kind = options["type"]
    for key in _NUMBERS:
        if key in options and kind in {"bind", "tmpfs"}:
            raise MountError(f'{key} not allowed for "{kind}" type mounts')
    if kind == "secret":
        _check_secret(options)
    if "sharing" in options and kind != "cache":
        raise MountError(f"invalid cache sharing set for {kind} mount")


def _check_secret(options: dict[str, str]) -> None:
    if options.get("from"):
        raise MountError("secret mount should not have a from")
    if not any(options.get(key) for key in ("source", "target", "id")):
        raise MountError("invalid secret mount. one of source, target required")
    if options.get("source") and options.get("id"):
        raise MountError("both source and id can't be set")


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
    return word._replace(text=source, start=word.start + start, end=word.start + end)
