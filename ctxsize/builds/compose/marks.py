"""Where a service's ``build`` stands in the text of a compose file, for edits that leave every other byte alone.

Offsets count characters of the text as given (a byte order mark included), lines from 1, columns from 0.
Nothing is resolved or interpolated: what is located is what is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from ctxsize.builds.compose.document import Node, documents, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["NodeMark", "ServiceNodes", "Span", "locate"]

_MERGES_DEEP = 20
_USUAL_STEP = 2


class Span(NamedTuple):
    """``text[start:end]``; ``line`` and ``column`` are those of the start."""

    start: int
    end: int
    line: int
    column: int


class NodeMark(NamedTuple):
    """A key and its value as written.

    ``style`` is plain, single, double, literal, folded (text), block, flow (collections) or alias; ``text`` is a
    scalar's value, unquoted, or an alias's name. ``shared`` says why an edit here would also change other places, or
    would not be the service's own: ``alias`` (written elsewhere, ``*name`` here), ``merge`` (comes through ``<<``),
    ``anchor`` (others refer to it), else None. ``tag`` is ``!reset`` and the like.
    """

    key: Span
    value: Span
    style: str
    text: str = ""
    shared: str | None = None
    tag: str | None = None


class ServiceNodes(NamedTuple):
    """``keys`` holds what stands below a long ``build``, by name; a short one (``short``) has none.

    ``flow`` tells that the build is written ``{…}`` or inside of such. ``indent`` is the column in which the keys of
    the build stand, or would stand if a short one became long; ``step`` is the file's indentation.
    """

    service: str
    build: NodeMark
    keys: Mapping[str, NodeMark]
    short: bool
    flow: bool
    indent: int
    step: int

    @property
    def context(self) -> NodeMark | None:
        """The value of a short build, too."""
        return self.build if self.short else self.keys.get("context")

    @property
    def dockerfile(self) -> NodeMark | None:
        return self.keys.get("dockerfile")

    @property
    def additional_contexts(self) -> NodeMark | None:
        return self.keys.get("additional_contexts")


class _Found(NamedTuple):
    key: Node
    value: Node
    shared: str | None


class _Service(NamedTuple):
    """``name`` is its key in the text, ``body`` the mapping that it stands for."""

    name: Node
    body: Node
    build: _Found
    referred: frozenset[int]


def locate(text: str, service: str, line: int | None = None) -> ServiceNodes | None:
    """The nodes of the service's build; None if the file does not give the service one.

    With ``line`` (``Declaration.line``), a build whose key stands there will do for a service that only extends it.
    Raises InputError for text that is no YAML.
    """
    skipped = len(text) - len(text.removeprefix("\ufeff"))
    services = [found for root in documents(text[skipped:], "compose file") for found in _services(root)]
    named = [found for found in services if found.name.text == service]
    placed = [found for found in services if line is not None and found.build.key.line == line]
    chosen = [found for found in named if found in placed] or named or placed
    return _nodes(chosen[-1], service, skipped) if chosen else None


def _services(root: Node) -> Iterator[_Service]:
    """Each service that has a build."""
    referred = frozenset(id(node.target) for node in walk(root) if node.kind == "alias")
    services = _entries(root, None, referred).get("services")
    if services is None:
        return
    for service in _entries(services.value, services.shared, referred).values():
        build = _entries(service.value, service.shared, referred).get("build")
        if build is not None:
            yield _Service(service.key, service.value.resolved, build, referred)


def _entries(node: Node, shared: str | None, referred: frozenset[int], depth: int = 0) -> dict[str, _Found]:
    """What a mapping holds, merges included: its own keys win, then the earlier ones."""
    target = node.resolved
    if node.kind == "alias":
        shared = shared or "alias"
    elif id(target) in referred:
        shared = shared or "anchor"
    found: dict[str, _Found] = {}
    merges: list[Node] = []
    for key, value in target.pairs:
        if key.text == "<<" and key.style == "plain":
            merges.extend(value.resolved.items if value.resolved.kind == "sequence" else [value])
        else:
            found[key.text] = _Found(key, value, shared)
    for merge in merges if depth < _MERGES_DEEP else ():
        for name, entry in _entries(merge, "merge", referred, depth + 1).items():
            found.setdefault(name, entry)
    return found


def _nodes(found: _Service, service: str, skipped: int) -> ServiceNodes:
    build = found.build
    body = build.value.resolved
    keys = _entries(build.value, build.shared, found.referred)
    flow = "flow" in (body.style, found.body.style)
    deeper = int(build.key.start.column - found.name.start.column)
    step = deeper if deeper > 0 and not flow and build.shared in (None, "anchor") else _USUAL_STEP
    short_indent = int(build.key.start.column) + step
    return ServiceNodes(
        service,
        _mark(build, skipped, found.referred),
        {name: _mark(entry, skipped, found.referred) for name, entry in keys.items()},
        short=body.kind == "scalar",
        flow=flow,
        indent=next((int(entry.key.start.column) for entry in keys.values()), short_indent),
        step=step,
    )


def _mark(found: _Found, skipped: int, referred: frozenset[int]) -> NodeMark:
    value = found.value
    shared = found.shared
    if value.kind == "alias":
        shared = shared or "alias"
    elif id(value) in referred:
        shared = shared or "anchor"
    style = "alias" if value.kind == "alias" else value.style
    return NodeMark(_span(found.key, skipped), _span(value, skipped), style, value.text, shared, value.tag)


def _span(node: Node, skipped: int) -> Span:
    start: Any = node.start
    return Span(start.index + skipped, node.end.index + skipped, start.line + 1, start.column)
