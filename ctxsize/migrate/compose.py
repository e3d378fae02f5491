"""Line-wise edits of one service's ``build`` in a compose file: comments, anchors, quotes, flow and line ends stay.

Where the nodes stand is told from outside (``builds.compose.marks``); what is shared with other places, made of
variables or folded over lines is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.migrate.edits import Edit, RefusedError, line_end

if TYPE_CHECKING:
    from ctxsize.builds.compose.marks import NodeMark, ServiceNodes

__all__ = ["Wanted", "build_edits", "scalar"]

_PLAIN = re.compile(r"[A-Za-z0-9_./][A-Za-z0-9_./@+=-]*\Z")
# what YAML would read as something else than text
_OTHER = re.compile(r"(?i)(~|null|true|false|yes|no|on|off|y|n|[-+]?[0-9][0-9_.]*(e[-+]?[0-9]+)?|\.inf|\.nan)\Z")
_SHARED = {
    "alias": "it is written elsewhere and only referred to here",
    "merge": "it comes from elsewhere through <<",
    "anchor": "other places refer to it by its anchor",
}


class Wanted(NamedTuple):
    """What the build shall say. None leaves a value as it is; ``contexts`` are (name, path) pairs to add."""

    context: str | None = None
    dockerfile: str | None = None
    contexts: tuple[tuple[str, str], ...] = ()


def build_edits(text: str, nodes: ServiceNodes, wanted: Wanted) -> tuple[Edit, ...]:
    """The edits that make the build say what is wanted. Raises RefusedError."""
    return tuple(_Service(text, nodes).edits(wanted))


def scalar(value: str, style: str = "plain", *, flow: bool = False) -> str:
    """A value as YAML text, in the style of what it replaces where that can hold it. Compose reads ``$$`` as ``$``."""
    value = value.replace("$", "$$")
    if style == "double" or not value.isprintable():
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    plain = _PLAIN.match(value) and not _OTHER.match(value)
    if style == "single" or not plain:
        return "'" + value.replace("'", "''") + "'"
    return value


class _Service:
    def __init__(self, text: str, nodes: ServiceNodes) -> None:
        self._text = text
        self._nodes = nodes

    def edits(self, wanted: Wanted) -> Iterator[Edit]:
        nodes, build = self._nodes, self._nodes.build
        self._refuse_shared(build, "the build")
        if nodes.short:
            self._refuse_odd(build, "build")
            yield from self._lengthened(wanted)
            return
        if build.style not in {"block", "flow"}:
            raise RefusedError(f"build is written as {build.style}", build.key.line)
        added: list[str] = []
        for key, value in (("context", wanted.context), ("dockerfile", wanted.dockerfile)):
            if value is None:
                continue
            mark = nodes.keys.get(key)
            if mark is None or mark.shared == "merge":
                # a key of one's own wins over a merged one
                added.append(f"{key}: {self._scalar(value)}")
            elif mark.text != value:
                self._refuse_shared(mark, key)
                self._refuse_odd(mark, key)
                yield Edit(mark.value.start, mark.value.end, scalar(value, mark.style, flow=nodes.flow))
        yield from self._contexts(wanted, added)
        if added:
            yield self._insertion(added)

    # --- refusals --------------------------------------------------------------------------------

    def _refuse_shared(self, mark: NodeMark, what: str) -> None:
        if mark.shared is not None:
            raise RefusedError(f"{what} of {self._nodes.service} is shared: {_SHARED[mark.shared]}", mark.key.line)

    def _refuse_odd(self, mark: NodeMark, what: str) -> None:
        if mark.tag is not None:
            raise RefusedError(f"{what} bears the tag {mark.tag}", mark.value.line)
        if mark.style not in {"plain", "single", "double"}:
            raise RefusedError(f"{what} is written as a {mark.style} value", mark.value.line)
        if "$" in mark.text:
            raise RefusedError(f"{what} is made of variables: {mark.text}", mark.value.line)
        if "\n" in self._text[mark.value.start : mark.value.end]:
            raise RefusedError(f"{what} goes over several lines", mark.value.line)

    # --- long form -------------------------------------------------------------------------------

    def _contexts(self, wanted: Wanted, added: list[str]) -> Iterator[Edit]:
        """Named contexts go in front of those that are there, or become a key of their own."""
        if not wanted.contexts:
            return
        mark = self._nodes.additional_contexts
        if mark is None:
            added += self._new_contexts(wanted)
            return
        self._refuse_shared(mark, "additional_contexts")
        start, column = mark.value.start, mark.value.column
        opening = self._text[start]
        if mark.style == "flow" and opening in "{[":
            inner = self._text[start + 1 : mark.value.end - 1].strip()
            items = ", ".join(self._item(name, path, mapping=opening == "{") for name, path in wanted.contexts)
            yield Edit(start + 1, start + 1, items + (", " if inner else ""))
        elif mark.style == "block":
            end = line_end(self._text, start)[1]
            mapping = not re.match(r"-[ \t\r\n]", self._text[start:])
            marker = "" if mapping else "- "
            lines = (f"{marker}{self._item(*one, mapping=mapping)}{end}{' ' * column}" for one in wanted.contexts)
            yield Edit(start, start, "".join(lines))
        else:
            raise RefusedError(f"additional_contexts is written as {mark.style}", mark.value.line)

    def _item(self, name: str, path: str, *, mapping: bool) -> str:
        return f"{scalar(name)}: {self._scalar(path)}" if mapping else self._scalar(f"{name}={path}")

    def _new_contexts(self, wanted: Wanted) -> list[str]:
        items = [self._item(*one, mapping=True) for one in wanted.contexts]
        if self._nodes.flow:
            return [f"additional_contexts: {{{', '.join(items)}}}"]
        return ["additional_contexts:", *(" " * self._nodes.step + item for item in items)]

    def _scalar(self, value: str) -> str:
        return scalar(value, flow=self._nodes.flow)

    def _insertion(self, added: list[str]) -> Edit:
        """New keys behind the context's, the dockerfile's or, without these, in front of all others."""
        nodes, build = self._nodes, self._nodes.build
        marks = [one for one in (nodes.dockerfile, nodes.context) if one is not None and one.shared is None]
        if build.style == "flow":
            if marks:
                return Edit(marks[0].value.end, marks[0].value.end, "".join(f", {one}" for one in added))
            start = build.value.start + 1
            inner = self._text[start : build.value.end - 1].strip()
            return Edit(start, start, ", ".join(added) + (", " if inner else ""))
        indent = " " * nodes.indent
        if marks:
            at, end = line_end(self._text, marks[0].value.end)
            return Edit(at, at, "".join(f"{end}{indent}{one}" for one in added))
        at = build.value.start
        end = line_end(self._text, at)[1]
        return Edit(at, at, "".join(f"{one}{end}{' ' * build.value.column}" for one in added))

    # --- short form ------------------------------------------------------------------------------

    def _lengthened(self, wanted: Wanted) -> Iterator[Edit]:
        """``build: ./x`` becomes a mapping; a comment behind it stays where it is."""
        nodes, build = self._nodes, self._nodes.build
        lines = [f"context: {scalar(wanted.context or build.text, build.style, flow=nodes.flow)}"]
        if wanted.dockerfile is not None:
            lines.append(f"dockerfile: {self._scalar(wanted.dockerfile)}")
        lines += self._new_contexts(wanted) if wanted.contexts else []
        value = build.value
        if nodes.flow:
            yield Edit(value.start, value.end, "{" + ", ".join(lines) + "}")
        elif value.line != build.key.line:
            end = line_end(self._text, value.start)[1]
            yield Edit(value.start, value.end, f"{end}{' ' * value.column}".join(lines))
        else:
            colon = self._text.index(":", build.key.end)
            yield Edit(colon + 1, value.end, "")
            at, end = line_end(self._text, value.end)
            yield Edit(at, at, "".join(f"{end}{' ' * nodes.indent}{one}" for one in lines))
