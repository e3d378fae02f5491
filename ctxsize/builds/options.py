"""The one build that is described with docker's own options."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from ctxsize.errors import InputError, SettingsError
from ctxsize.model import BuildDefinition, Declaration, NamedContext

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from ctxsize.repositories.disk import Repository

__all__ = ["one_build"]

_KINDS = {"docker-image://": "image", "oci-layout://": "layout", "target:": "target", "service:": "service"}
_REMOTE = r"(?:https?://|git://|ssh://|git@|github\.com/)"


def one_build(
    repository: Repository,
    *,
    file: Path,
    target: str | None = None,
    build_args: Sequence[str] = (),
    build_contexts: Sequence[str] = (),
    cwd: Path,
    environ: Mapping[str, str] = os.environ,
) -> BuildDefinition:
    """The build of ``file`` (relative to ``cwd``, as for docker) with the repository's root as its context.

    Raises InputError if there is no such Dockerfile, SettingsError for options that cannot be understood.
    """
    path = _dockerfile(repository, file, cwd)
    return BuildDefinition(
        name=f"{path}@{target}" if target else path,
        declared=Declaration("options", path),
        context=".",
        dockerfile=path,
        target=target,
        args=tuple(_arguments(build_args, environ)),
        contexts=tuple(_context(word, repository.root, cwd) for word in build_contexts),
    )


def _dockerfile(repository: Repository, file: Path, cwd: Path) -> str:
    if str(file) == "-":
        raise InputError("a Dockerfile from standard input is not read", hint="save it, and name the file with -f")
    for base in (cwd, repository.root):
        full = os.path.normpath(base / file)
        if os.path.lexists(full):
            return os.path.relpath(full, repository.root).replace(os.sep, "/")
    raise InputError("no such Dockerfile", where=str(file), hint="-f is relative to the current folder")


def _arguments(words: Iterable[str], environ: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for word in words:
        name, equals, value = word.partition("=")
        if not name:
            raise SettingsError(f"--build-arg {word} has no name", hint="write it as --build-arg NAME=VALUE")
        if equals or name in environ:
            yield name, value if equals else environ[name]


def _context(word: str, root: Path, cwd: Path) -> NamedContext:
    name, equals, value = word.partition("=")
    if not (name and equals and value):
        raise SettingsError(f"--build-context {word} is not NAME=PATH", hint="write it as --build-context NAME=PATH")
    for prefix, kind in _KINDS.items():
        if value.startswith(prefix):
            return NamedContext(name, kind, value)
    if re.match(_REMOTE, value):
        return NamedContext(name, "remote", value)
    path = os.path.relpath(os.path.normpath(cwd / value), root).replace(os.sep, "/")
    return NamedContext(name, "local", value, path)
