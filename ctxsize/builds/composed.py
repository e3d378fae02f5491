"""The builds that compose files ask for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ctxsize.builds.compose import projects
from ctxsize.builds.compose.projects import CANONICAL
from ctxsize.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ctxsize.builds import Found
    from ctxsize.builds.compose import Project
    from ctxsize.model import BuildDefinition

__all__ = ["builds"]

_SERVICES = re.compile(rb"^[\"']?(?:services|include)[\"']?\s*:", re.MULTILINE)


def builds(found: Found) -> Iterable[BuildDefinition]:
    """Project by project; those that compose takes by itself at the root first, so that they have the plain names."""
    for project in sorted(projects(found.files), key=_rank):
        if not _speaks_of_services(found, project):
            continue
        from ctxsize.builds.compose import read

        has = read(project, load=found.repository.read, environ=found.environ, root=found.repository.root)
        found.problems += has.problems
        yield from has.builds


def _speaks_of_services(found: Found, project: Project) -> bool:
    """A file that is called ``docker_compose_up.yaml`` may be anything; only a canonical name has to be Compose's."""
    if project.files[0].rpartition("/")[2] in CANONICAL:
        return True
    try:
        data = found.repository.read(project.files[0]) or b""
    except InputError:
        return True
    # UTF-16 is full of NUL bytes
    return b"\0" in data or data.lstrip().startswith(b"{") or _SERVICES.search(data) is not None


def _rank(project: Project) -> tuple[int, bool, tuple[str, ...]]:
    folder, _, name = project.files[0].rpartition("/")
    return folder.count("/") + bool(folder), name not in CANONICAL, project.files
