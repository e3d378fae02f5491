"""What one build asks for: its Dockerfile read, and for each builder the ignore list that applies.

BuildKit takes ``<Dockerfile>.dockerignore``, else the context's own ``.dockerignore``, never both; the classic client
knows only the context's own and adds back what it needs itself.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.dockerignore import BadPatternError, BrokenPattern, IgnoreRules, matches_one_level
from ctxsize.errors import CtxsizeError, InputError
from ctxsize.model import Finding, Problem, Severity

if TYPE_CHECKING:
    from ctxsize.builders.links import Links
    from ctxsize.dockerfile import Needs
    from ctxsize.model import BuildDefinition
    from ctxsize.repositories.disk import Repository

__all__ = ["Plan", "Planner", "inside"]

IGNORE_FILE = ".dockerignore"
_LINKS_AT_MOST = 40
# one for all contexts, so that they have one set of states
_NO_RULES = IgnoreRules(None)


class Plan(NamedTuple):
    """``needs`` is None where the Dockerfile cannot be read: then ``error`` is what the builder says, and nothing may
    be held to be unused. ``archive_dockerfile`` is the Dockerfile's path in the context, None if it lies outside."""

    build: BuildDefinition
    needs: Needs | None
    rules: IgnoreRules
    archive_rules: IgnoreRules
    archive_dockerfile: str | None
    error: str | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def ignore_file(self) -> str | None:
        return self.rules.file


class Planner:
    """Reads each file once, so that builds under one ignore file share its states. Collects ``problems``."""

    def __init__(self, repository: Repository) -> None:
        self.problems: list[Problem] = []
        self._repository = repository
        self._texts: dict[str, bytes | None] = {}
        self._rules: dict[str, IgnoreRules] = {}
        self._forced: dict[tuple[str, tuple[str, ...]], IgnoreRules] = {}
        self._links: dict[str, Links] = {}

    def plan(self, build: BuildDefinition) -> Plan:
        """For a build with a local context. Never raises: what is wrong becomes the plan's ``error``."""
        needs, error, findings = self._needs(build)
        inner = inside(build.context, build.dockerfile) if build.dockerfile else None
        return Plan(build, needs, self._buildkit_rules(build), self._archive_rules(build.context, inner), inner, error,
                    findings)  # fmt: skip

    def links(self, context: str) -> Links:
        if context not in self._links:
            self._links[context] = self._repository.links(context)
        return self._links[context]

    # --- the Dockerfile --------------------------------------------------------------------------

    def _needs(self, build: BuildDefinition) -> tuple[Needs | None, str | None, tuple[Finding, ...]]:
        if build.broken:
            return None, build.broken, ()
        try:
            return self.needs(build), None, ()
        except CtxsizeError as error:
            file, _, line = (error.where or build.dockerfile or "").rpartition(":")
            where, number = (file, int(line)) if file and line.isdecimal() else (error.where or build.dockerfile, None)
            finding = Finding("build-fails", Severity.ERROR, error.message, error.hint, where, number, build.name)
            return None, error.message, (finding,)

    def needs(self, build: BuildDefinition) -> Needs:
        """What the build's instructions read. Raises InputError for a Dockerfile that is missing or wrong."""
        from ctxsize.dockerfile import needs, parse

        path = build.dockerfile or (build.declared.file or "inline")
        data = build.inline.encode("utf-8", "surrogateescape") if build.inline is not None else self._dockerfile(path)
        return needs(parse(data, path), path=path, target=build.target, args=dict(build.args),
                     contexts={one.name: one for one in build.contexts})  # fmt: skip

    def _dockerfile(self, path: str) -> bytes:
        data = self._repository.read(path)
        if data is None:
            raise InputError(f"failed to read dockerfile: open {posixpath.basename(path)}: no such file or directory",
                             where=path)  # fmt: skip
        return data

    # --- ignore files ----------------------------------------------------------------------------

    def _buildkit_rules(self, build: BuildDefinition) -> IgnoreRules:
        if build.dockerfile:
            folder, name = posixpath.split(build.dockerfile)
            own = self._linked(folder or ".", f"{name}{IGNORE_FILE}")
            if own is not None:
                return self._parsed(f"{build.dockerfile}{IGNORE_FILE}", own)
        return self.context_rules(build.context)

    def context_rules(self, context: str) -> IgnoreRules:
        """The rules of a context's own ignore file as BuildKit loads it; also for named contexts."""
        data = self._linked(context, IGNORE_FILE)
        return self._parsed(_join(context, IGNORE_FILE), data) if data is not None else _NO_RULES

    def _archive_rules(self, context: str, dockerfile: str | None) -> IgnoreRules:
        path = _join(context, IGNORE_FILE)
        data = self._text(path)
        if data is None:
            return _NO_RULES
        rules = self._parsed(path, data)
        if rules.broken:
            return rules
        needed = [IGNORE_FILE] + ([dockerfile] if dockerfile else [])
        try:
            forced = tuple(f"!{name}" for name in needed if matches_one_level(rules.patterns, name))
        except BadPatternError:
            # the client stops at the same pattern a moment later
            return rules
        if not forced:
            return rules
        key = (path, forced)
        if key not in self._forced:
            self._forced[key] = rules.followed_by(forced)
        return self._forced[key]

    def _linked(self, folder: str, name: str) -> bytes | None:
        """A file read as BuildKit's client sends it: links lead nowhere outside the folder."""
        links, seen = self.links(folder), 0
        while (target := links.target(name)) is not None:
            name = _clamped(posixpath.dirname(name), target)
            seen += 1
            if seen > _LINKS_AT_MOST:
                return None
        return self._text(_join(folder, name))

    def _text(self, path: str) -> bytes | None:
        if path not in self._texts:
            try:
                self._texts[path] = self._repository.read(path)
            except InputError as error:
                self.problems.append(Problem(path, error.message))
                self._texts[path] = None
        return self._texts[path]

    def _parsed(self, path: str, data: bytes) -> IgnoreRules:
        if path not in self._rules:
            try:
                self._rules[path] = IgnoreRules.parse(data, path)
            except InputError as error:
                line = (error.where or "").rpartition(":")[2]
                broken = BrokenPattern(path, int(line) if line.isdecimal() else 1, "", error.message)
                self._rules[path] = IgnoreRules(path, (), broken)
        return self._rules[path]


def _join(folder: str, name: str) -> str:
    return posixpath.normpath(posixpath.join(folder, name))


def _clamped(folder: str, target: str) -> str:
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def inside(context: str, path: str) -> str | None:
    """The path of a file relative to a context, both relative to the root; None if it lies outside."""
    relative = posixpath.relpath(path, context)
    return None if relative == ".." or relative.startswith("../") else relative
