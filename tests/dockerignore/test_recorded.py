"""What patternmatcher's own tests, and patternmatcher itself on odd lists, decide."""

from __future__ import annotations

from typing import Any

import pytest

from ctxsize.dockerignore import BadPatternError, IgnoreRules, compile_pattern, matches_one_level
from ctxsize.dockerignore.parse import read_ignore_lines
from ctxsize.dockerignore.pattern import Pattern
from ctxsize.errors import InputError
from tests.corpus import odd_patterns, semantics

Row = dict[str, Any]


def written(row: Row) -> str:
    return f"{' '.join(row['patterns'])} on {row['path']}".encode("unicode-escape").decode()


matcher_rows = [row for row in semantics("patternmatcher") if row["platform"] in {"all", "posix"}]
good = [row for row in matcher_rows if not row["error"] and not row["go"]["error_new"]]
bad = [row for row in matcher_rows if row["error"]]


def clean_path(row: Row) -> str:
    """Go splits and joins what it is asked; a walk never asks for a trailing slash."""
    return str(row["path"]).rstrip("/")


@pytest.mark.parametrize("row", good, ids=written)
def test_the_walk_decides_as_patternmatcher(row: Row) -> None:
    assert IgnoreRules.of(row["patterns"]).excludes(clean_path(row)) == row["go"]["using_parent_results_walk"]


@pytest.mark.parametrize("row", good, ids=written)
def test_opening_decides_as_patternmatcher(row: Row) -> None:
    rules = IgnoreRules.of(row["patterns"])

    assert rules.excludes(clean_path(row), opening=True) == row["go"]["matches_or_parent_matches"]


@pytest.mark.parametrize("row", good, ids=written)
def test_the_classic_clients_old_question_has_patternmatchers_answer(row: Row) -> None:
    rules = IgnoreRules.of(row["patterns"])

    assert matches_one_level(rules.patterns, clean_path(row)) == row["go"]["deprecated_Matches"]


def use(patterns: list[str]) -> None:
    """Loads a list and holds each of its patterns against something."""
    for pattern in IgnoreRules.of(patterns).patterns:
        pattern.check()


@pytest.mark.parametrize("row", bad, ids=written)
def test_what_patternmatcher_refuses_is_refused_with_its_words(row: Row) -> None:
    with pytest.raises(BadPatternError) as refused:
        use(row["patterns"])

    assert str(refused.value) == (row["go"]["error_new"] or row["go"]["error_match"])


@pytest.mark.parametrize("row", semantics("patternmatcher_compile"), ids=lambda row: str(row["pattern"]))
def test_a_pattern_is_of_patternmatchers_kind(row: Row) -> None:
    pattern = compile_pattern(row["pattern"])

    assert pattern is not None
    assert pattern.kind.value == row["match_type"]


def content(row: Row) -> bytes:
    if "content_repeat" in row:
        char, count, end = row["content_repeat"]
        return str(char * count + end).encode()
    return str(row["content"]).encode()


def lines(row: Row) -> list[str]:
    return [line if isinstance(line, str) else line[0] * line[1] for line in row["lines"]]


ignore_files = semantics("ignorefile")


@pytest.mark.parametrize(
    "row", [row for row in ignore_files if not row["error"]], ids=lambda row: repr(content(row)[:20])
)
def test_an_ignore_file_is_read_as_docker_reads_it(row: Row) -> None:
    assert [line.pattern for line in read_ignore_lines(content(row))] == lines(row)


@pytest.mark.parametrize("row", [row for row in ignore_files if row["error"]], ids=lambda row: str(row["error"]))
def test_an_ignore_file_that_docker_cannot_read_is_an_error(row: Row) -> None:
    with pytest.raises(InputError, match=row["error"]):
        read_ignore_lines(content(row))


ASKED, ODD = odd_patterns()


def in_short(row: Row) -> str:
    return " ".join(row["patterns"]).encode("unicode-escape").decode()


def ignored(rules: IgnoreRules, *, opening: bool = False) -> list[str]:
    return [path for path in ASKED if rules.excludes(path, opening=opening)]


@pytest.mark.parametrize("row", [row for row in ODD if row.get("walk") is not None], ids=in_short)
def test_odd_patterns_mean_what_patternmatcher_makes_of_them(row: Row) -> None:
    assert ignored(IgnoreRules.of(row["patterns"])) == row["walk"]


@pytest.mark.parametrize("row", [row for row in ODD if row.get("opening", row.get("walk")) is not None], ids=in_short)
def test_odd_patterns_mean_the_same_when_a_file_is_opened(row: Row) -> None:
    assert ignored(IgnoreRules.of(row["patterns"]), opening=True) == row.get("opening", row["walk"])


@pytest.mark.parametrize("row", [row for row in ODD if "refused" in row], ids=in_short)
def test_odd_lists_that_do_not_load_are_refused_with_gos_words(row: Row) -> None:
    with pytest.raises(BadPatternError) as refused:
        IgnoreRules.of(row["patterns"])

    assert str(refused.value) == row["refused"]


def fails(pattern: Pattern) -> bool:
    try:
        pattern.check()
    except BadPatternError:
        return True
    return False


@pytest.mark.parametrize("row", [row for row in ODD if "refused" not in row], ids=in_short)
def test_a_pattern_that_loads_and_then_fails_is_known(row: Row) -> None:
    broken = any(map(fails, IgnoreRules.of(row["patterns"]).patterns))

    # a list may also hold a broken pattern that no path ever comes to
    assert broken or row["walk"] is not None
