"""Which builds a repository asks for. One file here per kind of file that declares builds, one line in ``SOURCES``.

Everything is read through ``Repository``, so a commit is searched by the same code as the disk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.builds.options import one_build
from ctxsize.lazy import Lazy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ctxsize.model import BuildDefinition, Problem
    from ctxsize.repositories.disk import Repository

__all__ = ["SOURCES", "Discovered", "Found", "discover", "one_build"]


class Discovered(NamedTuple):
    """The builds in a stable order, their names unique, and the files that could not be read."""

    builds: tuple[BuildDefinition, ...]
    problems: tuple[Problem, ...] = ()


class Found:
    """What the sources before have found, and where a source looks: ``files`` are all paths that may declare builds.

    ``contexts`` are the configuration's contexts by build-name glob, ``environ`` the environment's variables.
    """

    def __init__(
        self, repository: Repository, files: tuple[str, ...], contexts: Mapping[str, str], environ: Mapping[str, str]
    ) -> None:
        self.repository = repository
        self.files = files
        self.contexts = contexts
        self.environ = environ
        self.builds: list[BuildDefinition] = []
        self.problems: list[Problem] = []


# each a function of what was found so far; in this order: what a Dockerfile asks for on its own counts only if nothing
# before declares it
SOURCES: Mapping[str, Lazy] = {
    "compose": Lazy("ctxsize.builds.composed", "builds"),
    "inferred": Lazy("ctxsize.builds.dockerfiles", "builds"),
}


def discover(
    repository: Repository,
    *,
    exclude: Sequence[str] = (),
    contexts: Mapping[str, str] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Discovered:
    """All builds. ``exclude`` are gitignore patterns of folders that are not searched. Never raises for bad files."""
    from ctxsize.builds.search import search

    found = Found(repository, search(repository, exclude), contexts or {}, environ or {})
    for source in SOURCES.values():
        for build in source(found):
            # a file that is included or extended is also found by itself
            if build not in found.builds:
                found.builds.append(build)
    return Discovered(tuple(_unique(found.builds)), tuple(_folded(dict.fromkeys(found.problems))))


def _folded(problems: Iterable[Problem]) -> Iterable[Problem]:
    """What is wrong at many lines of a file is told at the first of them."""
    alike: dict[tuple[str, str], list[Problem]] = {}
    for one in problems:
        file, _, line = one.path.rpartition(":")
        alike.setdefault((file if line.isdecimal() else one.path, one.message), []).append(one)
    for first, *more in alike.values():
        lines = "on 1 more line" if len(more) == 1 else f"on {len(more):,} more lines"
        yield first._replace(message=f"{first.message} (and {lines})") if more else first


def _unique(builds: Iterable[BuildDefinition]) -> Iterable[BuildDefinition]:
    """A name that is taken gets the declaring file in front, and then a number."""
    taken: set[str] = set()
    for build in builds:
        name, number = build.name, 1
        if name in taken and build.declared.file and build.declared.kind == "compose":
            name = f"{build.declared.file}:{build.name}"
        while name in taken:
            number += 1
            name = f"{build.name}#{number}"
        taken.add(name)
        yield build if name == build.name else build.renamed(name)
