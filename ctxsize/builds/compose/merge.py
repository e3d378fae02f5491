"""One service over another, as Compose merges files and ``extends``: for the build section exactly, else coarsely.

Follows compose-go's ``override``: mappings by key, scalars replaced, sequences appended, ``args`` and
``additional_contexts`` by name in either form, a null leaves what was there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ctxsize.builds.compose.values import Item, Path, printed
from ctxsize.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Fault", "merge_build", "merge_service", "merge_services", "unique", "without"]

_KEYED = ("args", "labels")


class Fault(NamedTuple):
    """Stands where a service cannot be read, and says why. It stays so whatever is laid over it.

    ``built`` tells that the service has a build of its own, so that it is a build that is broken.
    """

    message: str
    built: bool = True


def merge_services(under: Mapping[str, Item], over: Mapping[str, Item]) -> dict[str, Item]:
    """Services by name. What cannot be merged becomes a Fault."""
    merged = dict(under)
    for name, service in over.items():
        merged[name] = _laid_over(merged[name], service) if name in merged else service
    return merged


def _laid_over(under: Item, over: Item) -> Item:
    if isinstance(under.value, Fault) or isinstance(over.value, Fault):
        return under if isinstance(under.value, Fault) else over
    try:
        return merge_service(under, over)
    except InputError as error:
        return Item(Fault(error.message), over.file, over.line)


def merge_service(under: Item, over: Item) -> Item:
    """Raises InputError for what cannot be laid over."""
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
    """Builds in their long form. The place is that of the one which has the last word on the context."""
    if over.value is None or under.value is None:
        return under if over.value is None else over
    merged = dict(under.value)
    for key, value in over.value.items():
        merged[key] = _merge_value(key, merged[key], value) if key in merged else value
    place = over if "context" in over.value or "context" not in under.value else under
    return Item(merged, place.file, place.line)


def without(services: Mapping[str, Item], prefix: Path, resets: Iterable[Path]) -> dict[str, Item]:
    """The services without what the paths name, each of which starts with ``prefix`` to concern them."""
    tree: dict[str | None, Any] = {}
    for path in resets:
        if path == prefix:
            return {}
        if path[: len(prefix)] == prefix:
            branch = tree
            for part in path[len(prefix) :]:
                branch = branch.setdefault(part, {})
            branch[None] = True
    return _pruned(services, tree)


def _pruned(mapping: Mapping[str, Item], tree: Mapping[str | None, Any]) -> dict[str, Item]:
    """``tree`` names keys, below them the keys within; None marks one that goes."""
    if not tree:
        return dict(mapping)
    left: dict[str, Item] = {}
    for key, child in mapping.items():
        branch = tree.get(key)
        if branch is None or (None not in branch and not isinstance(child.value, dict)):
            left[key] = child
        elif None not in branch:
            left[key] = Item(_pruned(child.value, branch), child.file, child.line)
    return left


def _merge_value(key: str, under: Item, over: Item) -> Item:
    if key in _KEYED:
        return Item(unique([*_sequence(under), *_sequence(over)], f"build.{key}"), over.file, over.line)
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


def unique(words: list[Item], path: str = "build") -> list[Item]:
    """Of several words for one key the last, at the place of the first. Raises InputError for what is not a word."""
    kept: dict[str, Item] = {}
    for word in words:
        if not isinstance(word.value, str):
            raise InputError(f"{path}: each item must be a string", where=word.where)
        kept[word.value.partition("=")[0]] = word
    return list(kept.values())
