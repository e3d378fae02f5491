"""A Dockerfile as stages of instructions. What BuildKit would refuse is kept with it, so that doctor can read on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.dockerfile.faults import DockerfileError
from ctxsize.dockerfile.instructions import Instruction, read_instruction
from ctxsize.dockerfile.lines import Text, read_lines
from ctxsize.dockerfile.syntax import front_end, is_dockers_own

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Comment", "Dockerfile", "Stage", "parse"]


class Comment(NamedTuple):
    """A comment line; ``text`` starts with ``#``."""

    line: int
    text: str


class Stage(NamedTuple):
    """``name`` is lower case or empty, ``base`` the word after FROM as written, ``start`` the FROM itself."""

    number: int
    name: str
    base: str
    start: Instruction
    instructions: tuple[Instruction, ...]

    @property
    def label(self) -> str:
        return self.name or str(self.number)


class Dockerfile(NamedTuple):
    """A whole file. ``name`` is its path, for messages; ``directives`` map to their value and line; ``arguments`` are
    the ARG instructions before the first FROM.

    ``faults`` are what BuildKit refuses, the first one being the one that it reports; instructions with a fault are in
    no stage, but in ``instructions``. ``syntax`` is the front end asked for and its line.
    """

    name: str
    escape: str
    directives: dict[str, tuple[str, int]]
    comments: tuple[Comment, ...]
    arguments: tuple[Instruction, ...]
    stages: tuple[Stage, ...]
    instructions: tuple[Instruction, ...]
    faults: tuple[DockerfileError, ...] = ()
    syntax: tuple[str, int] | None = None

    @property
    def foreign(self) -> bool:
        """Whether a front end that is not Docker's reads the file."""
        return self.syntax is not None and not is_dockers_own(self.syntax[0])

    @property
    def runs(self) -> tuple[Instruction, ...]:
        """Every RUN, those behind ONBUILD included; see ``Instruction.command``."""
        every = (one.inner or one for one in self.instructions)
        return tuple(one for one in every if one.keyword == "RUN")

    def check(self) -> None:
        """Raises the DockerfileError that BuildKit reports for the text as such."""
        if self.faults and not self.foreign:
            raise self.faults[0]


def parse(data: bytes, name: str = "Dockerfile", *, lenient: bool = False) -> Dockerfile:
    """Reads a Dockerfile's bytes; ``name`` stands in errors.

    Raises DockerfileError with BuildKit's words; if ``lenient``, only for what is no Dockerfile at all, and what is
    wrong with single instructions stands in ``faults``.
    """
    text = read_lines(data, name)
    if not data or not text.lines:
        raise DockerfileError("file with no instructions" if data else "the Dockerfile cannot be empty", name)
    gathered = _Gathered(text, b"\0" in data)
    for line in text.lines:
        gathered.add(read_instruction(line, text.escape))
    stages = tuple(_stage(number, *one) for number, one in enumerate(gathered.stages))
    if not stages:
        gathered.late.append(DockerfileError("dockerfile contains no stages to build", name))
    early = sorted([*text.faults, *gathered.early], key=lambda fault: fault.line or 0)
    file = Dockerfile(
        name, text.escape, text.directives, tuple(Comment(*one) for one in text.comments), tuple(gathered.arguments),
        stages, tuple(gathered.instructions), (*early, *gathered.late), front_end(data),
    )  # fmt: skip
    if not lenient:
        file.check()
    return file


class _Gathered:
    def __init__(self, text: Text, binary: bool) -> None:
        self.text = text
        self.binary = binary
        self.arguments: list[Instruction] = []
        self.stages: list[tuple[Instruction, list[Instruction]]] = []
        self.instructions: list[Instruction] = []
        self.early: list[DockerfileError] = []
        self.late: list[DockerfileError] = []

    def add(self, instruction: Instruction) -> None:
        self.instructions.append(instruction)
        self._blame(instruction)
        if instruction.keyword == "FROM":
            self.stages.append((instruction, []))
        elif instruction.fault is not None:
            return
        elif self.stages:
            self.stages[-1][1].append(instruction)
        elif instruction.keyword == "ARG":
            self.arguments.append(instruction)
        else:
            self.late.append(self._error("no build stage in current context", instruction))

    def _blame(self, instruction: Instruction) -> None:
        fault = instruction.fault
        if fault is not None and fault.early:
            self.early.append(self._error(fault.message, instruction))
        elif fault is not None:
            message = f"dockerfile parse error on line {instruction.line}: {fault.message}"
            self.late.append(self._error(message, instruction))
        elif self.binary and "\0" in instruction.written:
            self.late.append(self._error("invalid character NUL", instruction))

    def _error(self, message: str, instruction: Instruction) -> DockerfileError:
        hint = "it holds NUL bytes: is it binary, or UTF-16? A Dockerfile is UTF-8 text" if self.binary else None
        return DockerfileError(message, self.text.name, instruction.line, hint)


def _stage(number: int, start: Instruction, instructions: list[Instruction]) -> Stage:
    words = [word.text for word in start.words] or start.rest.split()
    name = next(_names(words), "")
    return Stage(number, name.lower(), words[0] if words else "", start, tuple(instructions))


def _names(words: list[str]) -> Iterator[str]:
    """The name behind AS, also in a FROM that is odd otherwise."""
    if len(words) > 2 and words[-2].lower() == "as":
        yield words[-1]
