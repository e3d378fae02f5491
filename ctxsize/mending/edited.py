"""From mismatched builds to the files that a strategy would change. Reads through ``Repository``, writes nothing.

All builds of a Dockerfile move together, wherever they are declared; what cannot be edited is named with its reason.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.diagnosis.resolve import Resolver, ancestors
from ctxsize.errors import CtxsizeError
from ctxsize.mending.declarations import Remark, others
from ctxsize.migrate.compose import Wanted, build_edits
from ctxsize.migrate.dockerfile import source_edits
from ctxsize.migrate.edits import RefusedError, applied
from ctxsize.migrate.ignore_file import named_file, rebased
from ctxsize.migrate.strategy import Layout, Site, StrategyName, laid_out
from ctxsize.model import Kind
from ctxsize.plan import Planner

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ctxsize.builds.compose import ServiceNodes
    from ctxsize.dockerfile import Read as Reading
    from ctxsize.model import BuildDefinition
    from ctxsize.repositories.disk import Repository

__all__ = ["Mended", "Refusal", "mend", "sites"]

IGNORE = ".dockerignore"
# kept out of a folder that several images share: nobody's source, whatever the language
SHARED_JUNK = ("**/.git", "**/node_modules", "**/__pycache__", "**/*.py[cod]", "**/.pytest_cache", "**/.venv",
               "**/.DS_Store")  # fmt: skip


class Refusal(NamedTuple):
    """A Dockerfile or declaration that is left alone, and why. ``builds`` stay broken for it."""

    file: str
    line: int | None
    reason: str
    builds: tuple[str, ...] = ()


class Mended(NamedTuple):
    """What a strategy comes to. ``changes`` map root-relative paths to new bytes (None: the file goes).

    ``layouts`` are the sites that are mended; ``builds`` maps the names of their builds to the layout.
    """

    strategy: StrategyName
    changes: dict[str, bytes | None]
    layouts: tuple[Layout, ...]
    builds: dict[str, Layout]
    refusals: tuple[Refusal, ...] = ()
    remarks: tuple[Remark, ...] = ()


def sites(
    repository: Repository, builds: Sequence[BuildDefinition], broken: Iterable[str]
) -> tuple[list[Site], list[Refusal]]:
    """The Dockerfiles of the broken builds, each with all its builds."""
    wanted = set(broken)
    by_file: dict[str, list[BuildDefinition]] = defaultdict(list)
    refusals = []
    for build in builds:
        if build.dockerfile is not None and not build.remote:
            by_file[build.dockerfile].append(build)
        elif build.name in wanted:
            where = build.declared
            refusals.append(Refusal(where.file or "", where.line, "its Dockerfile is inline", (build.name,)))
    found = []
    for dockerfile, users in by_file.items():
        if any(build.name in wanted for build in users):
            try:
                found.append(_site(repository, dockerfile, users, wanted))
            except CtxsizeError as error:
                names = tuple(build.name for build in users)
                refusals.append(Refusal(dockerfile, None, error.message, names))
    return found, refusals


def _site(repository: Repository, dockerfile: str, users: Sequence[BuildDefinition], wanted: set[str]) -> Site:
    from ctxsize.dockerfile import needs, parse

    data = repository.read(dockerfile) or b""
    parsed = parse(data, dockerfile)
    contexts = {named.name for build in users for named in build.contexts}
    every = needs(parsed, path=dockerfile, contexts=contexts, lenient=True, every_stage=True)
    main = [one for one in every.reads if one.source.context is None]
    reads = [one for one in main if one.source.reads and one.source.kind != "from"]
    build = next(one for one in users if one.name in wanted)
    resolver = Resolver(repository)
    places = tuple(_places(resolver, build, reads))
    home = _home(resolver, build, reads)
    folders = frozenset(place for _, place in places if repository.kind(place) is Kind.DIR)
    text = data.decode("utf-8", "surrogateescape")
    return Site(dockerfile, text, parsed, tuple(users), home, places, folders)


def _home(resolver: Resolver, build: BuildDefinition, reads: Sequence[Reading]) -> str:
    return resolver.home(build.context, build.dockerfile, [read.source for read in reads])


def _places(resolver: Resolver, build: BuildDefinition, reads: Sequence[Reading]) -> Iterator[tuple[Reading, str]]:
    """Where each read stands; what stands nowhere is taken to belong to the home folder, to be made there later."""
    home = _home(resolver, build, reads)
    placed = resolver.place(build.context, build.dockerfile, [read.source for read in reads])
    for read, one in zip(reads, placed, strict=True):
        yield read, one.at or posixpath.normpath(posixpath.join(home, read.source.path))


def mend(
    repository: Repository, builds: Sequence[BuildDefinition], found: Iterable[Site], strategy: StrategyName
) -> Mended:
    """The files that the strategy would change for these sites."""
    work = _Work(repository, builds)
    for site in found:
        work.add(laid_out(site, strategy))
    work.ignore_files()
    remarks = tuple(others(repository, list(work.layouts), work.changes))
    return Mended(strategy, work.changes, tuple(work.layouts), work.named, tuple(work.refusals), remarks)


class _Work:
    def __init__(self, repository: Repository, builds: Sequence[BuildDefinition]) -> None:
        self.repository = repository
        self.builds = builds
        self.changes: dict[str, bytes | None] = {}
        self.layouts: list[Layout] = []
        self.named: dict[str, Layout] = {}
        self.refusals: list[Refusal] = []

    def add(self, layout: Layout) -> None:
        """A site is mended with all its declarations, or left alone."""
        site = layout.site
        where = site.dockerfile
        try:
            self._refuse_lost_rules(layout)
            moved = applied(site.text, source_edits(site.text, site.parsed, layout.moves))
            changes: dict[str, bytes | None] = {site.dockerfile: moved.encode("utf-8", "surrogateescape")}
            for build in site.builds:
                if build.declared.kind != "inferred":
                    where = build.declared.file or site.dockerfile
                    changes |= self._declaration(build, layout, {**self.changes, **changes})
        except RefusedError as error:
            names = tuple(build.name for build in site.builds)
            self.refusals.append(Refusal(where, error.line, error.reason, names))
            return
        self.changes.update({path: data for path, data in changes.items() if data != self.repository.read(path)})
        self.layouts.append(layout)
        self.named.update({build.name: layout for build in site.builds})

    def _refuse_lost_rules(self, layout: Layout) -> None:
        """A Dockerfile's own ignore file is written for one context; only the way from its own folder up is known."""
        site = layout.site
        own = f"{site.dockerfile}{IGNORE}"
        strange = {build.context for build in site.builds} - {layout.context, site.home}
        if layout.context == site.home:
            strange = {build.context for build in site.builds} - {site.home}
        if strange and self.repository.read(own) is not None:
            raise RefusedError(f"{own} is written for the context {min(strange)}")

    # --- compose ---------------------------------------------------------------------------------

    def _declaration(
        self, build: BuildDefinition, layout: Layout, so_far: dict[str, bytes | None]
    ) -> dict[str, bytes | None]:
        from ctxsize.builds.compose import locate

        declared = build.declared
        if declared.kind != "compose" or declared.file is None:
            raise RefusedError(f"{build.name} is declared by {declared.kind}, which is not edited")
        data = so_far.get(declared.file) or self.repository.read(declared.file) or b""
        try:
            text = data.decode("utf-8")
            nodes = locate(text, declared.service or build.name)
        except (UnicodeDecodeError, CtxsizeError) as error:
            raise RefusedError(f"{declared.file} cannot be edited: {error}", declared.line) from None
        if nodes is None:
            raise RefusedError(f"the build of {build.name} is written in another file", declared.line)
        edits = build_edits(text, nodes, self._wanted(build, layout, nodes))
        return {declared.file: applied(text, edits).encode()} if edits else {}

    def _wanted(self, build: BuildDefinition, layout: Layout, nodes: ServiceNodes) -> Wanted:
        """What the file has to say, relative to what its paths are relative to."""
        written = nodes.context.text if nodes.context is not None else "."
        base = _base(build, written)
        context = None
        if layout.context != build.context:
            context = _relative(layout.context, base, dotted=written.startswith("./"))
        dockerfile = posixpath.relpath(layout.site.dockerfile, layout.context)
        same = nodes.dockerfile is not None and posixpath.normpath(nodes.dockerfile.text) == dockerfile
        unsaid = nodes.dockerfile is None and dockerfile == "Dockerfile"
        known = {named.name for named in build.contexts}
        added = [(name, path) for name, path in layout.contexts if name not in known]
        contexts = tuple((name, _relative(path, base, dotted=True)) for name, path in added)
        return Wanted(context, None if same or unsaid else dockerfile, contexts)

    # --- ignore files ----------------------------------------------------------------------------

    def ignore_files(self) -> None:
        planner = Planner(self.repository)
        for layout in self.layouts:
            try:
                if layout.contexts:
                    self._for_shared(layout)
                elif layout.context != layout.site.home:
                    self._own(layout, planner)
            except RefusedError as error:
                file = f"{layout.site.home}/{IGNORE}"
                self.refusals.append(Refusal(file, error.line, error.reason))
        self._drop_idle()

    def _for_shared(self, layout: Layout) -> None:
        """A named context has an ignore file of its own; a first one keeps out what is nobody's source."""
        for _, path in layout.contexts:
            file = posixpath.normpath(posixpath.join(path, IGNORE))
            if path != "." and file not in self.changes and self.repository.read(file) is None:
                self.changes[file] = named_file(SHARED_JUNK)

    def _own(self, layout: Layout, planner: Planner) -> None:
        """The rules that held for the old context, for this Dockerfile in the new one."""
        site = layout.site
        own = f"{site.dockerfile}{IGNORE}"
        before = [build for build in site.builds if build.context == site.home]
        file = planner.plan(before[0]).ignore_file if before else None
        data = self.repository.read(file) if file is not None else None
        prefix = posixpath.relpath(site.home, layout.context)
        outside = [posixpath.relpath(path, layout.context) for path in layout.outside]
        if data is None and not self._hindered(layout, planner):
            return
        text = rebased(data or b"", prefix, file or "no file", outside)
        junk = [f"{path}/{pattern}" for path in outside for pattern in SHARED_JUNK if "*" not in path]
        # nobody asked for this file, so it stays out of the image
        lines = [*junk, posixpath.relpath(own, layout.context)]
        self.changes[own] = text + "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")

    def _hindered(self, layout: Layout, planner: Planner) -> bool:
        """The new context's own ignore file would keep out what the build reads."""
        rules = planner.context_rules(layout.context)
        paths = (posixpath.relpath(place, layout.context) for _, place in layout.site.places)
        return rules.broken is None and any(path != "." and rules.excludes(path) for path in paths)

    def _drop_idle(self) -> None:
        """An ignore file whose rules have moved, in a folder that is no context any more."""
        kept = {layout.context for layout in self.layouts}
        kept |= {path for layout in self.layouts for _, path in layout.contexts}
        kept |= {build.context for build in self.builds if build.name not in self.named}
        for layout in self.layouts:
            file = posixpath.normpath(posixpath.join(layout.site.home, IGNORE))
            moved = f"{layout.site.dockerfile}{IGNORE}" in self.changes
            if moved and layout.site.home not in kept and self.repository.read(file) is not None:
                self.changes[file] = None


def _base(build: BuildDefinition, written: str) -> str:
    """The folder that a compose file's paths are relative to."""
    if "$" in written:
        raise RefusedError(f"the context of {build.name} is made of variables: {written}", build.declared.line)
    own = posixpath.dirname(build.declared.file or "") or "."
    for folder in dict.fromkeys([own, *ancestors(own)]):
        if posixpath.normpath(posixpath.join(folder, written)) == build.context:
            return folder
    raise RefusedError(f"it is not clear what {written} is relative to", build.declared.line)


def _relative(path: str, base: str, *, dotted: bool) -> str:
    found = posixpath.relpath(path, base)
    return f"./{found}" if dotted and not found.startswith(".") else found
