"""The ignore files that concern some builds: what they say, what they would say without our lines, and whether they
may be written. Reads through the repository; writes nothing."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from ctxsize.dockerignore.edit import block_patterns, parts_of, without_block
from ctxsize.errors import InputError
from ctxsize.model import Kind
from ctxsize.plan import IGNORE_FILE
from ctxsize.suggest.lines import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ctxsize.model import BuildDefinition
    from ctxsize.repositories.disk import Repository

__all__ = ["IgnoreFiles", "of_context", "of_dockerfile"]


def of_context(context: str) -> str:
    """The path of a context's own ignore file."""
    return posixpath.normpath(posixpath.join(context, IGNORE_FILE))


def of_dockerfile(dockerfile: str) -> str:
    return f"{dockerfile}{IGNORE_FILE}"


class IgnoreFiles:
    """All paths are relative to the repository's root. Raises InputError where the marks of a block do not pair up."""

    def __init__(self, repository: Repository, builds: Iterable[BuildDefinition]) -> None:
        self._repository = repository
        self._contexts: dict[str, set[str]] = {}
        shared: dict[str, None] = {}
        for build in builds:
            if build.remote:
                continue
            shared[of_context(build.context)] = None
            shared |= {of_context(one.path): None for one in build.contexts if one.kind == "local" and one.path}
            if build.dockerfile:
                self._contexts.setdefault(of_dockerfile(build.dockerfile), set()).add(build.context)
        self.known = tuple(dict.fromkeys([*shared, *self._contexts]))
        self._unreadable: dict[str, str] = {}
        self._current = {path: self._read(path) for path in self.known}

    def _read(self, path: str) -> bytes | None:
        try:
            return self._repository.read(path)
        except InputError as error:
            self._unreadable[path] = error.message
            return None

    def current(self, path: str) -> bytes | None:
        return self._current.get(path)

    def user(self, path: str) -> bytes | None:
        """The file without our lines; None where nothing would be left of it."""
        data = self.current(path)
        return None if data is None else without_block(data, path)

    def base(self, path: str) -> bytes | None:
        """What would apply without our lines. Lines that the user added to a Dockerfile's file of ours extend the
        file that ours replaced."""
        user = self.user(path)
        contexts = self._contexts.get(path, set())
        if user is None or self.owned(path) or len(contexts) != 1:
            return user
        replaced = self.user(of_context(next(iter(contexts)))) or b""
        return replaced + b"\n" + user if replaced else user

    def owned(self, path: str) -> bool:
        """Whether the file was there before our lines came."""
        data = self.current(path)
        return data is not None and not parts_of(data, path).created

    def without_ours(self) -> dict[str, bytes | None]:
        """The files that have lines of ours, as they would be without."""
        return {path: self.base(path) for path in self.known if self.base(path) != self.current(path)}

    def standing(self, path: str) -> tuple[str, ...]:
        """The exclusions in our block."""
        return tuple(text for text in block_patterns(self.current(path), path) if not text.startswith("!"))

    def block(self, path: str) -> tuple[Rule, ...]:
        """The rules in our block, without their reasons."""
        texts = block_patterns(self.current(path), path)
        return tuple(Rule(text.removeprefix("!"), text.startswith("!")) for text in texts)

    def locked(self, path: str) -> str | None:
        """Why the file may not be written, as far as reading can tell."""
        if path in self._unreadable:
            return self._unreadable[path]
        if path.startswith("../"):
            return "it lies outside the repository"
        folder = "."
        for name in path.split("/"):
            if dict(self._repository.names(folder)).get(name) is Kind.SYMLINK:
                return f"{posixpath.normpath(posixpath.join(folder, name))} is a symlink"
            folder = posixpath.normpath(posixpath.join(folder, name))
        return None
