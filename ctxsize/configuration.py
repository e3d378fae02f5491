"""What the configuration's table says, checked key by key. Nothing is searched or opened here.

Unknown keys and values of the wrong kind are errors that name the file, the line, the key and the nearest known name.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ctxsize.budget.limits import Level, parse_growth
from ctxsize.errors import SettingsError
from ctxsize.model import BuilderName, Location, Severity
from ctxsize.tomlfile import TomlFile
from ctxsize.units import parse_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

__all__ = ["read"]

Keys = tuple[str, ...]

_SHARE = re.compile(r"\s*\d{1,9}(?:\.\d{1,9})?\s*%\s*", re.ASCII)
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def read(shown: str, data: bytes, table: Sequence[str], rebase: Callable[[str], str]) -> dict[str, Any] | None:
    """The values of ``Settings`` by name; None where ``table`` is not in the file.

    ``rebase`` makes a folder as it is written relative to the root. Raises SettingsError.
    """
    file = TomlFile(shown, data)
    own: Any = file.table
    for name in table:
        own = own.get(name) if isinstance(own, dict) else None
    return None if own is None else _Reader(file, tuple(table), rebase).settings(own)


class _Reader:
    def __init__(self, file: TomlFile, above: Keys, rebase: Callable[[str], str]) -> None:
        self._file = file
        self._above = above
        self._rebase = rebase

    def where(self, keys: Keys) -> str:
        return self._file.where(self._above + keys)

    def wrong(self, keys: Keys, message: str, hint: str | None = None) -> SettingsError:
        return SettingsError(f"{_shown(keys)}: {message}", where=self.where(keys), hint=hint)

    def settings(self, table: Any) -> dict[str, Any]:
        found = self.table((), table, {
            "builder": self.builder, "exclude": self.exclude, "junk": self.patterns, "budget": self.budget,
            "builds": self.builds, "assert": self.asserts, "suggest": self.suggest, "doctor": self.doctor,
        })  # fmt: skip
        builds = found.pop("builds", {})
        for nested in ("assert", "suggest", "doctor"):
            found.update(found.pop(nested, {}))
        if "budget" in found:
            found["limits"] = found.pop("budget")
        if builds:
            found["contexts"] = {glob: one["context"] for glob, one in builds.items() if "context" in one}
            found["builds"] = tuple((glob, one.get("budget", {})) for glob, one in builds.items())
        return found

    def table(self, keys: Keys, table: Any, readers: Mapping[str, Callable[[Keys, Any], Any]]) -> dict[str, Any]:
        if not isinstance(table, dict):
            raise self.wrong(keys or self._above, "must be a table")
        found = {}
        for key, value in table.items():
            full = (*keys, key)
            if key not in readers:
                hint = _nearest(key, readers)
                raise SettingsError(f"{_shown(full)} is not known", where=self.where(full), hint=hint)
            found[key] = readers[key](full, value)
        return found

    # --- values ----------------------------------------------------------------------------------

    def text(self, keys: Keys, value: Any) -> str:
        if not isinstance(value, str):
            raise self.wrong(keys, "must be a text")
        return value

    def texts(self, keys: Keys, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.wrong(keys, "must be a list of texts")
        return tuple(value)

    def one_of(self, keys: Keys, value: Any, known: type[Any] | tuple[str, ...]) -> Any:
        names = [str(one) for one in known]
        if not isinstance(value, str) or value not in names:
            hint = _nearest(value if isinstance(value, str) else "", names)
            raise self.wrong(keys, f"{value!r} is not one of {', '.join(names)}", hint)
        return known(value) if isinstance(known, type) else value

    def builder(self, keys: Keys, value: Any) -> Any:
        return self.one_of(keys, value, BuilderName)

    def exclude(self, keys: Keys, value: Any) -> tuple[str, ...]:
        """Patterns as in a .gitignore."""
        from pathspec import GitIgnoreSpec

        patterns = self.texts(keys, value)
        for pattern in patterns:
            try:
                GitIgnoreSpec.from_lines([pattern], backend="simple")
            except (ValueError, re.error):
                raise self.wrong(keys, f"{pattern!r} is no pattern of a .gitignore") from None
        return patterns

    def patterns(self, keys: Keys, value: Any) -> tuple[str, ...]:
        """Patterns as in a .dockerignore."""
        from ctxsize.dockerignore import BadPatternError, IgnoreRules

        patterns = self.texts(keys, value)
        for pattern in patterns:
            try:
                for one in IgnoreRules.of([pattern]).patterns:
                    one.check()
            except BadPatternError as error:
                raise self.wrong(keys, f"{pattern!r}: {error}") from None
        return patterns

    def size(self, keys: Keys, value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        if not isinstance(value, str):
            raise self.wrong(keys, "must be a size", 'write it as "50 MB" or 5000')
        size: int = self.mended(keys, lambda: parse_size(value))
        return size

    def mended(self, keys: Keys, read_it: Callable[[], Any]) -> Any:
        try:
            return read_it()
        except SettingsError as error:
            raise self.wrong(keys, error.message, error.hint) from None

    def number(self, keys: Keys, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.wrong(keys, "must be a number of entries")
        return value

    def growth(self, keys: Keys, value: Any) -> Any:
        values = value if isinstance(value, list) else [value]
        return tuple(self.one_growth(keys, one) for one in values)

    def one_growth(self, keys: Keys, value: Any) -> Any:
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else self.text(keys, value)
        if "%" in text and not _SHARE.fullmatch(text):
            raise self.wrong(keys, f"{text!r} is no share", "write it as 5% or 2.5%, or give a size such as 10 kB")
        return self.mended(keys, lambda: parse_growth(text, parse_size))

    def context(self, keys: Keys, value: Any) -> str:
        text = self.text(keys, value)
        if not text or text.startswith("/") or "\0" in text or "://" in text:
            raise self.wrong(keys, f"{text!r} is no folder relative to the repository's root")
        return self._rebase(text)

    # --- tables ----------------------------------------------------------------------------------

    def budget(self, keys: Keys, value: Any) -> dict[str, Any]:
        sizes = dict.fromkeys(("max_bytes", "max_transfer", "max_waste"), self.size)
        numbers = dict.fromkeys(("max_files", "max_walked"), self.number)
        found = self.table(keys, value, {
            **sizes, **numbers, "max_growth": self.growth, "message": self.text, "builder": self.builder,
            "level": lambda name, level: self.one_of(name, level, Level),
        })  # fmt: skip
        return {**found, "where": Location(self._file.shown, self._file.line(self._above + keys))}

    def builds(self, keys: Keys, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong(keys, "must be tables, one per build name or glob")
        readers: dict[str, Callable[[Keys, Any], Any]] = {"context": self.context, "budget": self.budget}
        return {name: self.table((*keys, name), table, readers) for name, table in value.items()}

    def asserts(self, keys: Keys, value: Any) -> dict[str, Any]:
        return self.table(keys, value, {"must_exclude": self.patterns, "must_include": self.patterns})

    def suggest(self, keys: Keys, value: Any) -> dict[str, Any]:
        found = self.table(keys, value, {"include": lambda name, one: self.one_of(name, one, ("proven", "likely"))})
        return {"suggest_include": found["include"]} if "include" in found else {}

    def doctor(self, keys: Keys, value: Any) -> dict[str, Any]:
        found = self.table(keys, value, {
            "ignore": self.texts, "fail_on": lambda name, one: self.one_of(name, one, Severity),
        })  # fmt: skip
        return {{"ignore": "doctor_ignore"}.get(name, name): one for name, one in found.items()}


def _shown(keys: Keys) -> str:
    """As one would write it in the file."""
    return ".".join(key if _BARE.fullmatch(key) else f'"{key}"' for key in keys)


def _nearest(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known := list(known), n=1)
    return f"did you mean {near[0]}?" if near else "known: " + ", ".join(known)
