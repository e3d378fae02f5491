"""Fills the ``${…}`` of values in, and finds the first bad template in the rest of a file.

Only values are templates, keys never are. Errors carry the file and line of the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ctxsize.builds.compose.document import Node, walk
from ctxsize.builds.compose.interpolate import TemplateError, substitute
from ctxsize.builds.compose.values import Item
from ctxsize.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Filler", "faults_beside_services"]

# characters of a template that a message shows
_ENOUGH = 200
_SECTIONS = (
    "configs", "include", "models", "name", "networks", "secrets", "services", "version", "volumes",
)  # fmt: skip


class Filler:
    """One per document. What aliases share is filled in once."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables
        self.filled: dict[int, tuple[Item, Any]] = {}

    def fill(self, item: Item, path: str) -> Item:
        """The item with all its text filled in. Raises InputError for a bad template."""
        value = item.value
        if not isinstance(value, dict | list):
            return self.text(item, path)
        if id(value) not in self.filled:
            # the item is kept with its value, so that nothing else gets the same id
            self.filled[id(value)] = item, self.inside(value, path)
        return Item(self.filled[id(value)][1], item.file, item.line)

    def inside(self, value: dict[str, Item] | list[Item], path: str) -> dict[str, Item] | list[Item]:
        if isinstance(value, dict):
            return {key: self.fill(child, f"{path}.{key}") for key, child in value.items()}
        return [self.fill(child, f"{path}[]") for child in value]

    def text(self, item: Item, path: str) -> Item:
        value = item.value
        if type(value) is not str or "$" not in value:
            return item
        try:
            return Item(substitute(value, self.variables), item.file, item.line)
        except TemplateError as error:
            raise _fault(error, value, path, item.where) from None


def faults_beside_services(
    root: Node, kept: tuple[str, ...], variables: Mapping[str, str], file: str
) -> Iterator[InputError]:
    """What Compose refuses a file for although no build needs it: an unknown section, the first bad template outside
    of the services' ``kept`` keys."""
    for key, _ in root.pairs:
        if key.text not in _SECTIONS and not key.text.startswith("x-") and key.text != "<<":
            yield InputError(f"additional properties '{key.text}' not allowed", where=f"{file}:{key.line}")
            break
    for path, part in _parts(root, kept):
        for node in _values(part):
            try:
                substitute(node.text, variables)
            except TemplateError as error:
                yield _fault(error, node.text, path, f"{file}:{node.line}")
                return


def _fault(error: TemplateError, template: str, path: str, where: str) -> InputError:
    if error.kind == "invalid":
        hint = "a $ that is no variable is written $$"
        return InputError(f"invalid interpolation format for {path}: {_clipped(template)}", where=where, hint=hint)
    return InputError(f"error while interpolating {path}: {_clipped(str(error))}", where=where)


def _clipped(text: str) -> str:
    return text if len(text) <= _ENOUGH else f"{text[:_ENOUGH]}…"


def _parts(root: Node, kept: tuple[str, ...]) -> Iterator[tuple[str, Node]]:
    for key, value in root.pairs:
        if key.text != "services" or value.kind != "mapping":
            yield key.text, value
            continue
        for name, service in value.pairs:
            if service.kind != "mapping":
                yield f"services.{name.text}", service
            for option, body in service.pairs:
                if option.text not in kept:
                    yield f"services.{name.text}.{option.text}", body


def _values(part: Node) -> Iterator[Node]:
    """The text that is a value, as written below the part; what stands under an anchor is met there."""
    keys = {id(key) for node in walk(part) for key, _ in node.pairs}
    for node in walk(part):
        if node.kind == "scalar" and id(node) not in keys and "$" in node.text:
            yield node
