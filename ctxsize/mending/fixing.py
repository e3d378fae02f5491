"""The use case of ``fix``: which builds are mismatched, what each strategy would change, and what that would cost.

Every proposal is measured on the repository as if it were written, with the very code that measures the disk.
"""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.diagnosis.diagnose import diagnose
from ctxsize.errors import CtxsizeError
from ctxsize.measure import Request, measure
from ctxsize.mending.edited import Mended, mend, sites
from ctxsize.migrate.pricing import Price, recommended
from ctxsize.migrate.strategy import StrategyName
from ctxsize.model import BuilderName, Kind, Severity
from ctxsize.repositories.overlay import OverlayRepository
from ctxsize.rules import context_mismatch
from ctxsize.rules.case import Standing
from ctxsize.tightening.drafts import Ask
from ctxsize.tightening.suggesting import suggested

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ctxsize.commands.settle import Settled
    from ctxsize.mending.edited import Refusal
    from ctxsize.migrate.strategy import Site
    from ctxsize.model import BuildDefinition, Finding, Measurement
    from ctxsize.repositories.disk import Repository
    from ctxsize.rules.case import Case

__all__ = ["Proposal", "Proposals", "proposals"]

Sums = dict[BuilderName, int | None]


class Proposal(NamedTuple):
    """A strategy with its edits, what ``suggest`` would add, and its price. ``mended`` None for vendor."""

    price: Price
    mended: Mended | None = None
    tightening: Mapping[str, bytes | None] = MappingProxyType({})

    def changes(self, *, tighten: bool) -> dict[str, bytes | None]:
        edits = dict(self.mended.changes) if self.mended else {}
        return {**edits, **self.tightening} if tighten else edits


class Proposals(NamedTuple):
    """``findings`` are the mismatches that were looked at; ``refusals`` hold whatever the strategy."""

    findings: tuple[Finding, ...]
    choices: tuple[Proposal, ...] = ()
    recommended: tuple[StrategyName, str] | None = None
    refusals: tuple[Refusal, ...] = ()
    sites: tuple[Site, ...] = ()

    def get(self, strategy: StrategyName) -> Proposal:
        return next(one for one in self.choices if one.price.strategy is strategy)


def proposals(
    settled: Settled, names: frozenset[str] | None, *, likely: bool, progress: Callable[[int], None] | None = None
) -> Proposals:
    """What can be done about the mismatched builds among ``names`` (None: all)."""
    case = diagnose(settled.request, progress=progress)
    findings = tuple(one for one in context_mismatch.RULE.check(case) if _wanted(one, names))
    broken = [one.build for one in findings if one.build is not None]
    found, refusals = sites(settled.repository, settled.builds, broken)
    work = _Work(settled, found, likely)
    choices = tuple(work.proposal(strategy) for strategy in (StrategyName.ROOT, StrategyName.NAMED)) if found else ()
    if found:
        choices = (*choices, Proposal(work.vendor(choices[1].price)))
    best = recommended([one.price for one in choices], settled.builder)
    return Proposals(findings, choices, best, tuple(refusals), tuple(found))


def _wanted(finding: Finding, names: frozenset[str] | None) -> bool:
    if names is not None:
        return finding.build in names
    return finding.severity is Severity.ERROR


