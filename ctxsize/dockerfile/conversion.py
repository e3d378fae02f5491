"""Carrying out the stages of one build on paper. Follows ``dockerfile2llb``: expansion, COPY, ADD, RUN --mount."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ctxsize.dockerfile.asked import Needs, Read
from ctxsize.dockerfile.faults import DockerfileError
from ctxsize.dockerfile.graph import Command, Graph, GraphError, Node, used
from ctxsize.dockerfile.mounts import MountError
from ctxsize.dockerfile.references import BadNameError, normal_name
from ctxsize.dockerfile.scopes import DEFAULT_PATH, DEFAULT_PLATFORM, Arguments, assign, platform_arguments
from ctxsize.dockerfile.shell import Lexer, ShellError, is_plain
from ctxsize.model import Assumption, Location, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ctxsize.dockerfile.instructions import Instruction
    from ctxsize.dockerfile.lines import Word
    from ctxsize.dockerfile.mounts import Mount
    from ctxsize.dockerfile.stages import Dockerfile, Stage

__all__ = ["Conversion"]

_WEB = ("http://", "https://")
_GIT = r"(?:[A-Za-z0-9_-]+@[A-Za-z0-9.-]+:|(?i:ssh|git)://|(?i:https?)://[^?#]*\.git(?:[?#]|\Z))"
# whose whole rest is one expanded word, and whose flags are expanded
_EXPANDED = {"WORKDIR", "USER", "STOPSIGNAL"}
_EXPANDED_FLAGS = {"chown", "chmod", "checksum"}


class Conversion:
    """One build. ``lenient`` is described at ``needs``; a foreign front end is not held to Docker's rules either."""

    def __init__(
        self, file: Dockerfile, path: str, args: Mapping[str, str], contexts: Iterable[str], *, lenient: bool,
        platform: str | None,
    ) -> None:  # fmt: skip
        self._file = file
        self._path = path
        self._args = args
        self._contexts = dict(_normal(name) for name in contexts)
        self._lenient = lenient
        self._platform = platform
        self._syntax = _syntax(file, args)
        self._tolerant = lenient or (self._syntax is not None)
        self._reads: list[tuple[Node, Read]] = []
        self._assumptions: list[Assumption] = []
        self._looked_up: set[str] = set()

    def run(self, target: str | None, *, every_stage: bool) -> Needs:
        if not self._tolerant:
            self._file.check()
        if not self._file.stages:
            return Needs((), tuple(self._front_end()))
        try:
            goal, stages = self._prepare(target, every_stage)
        except GraphError as error:
            raise DockerfileError(str(error), self._path, error.line, error.hint) from None
        for node in stages:
            if not node.replaced:
                self._build(node)
        self._take_target(goal)
        self._assume(stages)
        files = used(stages if every_stage else [goal])
        reads = tuple(read if node in files else _unread(read) for node, read in self._reads)
        executed = tuple(one.instruction for node in stages if not node.replaced for one in node.commands)
        labels = tuple(node.stage.label for node in stages if node.stage)
        return Needs(reads, tuple(dict.fromkeys(self._assumptions)), labels, executed)

    def _prepare(self, target: str | None, every_stage: bool) -> tuple[Node, list[Node]]:
        last = self._file.stages[-1].name
        predefined = platform_arguments(self._platform or DEFAULT_PLATFORM, target or last)
        self._arguments = Arguments(self._args, predefined)
        for instruction in self._file.arguments:
            self._arguments.declare(instruction, self._expander(instruction, self._arguments.known.get))
        graph = Graph(self._file, self._contexts, self._base_name, tolerant=self._tolerant)
        goal = graph.target(target)
        graph.link()
        return goal, graph.reachable(graph.nodes if every_stage else [goal])

    def _base_name(self, stage: Stage) -> str:
        expand = self._expander(stage.start, self._arguments.known.get)
        name = expand(stage.base)
        if not name and not self._tolerant:
            raise DockerfileError(f"base name ({stage.base}) should not be blank", self._path, stage.start.line)
        platform = stage.start.flag("platform")
        if platform and not expand(platform) and not self._tolerant:
            message = f"empty platform value from expression {platform}"
            raise DockerfileError(message, self._path, stage.start.line)
        return name

    def _take_target(self, goal: Node) -> None:
        """All of the target becomes the image, so all of a named context that it starts from."""
        if goal.origin is not None and goal.stage is not None:
            self._whole(goal, goal.stage.start, goal.origin)

    # --- assumptions -----------------------------------------------------------------------------

    def _assume(self, stages: list[Node]) -> None:
        self._assumptions += self._front_end()
        for node in stages:
            if node.base is None and node.context is None and node.base_name != "scratch" and node.stage is not None:
                name = node.base_name or node.stage.base
                message = f"the image {name} brings no ONBUILD instructions and no variables that paths use"
                self._assumptions.append(Assumption(message, Location(self._path, node.line), "image"))
        names = sorted(self._looked_up & set(self._arguments.known) - set(self._args))
        machine = [name for name in names if name.startswith(("TARGET", "BUILD")) and name != "TARGETSTAGE"]
        if self._platform is None and machine:
            message = f"the build runs on and for {DEFAULT_PLATFORM} ({', '.join(machine)})"
            self._assumptions.append(Assumption(message, Location(self._path)))

    def _front_end(self) -> Iterator[Assumption]:
        if self._syntax is not None:
            image, line = self._syntax
            message = f"the front end {image} reads the file as Docker's own does"
            yield Assumption(message, Location(self._path, line), "front-end")

    # --- expansion -------------------------------------------------------------------------------

    def _expander(
        self, instruction: Instruction, lookup: Callable[[str], str | None], unset: list[str] | None = None
    ) -> Callable[[str], str]:
        """Expands words of one instruction; the names of unset variables are added to ``unset``."""

        def expand(word: str) -> str:
            if is_plain(word):
                return word
            lexer = self._lexer(lookup)
            try:
                return lexer.expand(word)
            except ShellError as error:
                if self._tolerant:
                    lexer.unset.append(word)
                    return "*"
                raise DockerfileError(str(error), self._path, instruction.line) from None
            finally:
                self._looked_up |= lexer.names
                if unset is not None:
                    unset.extend(lexer.unset)

        return expand

    def _lexer(self, lookup: Callable[[str], str | None]) -> Lexer:
        return Lexer(lookup, self._file.escape, absent="*" if self._lenient else "", mandatory=not self._tolerant)

    # --- stages ----------------------------------------------------------------------------------

    def _build(self, node: Node) -> None:
        node.built = True
        node.variables = {"PATH": DEFAULT_PATH} if node.base is None else node.base.inherited()
        if node.base is not None:
            node.uses.append(node.base)
        for command in node.commands:
            self._dispatch(node, command)

    def _dispatch(self, node: Node, command: Command) -> None:
        instruction = command.instruction
        keyword = instruction.keyword
        expand = self._expander(instruction, node.variables.get)
        if keyword == "ENV":
            assign(instruction, node.variables, expand)
        elif keyword == "ARG":
            self._arguments.enter(instruction, node.variables, expand)
        elif keyword in {"COPY", "ADD"}:
            self._copy(node, command)
        elif keyword == "RUN":
            self._run(node, command)
        elif not self._tolerant:
            self._try(instruction, expand)

    def _try(self, instruction: Instruction, expand: Callable[[str], str]) -> None:
        """Expands what does not matter here, because BuildKit fails where it cannot be expanded."""
        if instruction.keyword in _EXPANDED:
            expand(instruction.rest)
        elif instruction.keyword in {"VOLUME", "EXPOSE"}:
            for word in instruction.words:
                expand(word.text)
        elif instruction.keyword == "LABEL":
            for name, value in instruction.pairs:
                expand(name)
                expand(value or "")

    # --- COPY and ADD ----------------------------------------------------------------------------

    def _copy(self, node: Node, command: Command) -> None:
        instruction, origin = command.instruction, next(iter(command.origins), None)
        if origin is not None and not origin.built and not self._tolerant:
            message = (f'cannot copy from stage "{instruction.flag("from")}", it needs to be defined before current '
                       f'stage "{node.label}"')  # fmt: skip
            raise DockerfileError(message, self._path, instruction.line)
        sources = instruction.sources
        if origin is not None and sources:
            node.uses.append(origin)
        if not self._tolerant:
            self._try_copy(instruction, node.variables.get)
        if origin is None or origin.origin is not None:
            text = instruction.text
            for word in sources:
                self._copied(node, instruction, text, word, origin)

    def _try_copy(self, instruction: Instruction, lookup: Callable[[str], str | None]) -> None:
        expand = self._expander(instruction, lookup)
        for flag in instruction.flags:
            if flag.name in _EXPANDED_FLAGS:
                expand(flag.value)
        for word in (*instruction.sources, instruction.words[-1]):
            text = expand(word.text)
            if instruction.keyword == "COPY" and word is not instruction.words[-1] and _remote(text):
                what = "git ref" if re.match(_GIT, text) else "URL"
                raise DockerfileError(f"source can't be a {what} for COPY", self._path, instruction.line)
        self._check_sum(instruction, expand)
        for heredoc in instruction.heredocs:
            if heredoc.expand:
                self._try_body(heredoc.content, instruction, lookup)

    def _check_sum(self, instruction: Instruction, expand: Callable[[str], str]) -> None:
        if not instruction.flag("checksum"):
            return
        message = "checksum can't be specified for multiple sources"
        if len(instruction.sources) == 1:
            if _remote(expand(instruction.sources[0].text)):
                return
            message = "checksum requires HTTP(S) or Git sources"
        raise DockerfileError(message, self._path, instruction.line)

    def _try_body(self, body: str, instruction: Instruction, lookup: Callable[[str], str | None]) -> None:
        try:
            Lexer(lookup, quotes=False).expand(body)
        except ShellError as error:
            raise DockerfileError(str(error), self._path, instruction.line) from None

    def _copied(self, node: Node, instruction: Instruction, text: str, word: Word, origin: Node | None) -> None:
        unset: list[str] = []
        expanded = self._expander(instruction, node.variables.get, unset)(word.text)
        add = instruction.keyword == "ADD"
        if add and expanded.startswith(_WEB):
            return
        source = _source(
            node, instruction, text, word.text, expanded, unset,
            kind=instruction.keyword.lower() if _is_direct(origin) else "from",
            context=None if origin is None else origin.origin,
            reads=not (add and re.match(_GIT, expanded)),
            parents=instruction.is_set("parents"),
            excludes=instruction.flag_values("exclude"),
        )  # fmt: skip
        self._reads.append((node, Read(source, instruction, word)))

    # --- RUN -------------------------------------------------------------------------------------

    def _run(self, node: Node, command: Command) -> None:
        instruction = command.instruction
        if node.origin is not None:
            self._whole(node, instruction, node.origin)
        for mount, origin in zip(instruction.mounts, command.origins, strict=True):
            unset: list[str] = []
            try:
                options = mount.expanded(self._expander(instruction, node.variables.get, unset))
            except MountError as error:
                if self._tolerant:
                    continue
                raise DockerfileError(str(error), self._path, instruction.line) from None
            self._check_mount(instruction, options, origin)
            if options["type"] in {"bind", "cache", "tmpfs"}:
                self._mounted(node, instruction, mount, options, unset, origin)

    def _check_mount(self, instruction: Instruction, options: Mapping[str, str], origin: Node | None) -> None:
        if self._tolerant:
            return
        target = options.get("target", "")
        if origin is not None and not origin.built:
            message = (f'cannot mount from stage "{options.get("from", "")}" to "{target}", stage needs to be defined '
                       "before current command")  # fmt: skip
            raise DockerfileError(message, self._path, instruction.line)
        if target.startswith("/") and not _clean(target)[0] and options["type"] not in {"secret", "ssh"}:
            raise DockerfileError('invalid mount target "/"', self._path, instruction.line)

    def _mounted(
        self, node: Node, instruction: Instruction, mount: Mount, options: Mapping[str, str], unset: list[str],
        origin: Node | None,
    ) -> None:  # fmt: skip
        kind = options["type"]
        if origin is not None and kind != "tmpfs":
            node.uses.append(origin)
        if origin is None and kind == "cache":
            return
        if origin is not None and origin.origin is None:
            return
        source = _source(
            node, instruction, instruction.text, mount.source or "", options.get("source", ""), unset,
            kind="tmpfs" if kind == "tmpfs" else "bind" if _is_direct(origin) else "from",
            context=None if origin is None else origin.origin,
            reads=kind != "tmpfs",
        )  # fmt: skip
        self._reads.append((node, Read(source, instruction, mount.place)))

    def _whole(self, node: Node, instruction: Instruction, context: str) -> None:
        word = instruction.words[0] if instruction.keyword == "FROM" else None
        written = word.text if word else ""
        source = _source(node, instruction, instruction.text, written, "", [], kind="from", context=context)
        self._reads.append((node, Read(source, instruction, word)))


