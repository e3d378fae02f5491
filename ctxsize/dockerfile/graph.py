"""How stages hang together: what each starts from and copies from, which ones a target needs, ONBUILD triggers.

Follows ``dockerfile2llb/convert.go``. Nothing is expanded here but the names behind FROM.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.dockerfile.faults import nearest, quoted
from ctxsize.dockerfile.references import BadNameError, normal_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ctxsize.dockerfile.instructions import Instruction
    from ctxsize.dockerfile.stages import Dockerfile, Stage

__all__ = ["Command", "Graph", "GraphError", "Node", "used"]

_FROM_VARIABLE = ("variable expansion is not supported for --from, define a new stage with FROM using ARG from global "
                  "scope as a workaround")  # fmt: skip


class GraphError(Exception):
    """What BuildKit refuses, and the line to blame."""

    def __init__(self, message: str, line: int | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.line = line
        self.hint = hint


class Command(NamedTuple):
    """An instruction as a stage carries it out. ``origins`` are what COPY --from and the mounts read from, in the
    order of the mounts; None is the main context or nothing at all."""

    instruction: Instruction
    origins: tuple[Node | None, ...] = ()


class Node:
    """A stage, or an image or named context that something is copied from (then without ``stage``).

    ``base_name`` is expanded. ``context`` is the named context that the node consists of; with ``replaced`` one stands
    in the place of the stage, whose instructions then do not run.
    """

    def __init__(
        self, label: str, stage: Stage | None, base_name: str, line: int, context: str | None = None
    ) -> None:
        self.label = label
        self.stage = stage
        self.base_name = base_name
        self.line = line
        self.base: Node | None = None
        self.context = context
        self.replaced = False
        # what is no stage has nothing to be built from
        self.built = stage is None
        self.triggered = False
        self.commands: list[Command] = []
        self.needs: list[Node] = []
        self.uses: list[Node] = []
        self.variables: dict[str, str] = {}
        self.root: Node | None = None
        self.heirs = 0

    @property
    def origin(self) -> str | None:
        """The named context at the bottom of the chain of bases."""
        return self.context if self.root is None else self.root.context

    def inherited(self) -> dict[str, str]:
        """The variables for a stage that starts from this one. The only heir takes them over: long chains are cheap."""
        self.heirs -= 1
        return dict(self.variables) if self.heirs else self.variables


class Graph:
    """``contexts`` map normal names to names. With ``tolerant`` nothing raises; else every method raises GraphError."""

    def __init__(
        self, file: Dockerfile, contexts: dict[str, str], base_name: Callable[[Stage], str], *, tolerant: bool
    ) -> None:
        self._contexts = contexts
        self._tolerant = tolerant
        self._names: dict[str, Node] = {}
        self.nodes = [self._stage(stage, base_name(stage)) for stage in file.stages]
        self._others: list[Node] = []

    def target(self, name: str | None) -> Node:
        """The stage that ``--target`` names, the last one without."""
        if not name:
            return self.nodes[-1]
        found = self._names.get(name.lower())
        if found is None and not self._tolerant:
            near = nearest(name, [node.label for node in self.nodes])
            hint = "stages: " + ", ".join(stage.label for node in self.nodes if (stage := node.stage))
            raise GraphError(f"target stage {quoted(name)} could not be found{near}", hint=hint)
        return found or self.nodes[-1]

    def link(self) -> None:
        """Finds out what the instructions of all stages copy from."""
        for node in self.nodes:
            assert node.stage is not None
            node.commands = [self._command(node, one) for one in node.stage.instructions]
        if not self._tolerant:
            self._check_circles()
        if len(self.nodes) + len(self._others) == 1:
            self.nodes[0].label = ""

    def reachable(self, targets: Iterable[Node]) -> list[Node]:
        """The stages that the targets need, with the triggers of their bases, in the order of the file."""
        targets = list(targets)
        while True:
            found = _closure(targets, lambda node: node.needs)
            fresh = [node for node in self.nodes if node in found and node.base is not None and not node.triggered]
            if not fresh:
                break
            for node in fresh:
                self._trigger(node)
        if not self._tolerant:
            self._check_names()
        return [node for node in self.nodes if node in found]

    # --- stages ----------------------------------------------------------------------------------

    def _stage(self, stage: Stage, base_name: str) -> Node:
        node = Node(stage.name or f"stage-{stage.number}", stage, base_name, stage.start.line)
        node.context = self._context(stage.name) if stage.name else None
        node.replaced = node.built = node.context is not None
        if not node.replaced:
            node.base = self._names.get(base_name)
            if node.base is None:
                node.context = self._context(base_name)
            else:
                node.root = node.base.root or node.base
                node.needs.append(node.base)
                node.base.heirs += 1
        if stage.name:
            self._names[stage.name] = node
        return node

    def _context(self, name: str) -> str | None:
        if not self._contexts or name == "scratch":
            return None
        try:
            return self._contexts.get(normal_name(name))
        except BadNameError:
            return self._contexts.get(name)

    def _trigger(self, node: Node) -> None:
        """ONBUILD of a base stage runs first in the stages that start from it."""
        node.triggered = True
        assert node.base is not None
        inner = [(one.instruction, one.instruction.inner) for one in node.base.commands]
        triggers = [found._replace(written=outer.written) for outer, found in inner if found is not None]
        for one in triggers:
            if one.fault is not None and not self._tolerant:
                raise GraphError(one.fault.message, node.line)
        node.commands[:0] = [self._command(node, one) for one in triggers if one.fault is None]

    # --- what is copied from ---------------------------------------------------------------------

    def _command(self, node: Node, instruction: Instruction) -> Command:
        origins: tuple[Node | None, ...] = ()
        if instruction.keyword == "COPY":
            origins = (self._copied_from(instruction),)
        elif instruction.keyword == "RUN":
            found = ((mount.origin, mount.type) for mount in instruction.mounts)
            origins = tuple(self._named(name, instruction.line) if name else None for name, _ in found)
        node.needs += [origin for origin in origins if origin is not None]
        return Command(instruction, origins)

    def _copied_from(self, instruction: Instruction) -> Node | None:
        name = instruction.flag("from")
        if not name:
            return None
        if "$" in name and not self._tolerant:
            raise GraphError(_FROM_VARIABLE, instruction.line)
        index = _integer(name)
        if index is None or (self._tolerant and not 0 <= index < len(self.nodes)):
            return self._named(name, instruction.line)
        if not 0 <= index < len(self.nodes):
            raise GraphError(f"invalid stage index {index}", instruction.line)
        return self.nodes[index]

    def _named(self, name: str, line: int) -> Node:
        found = self._names.get(name.lower())
        if found is None:
            found = Node(name, None, name, line, self._context(name))
            self._others.append(found)
        return found

    # --- checks ----------------------------------------------------------------------------------

    def _check_circles(self) -> None:
        visited: set[Node] = set()
        for node in self.nodes:
            if node not in visited and _circular(node, visited):
                raise GraphError(f"circular dependency detected on stage: {node.label}", node.line)

    def _check_names(self) -> None:
        for node in (*self.nodes, *self._others):
            if node.base is None and node.base_name != "scratch" and not node.replaced:
                try:
                    normal_name(node.base_name)
                except BadNameError as error:
                    message = f"failed to parse stage name {quoted(node.base_name)}: {error}"
                    raise GraphError(message, node.line) from None


def used(targets: Iterable[Node]) -> set[Node]:
    """The nodes whose files get into the targets; a stage may be built and yet nothing of it be used."""
    return _closure(targets, lambda node: node.uses)


def _closure(start: Iterable[Node], following: Callable[[Node], list[Node]]) -> set[Node]:
    found: set[Node] = set()
    todo = list(start)
    while todo:
        node = todo.pop()
        if node not in found:
            found.add(node)
            todo += following(node)
    return found


def _circular(start: Node, visited: set[Node]) -> bool:
    """Whether copying leads back to a stage on the way; bases do not count."""
    path: set[Node] = {start}
    visited.add(start)
    stack: list[tuple[Node, Iterator[Node]]] = [(start, _copied(start))]
    while stack:
        node, rest = stack[-1]
        origin = next(rest, None)
        if origin is None:
            path.discard(node)
            stack.pop()
        elif origin in path:
            return True
        elif origin not in visited:
            visited.add(origin)
            path.add(origin)
            stack.append((origin, _copied(origin)))
    return False


def _copied(node: Node) -> Iterator[Node]:
    return (origin for command in node.commands for origin in command.origins if origin is not None)


def _integer(text: str) -> int | None:
    digits = text[1:] if text[:1] in {"+", "-"} else text
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 19 else None