class _Work:
    def __init__(self, settled: Settled, found: Sequence[Site], likely: bool) -> None:
        self._settled = settled
        self._sites = found
        self._likely = likely
        self._users = [build for site in found for build in site.builds]
        self._distinct = _distinct(self._users)
        self._before = self._sums(settled.repository, self._distinct)

    def proposal(self, strategy: StrategyName) -> Proposal:
        settled = self._settled
        mended = mend(settled.repository, settled.builds, self._sites, strategy)
        overlay = OverlayRepository(settled.repository, mended.changes)
        builds = self._discovered(overlay)
        price = Price(strategy, self._before, files=len(mended.changes), mended=len(mended.builds),
                      refused=len(self._users) - len(mended.builds))  # fmt: skip
        if not mended.builds:
            return Proposal(price._replace(failure="nothing can be edited"), mended)
        if (failure := self._failure(overlay, mended, builds)) is not None:
            return Proposal(price._replace(failure=failure), mended)
        users = _distinct([build for build in builds if build.name in mended.builds])
        tightening = self._tightening(overlay, builds, users)
        tight = OverlayRepository(settled.repository, {**mended.changes, **tightening})
        after, tightened = self._sums(overlay, users), self._sums(tight, users)
        if any(layout.contexts for layout in mended.layouts):
            after, tightened = ({**one, BuilderName.ARCHIVE: None} for one in (after, tightened))
        rules = len(tightening.keys() - mended.changes.keys())
        return Proposal(price._replace(after=after, tightened=tightened, rules=rules), mended, tightening)

    def _discovered(self, repository: Repository) -> tuple[BuildDefinition, ...]:
        from ctxsize.builds import discover

        own = self._settled.settings
        return discover(repository, exclude=own.exclude, contexts=own.contexts, environ=os.environ).builds

    # --- proof -----------------------------------------------------------------------------------

    def _failure(self, overlay: Repository, mended: Mended, builds: Sequence[BuildDefinition]) -> str | None:
        """Why the edits would not do what they are meant to; None if every source resolves and nothing else moved."""
        now = {build.name: build for build in builds}
        for before in self._settled.builds:
            after, layout = now.get(before.name), mended.builds.get(before.name)
            if after is None:
                return f"{before.name} would not be found any more"
            wanted = before.context if layout is None else layout.context
            if before.declared.kind != "inferred" and (after.context, after.dockerfile) != (wanted, before.dockerfile):
                return f"the context of {before.name} would be {after.context}, not {wanted}"
        case = diagnose(Request(overlay, tuple(one for one in builds if one.name in mended.builds)))
        return self._unresolved(case)

    def _unresolved(self, case: Case) -> str | None:
        for build in case.builds:
            for read in build.reads:
                known = read.git_ignores or self._nowhere(read.source.word)
                if read.standing in {Standing.MISSING, Standing.IGNORED} and not known:
                    return f"{build.name} would still not find {read.source.word}"
        return None

    def _nowhere(self, word: str) -> bool:
        """A source that stood nowhere before is not this command's business."""
        from ctxsize.diagnosis.resolve import Resolver

        resolver = Resolver(self._settled.repository)
        for site in self._sites:
            for reading, place in site.places:
                if place.rstrip("/").endswith(word.strip("./")) and not resolver.matches(".", place):
                    return reading is not None
        return False

    # --- figures ---------------------------------------------------------------------------------

    def _sums(self, repository: Repository, builds: Sequence[BuildDefinition]) -> Sums:
        settled = self._settled
        report = measure(Request(repository, tuple(builds), settled.settings.junk, settled.builder))
        return {name: sum(_sent(one, name) for one in report.measurements) for name in BuilderName}

    def _tightening(
        self, overlay: Repository, builds: Sequence[BuildDefinition], users: Sequence[BuildDefinition]
    ) -> dict[str, bytes | None]:
        settled = self._settled
        chosen = frozenset(build.name for build in users)
        known = tuple(_neighbours(builds, users))
        ask = Ask(overlay, known, settled.settings.junk, settled.builder, likely=self._likely, chosen=chosen)
        try:
            return {one.path: one.after for one in suggested(ask).files}
        except CtxsizeError:
            # an ignore file that cannot be edited is no reason not to mend the contexts
            return {}

    def vendor(self, named: Price) -> Price:
        """Every build would send its folder as declared, with copies of the shared ones in it."""
        shared = [self._size(path) for site in self._sites for path in _outside(site)]
        archive = (self._before[BuilderName.ARCHIVE] or 0) + sum(shared)
        after: Sums = {BuilderName.BUILDKIT: named.after.get(BuilderName.BUILDKIT), BuilderName.ARCHIVE: archive}
        return Price(StrategyName.VENDOR, self._before, after, {}, sum(shared), 0, 0, len(self._users))

    def _size(self, path: str) -> int:
        repository = self._settled.repository
        if repository.kind(path) is Kind.DIR:
            return sum(sum(folder.sizes) for folder in repository.scan(path).root.walk())
        return len(repository.read(path) or b"")


def _outside(site: Site) -> Iterable[str]:
    from ctxsize.migrate.strategy import laid_out

    return laid_out(site, StrategyName.ROOT).outside


def _distinct(builds: Sequence[BuildDefinition]) -> list[BuildDefinition]:
    """Builds that several files ask for count once."""
    found: dict[tuple[object, ...], BuildDefinition] = {}
    for build in builds:
        found.setdefault((build.dockerfile, build.target, build.args), build)
    return list(found.values())


def _neighbours(builds: Sequence[BuildDefinition], users: Sequence[BuildDefinition]) -> list[BuildDefinition]:
    """The builds that read the same ignore files: those that share a context, main or named, with any of ``users``."""
    contexts = {path for build in users for path in _contexts(build)}
    return [build for build in builds if contexts & set(_contexts(build))]


def _contexts(build: BuildDefinition) -> list[str]:
    return [build.context, *(named.path for named in build.contexts if named.path is not None)]


def _sent(one: Measurement, builder: BuilderName) -> int:
    sent = (one.builders or {}).get(builder)
    total = sent.sent.bytes if sent else 0
    if builder is BuilderName.BUILDKIT:
        total += sum(named.sent.sent.bytes for named in one.named)
    return total
