"""What suggest is asked, what it knows, and what the ignore files should say so far: values that its steps hand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.changes import Change
from ctxsize.dockerignore.edit import with_block
from ctxsize.model import BuilderName
from ctxsize.suggest.lines import lines_of
from ctxsize.suggest.suggestion import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ctxsize.measure import Context
    from ctxsize.model import BuildDefinition
    from ctxsize.repositories.disk import Repository
    from ctxsize.suggest.proposal import Draft, KeptBack, Use
    from ctxsize.tightening.ignore_files import IgnoreFiles

__all__ = ["Ask", "Drafts", "Known"]


class Ask(NamedTuple):
    """``builds`` are all that are known, since a shared file must respect each; ``junk`` are the configuration's
    patterns, ``likely`` asks for rules that are not proven, ``chosen`` are the names of the builds to work for."""

    repository: Repository
    builds: tuple[BuildDefinition, ...]
    junk: tuple[str, ...] = ()
    builder: BuilderName = BuilderName.BUILDKIT
    scope: Scope = Scope.AUTO
    likely: bool = False
    chosen: frozenset[str] | None = None

    def wants(self, uses: Iterable[Use]) -> bool:
        """Whether any of the uses is of a build that was chosen."""
        return any(self.chosen is None or use.build in self.chosen for use in uses)


class Known(NamedTuple):
    """What the drafts are made from. ``contexts`` were worked out without our lines; ``uses`` are by context."""

    ask: Ask
    files: IgnoreFiles
    contexts: tuple[Context, ...]
    uses: dict[str, list[Use]]


class Drafts:
    """What the ignore files should say, by path; ``kept_out`` has the lists that mention a file of ours, by that
    file."""

    def __init__(self, known: Known, without: frozenset[str] = frozenset()) -> None:
        self.ask = known.ask
        self.files = known.files
        self.contexts = known.contexts
        self.uses = known.uses
        self.without = without
        self.considered: set[str] = set()
        self.drafts: dict[str, Draft] = {}
        self.kept_back: list[KeptBack] = []
        self.refused: dict[str, str] = {}
        self.kept_out: dict[str, set[str]] = {}

    def texts(self) -> dict[str, bytes | None]:
        """Every ignore file that concerns a build, as it should stand."""
        found = {
            path: self.files.user(path) if path in self.considered else self.files.current(path)
            for path in self.files.known
        }
        for path, draft in self.drafts.items():
            found[path] = with_block(self.files.current(path), lines_of(draft.rules), path)
        return found

    def changes(self) -> tuple[Change, ...]:
        wanted = ((path, self.files.current(path), after) for path, after in sorted(self.texts().items()))
        return tuple(
            Change(path, before, after, self.drafts[path].builds if path in self.drafts else ())
            for path, before, after in wanted
            if before != after and path not in self.refused
        )

    def add(self, path: str, draft: Draft | None) -> None:
        """Takes a draft, unless its file may not be written; then all that it would have done is held back."""
        self.considered.add(path)
        if draft is None:
            return
        self.kept_back += draft.kept_back
        reason = self.files.locked(path) if draft.rules else None
        if reason:
            self.refused[path] = reason
        elif draft.rules:
            self.drafts[path] = draft