def _source(
    node: Node, instruction: Instruction, text: str, word: str, expanded: str, unset: list[str], *, kind: str,
    context: str | None, reads: bool = True, parents: bool = False, excludes: tuple[str, ...] = (),
) -> Source:  # fmt: skip
    path, climbs = _clean(expanded)
    return Source(
        word=word, path=path, line=instruction.line, end_line=instruction.end_line, instruction=instruction.keyword,
        text=text, kind=kind, context=context, stage=node.stage.label if node.stage else None, reads=reads,
        parents=parents, excludes=excludes, unset=tuple(dict.fromkeys(unset)), climbs=climbs,
    )  # fmt: skip


def _clean(path: str) -> tuple[str, bool]:
    """The path below the context's root, and whether it tried to leave it."""
    parts: list[str] = []
    climbs = False
    for part in path.split("/"):
        if part == "..":
            climbs = climbs or not parts
            del parts[-1:]
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts), climbs


def _unread(read: Read) -> Read:
    """The same, in a stage that is built although nothing of it is used."""
    return read._replace(source=read.source._replace(reads=False))


def _is_direct(origin: Node | None) -> bool:
    """Whether a context itself is read, not a stage that started from it and may have made the file."""
    return origin is None or origin.stage is None or origin.replaced


def _remote(text: str) -> bool:
    return text.startswith(_WEB) or re.match(_GIT, text) is not None


def _normal(name: str) -> tuple[str, str]:
    try:
        return normal_name(name), name
    except BadNameError:
        return name, name


def _syntax(file: Dockerfile, args: Mapping[str, str]) -> tuple[str, int | None] | None:
    """The front end that is not Docker's, and the line that asks for it."""
    from ctxsize.dockerfile.syntax import is_dockers_own

    given = args.get("BUILDKIT_SYNTAX")
    found: tuple[str, int | None] | None = (given.split(" ")[0], None) if given else file.syntax
    return None if found is None or is_dockers_own(found[0]) else found
