"""The ignore files that stand near builds, and who reads them. For doctor's facts; nothing is judged here."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING

from ctxsize.diagnosis.resolve import ancestors
from ctxsize.diagnosis.sentfacts import same_name_deeper
from ctxsize.dockerignore import BadPatternError, IgnoreRules
from ctxsize.dockerignore.edit import CLOSE, OPEN
from ctxsize.dockerignore.parse import read_ignore_lines
from ctxsize.errors import InputError
from ctxsize.model import BuilderName, Kind
from ctxsize.rules.case import IgnoreCase

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from ctxsize.measure import Context
    from ctxsize.model import BuildDefinition
    from ctxsize.plan import Plan
    from ctxsize.repositories.disk import Repository
    from ctxsize.rules.case import BuildCase

__all__ = ["IgnoreFiles", "git_check_ignore"]

NAME = ".dockerignore"


class IgnoreFiles:
    """Collects while contexts are worked on; ``cases`` has the result."""

    def __init__(self, repository: Repository, builds: Sequence[BuildDefinition], git_ignored: Sequence[str]) -> None:
        self._repository = repository
        self._builds = [build for build in builds if not build.remote]
        self._git_ignored = git_ignored
        self._cases: dict[str, IgnoreCase] = {}

    def learn(self, context: Context) -> None:
        """Notes which files the context's builds read, and what they let through."""
        for plan in context.plans:
            for rules, builder in ((plan.rules, BuilderName.BUILDKIT), (plan.archive_rules, BuilderName.ARCHIVE)):
                if rules.file is not None:
                    self._used(posixpath.normpath(rules.file), context, plan, builder)

    def _used(self, file: str, context: Context, plan: Plan, builder: BuilderName) -> None:
        known = self._cases.get(file)
        if known is None:
            known = self._read(file, context.path)
            if known is None:
                return
            known = self._with_facts(known, context, plan, builder)
        names = tuple(dict.fromkeys((*known.builds, plan.build.name)))
        self._cases[file] = known._replace(builds=names)

    def _read(self, file: str, context: str) -> IgnoreCase | None:
        try:
            data = self._repository.read(file)
            if data is None:
                return None
            rules, lines = IgnoreRules.parse(data, file), read_ignore_lines(data, file)
        except InputError:
            return None
        ignored = any(file == path or (path.endswith("/") and file.startswith(path)) for path in self._git_ignored)
        return IgnoreCase(file, rules, lines, context, git_ignored=ignored, ours=_ours(data))

    def _with_facts(self, case: IgnoreCase, context: Context, plan: Plan, builder: BuilderName) -> IgnoreCase:
        if case.rules.broken or context.tree is None:
            return case
        try:
            passing = context.everything_not_ignored(plan, builder)
        except BadPatternError:
            return case
        return case._replace(
            deeper={0: (), **_unmeant(same_name_deeper(passing, case.rules.patterns), case.rules)},
            brackets=dict(self._brackets(case)),
            present=frozenset(self._present(case)),
            walked=passing.walked,
            sent=passing.entries,
        )

    def _brackets(self, case: IgnoreCase) -> Iterator[tuple[int, str]]:
        for pattern in case.rules.patterns:
            if "[" not in pattern.text or "\\" in pattern.text:
                continue
            if self._repository.kind(posixpath.join(case.context, pattern.text)) is not None:
                yield pattern.line, pattern.text

    def _present(self, case: IgnoreCase) -> Iterator[str]:
        for pattern in case.rules.patterns:
            path = posixpath.join(case.context, pattern.text)
            if pattern.exception and not pattern.wild and self._repository.kind(path) is Kind.FILE:
                yield pattern.text

    # --- those that nobody reads -------------------------------------------------------------------

    def cases(self, builds: Sequence[BuildCase]) -> tuple[IgnoreCase, ...]:
        """All ignore files beside a Dockerfile, in a context, or in a folder above them, read or not."""
        for case in builds:
            for named in case.measurement.named:
                if named.ignore_file is not None:
                    self._named(posixpath.normpath(named.ignore_file), named.path, case.name)
        for folder in sorted(self._folders()):
            for name, kind in sorted(self._repository.names(folder)):
                file = posixpath.normpath(posixpath.join(folder, name))
                if name.endswith(NAME) and kind is not Kind.DIR and file not in self._cases:
                    self._idle(file, folder)
        return tuple(self._cases[file] for file in sorted(self._cases))

    def _named(self, file: str, path: str, build: str) -> None:
        known = self._cases.get(file) or self._read(file, path)
        if known is not None:
            self._cases[file] = known._replace(builds=tuple(dict.fromkeys((*known.builds, build))))

    def _folders(self) -> set[str]:
        found: set[str] = set()
        for build in self._builds:
            own = posixpath.dirname(build.dockerfile) or "." if build.dockerfile else build.context
            found.update(ancestors(own), ancestors(build.context))
        return found

    def _idle(self, file: str, folder: str) -> None:
        case = self._read(file, folder)
        if case is None:
            return
        why, declared = self._why(file, folder)
        self._cases[file] = case._replace(instead=why, declared=declared)

    def _why(self, file: str, folder: str) -> tuple[str, bool]:
        """Why nobody reads a file, and whether a declared build says so."""
        name = posixpath.basename(file)
        if name != NAME:
            return f"no build's Dockerfile is {file.removesuffix(NAME)}", bool(self._declared(self._builds))
        here = [build for build in self._builds if build.context == folder]
        if here:
            own = f"{here[0].dockerfile}{NAME}"
            return f"{here[0].name} reads {own} in its place", True
        beside = [build for build in self._builds
                  if build.dockerfile and (posixpath.dirname(build.dockerfile) or ".") == folder]  # fmt: skip
        if beside:
            build = (self._declared(beside) or beside)[0]
            where = "the repository's root" if build.context == "." else f"{build.context}/"
            return f"the context of {build.name} is {where}", bool(self._declared(beside))
        return "no build has this folder as its context", bool(self._declared(self._builds))

    def _declared(self, builds: Iterable[BuildDefinition]) -> list[BuildDefinition]:
        return [build for build in builds if build.declared.kind != "inferred"]

    # --- git -------------------------------------------------------------------------------------

    def git_rule(self) -> tuple[str, int] | None:
        """The line that makes git ignore a ``.dockerignore`` at the root, there or not."""
        done = _git(self._repository.root, ["check-ignore", "--no-index", "-v", "-z", "--stdin"], NAME.encode())
        fields = done.split(b"\0")
        if len(fields) < 4 or not fields[1].isdigit() or fields[2].startswith(b"!"):
            return None
        file = os.fsdecode(fields[0])
        if os.path.isabs(file):  # noqa: PTH117 - the user's own excludes are no file of the repository
            return None
        # git names its files from the top of its own repository
        up = os.fsdecode(_git(self._repository.root, ["rev-parse", "--show-cdup"])).strip()
        return posixpath.join(up, file), int(fields[1])


