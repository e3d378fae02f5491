"""The ways out of a context mismatch, as values: which context each build gets, and where each source reads from then.

root: one context above everything that a build reads. named: the Dockerfile's own folder stays the context, every other
folder becomes a named one. vendor (copies before the build) is only ever priced.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.migrate.dockerfile import Moved

if TYPE_CHECKING:
    from ctxsize.dockerfile import Dockerfile
    from ctxsize.dockerfile import Read as Reading
    from ctxsize.model import BuildDefinition

__all__ = ["Layout", "Site", "StrategyName", "laid_out"]


class StrategyName(StrEnum):
    """The choices of ``--strategy``."""

    ROOT = "root"
    NAMED = "named"
    VENDOR = "vendor"


class Site(NamedTuple):
    """One Dockerfile, all builds that use it, and where what it reads really stands.

    ``home`` is the folder that it was written for. ``places`` pairs each read of the main context with where it
    stands, relative to the root; ``folders`` are those of the places that are folders.
    """

    dockerfile: str
    text: str
    parsed: Dockerfile
    builds: tuple[BuildDefinition, ...]
    home: str
    places: tuple[tuple[Reading, str], ...]
    folders: frozenset[str] = frozenset()


class Layout(NamedTuple):
    """What a strategy comes to for one site: the main ``context``, named ``contexts`` as (name, path), the moves.

    ``outside`` are the places in the main context that do not belong to the home folder. All relative to the root.
    """

    site: Site
    context: str
    contexts: tuple[tuple[str, str], ...]
    moves: tuple[Moved, ...]
    outside: tuple[str, ...] = ()


def laid_out(site: Site, strategy: StrategyName) -> Layout:
    """The layout that a strategy gives a site; ``vendor`` has none."""
    return _rooted(site) if strategy is StrategyName.ROOT else _named(site)


def _rooted(site: Site) -> Layout:
    context = _common([site.home, *(place for _, place in site.places)])
    moves = tuple(
        Moved(reading, posixpath.relpath(place, context), posixpath.relpath(site.home, context))
        for reading, place in site.places
    )
    return Layout(site, context, (), moves, _outside(site))


def _outside(site: Site) -> tuple[str, ...]:
    found = (place for _, place in site.places if not _inside(place, site.home))
    return tuple(dict.fromkeys(found))


def _named(site: Site) -> Layout:
    names: dict[str, str] = {}
    moves: list[Moved] = []
    taken = _taken(site)
    for reading, place in site.places:
        if _inside(place, site.home):
            moves.append(Moved(reading, posixpath.relpath(place, site.home)))
            continue
        folder = _shared_folder(place, site)
        if folder not in names:
            names[folder] = _name(folder, taken)
        moves.append(Moved(reading, posixpath.relpath(place, folder), context=names[folder]))
    contexts = tuple((name, folder) for folder, name in names.items())
    return Layout(site, site.home, contexts, tuple(moves))


def _shared_folder(place: str, site: Site) -> str:
    """The folder that becomes a context: the one beside the home folder's own branch, or, for single files, the
    folder that both stand in."""
    above = _common([place, site.home])
    inner = posixpath.relpath(place, above)
    first = inner.split("/")[0]
    if place == above or re.search(r"[*?\[]", first) or ("/" not in inner and place not in site.folders):
        return above
    return posixpath.normpath(posixpath.join(above, first))


def _taken(site: Site) -> set[str]:
    """Names that mean something already: stages, images, other named contexts."""
    found = {"context", "scratch"}
    for stage in site.parsed.stages:
        found |= {stage.name, stage.base.partition(":")[0].lower()}
    for one in site.parsed.instructions:
        found |= {one.flag("from") or "", *(mount.origin for mount in one.mounts)}
    return found | {named.name for build in site.builds for named in build.contexts}


def _name(folder: str, taken: set[str]) -> str:
    """A name that no stage or image has: the folder's own, else with a suffix."""
    plain = re.sub(r"[^a-z0-9_.-]+", "-", posixpath.basename(folder).lower()).strip("-.") or "root"
    name, number = plain, 1
    while name in taken:
        number += 1
        name = f"{plain}-files" if number == 2 else f"{plain}-files-{number}"
    taken.add(name)
    return name


def _common(paths: Iterable[str]) -> str:
    parts = [[] if path == "." else path.split("/") for path in paths]
    shared: list[str] = []
    for names in zip(*parts, strict=False):
        if len(set(names)) > 1:
            break
        shared.append(names[0])
    return "/".join(shared) or "."


def _inside(path: str, folder: str) -> bool:
    return folder in {".", path} or path.startswith(f"{folder}/")
