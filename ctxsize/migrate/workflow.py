"""Steps of GitHub workflows that use docker/build-push-action: where their ``context`` and ``file`` stand, and edits.

https://github.com/docker/build-push-action: ``file`` is relative to the repository's root, not to the context.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ctxsize.migrate.compose import scalar
from ctxsize.migrate.edits import Edit, RefusedError, line_end

__all__ = ["Step", "step_edits", "steps"]

_ACTION = "docker/build-push-action"
_DEEPEST = 60


class _Value(NamedTuple):
    text: str
    start: int
    end: int
    style: str


class Step(NamedTuple):
    """One step. ``column`` is where the keys of ``with`` stand; values are None where the key is missing."""

    text: str
    line: int
    column: int
    first: int
    flow: bool
    context: _Value | None
    file: _Value | None

    @property
    def context_text(self) -> str | None:
        return self.context.text if self.context else None

    @property
    def file_text(self) -> str | None:
        return self.file.text if self.file else None


def steps(text: str) -> tuple[Step, ...]:
    """The steps that build with the action. Raises RefusedError for what is no plain YAML."""
    import yaml

    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise RefusedError(f"not YAML: {type(error).__name__}") from None
    return tuple(_found(root, text, 0)) if root is not None else ()


def _found(node: Any, text: str, depth: int) -> Iterator[Step]:
    """A step is a mapping with ``uses`` and ``with``; aliases lead to the same nodes and are not followed twice."""
    if depth > _DEEPEST:
        return
    if isinstance(node.value, str):
        return
    pairs = [one for one in node.value if isinstance(one, tuple)]
    keys = {key.value: value for key, value in pairs if isinstance(key.value, str)}
    uses, given = keys.get("uses"), keys.get("with")
    if uses is not None and str(uses.value).startswith(_ACTION):
        if given is not None and isinstance(given.value, list) and given.value:
            yield _step(given, text, uses.start_mark.line + 1)
        return
    for child in [value for _, value in pairs] or [one for one in node.value if not isinstance(one, tuple)]:
        yield from _found(child, text, depth + 1)


def _step(given: Any, text: str, line: int) -> Step:
    values = {key.value: value for key, value in given.value}
    first = given.value[0][0].start_mark
    return Step(text, line, first.column, first.index, bool(given.flow_style), _value(values.get("context")),
                _value(values.get("file")))  # fmt: skip


def _value(node: Any) -> _Value | None:
    if node is None or not isinstance(node.value, str):
        return None
    return _Value(node.value, node.start_mark.index, node.end_mark.index, node.style or "plain")


def step_edits(step: Step, context: str, dockerfile: str) -> Iterator[Edit]:
    """The edits that make a step build ``dockerfile`` in ``context``. Raises RefusedError for expressions."""
    for value in (step.context, step.file):
        if value is not None and ("${{" in value.text or value.style not in {"plain", "'", '"'}):
            raise RefusedError(f"{value.text} is an expression", step.line)
    styles = {"'": "single", '"': "double"}
    added = []
    for key, said, wanted in (("context", step.context, context), ("file", step.file, dockerfile)):
        if said is None:
            added.append(f"{key}: {scalar(wanted)}")
        elif said.text != wanted:
            yield Edit(said.start, said.end, scalar(wanted, styles.get(said.style, "plain")))
    if added and step.flow:
        yield Edit(step.first, step.first, "".join(f"{one}, " for one in added))
    elif added:
        end = line_end(step.text, step.first)[1]
        yield Edit(step.first, step.first, "".join(f"{one}{end}{' ' * step.column}" for one in added))