def _unmeant(deeper: dict[int, tuple[str, ...]], rules: IgnoreRules) -> dict[int, tuple[str, ...]]:
    """Without what an exception lets through: that is there on purpose."""
    kept = {line: tuple(path for path in paths if rules.decider(path.rstrip("/")) is None)
            for line, paths in deeper.items()}  # fmt: skip
    return {line: paths for line, paths in kept.items() if paths}


def _ours(data: bytes) -> range:
    """The lines between our own marks."""
    lines = data.split(b"\n")
    starts = [number for number, line in enumerate(lines, 1) if line.startswith(OPEN.encode())]
    ends = [number for number, line in enumerate(lines, 1) if line.startswith(CLOSE.encode())]
    return range(starts[0], ends[-1] + 1) if starts and ends else range(0)


def git_check_ignore(root: Path, paths: Sequence[str]) -> frozenset[str]:
    """Those of the paths (relative to the root) that git's rules ignore, whether they exist or are tracked."""
    given = b"\0".join(os.fsencode(path) for path in paths)
    done = _git(root, ["check-ignore", "--no-index", "-z", "--stdin"], given)
    return frozenset(os.fsdecode(path) for path in done.split(b"\0") if path)


def _git(root: Path, arguments: Sequence[str], given: bytes = b"") -> bytes:
    """What git prints; nothing where there is no git or no repository."""
    import subprocess

    environ = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1"}
    command = ["git", "-c", "core.fsmonitor=false", *arguments]
    try:
        done = subprocess.run(command, cwd=root, env=environ, input=given, capture_output=True, check=False)
    except OSError:
        return b""
    return done.stdout
