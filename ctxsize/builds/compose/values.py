"""Nodes to values, typed as Compose types them (go-yaml v3): merge keys applied, ``!reset`` and ``!override`` noted.

Every value keeps its file and line. Aliases share one value, so a bomb costs no more than its text.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from ctxsize.builds.compose.document import MAX_EXPANDED, Node
from ctxsize.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Document", "Item", "Path", "Timestamp", "convert", "plain", "printed"]

Path: TypeAlias = tuple[str, ...]

_WORDS: dict[str, str | bool | float | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
_INTEGER = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_TIMESTAMP = re.compile(
    r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
    r"(?:[Tt][0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?(?:Z|[-+][0-9]{2}:[0-9]{2})"
    r"|\ [0-9]{1,2}:[0-9]{1,2}:[0-9]{1,2}(?:\.[0-9]+)?)?"
)
# 64 binary digits, their sign and prefix
_LONGEST = 67
_INT_RANGE = range(-(1 << 63), 1 << 64)
_CORE_TAGS = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:float": float,
    "tag:yaml.org,2002:bool": bool,
    "tag:yaml.org,2002:null": type(None),
}


class Timestamp(str):
    """A date or time without quotes. Compose refuses it wherever a word or number is due."""

    __slots__ = ()


class Item(NamedTuple):
    """A value: dict of Items, list of Items, str, bool, int, float or None. ``line`` is that of its key, if it has one.

    Never changed once made: aliases and merges share it.
    """

    value: Any
    file: str
    line: int

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"


class Document(NamedTuple):
    """One document of a file: its root, and the paths that it resets or overrides in what it is merged over."""

    root: Item
    resets: set[Path]


def convert(root: Node, file: str) -> Document:
    """Raises InputError for duplicate and non-text keys, wrong merges, and what expands beyond all reason."""
    converter = _Converter(file)
    item = converter.item(root, (), root.line)
    return Document(item or Item(None, file, root.line), converter.resets)


def plain(item: Item | None) -> Any:
    """The value without positions, for comparisons."""
    if item is None:
        return None
    if isinstance(item.value, dict):
        return {key: plain(child) for key, child in item.value.items()}
    if isinstance(item.value, list):
        return [plain(child) for child in item.value]
    return item.value


def printed(value: Any) -> str:
    """A scalar as Go prints it (``%v``): true, 5, 1.5, 1e+21, +Inf."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, float):
        return str(value)
    if value != value:  # noqa: PLR0124 - only NaN differs from itself
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "+Inf" if value > 0 else "-Inf"
    return _printed_float(value)


def _printed_float(value: float) -> str:
    digits, _, exponent = f"{value:e}".partition("e")
    shortest = repr(value)
    if value != 0 and not -4 <= int(exponent) < 21:
        digits, _, _ = shortest.partition("e")
        mantissa = digits.removesuffix(".0")
        if "e" not in shortest:
            mantissa = f"{value:.17e}".partition("e")[0].rstrip("0").rstrip(".")
        return f"{mantissa}e{int(exponent):+03d}"
    if "e" in shortest:
        return f"{value:.25f}".rstrip("0").rstrip(".") if abs(value) < 1 else f"{value:.0f}"
    return shortest.removesuffix(".0")


