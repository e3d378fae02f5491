"""What the instructions of the stages that a target needs read from each context. Follows ``dockerfile2llb``."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING

from ctxsize.dockerfile.instructions import Instruction, Mount, sources_and_destination
from ctxsize.dockerfile.lines import DockerfileError, Word, heredoc_name, shell_words
from ctxsize.dockerfile.shell import Shell, ShellError
from ctxsize.dockerfile.stages import Dockerfile, Stage, reachable
from ctxsize.model import Assumption, Location, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

__all__ = ["Follow", "Needs", "needs"]


class Follow(Enum):
    """What a context is asked for, if it is not a list of paths."""

    UNUSED = "unused"
    WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Needs:
    """``sources`` of all contexts, in the order of the file; ``stages`` are the labels of the stages needed."""

    sources: tuple[Source, ...]
    assumptions: tuple[Assumption, ...] = ()
    stages: tuple[str, ...] = ()

    def for_context(self, name: str | None) -> tuple[Source, ...]:
        """The sources that read from the main context (None) or a named one."""
        return tuple(source for source in self.sources if source.context == name)

    def follow_paths(self, name: str | None) -> Follow | tuple[str, ...]:
        """What BuildKit asks the client for: nothing, everything, or these paths, sorted."""
        sources = self.for_context(name)
        # a tmpfs mount asks for everything, but alone it does not make the context be loaded
        if all(source.kind == "tmpfs" for source in sources):
            return Follow.UNUSED
        if any(source.whole for source in sources):
            return Follow.WHOLE
        return tuple(sorted({source.path for source in sources}))


def needs(
    dockerfile: Dockerfile,
    *,
    path: str | None = None,
    target: str | None = None,
    args: Mapping[str, str] | None = None,
    contexts: Iterable[str] = (),
    lenient: bool = False,
    platform: str = "linux/amd64",
) -> Needs:
    """What one build of a Dockerfile reads.

    ``contexts`` are the names of named contexts. ``lenient`` never raises for what only the build can know: an unset
    variable is ``*``, an odd word is left out. Raises DockerfileError.
    """
    return _Conversion(dockerfile, path or dockerfile.name, args or {}, contexts, lenient, platform).run(target)


def _platform_arguments(platform: str, stage: str) -> dict[str, str]:
    system, _, rest = platform.partition("/")
    machine, _, variant = rest.partition("/")
    values = {"PLATFORM": platform, "OS": system, "OSVERSION": "", "ARCH": machine, "VARIANT": variant}
    found = {f"{side}{key}": value for side in ("BUILD", "TARGET") for key, value in values.items()}
    return {**found, "TARGETSTAGE": stage}


@dataclass(slots=True)
class _Outcome:
    """What converting one stage gave."""

    variables: dict[str, str]
    sources: list[Source] = field(default_factory=list)
    needed: set[int] = field(default_factory=set)
    triggers: list[Instruction] = field(default_factory=list)
    assumptions: list[Assumption] = field(default_factory=list)
    base_context: str | None = None
    runs: bool = False


class _Conversion:
    def __init__(
        self, dockerfile: Dockerfile, path: str, args: Mapping[str, str], contexts: Iterable[str], lenient: bool,
        platform: str,
    ) -> None:  # fmt: skip
        self.file = dockerfile
        self.path = path
        self.args = args
        self.contexts = {_normal(name): name for name in contexts}
        self.lenient = lenient
        self.platform = platform
        self.globals: dict[str, str] = {}
        self.outcomes: dict[int, _Outcome] = {}

    def run(self, target: str | None) -> Needs:
        goal = self.file.stage(target)
        self.globals = self._global_arguments(goal)
        wanted = self._wanted(goal)
        outcomes = [self.outcomes[index] for index in wanted]
        sources = [source for outcome in outcomes for source in outcome.sources]
        sources += self._bases(goal, wanted)
        assumptions = [*self._front_end(), *(one for outcome in outcomes for one in outcome.assumptions)]
        labels = tuple(self.file.stages[index].label for index in wanted)
        return Needs(tuple(sources), tuple(dict.fromkeys(assumptions)), labels)

    def _wanted(self, goal: Stage) -> list[int]:
        """The stages that the target needs; each is converted after the one that it starts from."""
        needed: dict[int, set[int]] = {}
        todo = [goal.index]
        while todo:
            index = todo.pop()
            if index not in needed:
                needed[index] = self._convert(index).needed
                todo += needed[index]
        return reachable([goal.index], needed)

    def _convert(self, index: int) -> _Outcome:
        """Bases first, without recursion: a file may chain thousands of stages."""
        chain = [index]
        while (base := self._base_stage(self.file.stages[chain[-1]])) is not None and base not in self.outcomes:
            chain.append(base)
        for one in reversed(chain):
            if one not in self.outcomes:
                self.outcomes[one] = self._convert_one(self.file.stages[one])
        return self.outcomes[index]

    # --- stages and their bases ------------------------------------------------------------------

    def _global_arguments(self, goal: Stage) -> dict[str, str]:
        known = _platform_arguments(self.platform, goal.name or "default")
        known.update({name: self.args[name] for name in known if name in self.args})
        for instruction in self.file.arguments:
            for name, default in self._pairs(instruction):
                value = self.args.get(name)
                if value is None and default is not None:
                    value = self._expanded(default, instruction, known.get)[0]
                if value is None:
                    value = known.get(name)
                if value is not None:
                    known[name] = value
        return known

    def _base(self, stage: Stage) -> str:
        word = self._expanded(stage.base, stage.start, self.globals.get)[0]
        if not word and not self.lenient:
            raise DockerfileError(f"base name ({stage.base}) should not be blank", self.path, stage.start.line)
        return word

    def _base_stage(self, stage: Stage) -> int | None:
        base = self._base(stage)
        return None if _normal(base) in self.contexts else self._earlier(base, stage.index)

    def _earlier(self, name: str, before: int) -> int | None:
        found = [stage.index for stage in self.file.stages[:before] if stage.name and stage.name == name]
        return found[-1] if found else None

    def _bases(self, goal: Stage, wanted: Iterable[int]) -> Iterator[Source]:
        """A stage that starts from a named context needs all of it, if something runs in it or is made of it."""
        for index in wanted:
            outcome = self.outcomes[index]
            if outcome.base_context is not None:
                stage = self.file.stages[index]
                yield self._source(stage, stage.start, stage.start.words[0], "", kind="from",
                                   context=outcome.base_context)  # fmt: skip

    def _front_end(self) -> Iterator[Assumption]:
        syntax = self.args.get("BUILDKIT_SYNTAX"), None
        if syntax[0] is None and "syntax" in self.file.directives:
            syntax = self.file.directives["syntax"]  # type: ignore[assignment]
        image = (syntax[0] or "").split(" ")[0]
        if image and not re.match(r"(docker\.io/)?docker/dockerfile(-upstream)?(:|@|\Z)", image):
            where = Location(self.path, syntax[1])
            yield Assumption(f"the front end {image} reads the file as Docker's own does", where, "front-end")

    def _convert_one(self, stage: Stage) -> _Outcome:
        base = self._base(stage)
        context = self.contexts.get(_normal(base))
        parent = None if context is not None else self._earlier(base, stage.index)
        inherited = self.outcomes[parent].variables if parent is not None else {}
        outcome = _Outcome(dict(inherited), base_context=context)
        if parent is not None:
            outcome.needed.add(parent)
        elif context is None and base != "scratch":
            if re.search("[A-Z]", base.rpartition("@")[0] or base.rpartition(":")[0] or base) and not self.lenient:
                message = "invalid reference format: repository name must be lowercase"
                raise DockerfileError(f'failed to parse stage name "{base}": {message}', self.path, stage.start.line)
            message = f"the image {base or stage.base} brings no ONBUILD instructions and no variables that paths use"
            outcome.assumptions.append(Assumption(message, Location(self.path, stage.start.line), "image"))
        triggers = self.outcomes[parent].triggers if parent is not None else []
        for instruction in (*triggers, *stage.instructions):
            self._dispatch(stage, instruction, outcome)
        return outcome

    # --- instructions ----------------------------------------------------------------------------

    def _dispatch(self, stage: Stage, instruction: Instruction, outcome: _Outcome) -> None:
        keyword = instruction.keyword
        if keyword == "ONBUILD" and instruction.inner is not None:
            outcome.triggers.append(replace(instruction.inner, text=instruction.text))
        elif keyword == "ENV":
            self._env(instruction, outcome)
        elif keyword == "ARG":
            self._arg(instruction, outcome)
        elif keyword in {"COPY", "ADD"}:
            self._copy(stage, instruction, outcome)
        elif keyword == "RUN":
            outcome.runs = True
            for mount in instruction.mounts:
                self._mount(stage, instruction, mount, outcome)

    def _env(self, instruction: Instruction, outcome: _Outcome) -> None:
        before = dict(outcome.variables)
        rest = instruction.rest
        words = _assignments(rest, self.file.escape)
        if words and "=" not in words[0]:
            name, _, value = rest.partition(" ")
            pairs = [(name, value.strip())]
        else:
            pairs = [(name, value) for name, _, value in (word.partition("=") for word in words)]
        for name, value in pairs:
            key = self._expanded(name, instruction, before.get)[0]
            outcome.variables[key] = self._expanded(value, instruction, before.get)[0]

    def _arg(self, instruction: Instruction, outcome: _Outcome) -> None:
        for name, default in self._pairs(instruction):
            value = self.args.get(name)
            if value is None and default is not None:
                value = self._expanded(default, instruction, outcome.variables.get)[0]
            if value is None:
                value = self.globals.get(name)
            if value is not None:
                outcome.variables[name] = value

    def _pairs(self, instruction: Instruction) -> Iterator[tuple[str, str | None]]:
        for word in _assignments(instruction.rest, self.file.escape):
            name, equals, default = word.partition("=")
            yield name, default if equals else None

    def _expanded(
        self, word: str, instruction: Instruction, lookup: Callable[[str], str | None]
    ) -> tuple[str, tuple[str, ...]]:
        shell = Shell(lookup, self.file.escape, "*" if self.lenient else "")
        try:
            return shell.expand(word), tuple(dict.fromkeys(shell.unset))
        except ShellError as error:
            if self.lenient:
                return "*", tuple(dict.fromkeys(shell.unset))
            raise DockerfileError(f'failed to process "{word}": {error}', self.path, instruction.line) from None

    # --- sources ---------------------------------------------------------------------------------

    def _copy(self, stage: Stage, instruction: Instruction, outcome: _Outcome) -> None:
        context: str | None = None
        origin = instruction.flag("from")
        if origin is not None:
            context = self._origin(stage, instruction, origin, outcome)
            if context is None:
                return
        words, _ = sources_and_destination(instruction, self.path)
        for word in words:
            if instruction.json or heredoc_name(word.text) is None:
                self._copied(stage, instruction, word, context, outcome)

    def _copied(
        self, stage: Stage, instruction: Instruction, word: Word, context: str | None, outcome: _Outcome
    ) -> None:
        expanded, unset = self._expanded(word.text, instruction, outcome.variables.get)
        if instruction.keyword == "ADD" and expanded.startswith(("http://", "https://")):
            return
        if instruction.keyword == "COPY" and expanded.startswith(("http://", "https://")) and not self.lenient:
            raise DockerfileError("source can't be a URL for COPY", self.path, instruction.line)
        git = instruction.keyword == "ADD" and bool(re.match(r"(git@|ssh://|git://)", expanded))
        excludes = tuple(flag.value for flag in instruction.flags if flag.name == "exclude")
        outcome.sources.append(
            self._source(stage, instruction, word, expanded, kind=instruction.keyword.lower(), context=context,
                         reads=not git, unset=unset, parents=instruction.is_set("parents"), excludes=excludes)
        )  # fmt: skip

    def _origin(self, stage: Stage, instruction: Instruction, origin: str, outcome: _Outcome) -> str | None:
        """The named context that ``--from`` means; None for a stage, which is then needed, or an image."""
        named = self.contexts.get(_normal(origin))
        if named is not None:
            return named
        if re.fullmatch(r"[+-]?\d+", origin):
            index: int | None = int(origin)
            if index is not None and not 0 <= index < stage.index and not self.lenient:
                raise DockerfileError(f"invalid stage index {index}", self.path, instruction.line)
        else:
            index = self._earlier(origin.lower(), stage.index)
        if index is not None and 0 <= index < stage.index:
            outcome.needed.add(index)
        elif index is None and not self.lenient:
            self._check_origin(stage, instruction, origin)
        return None

    def _check_origin(self, stage: Stage, instruction: Instruction, origin: str) -> None:
        if "$" in origin:
            raise DockerfileError(
                "variable expansion is not supported for --from, define a new stage with FROM using ARG from global "
                "scope as a workaround", self.path, instruction.line,
            )  # fmt: skip
        if origin.lower() == stage.name:
            raise DockerfileError(f"circular dependency detected on stage: {stage.name}", self.path, instruction.line)
        if any(later.name == origin.lower() for later in self.file.stages[stage.index :]):
            raise DockerfileError(f'cannot copy from stage "{origin}", it needs to be defined before current stage '
                                  f'"{stage.label}"', self.path, instruction.line)  # fmt: skip

    def _mount(self, stage: Stage, instruction: Instruction, mount: Mount, outcome: _Outcome) -> None:
        origin = mount.options.get("from")
        kind = mount.type
        if kind not in {"bind", "tmpfs", "cache"} or (kind == "cache" and origin is None):
            return
        context: str | None = None
        if origin is not None:
            context = self.contexts.get(_normal(origin))
            if context is None:
                index = self._earlier(origin.lower(), stage.index)
                if index is not None:
                    outcome.needed.add(index)
                return
        written = mount.source or ""
        expanded, unset = self._expanded(written, instruction, outcome.variables.get) if kind == "bind" else ("", ())
        word = _inside_flag(mount, written)
        outcome.sources.append(
            self._source(stage, instruction, word, expanded, kind=kind, context=context, reads=kind != "tmpfs",
                         unset=unset)
        )  # fmt: skip

    def _source(
        self, stage: Stage, instruction: Instruction, word: Word, expanded: str, *, kind: str,
        context: str | None = None, reads: bool = True, parents: bool = False, excludes: tuple[str, ...] = (),
        unset: tuple[str, ...] = (),
    ) -> Source:  # fmt: skip
        path = posixpath.normpath(posixpath.join("/", expanded)).lstrip("/")
        relative = posixpath.normpath(expanded.lstrip("/") or ".")
        return Source(
            word=word.text, path=path, line=instruction.line, end_line=instruction.end_line,
            instruction=instruction.keyword, text=instruction.text, kind=kind, context=context, stage=stage.label,
            reads=reads, parents=parents, excludes=excludes, unset=unset,
            climbs=relative == ".." or relative.startswith("../"),
        )  # fmt: skip


def _inside_flag(mount: Mount, written: str) -> Word:
    """The mount's source where it stands in the flag; the whole flag where it cannot be told."""
    flag = mount.word
    found = re.search(rf"(?:source|src)=({re.escape(written)})(?=[,\"']|\Z)", flag.text) if written else None
    if found is None or flag.start < 0:
        return Word(written, flag.line, -1, -1)
    return Word(written, flag.line, flag.start + found.start(1), flag.start + found.end(1))


def _assignments(rest: str, escape: str) -> list[str]:
    """The words of ARG and ENV, quotes kept."""
    if escape == "\\":
        return shell_words(rest)
    return [word.replace("\\\\", "\\") for word in shell_words(rest.replace("\\", "\\\\"))]


def _normal(name: str) -> str:
    """A context's name as image references are compared: lower case, with registry and tag."""
    name = name.lower()
    if "/" not in name:
        name = f"docker.io/library/{name}"
    return name if ":" in name.rpartition("/")[2] or "@" in name else f"{name}:latest"
