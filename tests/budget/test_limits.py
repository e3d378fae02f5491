"""Limits, growth and the comments that overrule them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from ctxsize.budget.comments import Comment, comments, overrule
from ctxsize.budget.limits import Budget, Growth, Level, allowed_growth, parse_growth
from ctxsize.dockerfile.lines import read_lines
from ctxsize.errors import SettingsError
from ctxsize.model import BuilderName, Location
from ctxsize.units import parse_size

FIVE = Growth(percent=Fraction(5))


@pytest.mark.parametrize(
    ("limits", "before", "allowed"),
    [
        ((), 1000, None),
        ((Growth(bytes=10),), 1000, 10),
        ((Growth(bytes=0),), 1000, 0),
        ((FIVE,), 1_000_000, 50_000),
        ((FIVE,), 100, 1000),  # a share alone has a floor
        ((Growth(percent=Fraction(0)),), 1_000_000, 0),  # none at all is none at all
        ((FIVE, Growth(bytes=10)), 100, 10),  # over all of them
        ((FIVE, Growth(bytes=10_000)), 1_000_000, 50_000),
        ((FIVE, Growth(bytes=10_000)), 100, 10_000),
        ((FIVE,), 0, 1000),
    ],
)
def test_growth_is_allowed_up_to_the_most_generous_limit(
    limits: tuple[Growth, ...], before: int, allowed: int | None
) -> None:
    assert allowed_growth(limits, before) == allowed


@pytest.mark.parametrize(
    ("text", "growth"),
    [("5%", FIVE), ("2.5 %", Growth(percent=Fraction(5, 2))), ("0%", Growth(percent=Fraction(0))),
     ("10 kB", Growth(bytes=10_000)), ("1MiB", Growth(bytes=1 << 20)), ("0", Growth(bytes=0))],
)  # fmt: skip
def test_growth_is_written_as_people_write_it(text: str, growth: Growth) -> None:
    assert parse_growth(text, parse_size) == growth


@pytest.mark.parametrize("text", ["%", "x%", "-1%", "5%%", "5% or so", "1/0%", "1/2%", "nan%", "many"])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        parse_growth(text, parse_size)


# --- comments in a Dockerfile ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# ctxsize: max=20MB\nFROM scratch\n", [Comment("max_bytes", "20MB", 1)]),
        ("FROM scratch\n#ctxsize:max = 20 MB\n", [Comment("max_bytes", "20 MB", 2)]),
        ("  # ctxsize: max=20 MB, files=100\n", [Comment("max_bytes", "20 MB", 1), Comment("max_files", "100", 1)]),
        ("# ctxsize: max=1MB max_waste=2kB\n", [Comment("max_bytes", "1MB", 1), Comment("max_waste", "2kB", 1)]),
        ("# ctxsize: growth=5%, level=warn\n", [Comment("max_growth", "5%", 1), Comment("level", "warn", 1)]),
        ("# ctxsize: max=1MB, message=ask ops first\n",
         [Comment("max_bytes", "1MB", 1), Comment("message", "ask ops first", 1)]),
        ("# ctxsize: ignore=unused-rule\n", []),
        ("# about ctxsize: max=1MB\n", []),
        ("RUN true # ctxsize: max=1MB\n", []),
        ("# ctxsize: max=1MB\r\n", [Comment("max_bytes", "1MB", 1)]),
        ("# ctxsize: \xff\n", []),
        ("RUN <<EOF\n# ctxsize: max=1MB\nEOF\n# ctxsize: max=2MB\n", [Comment("max_bytes", "2MB", 4)]),
        ("", []),
    ],
)  # fmt: skip
def test_comments_are_lines_of_their_own(text: str, said: list[Comment]) -> None:
    assert list(comments(read_lines(text.encode("latin-1"), "Dockerfile").comments)) == said


def test_the_nearer_word_wins() -> None:
    configured = Budget(max_bytes=50, max_files=3, level=Level.ERROR, message="configured")
    said = [Comment("max_bytes", "20 kB", 1), Comment("level", "warn", 4), Comment("builder", "archive", 5),
            Comment("max_growth", "5%,10 kB", 6)]  # fmt: skip
    assert overrule(configured, said, "a/Dockerfile", parse_size) == Budget(
        max_bytes=20_000, max_files=3, max_growth=(FIVE, Growth(bytes=10_000)), level=Level.WARN, message="configured",
        builder=BuilderName.ARCHIVE, where=Location("a/Dockerfile", 6),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value", "message", "hint"),
    [
        ("max_byte", "1", "max_byte is no budget", "did you mean max_bytes?"),
        ("quux", "1", "quux is no budget", "known are"),
        ("max_files", "many", "'many' is no number of entries", "5000"),
        ("level", "fatal", "'fatal' is not one of error, warn", ""),
        ("max_bytes", "big", "big", ""),
    ],
)
def test_a_bad_comment_names_its_line(key: str, value: str, message: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        overrule(Budget(), [Comment(key, value, 7)], "Dockerfile", parse_size)
    assert message in caught.value.message
    assert caught.value.where == "Dockerfile:7"
    assert hint in (caught.value.hint or "")


def test_an_empty_budget_knows_it() -> None:
    assert Budget(message="x", level=Level.WARN).empty
    assert not Budget(max_files=0).empty
    assert not Budget(max_growth=(FIVE,)).empty
