"""What no ignore file can do, and what to know about the drafts: instructions that read everything, ignore files that
are copied into images, links that are followed, walks that a wildcard makes long."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.model import BuilderName
from ctxsize.plan import IGNORE_FILE, inside
from ctxsize.suggest.globs import touches
from ctxsize.suggest.suggestion import Advice, Narrower

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ctxsize.builders.sending import SentFolder
    from ctxsize.changes import Change
    from ctxsize.measure import Context
    from ctxsize.plan import Plan
    from ctxsize.suggest.proposal import Use
    from ctxsize.suggest.suggestion import Weighed
    from ctxsize.tightening.drafts import Drafts

__all__ = ["advised", "noted"]

_MOST_LINKS = 5


def advised(drafts: Drafts) -> Iterator[Advice]:
    """For every build that reads its whole context: the instruction to blame, and what a narrower one would read."""
    for context in drafts.contexts:
        uses = {use.build: use for use in drafts.uses.get(context.path, ()) if not use.named}
        for plan in context.plans:
            use = uses.get(plan.build.name)
            if use is not None and plan.needs is not None and use.reading.whole:
                yield from _blamed(context, plan, use, drafts.ask.builder)


def _blamed(context: Context, plan: Plan, use: Use, builder: BuilderName) -> Iterator[Advice]:
    assert plan.needs is not None
    blamed = [one for one in plan.needs.for_context(None) if one.reads and one.whole]
    work = context.work(plan, builder)
    if not blamed or work.sent is None:
        return
    instead = tuple(sorted(_at_the_root(work.sent, use), key=lambda one: (-one.bytes, one.path)))
    file = plan.build.dockerfile or plan.build.declared.file or ""
    for source in {one.line: one for one in blamed}.values():
        yield Advice(plan.build.name, file, source.line, source.text, work.sent.bytes, instead)


def _at_the_root(sent: SentFolder, use: Use) -> Iterator[Narrower]:
    """What stands at the context's root without its junk; what only the build itself needs is left out."""
    junk = {path: entry.bytes for group in use.junk.values() for path, entry in group.entries.items()}
    for rows, below in sent.parts:
        for row in rows:
            name = sent.folder.names[row]
            if name not in junk and name != use.inner and not name.endswith(IGNORE_FILE):
                yield Narrower(name, sent.folder.sizes[row])
        if below is None or below.folder.path in junk:
            continue
        prefix = f"{below.folder.path}/"
        rest = below.bytes - sum(size for path, size in junk.items() if path.startswith(prefix))
        if rest or not below.bytes:
            yield Narrower(prefix, rest)


# --- remarks ----------------------------------------------------------------------------------------


def noted(drafts: Drafts, changes: Sequence[Change], weighed: Sequence[Weighed]) -> tuple[str, ...]:
    """What a reader of the diff should know."""
    found = [*_copied(drafts, changes), *_links(drafts), *_walks(changes, weighed)]
    return tuple(dict.fromkeys(found))


def _copied(drafts: Drafts, changes: Sequence[Change]) -> Iterator[str]:
    """Edited ignore files that were copied before: in the image, that one file changes."""
    for change in changes:
        if change.action != "edit" or drafts.files.user(change.path) is None:
            continue
        builds = [use.build for context in drafts.contexts for use in drafts.uses.get(context.path, ())
                  if _copies(context, use, change.path)]  # fmt: skip
        if builds:
            images = ", ".join(dict.fromkeys(builds))
            yield f"{change.path} itself is copied into the image of {images}; it changes there"


def _copies(context: Context, use: Use, path: str) -> bool:
    inner = inside(context.path, path)
    if inner is None or not (use.reading.whole or any(touches(one, inner) for one in use.reading.patterns)):
        return False
    plan = next((one for one in context.plans if one.build.name == use.build), None)
    return plan is not None and plan.rules.broken is None and not plan.rules.excludes(inner)


def _links(drafts: Drafts) -> Iterator[str]:
    links = dict.fromkeys(link for uses in drafts.uses.values() for use in uses for link in use.reading.links)
    for link, target in list(links)[:_MOST_LINKS]:
        yield f"the link {link} is followed to {target}, as it stands today; run ctxsize suggest again when it changes"


def _walks(changes: Sequence[Change], weighed: Sequence[Weighed]) -> Iterator[str]:
    for one in weighed:
        if not one.before or not one.after:
            continue
        now, then = (each[BuilderName.BUILDKIT].walked for each in (one.before, one.after))
        # the new files are looked at too, which is not worth a word
        if then > now + len(changes):
            yield f"{one.name}: BuildKit's client will look at {then:,} entries to find them, not {now:,}"
