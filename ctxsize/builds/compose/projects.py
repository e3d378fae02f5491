"""Which files of a repository are Compose's, and which of them are merged together. Names only, no file is opened.

In a folder, the first canonical name and the first canonical override are one project, as ``docker compose`` without
``-f`` would take them; every other file stands alone.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["CANONICAL", "Project", "is_compose_name", "projects"]

CANONICAL = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
_OVERRIDES = tuple(f"{stem}.override.{suffix}" for stem in ("compose", "docker-compose") for suffix in ("yml", "yaml"))
_NAME = re.compile(r"(?:[^/]*[._-])?(?:docker[-_.]?)?compose(?:[._-][^/]*)?\.ya?ml", re.IGNORECASE)
# GitHub reads every YAML file in there as a workflow, whatever it is called
_WORKFLOWS = (".github", "workflows")


class Project(NamedTuple):
    """The files that are merged, the first one underneath. Paths are relative to the repository's root."""

    files: tuple[str, ...]

    @property
    def folder(self) -> str:
        """What relative paths in all its files are relative to; empty for the root."""
        return posixpath.dirname(self.files[0])


def is_compose_name(name: str) -> bool:
    """``compose.yaml``, ``docker-compose.dev.yml``, ``docker-compose-prod.yml``, ``ci.compose.yml``, …"""
    return _NAME.fullmatch(name) is not None


def projects(files: Iterable[str]) -> tuple[Project, ...]:
    """The projects among these files, sorted by their first file; names that are not Compose's are left out."""
    folders: dict[str, set[str]] = {}
    for file in files:
        folder, name = posixpath.split(file)
        if is_compose_name(name) and tuple(folder.split("/")[-2:]) != _WORKFLOWS:
            folders.setdefault(folder, set()).add(name)
    found = [project for folder, names in folders.items() for project in _of_folder(folder, names)]
    return tuple(sorted(found, key=lambda project: project.files))


def _of_folder(folder: str, names: set[str]) -> list[Project]:
    main = next((name for name in CANONICAL if name in names), None)
    override = next((name for name in _OVERRIDES if name in names), None)
    merged = (main, override) if main and override else (main,) if main else ()
    groups = [merged, *((name,) for name in names if name not in merged)]
    return [Project(tuple(posixpath.join(folder, name) for name in group)) for group in groups if group]
