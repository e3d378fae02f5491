"""Doctor's rules: values with a code, a severity and a pure check. A new finding is one file and one line in ``RULES``.

A check sees the whole ``Case`` (facts gathered by ``ctxsize.diagnosis``) and yields findings; it looks nothing up.
"""

from __future__ import annotations

from collections.abc import Iterable

from ctxsize.model import Finding, Severity
from ctxsize.rules import (
    arrives_empty,
    bracket_name,
    build_fails,
    builders_disagree,
    context_mismatch,
    dockerfile_missing,
    git_ignored_but_sent,
    gitignore_habit,
    ignore_file_git_ignored,
    ignore_file_inactive,
    invalid_pattern,
    named_context_without_ignore,
    own_file_drops_root_rules,
    rule_does_nothing,
    rule_undone_later,
    same_context_sent_by_many,
    secret_in_context,
    source_ignored,
    source_missing,
    source_outside_context,
    two_contexts_declared,
    vcs_in_context,
    whole_context_culprit,
    wildcard_exception,
)
from ctxsize.rules.case import Case
from ctxsize.rules.rule import Rule

__all__ = ["RULES", "Case", "Rule", "at_least", "judge"]

RULES: tuple[Rule, ...] = (
    # what stops a build
    context_mismatch.RULE,
    source_outside_context.RULE,
    source_missing.RULE,
    source_ignored.RULE,
    dockerfile_missing.RULE,
    build_fails.RULE,
    invalid_pattern.RULE,
    # what makes it wrong
    arrives_empty.RULE,
    two_contexts_declared.RULE,
    builders_disagree.RULE,
    bracket_name.RULE,
    # what should not be sent
    secret_in_context.RULE,
    vcs_in_context.RULE,
    git_ignored_but_sent.RULE,
    whole_context_culprit.RULE,
    same_context_sent_by_many.RULE,
    # what is wrong with ignore files
    ignore_file_inactive.RULE,
    own_file_drops_root_rules.RULE,
    named_context_without_ignore.RULE,
    ignore_file_git_ignored.RULE,
    rule_does_nothing.RULE,
    rule_undone_later.RULE,
    gitignore_habit.RULE,
    wildcard_exception.RULE,
)

_ORDER = list(Severity)


def judge(case: Case, chosen: Iterable[Rule] = RULES) -> tuple[Finding, ...]:
    """What the rules find, worst first, then by build and place; the same remark once."""
    found = dict.fromkeys(finding for rule in chosen for finding in rule.check(case))
    return tuple(sorted(found, key=lambda one: (_ORDER.index(one.severity), one.file or "", one.line or 0)))


def at_least(finding: Finding, severity: Severity) -> bool:
    """Whether a finding is as bad as ``severity`` or worse."""
    return _ORDER.index(finding.severity) <= _ORDER.index(severity)
