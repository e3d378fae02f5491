"""Why something is sent now: the rule or instruction that changed, and the line to blame."""

from __future__ import annotations

import pytest

from ctxsize.budget.blame import Reason, Sight, line_where_it_stood, reason
from ctxsize.model import IgnoredBy, Location, ReadBy

COPY_ALL = ReadBy("Dockerfile", 5, "COPY . .")
COPY_SRC = ReadBy("Dockerfile", 5, "COPY src src")
RULE = IgnoredBy(".dockerignore", 2, "data")
LINES = ("*.log", "data", "tmp")


def before(*, exists: bool = True, sent: bool = False, rule: IgnoredBy | None = None, reads: str = "COPY . .") -> Sight:
    return Sight(exists, sent, rule, (), ".dockerignore", LINES, frozenset({reads}))


def after(
    reader: ReadBy | None = COPY_ALL,
    decider: IgnoredBy | None = None,
    file: str | None = ".dockerignore",
    lines: tuple[str, ...] = (),
) -> Sight:
    return Sight(True, True, decider, (reader,) if reader else (), file, lines, frozenset())


EXCEPTION = IgnoredBy(".dockerignore", 3, "!data/keep")
ROWS = [
    (
        "a dropped rule", before(rule=RULE), after(lines=("*.log", "tmp")),
        Reason("rule-dropped", "data in .dockerignore:2 kept it out; that rule is gone", Location(".dockerignore", 2)),
    ),
    (
        "a rule overruled", before(rule=RULE), after(decider=EXCEPTION, lines=("*.log", "data", "!data/keep")),
        Reason("rule-overruled", "!data/keep lets it in; data in .dockerignore:2 kept it out",
               Location(".dockerignore", 3)),
    ),
    (
        "an ignore file gone", before(rule=RULE), after(file=None),
        Reason("ignore-file", "data in .dockerignore:2 kept it out; no ignore file applies any more",
               Location("Dockerfile", 5)),
    ),
    (
        "another ignore file", before(rule=RULE), after(file="Dockerfile.dockerignore"),
        Reason("ignore-file", "data in .dockerignore:2 kept it out; now Dockerfile.dockerignore applies",
               Location("Dockerfile.dockerignore", 1)),
    ),
    (
        "a widened COPY", before(reads="COPY src src"), after(),
        Reason("instruction", "COPY . . reads it now; nothing did before", Location("Dockerfile", 5)),
    ),
    (
        "a new folder", before(exists=False), after(),
        Reason("content", "COPY . . reads it", Location("Dockerfile", 5)),
    ),
    (
        "a new folder by a new COPY", before(exists=False, reads="COPY src src"), after(),
        Reason("instruction", "COPY . ., which is new, reads it", Location("Dockerfile", 5)),
    ),
    (
        "a bigger file", before(sent=True, reads="COPY src src"), after(COPY_SRC),
        Reason("content", "COPY src src reads it", Location("Dockerfile", 5)),
    ),
    (
        "nothing reads it", before(exists=False), after(None),
        Reason("content", "no ignore rule keeps it out, and no instruction reads it", Location(".dockerignore")),
    ),
    (
        "nothing at all", before(exists=False), after(None, file=None),
        Reason("content", "no ignore rule keeps it out, and no instruction reads it", None),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("then", "now", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_reason_is_what_changed(then: Sight, now: Sight, expected: Reason) -> None:
    assert reason(then, now) == expected


def test_the_new_one_of_several_readers_is_named() -> None:
    then = before(exists=False, reads="COPY src src")
    now = Sight(True, True, None, (COPY_SRC, COPY_ALL))
    assert reason(then, now).message == "COPY . ., which is new, reads it"


@pytest.mark.parametrize(
    ("line", "then", "now", "expected"),
    [
        (2, "abc", "ac", 2),
        (1, "abc", "bc", 1),
        (3, "abc", "ab", 2),
        (2, "abc", "aXc", 2),
        (2, "abc", "XYac", 4),
        (1, "a", "", 1),
        (5, "abc", "abc", 3),
    ],
)
def test_a_rule_that_is_gone_has_a_place(line: int, then: str, now: str, expected: int) -> None:
    assert line_where_it_stood(line, list(then), list(now)) == expected
