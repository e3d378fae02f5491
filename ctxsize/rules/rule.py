"""What a rule is: a code, its usual severity, one sentence for ``--list``, and a pure check over the whole case."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from ctxsize.model import Finding, Severity
from ctxsize.rules.case import Case

__all__ = ["Check", "Rule"]

Check = Callable[[Case], Iterable[Finding]]


class Rule(NamedTuple):
    """``severity`` is the worst that the rule ever says; single findings may be milder."""

    code: str
    severity: Severity
    summary: str
    check: Check
