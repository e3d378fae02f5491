"""What is asked of the builds: budgets and assertions, by name."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ctxsize.budget.limits import Budget, Growth

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ctxsize.budget.assertions import Assertion
    from ctxsize.model import BuilderName

__all__ = ["Demand"]


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked of each build, by name. ``builder`` holds where a budget names none."""

    builder: BuilderName
    budgets: Mapping[str, Budget] = field(default_factory=dict)
    assertions: Mapping[str, tuple[Assertion, ...]] = field(default_factory=dict)

    def budget(self, name: str) -> Budget:
        return self.budgets.get(name, Budget())

    def ratcheted(self) -> Demand:
        """The same with no growth at all."""
        none = (Growth(bytes=0),)
        return replace(self, budgets={name: one.overruled(max_growth=none) for name, one in self.budgets.items()})

    def builder_of(self, name: str) -> BuilderName:
        return self.budget(name).builder or self.builder
