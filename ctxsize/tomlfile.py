"""A TOML file that knows on which line a key stands.

``tomllib`` says what it means; the lines are found by a second, simple look, so that a text over several lines may
mislead a line number, and nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ctxsize.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["TomlFile"]

_BOM = b"\xef\xbb\xbf"
_KEY = r"""(?:[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*')"""
_KEYS = rf"{_KEY}(?:[ \t]*\.[ \t]*{_KEY})*"
_HEADER = re.compile(rf"[ \t]*\[{{1,2}}[ \t]*({_KEYS})[ \t]*\]")
_ENTRY = re.compile(rf"[ \t]*({_KEYS})[ \t]*=")


class TomlFile:
    """``table`` is what the file says; ``shown`` its name for messages. Raises SettingsError for what is not TOML."""

    def __init__(self, shown: str, data: bytes) -> None:
        import tomllib

        self.shown = shown
        try:
            self._text = data.removeprefix(_BOM).decode()
            self.table: dict[str, Any] = tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            raise SettingsError(f"not TOML: {error}", where=_at(shown, error)) from None
        except (ValueError, RecursionError) as error:
            raise SettingsError(f"not TOML: {error}", where=shown) from None
        self._lines: dict[tuple[str, ...], int] | None = None

    def where(self, keys: Sequence[str]) -> str:
        """``file:line`` of a key, or of the table that has it in one line; the file alone where it has none."""
        line = self.line(keys)
        return f"{self.shown}:{line}" if line else self.shown

    def line(self, keys: Sequence[str]) -> int | None:
        if self._lines is None:
            self._lines = {}
            for path, number in _places(self._text):
                for length in range(len(path), 0, -1):
                    self._lines.setdefault(path[:length], number)
        known = (self._lines.get(tuple(keys[:length])) for length in range(len(keys), 0, -1))
        return next((number for number in known if number), None)


def _places(text: str) -> Iterator[tuple[tuple[str, ...], int]]:
    table: tuple[str, ...] = ()
    for number, line in enumerate(text.split("\n"), 1):
        header = _HEADER.match(line)
        if header:
            table = _parts(header[1])
            yield table, number
        elif entry := _ENTRY.match(line):
            yield table + _parts(entry[1]), number


def _parts(keys: str) -> tuple[str, ...]:
    """``builds."api*".budget`` → its three names."""
    import tomllib

    found = []
    try:
        here: Any = tomllib.loads(f"{keys} = 0")
    except ValueError:
        return ()
    while isinstance(here, dict):
        name, here = next(iter(here.items()))
        found.append(name)
    return tuple(found)


def _at(shown: str, error: Exception) -> str:
    found = re.search(r"at line (\d+)", str(error))
    return f"{shown}:{found[1]}" if found else shown
