"""The ``.env`` dialect of Compose 2.40: quotes, several lines, expansion, ``export``, comments.

Text in, variables out. A name that stands alone takes its value from the variables that are there already.
"""

from __future__ import annotations

import re
from collections import ChainMap
from typing import TYPE_CHECKING

from ctxsize.builds.compose.interpolate import TemplateError, substitute
from ctxsize.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["parse"]

# unicode.IsSpace of Go, without and with the line break
_BLANKS = "\t\v\f\r \x85\xa0"
_SPACES = (
    _BLANKS + "\n\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
)
_ESCAPE = re.compile(r'\\(?:[abcfnrtv$"\\]|0[0-9]{0,3})')
_EXPORT = re.compile(r"export[\t\n\f\r ]+")
_KEY_END = re.compile(r"[=:\n]")
_ESCAPED = {
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    '"': '"',
    "\\": "\\",
    "$": "$$",
}
_OCTAL_LIMIT = 255


def parse(text: str, file: str, known: Mapping[str, str], values: dict[str, str]) -> None:
    """Adds the file's variables to ``values``; ``known`` wins where a value refers to another variable.

    Raises InputError with the line; what stood before it is in ``values`` then.
    """
    _Reader(text.removeprefix("\ufeff"), file, known, values).read()


class _Reader:
    def __init__(self, text: str, file: str, known: Mapping[str, str], values: dict[str, str]) -> None:
        self.text = text
        self.file = file
        self.values = values
        self.lookup = ChainMap(dict(known), values)
        self.position = 0

    def read(self) -> None:
        while self.start_of_statement():
            self.skip_export()
            key, inherited = self.key()
            if " " in key:
                raise self.fault("key cannot contain a space")
            if not inherited:
                self.values[key] = self.value()
            elif (value := self.lookup.get(key)) is not None:
                self.values[key] = value

    def start_of_statement(self) -> bool:
        while True:
            self.skip(_SPACES)
            if not self.text.startswith("#", self.position):
                return self.position < len(self.text)
            end = self.text.find("\n", self.position)
            self.position = end if end >= 0 else len(self.text)

    def skip(self, characters: str) -> None:
        while self.position < len(self.text) and self.text[self.position] in characters:
            self.position += 1

    def skip_export(self) -> None:
        if _EXPORT.match(self.text, self.position):
            self.position += len("export")
            self.skip(_BLANKS)

    def key(self) -> tuple[str, bool]:
        """The name, and whether it stands alone on its line. The last name of a file without a line end is a value."""
        if self.position == len(self.text):
            raise self.fault("zero length string")
        match = _KEY_END.search(self.text, self.position)
        end = match.start() if match else len(self.text)
        for character in self.text[self.position : end]:
            if character not in _BLANKS and character not in "_.-[]" and not _letter(character):
                name = self.text[self.position :].split("\n", 1)[0]
                raise self.fault(f'unexpected character "{character}" in variable name "{name}"')
        if match is None:
            return "", False
        key = self.text[self.position : end].rstrip(_SPACES)
        self.position = match.end()
        self.skip(_BLANKS)
        return key, match[0] == "\n"

    def value(self) -> str:
        quote = self.text[self.position : self.position + 1]
        if quote in ("'", '"') and quote:
            return self.quoted(quote)
        end = self.text.find("\n", self.position)
        end = end if end >= 0 else len(self.text)
        raw = self.text[self.position : end].partition(" #")[0].rstrip(_SPACES)
        value = self.expanded(raw)
        self.position = min(end + 1, len(self.text))
        return value

    def quoted(self, quote: str) -> str:
        pieces: list[str] = []
        index = self.position + 1
        special = re.compile(rf"[\\{quote}]")
        while (match := special.search(self.text, index)) is not None:
            pieces.append(self.text[index : match.start()])
            index = match.end()
            if match[0] == quote:
                raw = "".join(pieces)
                value = self.expanded(_ESCAPE.sub(_unescaped, raw)) if quote == '"' else raw
                self.position = index
                return value
            following = self.text[index : index + 1]
            pieces.append(following if following == quote else "\\" + following)
            index += len(following)
        line = self.text[self.position :].split("\n", 1)[0]
        raise self.fault(f"unterminated quoted value {line}")

    def expanded(self, value: str) -> str:
        try:
            return substitute(value, self.lookup)
        except TemplateError as error:
            raise self.fault(str(error)) from None

    def fault(self, message: str) -> InputError:
        line = self.text.count("\n", 0, self.position) + 1
        return InputError(message, where=f"{self.file}:{line}")


def _letter(character: str) -> bool:
    return character.isalpha() or character.isnumeric()


def _unescaped(match: re.Match[str]) -> str:
    code = match[0][1:]
    if not code.startswith("0"):
        return _ESCAPED.get(code, match[0])
    digits = code[1:]
    if len(digits) != len("377") or set(digits) & set("89") or int(digits, 8) > _OCTAL_LIMIT:
        return match[0]
    return chr(int(digits, 8))
