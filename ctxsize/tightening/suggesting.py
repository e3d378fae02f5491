"""The use case of ``suggest``: from measured contexts to drafts, texts, a proof by measuring, and advice.

Everything is worked out from the repository as it would stand without our own lines, so that a run depends on the
user's files alone and a second run changes nothing. What decides lives in ``ctxsize.suggest``; here is the reading.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from typing import TYPE_CHECKING

from ctxsize.builders.junk import JunkRules, git_paths
from ctxsize.dockerignore import IgnoreRules
from ctxsize.measure import Request, worked_contexts
from ctxsize.model import BuilderName
from ctxsize.plan import Planner, inside
from ctxsize.repositories.overlay import OverlayRepository
from ctxsize.suggest.likely import junk_in
from ctxsize.suggest.lines import Rule
from ctxsize.suggest.machines import all_sources, as_far_as_known, doubt
from ctxsize.suggest.proposal import Draft, KeptBack, Terms, Use, own_draft, shared_draft
from ctxsize.suggest.reading import Reading, read_by
from ctxsize.suggest.slips import Governed, exclusion, missing_exclusions, with_exclusion
from ctxsize.suggest.suggestion import Scope, Suggestion
from ctxsize.tightening.advising import advised, noted
from ctxsize.tightening.drafts import Ask, Drafts, Known
from ctxsize.tightening.idle import idle
from ctxsize.tightening.ignore_files import IgnoreFiles, of_context, of_dockerfile
from ctxsize.tightening.proving import Prover

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ctxsize.changes import Change
    from ctxsize.measure import Context
    from ctxsize.model import BuildDefinition
    from ctxsize.plan import Plan
    from ctxsize.repositories.disk import Repository
    from ctxsize.tightening.proving import Proof

__all__ = ["drafted", "gathered", "suggested"]

_UNKNOWN = Reading(whole=True, allow=None)


def suggested(ask: Ask, progress: Callable[[int], None] | None = None) -> Suggestion:
    """What there is to write, proven by measuring. What fails the proof is refused with the reason, all of it."""
    known = gathered(ask)
    prover = Prover(ask, known.files, progress)
    drafts = drafted(known)
    proven = prover.proof(drafts.changes())
    spared: dict[str, KeptBack | None] = {}
    while not proven.wrong and (more := idle(drafts, proven)):
        spared |= more
        drafts = drafted(known, frozenset(spared))
        proven = prover.proof(drafts.changes())
    if proven.wrong and ask.likely:
        # junk that turns out to be wanted: what is proven can stand without it
        found = suggested(ask._replace(likely=False), progress)
        held = KeptBack("--include likely", "; ".join(sorted(proven.wrong.values())), 0)
        return found._replace(kept_back=(*found.kept_back, held))
    drafts.kept_back += [one for one in spared.values() if one]
    if proven.wrong:
        drafts, proven = _without_wrong(known, prover, drafts, proven, frozenset(spared))
    return _told(drafts, drafts.changes(), proven)


def _without_wrong(
    known: Known, prover: Prover, drafts: Drafts, proven: Proof, spared: frozenset[str]
) -> tuple[Drafts, Proof]:
    """Refuses the files of the builds that fail the proof; if the others then fail it too, all files."""
    reasons = {path: f"{build}: {proven.wrong[build]}" for path, draft in sorted(drafts.drafts.items())
               for build in draft.builds if build in proven.wrong}  # fmt: skip
    rest = drafted(known, spared | frozenset(reasons))
    again = prover.proof(rest.changes())
    if again.wrong:
        everything = "; ".join(f"{build}: {reason}" for build, reason in sorted(proven.wrong.items())[:3])
        reasons = {change.path: everything for change in drafts.changes()}
        # neither drafted nor considered: every file stays as it is
        rest.drafts, rest.considered = {}, set()
        again = prover.proof(())
    rest.refused |= reasons
    return rest, again


def _told(drafts: Drafts, changes: tuple[Change, ...], proven: Proof) -> Suggestion:
    chosen = drafts.ask.chosen
    weighed = tuple(one for one in proven.weighed if chosen is None or one.name in chosen)
    advice = tuple(one for one in advised(drafts) if chosen is None or one.build in chosen)
    problems = tuple(dict.fromkeys(one for context in drafts.contexts for one in context.problems))
    return Suggestion(changes, weighed, tuple(_once(drafts.kept_back)), advice, noted(drafts, changes, weighed),
                      tuple(sorted(drafts.refused.items())), problems)  # fmt: skip


def _once(kept_back: Iterable[KeptBack]) -> Iterable[KeptBack]:
    """The same rule held back in several files is one line, with the most that it would save in one of them."""
    found: dict[tuple[str, str], KeptBack] = {}
    for one in kept_back:
        known = found.setdefault((one.rule, one.reason), one)
        if one.bytes > known.bytes:
            found[one.rule, one.reason] = one
    return found.values()


def gathered(ask: Ask) -> Known:
    """Reads everything. Raises InputError where the marks of a block do not pair up."""
    files = IgnoreFiles(ask.repository, ask.builds)
    base = OverlayRepository(ask.repository, files.without_ours())
    planner = Planner(base)
    contexts = tuple(worked_contexts(Request(base, ask.builds, ask.junk, ask.builder)))
    return Known(ask, files, contexts, _uses(contexts, planner, ask))


def drafted(known: Known, without: frozenset[str] = frozenset()) -> Drafts:
    """The drafts for everything that is asked, ``without`` those of some files."""
    drafts = Drafts(known, without)
    for context in known.contexts:
        _draft_context(drafts, context)
    _keep_ours_out(drafts)
    return drafts


# --- uses -------------------------------------------------------------------------------------------


def _uses(contexts: Sequence[Context], planner: Planner, ask: Ask) -> dict[str, list[Use]]:
    """What every build reads of every context, the named ones included."""
    found: dict[str, list[Use]] = defaultdict(list)
    for context in contexts:
        rules = _junk_rules(ask, context.path)
        for plan in context.plans:
            if plan.needs is None and _cannot_be_built(plan, ask.repository):
                continue
            found[context.path].append(_main_use(context, plan, planner, rules, ask))
            for name, use in _named_uses(plan, planner, ask):
                found[name].append(use)
    return found


def _cannot_be_built(plan: Plan, repository: Repository) -> bool:
    """A build without a Dockerfile has nothing that a rule could break."""
    build = plan.build
    return build.broken is not None or (build.inline is None and repository.kind(build.dockerfile or "") is None)


def _main_use(context: Context, plan: Plan, planner: Planner, junk: JunkRules, ask: Ask) -> Use:
    build = plan.build
    inner = inside(build.context, build.dockerfile) if build.dockerfile else None
    text = _text(build, ask.repository)
    needs = plan.needs or as_far_as_known(build, text)
    if needs is None or doubt(needs):
        return Use(build.name, _UNKNOWN, build.dockerfile, inner, known=False)
    reading = read_by(all_sources(build, needs, text, None), planner.links(context.path))
    work = context.work(plan, ask.builder)
    found = junk_in(work.sent, work.reach.start, junk) if work.sent and work.reach else {}
    declared = build.declared
    placed = not (declared.kind == "inferred" and (declared.note or "").startswith("not determined"))
    return Use(build.name, reading, build.dockerfile, inner, found, placed=placed)


def _named_uses(plan: Plan, planner: Planner, ask: Ask) -> Iterator[tuple[str, Use]]:
    for one in plan.build.contexts:
        if one.kind != "local" or not one.path:
            continue
        text = _text(plan.build, ask.repository)
        needs = plan.needs or as_far_as_known(plan.build, text)
        reading = _UNKNOWN
        if needs is not None and not doubt(needs):
            reading = read_by(all_sources(plan.build, needs, text, one.name), planner.links(one.path))
        yield one.path, Use(plan.build.name, reading, named=True, known=reading is not _UNKNOWN)


def _text(build: BuildDefinition, repository: Repository) -> bytes:
    if build.inline is not None:
        return build.inline.encode("utf-8", "surrogateescape")
    return (repository.read(build.dockerfile) if build.dockerfile else None) or b""


def _junk_rules(ask: Ask, context: str) -> JunkRules:
    from ctxsize.catalogue import JUNK
    from ctxsize.git import ignored

    patterns = [(text, junk.name) for junk in JUNK for text in junk.patterns]
    patterns += [(text, "the configuration says so") for text in ask.junk]
    return JunkRules(patterns, git_paths(ignored(ask.repository.root), context))


# --- drafts -----------------------------------------------------------------------------------------


def _draft_context(drafts: Drafts, context: Context) -> None:
    uses = drafts.uses.get(context.path, [])
    main = [use for use in uses if not use.named]
    if context.tree is None or not drafts.ask.wants(main):
        return
    plan = context.plans[0]
    if plan.archive_rules.broken:
        broken = plan.archive_rules.broken
        drafts.kept_back.append(KeptBack(broken.pattern, f"{broken.file}:{broken.line} must be mended first", 0))
        return
    drafts.kept_back += [_unknown(use) for use in uses if not use.known]
    if not any(use.placed for use in main):
        reason = "none of its sources exists, so its context is a guess; name it in the configuration"
        drafts.kept_back += [KeptBack(use.dockerfile or use.build, reason, 0) for use in main]
        return
    if drafts.ask.scope is not Scope.DOCKERFILE:
        path = of_context(context.path)
        rules = _user_rules(drafts, path)
        sent = context.everything_not_ignored(plan, BuilderName.ARCHIVE)
        if path in drafts.without:
            drafts.considered.add(path)
        else:
            drafts.add(path, shared_draft(uses, sent, rules, _terms(drafts, path)))
    if drafts.ask.scope is not Scope.CONTEXT:
        dockerfiles = dict.fromkeys(use.dockerfile for use in main if use.dockerfile and use.placed)
        several = len(dockerfiles) > 1 or drafts.ask.scope is Scope.DOCKERFILE
        for dockerfile in dockerfiles:
            _draft_own(drafts, context, dockerfile, [one for one in main if one.dockerfile == dockerfile], several)


def _draft_own(drafts: Drafts, context: Context, dockerfile: str, uses: list[Use], several: bool) -> None:
    path = of_dockerfile(dockerfile)
    if not drafts.ask.wants(uses):
        return
    if path in drafts.without or (not several and not drafts.files.owned(path)):
        drafts.considered.add(path)
        return
    elsewhere = [other for other, found in drafts.uses.items() if other != context.path
                 and any(use.dockerfile == dockerfile for use in found)]  # fmt: skip
    if elsewhere:
        reason = f"{dockerfile} is also built in {elsewhere[0]}, and one list would have to be right for both"
        drafts.kept_back.append(KeptBack(path, reason, 0))
        return
    plan = next(one for one in context.plans if one.build.dockerfile == dockerfile)
    if plan.rules.broken:
        return
    sent = context.everything_not_ignored(plan, BuilderName.BUILDKIT)
    shared = drafts.drafts.get(of_context(context.path))
    applying = frozenset(rule.text for rule in shared.rules) if shared else frozenset()
    terms = _terms(drafts, path)._replace(applying=applying)
    drafts.add(path, own_draft(uses, sent, plan.rules, terms, owned=drafts.files.owned(path)))


def _unknown(use: Use) -> KeptBack:
    return KeptBack(use.dockerfile or use.build, "cannot be read, so it may read everything", 0)


def _user_rules(drafts: Drafts, path: str) -> IgnoreRules:
    return IgnoreRules.parse(drafts.files.user(path) or b"", path)


def _terms(drafts: Drafts, path: str) -> Terms:
    standing = drafts.files.standing(path)
    taken_back = tuple(Rule(text[1:]).pattern for text in drafts.ask.junk if text.startswith("!"))

    def accepts(rule: Rule) -> bool:
        # a likely rule that somebody wanted once is wanted until it is taken out of the file
        return drafts.ask.likely or rule.text in standing

    return Terms(standing, accepts, taken_back)


# --- our own files ----------------------------------------------------------------------------------


def _keep_ours_out(drafts: Drafts) -> None:
    """Excludes created files wherever they could be copied, which may create more; a file that cannot be kept out
    is not created."""
    while True:
        texts = drafts.texts()
        created = [path for path, text in texts.items() if text is not None and drafts.files.user(path) is None]
        missing = missing_exclusions(_governed(drafts, texts), created, texts)
        if not missing:
            return
        # several builds under one list: one line is enough
        for (_, inner), one in {(one.file, inner): one for one, inner in missing}.items():
            _exclude(drafts, one, inner)


def _exclude(drafts: Drafts, one: Governed, inner: str) -> None:
    rule = exclusion(inner)
    path = posixpath.normpath(posixpath.join(one.context, inner))
    draft = drafts.drafts.get(one.file) or Draft(_standing(drafts, one.file), ())
    if rule.line is None or rule in draft.rules or drafts.files.locked(one.file):
        drafts.drafts.pop(path, None)
        reason = f"it would be copied into the image of {one.build}, and {one.file} cannot be made to keep it out"
        drafts.kept_back.append(KeptBack(path, reason, 0))
        return
    drafts.kept_out.setdefault(path, set()).add(one.file)
    builds = draft.builds if one.build in draft.builds else (*draft.builds, one.build)
    drafts.drafts[one.file] = draft._replace(rules=with_exclusion(draft.rules, rule), builds=builds)


def _standing(drafts: Drafts, path: str) -> tuple[Rule, ...]:
    """The rules in the block of a file that this run is not about."""
    return () if path in drafts.considered else drafts.files.block(path)


def _governed(drafts: Drafts, texts: dict[str, bytes | None]) -> list[Governed]:
    """Which list decides for whom: BuildKit's and the classic builder's may be different files."""
    found = []
    for context, uses in drafts.uses.items():
        for use in uses:
            found.append(Governed(of_context(context), context, use.reading, use.build))
            own = of_dockerfile(use.dockerfile) if use.dockerfile and not use.named else None
            if own and texts.get(own) is not None:
                found.append(Governed(own, context, use.reading, use.build))
    return found
