"""Drafts that are not worth a file: they save nothing, or cost other builds what they save in none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.model import BuilderName
from ctxsize.suggest.proposal import KeptBack
from ctxsize.suggest.suggestion import Scope
from ctxsize.tightening.ignore_files import of_context, of_dockerfile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ctxsize.measure import Context
    from ctxsize.tightening.drafts import Drafts
    from ctxsize.tightening.proving import Proof

__all__ = ["idle"]


def idle(drafts: Drafts, proven: Proof) -> dict[str, KeptBack | None]:
    """The files to do without, with what is lost by that, if anything."""
    found: dict[str, KeptBack | None] = {}
    for context in drafts.contexts:
        names = {plan.build.name for plan in context.plans}
        if names & proven.smaller[BuilderName.ARCHIVE]:
            continue
        if not names & proven.smaller[BuilderName.BUILDKIT]:
            found[of_context(context.path)] = None
        if drafts.ask.scope is Scope.AUTO:
            found |= dict.fromkeys(_own(drafts, context, proven))
    found |= dict(_burdens(drafts, proven))
    return {path: lost for path, lost in found.items() if _can_go(drafts, path)}


def _can_go(drafts: Drafts, path: str) -> bool:
    """A file that is there without us stays, and what was given up before says no more than it has to."""
    return path in drafts.drafts and path not in drafts.without and not drafts.files.owned(path)


def _own(drafts: Drafts, context: Context, proven: Proof) -> Iterator[str]:
    """Dockerfiles' own files where BuildKit sends what it sent; the context's own file does nothing either."""
    for dockerfile in {plan.build.dockerfile for plan in context.plans if plan.build.dockerfile}:
        draft = drafts.drafts.get(of_dockerfile(dockerfile))
        if draft and not proven.smaller[BuilderName.BUILDKIT].intersection(draft.builds):
            yield of_dockerfile(dockerfile)


def _burdens(drafts: Drafts, proven: Proof) -> Iterator[tuple[str, KeptBack | None]]:
    """Files that do nothing for the chosen builder, and make an ignore file grow that is itself sent to it."""
    builder = drafts.ask.builder
    if not proven.larger[builder]:
        return
    for path, lists in drafts.kept_out.items():
        draft = drafts.drafts.get(path)
        others = sorted(lists - {path})
        if others and draft and not proven.smaller[builder].intersection(draft.builds):
            reason = f"it saves nothing with {builder.value}, and the line that keeps it out makes {others[0]} larger"
            saved = _saved(proven, draft.builds)
            yield path, KeptBack(path, reason, saved) if saved else None


def _saved(proven: Proof, builds: tuple[str, ...]) -> int:
    """What the builds send less, with whichever builder."""
    both = [(one.before, one.after) for one in proven.weighed if one.name in builds]
    return sum(
        max(before[builder].sent.bytes - after[builder].sent.bytes, 0)
        for before, after in both
        if before and after
        for builder in BuilderName
    )
