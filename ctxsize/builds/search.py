"""The files of a repository that may declare builds: one walk by names, without what is not the repository's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ctxsize.builds.compose import is_compose_name
from ctxsize.model import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ctxsize.repository import Repository

__all__ = ["is_dockerfile_name", "search"]

# other people's code, caches and histories: what stands there is built only if something else says so
NOT_SEARCHED = frozenset({
    ".git", ".hg", ".svn", ".tox", ".venv", "venv", ".terraform", ".mypy_cache", ".pytest_cache", ".ruff_cache",
    "__pycache__", "bower_components", "node_modules", "site-packages", "third_party", "third-party", "vendor",
})  # fmt: skip

_DOCKERFILE = re.compile(r"(?:dockerfile|containerfile)(?:[._-].+)?|.+\.(?:dockerfile|containerfile)", re.IGNORECASE)
_NOT_DOCKERFILE = re.compile(
    r"~\Z|\.(?:dockerignore|bak|backup|orig|rej|swp|sw[a-p]|old|save|tmp|md|rst|adoc|txt|html?|j2|jinja2?|tmpl|tpl"
    r"|template|erb|in|mustache|hbs|gotmpl|ejs|m4|py|go|rs|rb|ts|tsx|js|mjs|java|kt|cs|sh|bash|ps1|json|ya?ml|toml"
    r"|lock|cue|bzl|hcl|patch|diff|log|svg|png|snap|sum|sha256)\Z",
    re.IGNORECASE,
)


def is_dockerfile_name(name: str) -> bool:
    """``Dockerfile``, ``Dockerfile.dev``, ``api.Dockerfile``, ``Containerfile`` …; no templates, no copies."""
    return _DOCKERFILE.fullmatch(name) is not None and _NOT_DOCKERFILE.search(name) is None


def search(repository: Repository, exclude: Sequence[str] = ()) -> tuple[str, ...]:
    """Paths of compose files and Dockerfiles, sorted; links to folders are not followed."""
    excluded = _excluded(exclude)
    found: list[str] = []
    todo = [""]
    while todo:
        folder = todo.pop()
        for name, kind in repository.names(folder or "."):
            path = f"{folder}/{name}" if folder else name
            if kind is Kind.DIR:
                if name not in NOT_SEARCHED and not excluded(f"{path}/"):
                    todo.append(path)
            elif _declares(name) and not excluded(path) and Kind.FILE in {kind, repository.kind(path)}:
                found.append(path)
    return tuple(sorted(found))


def _declares(name: str) -> bool:
    return is_dockerfile_name(name) or is_compose_name(name)


def _excluded(patterns: Sequence[str]) -> Callable[[str], bool]:
    if not patterns:
        return lambda path: False
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines(patterns, backend="simple").match_file
