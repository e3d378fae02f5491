"""Builds that will fail because of what they read: what a plain report has to say, without a whole examination.

A look at what is sent tells which builds may be wrong; only for those the sources are held against the repository, on
the contexts that the report has walked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.builders.links import has_wildcard
from ctxsize.diagnosis.sentfacts import holds
from ctxsize.errors import CtxsizeError
from ctxsize.model import BuilderName, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from ctxsize.measure import Context, Report, Request, Worked
    from ctxsize.model import Finding, Measurement
    from ctxsize.plan import Plan

__all__ = ["with_failures"]

_RULES = {"source-outside-context", "source-missing", "source-ignored", "context-mismatch"}


def with_failures(request: Request, report: Report, ignore: Collection[str] = ()) -> Report:
    """The report with the errors of the rules about sources among the findings. ``ignore`` are codes of rules."""
    doubted = list(_doubted(report.contexts))
    if not doubted:
        return report
    found = _errors(request, report, doubted, ignore)
    return report._replace(measurements=tuple(_with(one, found) for one in report.measurements))


def _doubted(contexts: Iterable[Context]) -> Iterator[tuple[Plan, Worked]]:
    """The builds of which something that is asked for by its name is not among what is sent."""
    for context in contexts:
        for plan in context.plans:
            asked = _asked(plan)
            work = context.work(plan, BuilderName.BUILDKIT) if asked else None
            if work and work.sent and not all(holds(work.sent, path) for path in asked):
                yield plan, work


def _asked(plan: Plan) -> set[str]:
    sources = plan.needs.for_context(None) if plan.needs else ()
    return {one.path for one in sources if one.reads and not one.whole and not has_wildcard(one.path)}


def _with(one: Measurement, found: Iterable[Finding]) -> Measurement:
    own = [finding for finding in found if finding.build == one.build.name]
    return one._replace(findings=tuple(dict.fromkeys((*one.findings, *own)))) if own else one


def _errors(
    request: Request, report: Report, doubted: Iterable[tuple[Plan, Worked]], ignore: Collection[str]
) -> tuple[Finding, ...]:
    from ctxsize.diagnosis.standing import Sources
    from ctxsize.plan import Planner
    from ctxsize.rules import RULES, Case, judge
    from ctxsize.rules.silence import silenced

    measured = {one.build.name: one for one in report.measurements}
    sources = Sources(request.repository, Planner(request.repository))
    cases = sources.with_git(tuple(sources.case(measured[plan.build.name], plan, work) for plan, work in doubted))
    rules = [rule for rule in RULES if rule.code in _RULES and rule.code not in ignore]
    errors = tuple(one for one in judge(Case(cases), rules) if one.severity is Severity.ERROR)
    return silenced(errors, dict(_texts(request, {one.file for one in errors if one.file})))


def _texts(request: Request, files: Iterable[str]) -> Iterator[tuple[str, str]]:
    for file in files:
        try:
            yield file, (request.repository.read(file) or b"").decode("utf-8", "replace")
        except CtxsizeError:
            continue
