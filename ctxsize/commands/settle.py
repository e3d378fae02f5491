"""From what was typed to what is meant: the root, the settings, and the builds that were chosen.

Every command starts here; below it nothing knows of options. Follows the contract: without ``-f`` PATH is a
repository whose builds are discovered, with ``-f`` it is the context of the one build described.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.errors import InputError, SettingsError
from ctxsize.model import BuildDefinition, BuilderName, Kind, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ctxsize.commands.options import Options
    from ctxsize.measure import Request
    from ctxsize.repositories.disk import Repository
    from ctxsize.settings import Settings

__all__ = ["Settled", "choose", "only", "settle"]

_PATH = "PATH is the folder of a repository; with -f the folder that is sent"


class Settled(NamedTuple):
    """``root`` is absolute; ``builds`` are the chosen ones, in the order discovered."""

    root: Path
    settings: Settings
    builds: tuple[BuildDefinition, ...]
    builder: BuilderName
    problems: tuple[Problem, ...] = ()

    @property
    def request(self) -> Request:
        from ctxsize.measure import Request

        return Request(self.repository, self.builds, self.settings.junk, self.builder)

    @property
    def repository(self) -> Repository:
        from ctxsize.repositories.disk import DiskRepository

        return DiskRepository(self.root)


def settle(path: Path, options: Options) -> Settled:
    """Raises InputError for a PATH that is no folder, SettingsError for options that contradict each other."""
    from ctxsize import settings

    root = _folder(path)
    loaded = settings.load(root, options.config)
    _warn_of_unread(loaded, options)
    builder = options.builder or loaded.builder
    if options.file is not None:
        return Settled(root, loaded, choose((_described(root, options.file, options),), options.build), builder)
    _refuse_stray(options)
    from ctxsize.builds import discover
    from ctxsize.repositories.disk import DiskRepository

    found = discover(DiskRepository(root), exclude=loaded.exclude, contexts=loaded.contexts, environ=os.environ)
    return Settled(root, loaded, choose(found.builds, options.build), builder, found.problems)


def _warn_of_unread(loaded: Settings, options: Options) -> None:
    """Of two configurations side by side one is read, which should not take anybody by surprise."""
    if loaded.unread:
        from ctxsize.commands.deliver import warn

        warn([Problem(loaded.unread, f"its [tool.ctxsize] is not read, because there is a {loaded.file}")], options)


def choose(builds: Sequence[BuildDefinition], names: Iterable[str]) -> tuple[BuildDefinition, ...]:
    """The builds that any of ``names`` (exact, else a glob) selects, all without names; order is kept."""
    wanted: set[str] = set()
    for name in names:
        found = _matching([build.name for build in builds], name)
        if not found:
            raise SettingsError(f"no build is named {name or '(nothing)'}",
                                hint=_known([build.name for build in builds], name))  # fmt: skip
        wanted.update(found)
    return tuple(build for build in builds if build.name in wanted) if wanted else tuple(builds)


def only(settled: Settled, why: str) -> BuildDefinition:
    """The one build that is chosen; SettingsError asking for ``--build`` where there are several or none."""
    if len(settled.builds) == 1:
        return settled.builds[0]
    if not settled.builds:
        raise InputError("nothing here asks for a docker build", where=str(settled.root),
                         hint="describe one with -f DOCKERFILE")  # fmt: skip
    names = _listed(build.name for build in settled.builds)
    raise SettingsError(f"{why}, and there are {len(settled.builds)}", hint=f"choose with --build NAME: {names}")


def _folder(path: Path) -> Path:
    # not resolved: people recognise the path that they typed
    root = Path(os.path.abspath(path))
    if not root.exists():
        raise InputError("no such folder", where=str(path), hint=_PATH)
    if not root.is_dir():
        hint = f"for the build of one Dockerfile: -f {path} CONTEXT" if "ocker" in path.name else _PATH
        raise InputError("not a folder", where=str(path), hint=hint)
    return root


def _described(root: Path, file: Path, options: Options) -> BuildDefinition:
    from ctxsize.builds import one_build
    from ctxsize.repositories.disk import DiskRepository

    repository = DiskRepository(root)
    build = one_build(
        repository, file=file, target=options.target, build_args=tuple(options.build_arg),
        build_contexts=tuple(options.build_context), cwd=Path.cwd(),
    )  # fmt: skip
    _refuse_unreadable(repository.kind(build.dockerfile or ""), file)
    return build


def _refuse_unreadable(kind: Kind | None, file: Path) -> None:
    if kind is Kind.FILE:
        return
    if kind is None:
        raise InputError("no such Dockerfile", where=str(file), hint="it is a link to nothing")
    what = "a folder, not a Dockerfile" if kind is Kind.DIR else "not a regular file"
    raise InputError(what, where=str(file), hint="ctxsize … -f DOCKERFILE CONTEXT")


def _refuse_stray(options: Options) -> None:
    """A target or argument without the Dockerfile that it belongs to would silently measure something else."""
    given = {"--target": options.target, "--build-arg": options.build_arg, "--build-context": options.build_context}
    for name, value in given.items():
        if value:
            raise SettingsError(f"{name} describes one build and needs -f/--file",
                                hint=f"ctxsize … -f DOCKERFILE {name} … CONTEXT")  # fmt: skip


def _matching(known: Sequence[str], name: str) -> list[str]:
    if name in known:
        return [name]
    from fnmatch import fnmatchcase

    return [one for one in known if fnmatchcase(one, name)]


def _known(known: Sequence[str], name: str) -> str:
    if not known:
        return "nothing here asks for a docker build"
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return (f"did you mean {near[0]}? " if near else "") + f"known builds: {_listed(known)}"


def _listed(names: Iterable[str]) -> str:
    held = list(names)
    return ", ".join(held[:40]) + (f" and {len(held) - 40} more" if len(held) > 40 else "")
