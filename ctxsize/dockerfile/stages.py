"""A Dockerfile as stages of instructions, and which stages a target needs. Follows ``dockerfile2llb/convert.go``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ctxsize.dockerfile.instructions import Instruction, read_instruction, sources_and_destination
from ctxsize.dockerfile.lines import DockerfileError, read_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Comment", "Dockerfile", "Stage", "parse"]


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment line; ``text`` starts with ``#``."""

    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Stage:
    """``name`` is lower case or empty, ``base`` the word after FROM as written."""

    index: int
    name: str
    base: str
    start: Instruction
    instructions: tuple[Instruction, ...]

    @property
    def label(self) -> str:
        return self.name or str(self.index)


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """A whole file. ``arguments`` are the ARG instructions before the first FROM; ``directives`` map to their value
    and line; ``name`` is its path, for messages."""

    name: str
    escape: str
    directives: dict[str, tuple[str, int]]
    comments: tuple[Comment, ...]
    arguments: tuple[Instruction, ...]
    stages: tuple[Stage, ...]

    @property
    def instructions(self) -> tuple[Instruction, ...]:
        """All of them, FROM included, in order."""
        inner = [one for stage in self.stages for one in (stage.start, *stage.instructions)]
        return (*self.arguments, *inner)

    def stage(self, target: str | None) -> Stage:
        """The stage that ``--target`` names, the last one without. Raises DockerfileError."""
        if target is None or target == "":
            return self.stages[-1]
        found = [stage for stage in self.stages if stage.name and stage.name == target.lower()]
        if not found:
            raise DockerfileError(f'target stage "{target}" could not be found', self.name, None,
                                  "stages: " + ", ".join(stage.label for stage in self.stages))  # fmt: skip
        return found[-1]


def parse(data: bytes, name: str = "Dockerfile") -> Dockerfile:
    """Reads a Dockerfile's bytes. ``name`` stands in errors. Raises DockerfileError with BuildKit's words."""
    text = read_lines(data, name)
    if not text.lines:
        message = "file with no instructions" if data.strip() else "the Dockerfile cannot be empty"
        raise DockerfileError(message, name)
    gathered = _Gathered()
    for line in text.lines:
        gathered.add(read_instruction(line, name, text.escape), name)
    if not gathered.stages:
        raise DockerfileError("no build stage in current context", name)
    stages = tuple(
        Stage(index, *_named(start), start, tuple(instructions))
        for index, (start, instructions) in enumerate(gathered.stages)
    )
    comments = tuple(Comment(*one) for one in text.comments)
    return Dockerfile(name, text.escape, text.directives, comments, tuple(gathered.arguments), stages)


@dataclass(slots=True)
class _Gathered:
    arguments: list[Instruction] = field(default_factory=list)
    stages: list[tuple[Instruction, list[Instruction]]] = field(default_factory=list)

    def add(self, instruction: Instruction, name: str) -> None:
        if instruction.keyword == "FROM":
            self.stages.append((instruction, []))
        elif self.stages:
            _check(instruction, name)
            self.stages[-1][1].append(instruction)
        elif instruction.keyword == "ARG":
            self.arguments.append(instruction)
        else:
            message = f"dockerfile parse error on line {instruction.line}: no build stage in current context"
            raise DockerfileError(message, name, instruction.line)


def _check(instruction: Instruction, name: str) -> None:
    for one in (instruction, instruction.inner):
        if one is not None and one.keyword in {"COPY", "ADD"}:
            sources_and_destination(one, name)


def _named(start: Instruction) -> tuple[str, str]:
    """(name, base) of a FROM."""
    name = start.words[2].text.lower() if len(start.words) == 3 else ""
    return name, start.words[0].text


def reachable(stages: Iterable[int], needed: dict[int, set[int]]) -> list[int]:
    """The stages and all that they need, in the order of the file."""
    found: set[int] = set()
    todo = list(stages)
    while todo:
        stage = todo.pop()
        if stage not in found:
            found.add(stage)
            todo.extend(needed[stage])
    return sorted(found)
