"""What to write into the ignore files of one context: drafts of rules, and what was held back. Pure.

A context's own ``.dockerignore`` gets exclusions of what no build of it reads; ``<Dockerfile>.dockerignore`` an
allow-list, or, where none can be right, what the file it replaces says followed by exclusions. Rules that stand in
the user's own lines are never touched, only followed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.builders.reach import exactly
from ctxsize.suggest.allowing import allow_list
from ctxsize.suggest.fewest import MOST_OF_IT, fewest
from ctxsize.suggest.likely import Junk, Likely, likely_rules, merged
from ctxsize.suggest.lines import Rule
from ctxsize.suggest.order import settled_order
from ctxsize.suggest.reading import Reading
from ctxsize.suggest.unread import Unread, unread

if TYPE_CHECKING:
    from ctxsize.builders.sending import SentFolder
    from ctxsize.dockerignore import IgnoreRules
    from ctxsize.dockerignore.pattern import Pattern

__all__ = ["Accepts", "Draft", "KeptBack", "Terms", "Use", "own_draft", "shared_draft", "union"]

Accepts = Callable[[Rule], bool]

NOBODY_READS = "no build of this context reads these"
NOT_READ = "no instruction of {} reads these"
ONLY_READ = "only what the instructions of {} read"
CARRIED = "what {} says, which this file replaces"


class Use(NamedTuple):
    """One build's use of one context. ``dockerfile`` is relative to the root, ``inner`` to the context (None: outside).

    ``known`` is False where the Dockerfile cannot be understood; it then reads everything. ``named`` tells that the
    context is a named one, which has no say about Dockerfiles; ``placed`` False that the context is a mere guess.
    """

    build: str
    reading: Reading
    dockerfile: str | None = None
    inner: str | None = None
    junk: Mapping[str, Junk] = MappingProxyType({})
    named: bool = False
    known: bool = True
    placed: bool = True


class KeptBack(NamedTuple):
    """A rule (or what else could have been) that was not proposed, why, and the bytes that it would have saved."""

    rule: str
    reason: str
    bytes: int


class Draft(NamedTuple):
    """The rules for one ignore file's block, and the builds whose context they shrink."""

    rules: tuple[Rule, ...]
    builds: tuple[str, ...]
    kept_back: tuple[KeptBack, ...] = ()


class Terms(NamedTuple):
    """How a draft is made: what stands in the block now, which likely rules are wanted, what is no junk at all, and
    what applies anyway, since the context's own file says it."""

    standing: tuple[str, ...] = ()
    accepts: Accepts = lambda rule: False
    taken_back: tuple[Pattern, ...] = ()
    applying: frozenset[str] = frozenset()


def union(uses: Iterable[Use]) -> Reading:
    """What several builds read together."""
    readings = [use.reading for use in uses]
    allow: set[str] | None = set()
    for reading in readings:
        allow = None if allow is None or reading.allow is None else allow | set(reading.allow)
    return Reading(
        tuple({(one.text, one.components): one for reading in readings for one in reading.patterns}.values()),
        any(reading.whole for reading in readings),
        None if allow is None else tuple(sorted(allow)),
        tuple(dict.fromkeys(link for reading in readings for link in reading.links)),
    )


# --- the context's own file -------------------------------------------------------------------------


def shared_draft(uses: Sequence[Use], sent: SentFolder, user: IgnoreRules, terms: Terms) -> Draft:
    """For ``.dockerignore``: ``sent`` is what the user's rules let through of the context, asked for or not."""
    reading = union(uses)
    named = [*reading.patterns, *_dockerfiles(uses)]
    rules: tuple[Rule, ...] = ()
    if not reading.whole:
        # the classic client puts the ignore file back in any case
        entries = [entry for entry in unread(sent, named) if entry.path != ".dockerignore"]
        rules = _exclusions(entries, named, terms, MOST_OF_IT, NOBODY_READS)
    more, held = _junk(uses, named, terms)
    return Draft(_behind(user, (*rules, *more)), tuple(use.build for use in uses), tuple(held))


def _dockerfiles(uses: Iterable[Use]) -> list[Pattern]:
    """Builders that get an archive look for the Dockerfile in it."""
    return [exactly(use.inner) for use in uses if use.inner]


def _exclusions(
    entries: Sequence[Unread], patterns: Sequence[Pattern], terms: Terms, share: float, why: str
) -> tuple[Rule, ...]:
    chosen = fewest(entries, patterns, share=share, standing=terms.standing)
    return tuple(rule._replace(why=why) for rule in chosen)


