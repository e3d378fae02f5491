"""Compose's ``${…}`` templates, text in and text out.

Follows compose-go 2.9 (Compose 2.40): the default's own errors count even where the default is not used,
``$`` before anything but a name, ``{`` or ``$`` stays, and the closing brace is sought on the same line.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["TemplateError", "substitute"]

# Go folds case by Unicode: the long s and the Kelvin sign count as letters
_NAME = r"[_a-zA-Z\u017f\u212a][_a-zA-Z0-9\u017f\u212a]*"
_START = re.compile(rf"\$(?:(?P<escaped>\$)|(?P<named>{_NAME})|(?P<brace>\{{))")
_BRACED = re.compile(rf"(?P<name>{_NAME})(?:(?P<close>\}})|(?P<operator>:?[-+?]))")
_MAX_DEPTH = 50


class TemplateError(ValueError):
    """``kind`` is invalid (a malformed template) or required (a variable that must be set)."""

    def __init__(self, message: str, kind: str) -> None:
        super().__init__(message)
        self.kind = kind


def substitute(
    template: str, variables: Mapping[str, str], *, unset: Callable[[str], object] = lambda name: None, depth: int = 0
) -> str:
    """The template with its variables filled in; ``unset`` hears of each name that had no value and no default.

    Raises TemplateError with compose's own words.
    """
    if "$" not in template:
        return template
    if depth > _MAX_DEPTH:
        raise TemplateError(f"templates nested deeper than {_MAX_DEPTH} levels", "required")
    pieces: list[str] = []
    position = 0
    while (match := _START.search(template, position)) is not None:
        pieces.append(template[position : match.start()])
        position = match.end()
        if match["escaped"]:
            pieces.append("$")
        elif match["named"]:
            pieces.append(_plain(match["named"], variables, unset))
        else:
            value, position = _braced(template, position, variables, unset, depth)
            pieces.append(value)
    pieces.append(template[position:])
    return "".join(pieces)


def _plain(name: str, variables: Mapping[str, str], unset: Callable[[str], object]) -> str:
    value = variables.get(name)
    if value is None:
        unset(name)
        return ""
    return value


def _braced(
    template: str, start: int, variables: Mapping[str, str], unset: Callable[[str], object], depth: int
) -> tuple[str, int]:
    """What ``${`` at ``start`` stands for, and where the text goes on."""
    match = _BRACED.match(template, start)
    if match is None:
        raise _invalid(template)
    if match["close"]:
        return _plain(match["name"], variables, unset), match.end()
    line_end = template.find("\n", match.end())
    last = template.rfind("}", match.end(), line_end if line_end >= 0 else len(template))
    if last < 0:
        raise _invalid(template)
    end = _closing(template, start - 1, last)
    word = template[match.end() : end]
    return _operate(match["name"], match["operator"], word, variables, unset, depth), end + 1


def _closing(template: str, brace: int, last: int) -> int:
    """The brace that closes the one at ``brace``, by index: compose-go skips the character after each opening one."""
    level = 0
    index = brace
    while index <= last:
        if template[index] == "}":
            level -= 1
            if level == 0:
                return index
        elif template[index] == "{":
            level += 1
            index += 1
        index += 1
    return last


def _operate(
    name: str, operator: str, word: str, variables: Mapping[str, str], unset: Callable[[str], object], depth: int
) -> str:
    value = variables.get(name)
    present = value is not None and not (operator.startswith(":") and value == "")
    used = present is (operator[-1] == "+")
    # compose-go expands the word before it knows whether it needs it: errors count, blanks are nobody's concern
    word = substitute(word, variables, unset=unset if used else lambda name: None, depth=depth + 1)
    if operator[-1] == "?" and not present:
        reason = f": {word}" if word else ""
        raise TemplateError(f"required variable {name} is missing a value{reason}", "required")
    return word if used else value or ""


def _invalid(template: str) -> TemplateError:
    return TemplateError(f"Invalid template: {json.dumps(template, ensure_ascii=False)}", "invalid")
