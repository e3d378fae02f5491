"""The builds that compose files ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.builds.compose import projects, read

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ctxsize.builds import Found
    from ctxsize.model import BuildDefinition

__all__ = ["builds"]


def builds(found: Found) -> Iterable[BuildDefinition]:
    """Project by project; the ones at the root first, so that their services have the plain names."""
    for project in sorted(projects(found.files), key=lambda project: (project.files[0].count("/"), project.files)):
        has = read(project, load=found.repository.read, environ=found.environ, root=found.repository.root)
        found.problems += has.problems
        yield from has.builds