def _behind(user: IgnoreRules, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """The rules as they have to be written behind the user's own."""
    own = [Rule(one.text, one.exception) for one in user.patterns]
    return settled_order([*own, *rules], start=len(own))[len(own) :]


def _junk(uses: Sequence[Use], named: Sequence[Pattern], terms: Terms) -> tuple[list[Rule], list[KeptBack]]:
    rules: list[Rule] = []
    held: list[KeptBack] = []
    for likely in likely_rules(merged(use.junk for use in uses), named, terms.taken_back):
        wanted = [rule for rule in likely.rules if not likely.blocked and terms.accepts(rule)]
        rules += [rule._replace(why=f"likely: {likely.why}") for rule in wanted]
        if len(wanted) < len(likely.rules) or likely.blocked:
            held.append(_held(likely))
    return rules, held


def _held(likely: Likely) -> KeptBack:
    texts = [rule.text for rule in likely.rules]
    shown = ", ".join(texts[:3]) + (f" and {len(texts) - 3} more" if len(texts) > 3 else "")
    reason = likely.blocked or "in the image today, so likely, not proven (--include likely adds it)"
    return KeptBack(shown or likely.why, f"{likely.why}: {reason}", likely.bytes)


# --- a Dockerfile's own file ------------------------------------------------------------------------


def own_draft(
    uses: Sequence[Use], sent: SentFolder, old: IgnoreRules, terms: Terms, *, owned: bool
) -> Draft | None:
    """For ``<Dockerfile>.dockerignore``; None where it would come to what applies anyway.

    ``old`` are the rules that apply without our lines and ``sent`` what they let through. ``owned``: they stand in
    this very file, so they are followed, not replaced.
    """
    reading, dockerfile = union(uses), uses[0].dockerfile or ""
    # what was carried over stands in the block too, but it is not ours to reckon with
    carried = {pattern.text for pattern in old.patterns}
    terms = terms._replace(standing=tuple(text for text in terms.standing if text not in carried))
    rules = () if reading.whole else _proven(reading, sent, old, terms, dockerfile, owned=owned)
    more, held = _junk(uses, [*reading.patterns, *_dockerfiles(uses)], terms)
    missing = [rule for rule in more if owned or rule.text not in terms.applying]
    if not rules and not (missing and (owned or reading.whole)):
        return Draft((), (), tuple(held)) if held else None
    if owned:
        written = _behind(old, (*rules, *more))
    else:
        start = rules or _carried(old)
        if start is None:
            return None
        written = settled_order([*start, *more], start=len(start))
    return Draft(written, tuple(use.build for use in uses), tuple(held))


def _proven(
    reading: Reading, sent: SentFolder, old: IgnoreRules, terms: Terms, dockerfile: str, *, owned: bool
) -> tuple[Rule, ...]:
    """The rules for what is not read; none if all that is sent is."""
    entries = list(unread(sent, reading.patterns))
    if not entries:
        return ()
    allowed = None if owned else allow_list(reading, old.patterns)
    if allowed is not None:
        return _explained(allowed, reading, old, dockerfile)
    chosen = _exclusions(entries, reading.patterns, terms, 1.0, NOT_READ.format(dockerfile))
    if owned:
        return chosen
    carried = _carried(old)
    if carried is None or not chosen:
        return ()
    return settled_order([*carried, *chosen], start=len(carried))


def _carried(old: IgnoreRules) -> tuple[Rule, ...] | None:
    """The old list word for word; None if a line of it cannot be written again."""
    why = CARRIED.format(old.file)
    rules = tuple(Rule(one.text, one.exception, why) for one in old.patterns)
    return None if any(rule.line is None for rule in rules) else rules


def _explained(rules: Sequence[Rule], reading: Reading, old: IgnoreRules, dockerfile: str) -> tuple[Rule, ...]:
    """Says of each rule where it comes from."""
    links = dict(reading.links)
    out = []
    mine = ONLY_READ.format(dockerfile)
    for rule in rules:
        why = mine
        if rule.exception and rule.text in links:
            why = f"the link to {links[rule.text]} is followed; run ctxsize suggest again when it changes"
        elif rule.exception and rule.text in reading.wild:
            why = "a wildcard: BuildKit's client looks into every ignored folder for it"
        elif rule.text != "*" and not (rule.exception and rule.text in (reading.allow or ())):
            why = CARRIED.format(old.file)
        out.append(rule._replace(why=why))
    return tuple(out)
