"""YAML text to a tree of nodes with positions, safely: capped in size, depth and count, and without recursion.

Not a loader: nothing is typed or merged here (``values.py`` does that), so no bomb can go off.
Encodings as Compose 2.40 accepts them: UTF-8, and UTF-16 with a byte order mark.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any

from ctxsize.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_NODES", "Node", "decode", "documents"]

MAX_BYTES = 4 << 20
MAX_DEPTH = 100
_TOO_DEEP = f"nested deeper than {MAX_DEPTH} levels"
MAX_DOCUMENTS = 1000
# what compose-go 2.11 allows itself to visit; the largest files in use have a fifth of that
MAX_NODES = 100_000
# with every alias written out
MAX_EXPANDED = 4 * MAX_NODES

_STYLES = {"'": "single", '"': "double", "|": "literal", ">": "folded"}


class Node:
    """A node as written. ``kind`` is scalar, sequence, mapping or alias (whose ``target`` is another node).

    ``style`` is plain, single, double, literal, folded for scalars, block or flow for collections.
    ``start`` and ``end`` are PyYAML marks (index, line and column from 0). ``size`` counts the nodes below and
    ``depth`` their levels, both with every alias written out.
    """

    __slots__ = ("anchor", "depth", "end", "items", "kind", "pairs", "size", "start", "style", "tag", "target", "text")

    def __init__(
        self,
        kind: str,
        start: Any,
        end: Any,
        tag: str | None = None,
        style: str = "plain",
        text: str = "",
        target: Node | None = None,
        size: int = 1,
        depth: int = 1,
    ) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.tag = tag
        self.style = style
        self.text = text
        self.anchor: str | None = None
        self.items: list[Node] = []
        self.pairs: list[tuple[Node, Node]] = []
        self.target = target
        self.size = size
        self.depth = depth

    @property
    def line(self) -> int:
        """Counts from 1."""
        return int(self.start.line) + 1

    @property
    def resolved(self) -> Node:
        """The node itself, or what the alias stands for."""
        return self.target if self.target is not None else self


def decode(data: bytes, file: str) -> str:
    """The text without a byte order mark. Raises InputError for what Compose cannot decode either."""
    if len(data) > MAX_BYTES:
        message = f"a compose file of {len(data)} bytes is not read (the limit is {MAX_BYTES})"
        raise InputError(message, where=file)
    encoding = "utf-8"
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(f"yaml: not {encoding.upper()} text: {error.reason}", where=f"{file}:{line}") from None


def documents(text: str, file: str) -> list[Node]:
    """The root nodes of a stream. Raises InputError with the line for text that is not YAML or is a bomb."""
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    composer = _Composer(file)
    try:
        for event in yaml.parse(text, Loader=loader):
            composer.take(event)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{file}:{mark.line + 1}" if mark else file
        problem = error.problem or error.context or ""
        # libyaml's scanner reads ahead, and has a limit of its own since PyYAML 6.0.4
        if "maximum nesting depth" in problem:
            problem = _TOO_DEEP
        raise InputError(f"yaml: {problem}", where=where) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1 if error.position >= 0 else 1
        raise InputError(f"yaml: {error.reason}", where=f"{file}:{line}") from None
    return composer.roots


class _Composer:
    """Builds nodes out of parser events with a stack of open collections."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.roots: list[Node] = []
        self.open: list[tuple[Node, list[Node]]] = []
        self.anchors: dict[str, Node] = {}
        self.count = 0

    def take(self, event: Any) -> None:
        match type(event).__name__:
            case "ScalarEvent":
                style = _STYLES.get(event.style or "", "plain")
                self.add(Node("scalar", event.start_mark, event.end_mark, event.tag, style, event.value), event.anchor)
            case "AliasEvent":
                self.add(self.alias(event), None)
            case "MappingStartEvent" | "SequenceStartEvent":
                self.begin(event)
            case "MappingEndEvent" | "SequenceEndEvent":
                self.finish(event)
            case "DocumentStartEvent":
                self.anchors = {}

    def begin(self, event: Any) -> None:
        kind = "mapping" if type(event).__name__ == "MappingStartEvent" else "sequence"
        style = "flow" if event.flow_style else "block"
        node = Node(kind, event.start_mark, event.end_mark, event.tag, style)
        self.remember(node, event.anchor)
        self.open.append((node, []))
        if len(self.open) > MAX_DEPTH:
            raise self.too_deep(node)

    def finish(self, event: Any) -> None:
        node, children = self.open.pop()
        if node.kind == "mapping":
            node.pairs = list(zip(children[::2], children[1::2], strict=True))
        else:
            node.items = children
        # a block collection's own end mark stands where the next token begins
        node.end = event.end_mark if node.style == "flow" or not children else children[-1].end
        node.size += sum(child.size for child in children)
        node.depth += max((child.depth for child in children), default=0)
        if node.size > MAX_EXPANDED:
            raise InputError("yaml: document contains excessive aliasing", where=f"{self.file}:{node.line}")
        if node.depth + len(self.open) > MAX_DEPTH:
            raise self.too_deep(node)
        self.attach(node)

    def too_deep(self, node: Node) -> InputError:
        return InputError(f"yaml: {_TOO_DEEP}", where=f"{self.file}:{node.line}")

    def alias(self, event: Any) -> Node:
        where = f"{self.file}:{event.start_mark.line + 1}"
        target = self.anchors.get(event.anchor)
        if target is None:
            raise InputError(f"yaml: unknown anchor '{event.anchor}' referenced", where=where)
        if any(node is target for node, _ in self.open):
            raise InputError(f"yaml: anchor '{event.anchor}' value contains itself", where=where)
        size, depth = target.size, target.depth
        return Node("alias", event.start_mark, event.end_mark, text=event.anchor, target=target, size=size, depth=depth)

    def add(self, node: Node, anchor: str | None) -> None:
        self.remember(node, anchor)
        self.attach(node)

    def remember(self, node: Node, anchor: str | None) -> None:
        self.count += 1
        if self.count > MAX_NODES:
            raise InputError(f"yaml: more than {MAX_NODES} values", where=f"{self.file}:{node.line}")
        if anchor is not None:
            node.anchor = anchor
            self.anchors[anchor] = node

    def attach(self, node: Node) -> None:
        if self.open:
            self.open[-1][1].append(node)
        else:
            self.roots.append(node)
            if len(self.roots) > MAX_DOCUMENTS:
                raise InputError(f"yaml: more than {MAX_DOCUMENTS} documents", where=f"{self.file}:{node.line}")


def walk(node: Node) -> Iterator[Node]:
    """Every node that is written below ``node``, aliases not followed."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(current.items)
        for pair in current.pairs:
            waiting.extend(pair)
