"""One service over another, as Compose merges files and ``extends``: for the build section exactly, else coarsely.

Follows compose-go's ``override``: mappings by key, scalars replaced, sequences appended, ``args`` and
``additional_contexts`` by name in either form, a null leaves what was there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.builds.compose.values import Item, printed
from ctxsize.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["merge_build", "merge_service", "merge_services", "unique"]

_KEYED = ("args", "additional_contexts", "labels")


def merge_services(under: Mapping[str, Item | None], over: Mapping[str, Item | None]) -> dict[str, Item | None]:
    """None is a service that could not be read; it stays so whatever is laid over it."""
    merged = dict(under)
    for name, service in over.items():
        present = merged.get(name)
        if name not in merged or (present is not None and service is None):
            merged[name] = service
        elif present is not None and service is not None:
            merged[name] = merge_service(present, service)
    return merged


def merge_service(under: Item, over: Item) -> Item:
    """Raises InputError for what cannot be laid over."""
    if over.value is None:
        return under
    if not isinstance(under.value, dict) or not isinstance(over.value, dict):
        raise InputError("a service must be a mapping", where=over.where)
    merged = dict(under.value)
    for key, value in over.value.items():
        present = merged.get(key)
        if present is None:
            merged[key] = value
        elif key == "build":
            merged[key] = merge_build(present, value)
        elif key == "profiles" and isinstance(present.value, list) and isinstance(value.value, list):
            merged[key] = Item([*present.value, *value.value], value.file, value.line)
        elif value.value is not None:
            merged[key] = value
    return Item(merged, over.file, over.line)


def merge_build(under: Item, over: Item) -> Item:
    """The later one's place is the place of both."""
    if over.value is None:
        return under
    merged = dict(_long(under))
    for key, value in _long(over).items():
        merged[key] = _merge_value(key, merged[key], value) if key in merged else value
    return Item(merged, over.file, over.line)


def _long(build: Item) -> Mapping[str, Item]:
    if isinstance(build.value, str):
        return {"context": build}
    if isinstance(build.value, dict):
        return build.value
    raise InputError("a build must be a string or a mapping", where=build.where)


def _merge_value(key: str, under: Item, over: Item) -> Item:
    if key in _KEYED:
        return Item(unique([*_sequence(under), *_sequence(over)]), over.file, over.line)
    if over.value is None:
        return under
    for kind in (dict, list):
        if isinstance(under.value, kind) and not isinstance(over.value, kind):
            raise InputError(f"cannot override build.{key}", where=over.where)
    if isinstance(under.value, list):
        return Item([*under.value, *over.value], over.file, over.line)
    if isinstance(under.value, dict):
        return Item({**under.value, **over.value}, over.file, over.line)
    return over


def _sequence(item: Item) -> list[Item]:
    """A mapping as ``KEY=value`` items, sorted; a key without a value stands alone."""
    if isinstance(item.value, dict):
        words = (Item(_pair(key, child), child.file, child.line) for key, child in item.value.items())
        return sorted(words, key=lambda word: str(word.value))
    if isinstance(item.value, list):
        return item.value
    return [item] if isinstance(item.value, str) else []


def _pair(key: str, child: Item) -> str:
    return key if child.value is None else f"{key}={printed(child.value)}"


def unique(words: list[Item]) -> list[Item]:
    """Of several words for one key the last, at the place of the first. Raises InputError for what is not a word."""
    kept: dict[str, Item] = {}
    for word in words:
        if not isinstance(word.value, str):
            raise InputError(f"unexpected type {type(word.value).__name__}", where=word.where)
        kept[word.value.partition("=")[0]] = word
    return list(kept.values())
