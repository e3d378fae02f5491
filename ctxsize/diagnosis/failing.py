"""Builds that will fail because of what they read: what a plain report has to say, without a whole examination.

A look at what is sent tells which builds may be wrong; only for those doctor's rules about sources are asked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ctxsize.builders.links import has_wildcard
from ctxsize.diagnosis.sentfacts import holds
from ctxsize.errors import CtxsizeError
from ctxsize.model import BuilderName, Severity

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from ctxsize.measure import Context, Report, Request
    from ctxsize.model import Finding, Measurement
    from ctxsize.plan import Plan

__all__ = ["with_failures"]

_RULES = {"source-outside-context", "source-missing", "source-ignored", "context-mismatch", "dockerfile-missing"}


def with_failures(request: Request, report: Report, ignore: Collection[str] = ()) -> Report:
    """The report with the errors of the rules about sources among the findings. ``ignore`` are codes of rules."""
    doubted = {plan.build.name for context in report.contexts for plan in context.plans if _doubtful(context, plan)}
    if not doubted:
        return report
    found = _errors(request, doubted, ignore)
    return replace(report, measurements=tuple(_with(one, found) for one in report.measurements))


def _with(one: Measurement, found: Iterable[Finding]) -> Measurement:
    own = [finding for finding in found if finding.build == one.build.name]
    return replace(one, findings=tuple(dict.fromkeys((*one.findings, *own)))) if own else one


def _doubtful(context: Context, plan: Plan) -> bool:
    """Whether something that is asked for by its name is not among what is sent."""
    if plan.needs is None or context.tree is None:
        return False
    sent = context.work(plan, BuilderName.BUILDKIT).sent
    if sent is None:
        return False
    asked = {source.path for source in plan.needs.for_context(None) if source.reads and not source.whole}
    return any(not has_wildcard(path) and not holds(sent, path) for path in asked)


def _errors(request: Request, names: Collection[str], ignore: Collection[str]) -> tuple[Finding, ...]:
    from ctxsize.diagnosis.diagnose import diagnose
    from ctxsize.rules import RULES, judge
    from ctxsize.rules.silence import silenced

    builds = tuple(build for build in request.builds if build.name in names)
    rules = [rule for rule in RULES if rule.code in _RULES and rule.code not in ignore]
    found = judge(diagnose(replace(request, builds=builds)), rules)
    errors = tuple(one for one in found if one.severity is Severity.ERROR)
    return silenced(errors, dict(_texts(request, {one.file for one in errors if one.file})))


def _texts(request: Request, files: Iterable[str]) -> Iterator[tuple[str, str]]:
    for file in files:
        try:
            yield file, (request.repository.read(file) or b"").decode("utf-8", "replace")
        except CtxsizeError:
            continue
