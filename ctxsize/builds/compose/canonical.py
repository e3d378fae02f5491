"""A service's keys in their long form, its paths seen from the repository's root.

Follows compose-go 2.9 (``transform``, ``paths``). ``args`` keep the form they have: merging treats the two alike, but
a ``!reset`` of one argument only finds it in a mapping.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ctxsize.builds.compose.places import is_remote_file, located, resolved
from ctxsize.builds.compose.values import Item, printed
from ctxsize.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["canonical_service"]


def canonical_service(service: Item, path: str, folder: str, home: str | None) -> Item:
    """Raises InputError for a build or ``extends`` that is neither short nor long."""
    forms: dict[str, Callable[[Item], Item]] = {
        "build": lambda item: _build(item, f"{path}.build", folder, home),
        "extends": lambda item: _extends(item, f"{path}.extends", folder, home),
    }
    keys = {key: forms[key](item) if key in forms else item for key, item in service.value.items()}
    if "extends" in keys and keys["extends"].value is None:
        del keys["extends"]
    return Item(keys, service.file, service.line)


def _extends(item: Item, path: str, folder: str, home: str | None) -> Item:
    if isinstance(item.value, str):
        return Item({"service": item}, item.file, item.line)
    if item.value is None:
        return item
    if not isinstance(item.value, dict):
        raise InputError(f"{path} must be a string or a mapping", where=item.where)
    long = dict(item.value)
    file = long.get("file")
    if file is not None and file.value is not None:
        if not isinstance(file.value, str):
            raise InputError(f"{path}.file must be a string", where=file.where)
        place = file.value if is_remote_file(file.value) else located(file.value, folder, home)
        long["file"] = Item(place, file.file, file.line)
    return Item(long, item.file, item.line)


def _build(item: Item, path: str, folder: str, home: str | None) -> Item:
    if item.value is None:
        return item
    if isinstance(item.value, str):
        item = Item({"context": item}, item.file, item.line)
    if not isinstance(item.value, dict):
        raise InputError(f"{path} must be a string or a mapping", where=item.where)
    long = dict(item.value)
    if "context" in long:
        long["context"] = _place(long["context"], f"{path}.context", folder, home)
    if "additional_contexts" in long:
        named = _mapping(long["additional_contexts"], f"{path}.additional_contexts")
        placed = {name: _place(value, f"{path}.additional_contexts.{name}", folder, home)
                  for name, value in named.value.items()}  # fmt: skip
        long["additional_contexts"] = Item(placed, named.file, named.line)
    return Item(long, item.file, item.line)


def _place(item: Item, path: str, folder: str, home: str | None) -> Item:
    if not isinstance(item.value, str):
        raise InputError(f"{path} must be a string", where=item.where)
    return Item(resolved(item.value, folder, home), item.file, item.line)


def _mapping(item: Item, path: str) -> Item:
    if isinstance(item.value, dict):
        return item
    if not isinstance(item.value, list):
        raise InputError(f"{path} must be a mapping or a list", where=item.where)
    return Item(dict(_pair(word, path) for word in item.value), item.file, item.line)


def _pair(word: Item, path: str) -> tuple[str, Item]:
    value: Any = word.value
    name, equals, rest = value.partition("=") if isinstance(value, str) else ("", "", "")
    if not equals:
        raise InputError(f"{path}: invalid value {printed(value)}, expected key=value", where=word.where)
    return name, Item(rest, word.file, word.line)
