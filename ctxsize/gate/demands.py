"""What the configuration, the Dockerfiles' comments and the catalogue of secrets demand of each build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.budget.assertions import Assertion
from ctxsize.budget.comments import comments, overrule
from ctxsize.budget.limits import Level
from ctxsize.catalogue import SECRETS
from ctxsize.dockerfile.lines import read_lines
from ctxsize.errors import InputError
from ctxsize.gate.demand import Demand
from ctxsize.units import parse_size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ctxsize.budget.limits import Budget
    from ctxsize.measure import Request
    from ctxsize.model import BuildDefinition
    from ctxsize.repositories.disk import Repository
    from ctxsize.settings import Settings

__all__ = ["demanded"]

# who silences doctor's finding about secrets does not want check's warning either
_SILENCED_BY = frozenset({"secret-in-context"})


def demanded(settings: Settings, request: Request) -> Demand:
    """Raises SettingsError for a comment that cannot be understood."""
    read = request.repository
    budgets = {build.name: _budget(settings.budget_for(build.name), build, read) for build in request.builds}
    assertions = _assertions(settings)
    return Demand(request.builder, budgets, {build.name: assertions for build in request.builds} if assertions else {})


def _budget(configured: Budget, build: BuildDefinition, repository: Repository) -> Budget:
    file = build.dockerfile or build.declared.file or ""
    try:
        data = build.inline.encode("utf-8", "surrogateescape") if build.inline is not None else None
        if data is None and build.dockerfile:
            data = repository.read(build.dockerfile)
        said = list(comments(read_lines(data or b"", file).comments))
    except InputError:
        # the measurement says what is wrong with this Dockerfile
        return configured
    return overrule(configured, said, file, parse_size)


def _assertions(settings: Settings) -> tuple[Assertion, ...]:
    found = [Assertion(one, but) for one, but in _excepted(settings.must_exclude)]
    found += [Assertion(pattern, include=True) for pattern in settings.must_include]
    if not _SILENCED_BY & set(settings.doctor_ignore):
        known = (pair for secret in SECRETS for pair in _excepted(secret.patterns))
        found += [Assertion(one, but, level=Level.WARN, secret=True) for one, but in known
                  if one not in settings.must_exclude]  # fmt: skip
    return tuple(found)


def _excepted(patterns: Sequence[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Each pattern with the exceptions (``!pattern``) that stand in the same list."""
    but = tuple(one.removeprefix("!") for one in patterns if one.startswith("!"))
    return [(one, but) for one in patterns if not one.startswith("!")]
