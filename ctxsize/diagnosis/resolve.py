"""Where the sources of a build really stand: in its context, or in which other folder of the repository.

Each source is placed on its own, because sometimes no single context fits. A folder of the same name that is there by
accident is not taken: the Dockerfile's own folder and the shape of the other sources decide which one is meant.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.builders.links import has_wildcard
from ctxsize.dockerignore import BadPatternError
from ctxsize.dockerignore.lexical import go_match
from ctxsize.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ctxsize.model import Source
    from ctxsize.repositories.disk import Repository

__all__ = ["Placed", "Resolver", "ancestors"]

_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
# a wildcard in a folder of thousands needs no full list to be found
_ENOUGH = 2000


class Placed(NamedTuple):
    """``at`` is where the source stands (relative to the root, ``.`` for the root itself), None for nowhere.

    ``here``: the declared context has what BuildKit asks it for, whether that is what is meant or not.
    """

    source: Source
    at: str | None
    here: bool


class Resolver:
    """Asks a repository what stands where; answers are kept. Contexts and Dockerfiles are relative to the root."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._names: dict[str, dict[str, Kind]] = {}

    def place(self, context: str, dockerfile: str | None, sources: Sequence[Source]) -> tuple[Placed, ...]:
        """Every source, as the builder would find it in ``context`` and as it is meant."""
        here = {source: self.stands(context, source) for source in sources}
        if all(here.values()):
            return tuple(Placed(source, _join(context, source.path), True) for source in sources)
        home = self.home(context, dockerfile, sources)
        return tuple(Placed(source, self._find(source, context, home), here[source]) for source in sources)

    def fits(self, context: str, dockerfile: str | None, placed: Iterable[Placed]) -> tuple[str, ...]:
        """The other folders above the Dockerfile or the context in which every source stands where it is meant to."""
        known = list(placed)
        if any(one.at is None for one in known):
            return ()
        return tuple(
            folder
            for folder in self._candidates(context, dockerfile)
            if folder != context and all(one.at == _join(folder, one.source.path) for one in known)
        )

    # --- what is there ---------------------------------------------------------------------------

    def stands(self, base: str, source: Source) -> bool:
        """Whether the context ``base`` has what the source asks for."""
        if source.whole:
            return True
        if source.parents and "**" in source.path:
            head = re.split(r"(?:^|/)[^/]*[*?\[]", source.path, maxsplit=1)[0]
            return self._kind(_join(base, head)) is not None
        return bool(self.matches(base, source.path))

    def matches(self, base: str, path: str) -> list[str]:
        """The paths, relative to ``base``, that a source's path stands for; wildcards as COPY reads them."""
        if not has_wildcard(path):
            plain = _ESCAPE.sub(r"\1", path)
            return [plain] if self._kind(_join(base, plain)) is not None else []
        found = [""]
        for part in path.split("/"):
            found = [below for folder in found for below in self._below(base, folder, part)][:_ENOUGH]
        return found

    def missing_folder(self, base: str, path: str) -> str | None:
        """For a wildcard that matches nothing: the folder before it, if that is what is missing."""
        head: list[str] = []
        for part in path.split("/"):
            if has_wildcard(part):
                break
            head.append(_ESCAPE.sub(r"\1", part))
        folder = "/".join(head)
        return folder if folder and self._kind(_join(base, folder)) is not Kind.DIR else None

    def _below(self, base: str, folder: str, part: str) -> list[str]:
        prefix = f"{folder}/" if folder else ""
        if not has_wildcard(part):
            plain = prefix + _ESCAPE.sub(r"\1", part)
            return [plain] if self._kind(_join(base, plain)) is not None else []
        return [prefix + name for name in sorted(self._in(_join(base, folder))) if _go_match(part, name)]

    def _in(self, folder: str) -> dict[str, Kind]:
        if folder not in self._names:
            self._names[folder] = dict(self._repository.names(folder))
        return self._names[folder]

    def _kind(self, path: str) -> Kind | None:
        return self._repository.kind(path)

    # --- which of several is meant -----------------------------------------------------------------

    def home(self, context: str, dockerfile: str | None, sources: Sequence[Source]) -> str:
        """The folder for which the Dockerfile was written, as far as its plain sources tell."""
        plain = [one for one in sources if not one.climbs and not one.whole and not one.unset]
        own = posixpath.dirname(dockerfile) or "." if dockerfile else context
        above = self._speaking_of(own, plain)
        if above is not None:
            return above
        in_own = {one.path for one in plain if self.stands(own, one)}
        in_context = {one.path for one in plain if self.stands(context, one)}
        # the context may hold folders of the same names by accident; what only one of the two has tells them apart
        if own != context and in_own - in_context and len(in_own - in_context) >= len(in_context - in_own):
            return own
        if in_context or not plain:
            return context
        candidates = self._candidates(context, dockerfile)
        counts = {one: sum(self.stands(one, source) for source in plain) for one in candidates}
        best = max(counts.values(), default=0)
        return next((one for one, count in counts.items() if best and count == best), context)

    def _speaking_of(self, own: str, plain: Iterable[Source]) -> str | None:
        """The folder from which a source names the Dockerfile's own folder: ``COPY services/api/src …``."""
        for source in plain:
            for above in ancestors(own):
                inner = posixpath.relpath(own, above)
                if above != own and f"{source.path}/".startswith(f"{inner}/") and self.stands(above, source):
                    return above
        return None

    def _find(self, source: Source, context: str, home: str) -> str | None:
        if source.whole:
            return home
        if source.climbs and "$" not in source.word:
            lexical = posixpath.normpath(posixpath.join(home, source.word.strip("\"'")))
            if lexical.startswith("../"):
                lexical = ""
            if lexical and self._any(lexical):
                return lexical
        for folder in dict.fromkeys([*([] if source.climbs else [home, context]), *ancestors(home)]):
            if not (source.climbs and folder == home) and self.stands(folder, source):
                return _join(folder, source.path)
        return _join(home, source.path) if self.stands(home, source) else None

    def _any(self, path: str) -> bool:
        return bool(self.matches(".", path)) if path != "." else False

    def _candidates(self, context: str, dockerfile: str | None) -> tuple[str, ...]:
        own = posixpath.dirname(dockerfile) or "." if dockerfile else context
        found = dict.fromkeys([context, own, *ancestors(own), *ancestors(context)])
        return tuple(one for one in found if not one.startswith(".."))


def ancestors(folder: str) -> Iterable[str]:
    """The folder and all above it, up to the root ``.``."""
    folder = posixpath.normpath(folder)
    if folder.startswith(".."):
        return
    yield folder
    while folder != ".":
        folder = posixpath.dirname(folder) or "."
        yield folder


def _join(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path)) if path else posixpath.normpath(folder)


def _go_match(pattern: str, name: str) -> bool:
    try:
        return go_match(pattern, name)
    except BadPatternError:
        return False