class _Converter:
    """``tagged`` counts the tags that were heeded. ``live`` is False within ``!override``: no tag counts in there."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.resets: set[Path] = set()
        self.shared: dict[int, Item] = {}
        self.visited: set[int] = set()
        self.budget = MAX_EXPANDED
        self.tagged = 0
        self.live = True

    def spend(self, node: Node, amount: int = 1) -> None:
        self.budget -= amount
        if self.budget < 0:
            raise self.fault("yaml: document contains excessive aliasing", node.line)

    def fault(self, message: str, line: int) -> InputError:
        return InputError(message, where=f"{self.file}:{line}")

    def item(self, node: Node, path: Path, line: int, *, fresh: bool = True) -> Item | None:
        """None for what ``!reset`` takes out. ``line`` is where the value is said to be.

        ``fresh`` is False in a collection that was met before, through its anchor: compose-go has taken the
        ``!reset`` out of it by then, and resets nothing at the place of the alias.
        """
        target = node.resolved
        known = self.shared.get(id(target))
        if known is not None and node.kind == "alias":
            return Item(known.value, self.file, line)
        self.spend(node)
        if target.tag == "!reset" and (self.live or not fresh):
            self.heed(path, record=fresh)
            return None
        if target.tag == "!override" and self.live:
            self.heed(path)
            self.live = False
            value = self.value(target, path)
            self.live = True
            return Item(value, self.file, line)
        before = self.tagged
        item = Item(self.value(target, path), self.file, line)
        if target.anchor is not None and self.live and self.tagged == before:
            self.shared[id(target)] = item
        return item

    def heed(self, path: Path, *, record: bool = True) -> None:
        self.tagged += 1
        if record:
            self.resets.add(tuple(part for part in path if part != "<<"))

    def visit(self, node: Node) -> bool:
        """Whether the collection is met for the first time."""
        fresh = id(node) not in self.visited
        if self.live:
            self.visited.add(id(node))
        return fresh

    def value(self, node: Node, path: Path) -> Any:
        if node.kind == "scalar":
            return self.scalar(node)
        fresh = self.visit(node)
        if node.kind == "mapping":
            return self.mapping(node, path, fresh=fresh)
        children = (
            self.item(child, (*path, str(index)), child.line, fresh=fresh) for index, child in enumerate(node.items)
        )
        return [child for child in children if child is not None]

    def scalar(self, node: Node) -> Any:
        try:
            return _typed(node)
        except ValueError as error:
            raise self.fault(f"yaml: {error}", node.line) from None

    def mapping(self, node: Node, path: Path, *, fresh: bool) -> dict[str, Item]:
        own: dict[str, Item] = {}
        merged: list[dict[str, Item]] = []
        lines: dict[str, int] = {}
        for key, child in node.pairs:
            name = self.key(key, path, lines)
            if _is_merge(key):
                merged.extend(self.merged(child, (*path, "<<")))
                continue
            item = self.item(child, (*path, name), key.line, fresh=fresh)
            if item is not None:
                own[name] = item
        for source in merged:
            self.spend(node, len(source))
            for name, item in source.items():
                own.setdefault(name, item)
        return own

    def key(self, node: Node, path: Path, lines: dict[str, int]) -> str:
        target = node.resolved
        if target.kind != "scalar":
            raise self.fault("yaml: invalid map key", node.line)
        text = target.text
        if text in lines:
            first = lines[text]
            raise self.fault(f'mapping key "{text}" already defined at line {first}', node.line)
        lines[text] = node.line
        name = self.scalar(target)
        if not isinstance(name, str) or isinstance(name, Timestamp):
            place = f"in {_dotted(path)}" if path else "at top level"
            raise self.fault(f"non-string key {place}: {text}", node.line)
        return name

    def merged(self, node: Node, path: Path) -> Iterator[dict[str, Item]]:
        """What ``<<`` brings: a mapping, or several of which the earlier ones win."""
        target = node.resolved
        if target.kind == "mapping":
            item = self.item(node, path, node.line)
            if item is not None:
                yield item.value
        elif target.kind == "sequence" and all(child.resolved.kind == "mapping" for child in target.items):
            for child in target.items:
                yield from self.merged(child, path)
        else:
            raise self.fault("yaml: map merge requires map or sequence of maps as the value", node.line)


def _is_merge(key: Node) -> bool:
    return key.kind == "scalar" and key.text == "<<" and key.style == "plain" and key.tag in (None, "!")


def _dotted(path: Path) -> str:
    return ".".join(path)


def _typed(node: Node) -> Any:
    """The scalar's value. Raises ValueError when it does not fit its tag."""
    if node.tag == "!" or (node.tag is None and node.style != "plain"):
        return node.text
    if node.tag == "tag:yaml.org,2002:str" or (node.tag is not None and not node.tag.startswith("tag:yaml.org,2002:")):
        return node.text
    if node.tag == "tag:yaml.org,2002:binary":
        return _binary(node.text)
    value = _untagged(node.text)
    if node.tag is None or node.tag == "tag:yaml.org,2002:merge":
        return value
    wanted = _CORE_TAGS.get(node.tag, str)
    if wanted is float and type(value) is int:
        return float(value)
    if type(value) is not wanted:
        kind = {int: "int", float: "float", bool: "bool", type(None): "null"}.get(type(value), "str")
        raise ValueError(f"cannot decode !!{kind} `{node.text}` as a {node.tag.replace('tag:yaml.org,2002:', '!!')}")
    return value


def _binary(text: str) -> str:
    import base64

    return base64.b64decode(text, validate=False).decode("utf-8", "replace")


def _untagged(text: str) -> Any:
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return text
    if _TIMESTAMP.fullmatch(text) and _is_date(text):
        return Timestamp(text)
    digits = text.replace("_", "")
    if len(digits) <= _LONGEST and _INTEGER.fullmatch(digits) and (number := _integer(digits)) in _INT_RANGE:
        return number
    # a leading point goes to ParseFloat as it is, underscores and all
    if _FLOAT.fullmatch(text if text[0] == "." else digits):
        fraction = float(digits)
        return text if math.isinf(fraction) else fraction
    return text


def _integer(digits: str) -> int:
    sign = -1 if digits[0] == "-" else 1
    digits = digits.lstrip("+-")
    if digits[:2].lower() in ("0x", "0b", "0o"):
        return sign * int(digits, 0)
    return sign * int(digits, 8 if digits[0] == "0" else 10)


def _is_date(text: str) -> bool:
    import datetime

    numbers = [int(part) for part in re.findall(r"[0-9]+", text)]
    hour, minute, second = [*numbers[3:6], 0, 0, 0][:3]
    try:
        datetime.datetime(numbers[0], numbers[1], numbers[2], hour, minute, second)
    except ValueError:
        return False
    return True
