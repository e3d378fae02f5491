"""The builds that compose files ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.builds.compose import projects, read
from ctxsize.builds.compose.projects import CANONICAL

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ctxsize.builds import Found
    from ctxsize.builds.compose import Project
    from ctxsize.model import BuildDefinition

__all__ = ["builds"]


def builds(found: Found) -> Iterable[BuildDefinition]:
    """Project by project; those that compose takes by itself at the root first, so that they have the plain names."""
    for project in sorted(projects(found.files), key=_rank):
        has = read(project, load=found.repository.read, environ=found.environ, root=found.repository.root)
        found.problems += has.problems
        yield from has.builds


def _rank(project: Project) -> tuple[int, bool, tuple[str, ...]]:
    folder, _, name = project.files[0].rpartition("/")
    return folder.count("/") + bool(folder), name not in CANONICAL, project.files
