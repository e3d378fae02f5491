"""The context of a Dockerfile that nothing declares: the ancestor under which its sources exist.

Measured on 905 Dockerfiles whose context is declared somewhere: a unique best fit is right in 576 of 580 cases, the
whole rule in 95.8 %.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from ctxsize.builders.links import has_wildcard
from ctxsize.dockerfile import DockerfileError, needs
from ctxsize.dockerignore import BadPatternError, go_match
from ctxsize.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ctxsize.dockerfile import Dockerfile
    from ctxsize.model import BuildDefinition, Source
    from ctxsize.repositories.disk import Repository

__all__ = ["Inference"]

# folders that hold the Dockerfiles of the whole repository
_GATHERING = {"docker", "dockerfiles", "dockerfile", "containers", "build", "deploy", "deployment", "ci", "hack",
              ".devcontainer", "packaging"}  # fmt: skip
# a wildcard over the folders of a huge repository needs no full list to be found
_ENOUGH = 2000


class Inference:
    """``declared`` are the builds that something declares: where they have their contexts says something, too."""

    def __init__(self, repository: Repository, declared: Iterable[BuildDefinition]) -> None:
        self._repository = repository
        self._names: dict[str, dict[str, Kind]] = {}
        relations = [_relation(build) for build in declared]
        self._same = relations.count("same")
        self._root = relations.count("root")
        self._declared = len(relations)

    def context(self, dockerfile: Dockerfile) -> tuple[str, str]:
        """(context, why), relative to the repository's root."""
        folder = posixpath.dirname(dockerfile.name)
        read = _read(dockerfile)
        explicit = sorted({source.path for source in read or () if not source.whole})
        candidates = list(_ancestors(folder))
        scores = [sum(self._exists(candidate, source) for source in explicit) for candidate in candidates]
        best = max(scores)
        fitting = [candidate for candidate, score in zip(candidates, scores, strict=True) if score == best]
        if explicit and best == 0:
            return folder or ".", f"not determined: none of its {len(explicit)} sources exists"
        if len(fitting) == 1:
            why = f"{best} of its {len(explicit)} sources exist there" if explicit else "it stands at the root"
            return fitting[0] or ".", why
        return self._tie(dockerfile.name, fitting, reads=read != [])

    def _tie(self, path: str, fitting: Sequence[str], *, reads: bool) -> tuple[str, str]:
        folder, name = posixpath.split(path)
        names = self._in(folder)
        for ignore in (f"{name}.dockerignore", ".dockerignore"):
            if ignore in names and folder in fitting:
                return folder or ".", f"its folder has a {ignore}"
        if "" in fitting and self._declared and self._root * 2 >= self._declared and self._root >= self._same:
            return ".", "most declared builds of the repository have the root as context"
        if folder in fitting and self._declared and self._same * 2 >= self._declared:
            return folder or ".", "most declared builds of the repository have their own folder as context"
        if not reads:
            return folder or ".", "it reads nothing, so its own folder"
        if "" in fitting and (folder.rpartition("/")[2].lower() in _GATHERING or self._only_dockerfiles(folder)):
            return ".", "its folder only gathers Dockerfiles"
        chosen = folder if folder in fitting else fitting[0]
        return chosen or ".", "nothing tells it from another, so its own folder"

    def _only_dockerfiles(self, folder: str) -> bool:
        from ctxsize.builds.search import is_dockerfile_name

        names = self._in(folder)
        return bool(folder) and all(is_dockerfile_name(name) or name.endswith(".dockerignore") for name in names)

    # --- what is there ---------------------------------------------------------------------------

    def _in(self, folder: str) -> dict[str, Kind]:
        if folder not in self._names:
            self._names[folder] = dict(self._repository.names(folder or "."))
        return self._names[folder]

    def _exists(self, base: str, path: str) -> bool:
        folders = [base]
        parts = path.split("/")
        for place, part in enumerate(parts):
            found: list[str] = []
            for folder in folders:
                for name, kind in self._matching(folder, part):
                    if place == len(parts) - 1:
                        return True
                    if kind is not Kind.FILE:
                        found.append(f"{folder}/{name}" if folder else name)
            folders = found[:_ENOUGH]
        return False

    def _matching(self, folder: str, part: str) -> Iterable[tuple[str, Kind]]:
        names = self._in(folder)
        if not has_wildcard(part):
            return [(part, names[part])] if part in names else []
        try:
            return [(name, kind) for name, kind in names.items() if go_match(part, name)]
        except BadPatternError:
            return []


def _read(dockerfile: Dockerfile) -> list[Source] | None:
    """What it reads from its context; None if that cannot be told."""
    try:
        return [source for source in needs(dockerfile, lenient=True).for_context(None) if source.reads]
    except DockerfileError:
        return None


def _ancestors(folder: str) -> Iterable[str]:
    yield folder
    while folder:
        folder = posixpath.dirname(folder)
        yield folder


def _relation(build: BuildDefinition) -> str:
    if build.dockerfile is None or build.remote:
        return "other"
    folder = posixpath.dirname(build.dockerfile)
    context = "" if build.context == "." else build.context
    if context == folder:
        return "same"
    return "root" if context == "" else "other"
