"""Compose files: which they are, which belong together, and the builds that their services ask for.

``docker compose config`` (Compose 2.40, compose-go 2.9) is the judge of every rule in here. Nothing is fetched, no
file is opened but through ``load``, and no bad file takes another one down. A repository without compose files pays
for none of it: all but the names is imported when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ctxsize.builds.compose.projects import Project, is_compose_name, projects

if TYPE_CHECKING:
    from ctxsize.builds.compose.marks import NodeMark, ServiceNodes, Span, locate
    from ctxsize.builds.compose.reading import ProjectBuilds, read

__all__ = [
    "NodeMark", "Project", "ProjectBuilds", "ServiceNodes", "Span", "is_compose_name", "locate", "projects", "read",
]  # fmt: skip

_ELSEWHERE = {
    **dict.fromkeys(("ProjectBuilds", "read"), "reading"),
    **dict.fromkeys(("NodeMark", "ServiceNodes", "Span", "locate"), "marks"),
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _ELSEWHERE:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ELSEWHERE[name]}"), name)
