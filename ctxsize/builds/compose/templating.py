"""Fills the ``${…}`` of values in, and finds the first bad template in the rest of a file.

Only values are templates, keys never are. Errors carry the file and line of the value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.builds.compose.document import MAX_DEPTH, MAX_NODES, Node, walk
from ctxsize.builds.compose.interpolate import TemplateError, substitute
from ctxsize.builds.compose.values import Item
from ctxsize.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Filler", "faults_beside_services"]

_SECTIONS = (
    "configs", "include", "models", "name", "networks", "secrets", "services", "version", "volumes",
)  # fmt: skip


class Filler:
    """One per file: what aliases multiply is counted over the whole file."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self.variables = variables
        self.budget = MAX_NODES

    def fill(self, item: Item, path: str, depth: int = 0) -> Item:
        """The item with all its text filled in. Raises InputError for a bad template and for a bomb."""
        self.budget -= 1
        if self.budget < 0 or depth > MAX_DEPTH:
            raise InputError("yaml: document contains excessive aliasing", where=item.where)
        value = item.value
        if isinstance(value, dict):
            filled = {key: self.fill(child, f"{path}.{key}", depth + 1) for key, child in value.items()}
            return Item(filled, item.file, item.line)
        if isinstance(value, list):
            return Item([self.fill(child, f"{path}[]", depth + 1) for child in value], item.file, item.line)
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
        return InputError(f"invalid interpolation format for {path}: {template}", where=where, hint=hint)
    return InputError(f"error while interpolating {path}: {error}", where=where)


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
