"""Ignore files as text: which lines are patterns, where they stand, and what they are quoted as."""

from __future__ import annotations

import pytest

from ctxsize.dockerignore import IgnoreRules
from ctxsize.dockerignore.parse import LONGEST_LINE, read_ignore_lines
from ctxsize.errors import InputError
from ctxsize.model import IgnoredBy


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"a", [(1, "a")]),
        (b"a\n\nb\n", [(1, "a"), (3, "b")]),
        (b"# only a comment", []),
        (b" # no comment", [(1, "# no comment")]),
        (b"a # no comment either", [(1, "a # no comment either")]),
        (b"a\r\nb\r\n", [(1, "a"), (2, "b")]),
        (b"a\rb", [(1, "a\rb")]),
        (b"\xef\xbb\xbfa", [(1, "a")]),
        (b"\xef\xbb\xbf# comment\na", [(2, "a")]),
        (b"a\n\xef\xbb\xbfb", [(1, "a"), (2, "\ufeffb")]),
        (b"  a  \t", [(1, "a")]),
        (b"\xc2\xa0a\xe3\x80\x80", [(1, "a")]),
        (b"\x1ca", [(1, "\x1ca")]),
        (b"a\0b", [(1, "a\0b")]),
        (b"\xff\xfe", [(1, "\udcff\udcfe")]),
        (b"!a\n! a\n!  /a/", [(1, "!a"), (2, "!a"), (3, "!a")]),
        (b"!", [(1, "!")]),
        (b"/", [(1, "/")]),
        (b"//a//b/./c/../", [(1, "a/b")]),
        (b"../a\n/../a", [(1, "../a"), (2, "a")]),
        (b"a b", [(1, "a b")]),
        (b"\\#a\n\\!a", [(1, "\\#a"), (2, "\\!a")]),
    ],
    ids=repr,
)
def test_lines_become_patterns(data: bytes, lines: list[tuple[int, str]]) -> None:
    assert [(line.number, line.pattern) for line in read_ignore_lines(data)] == lines


def test_a_line_that_docker_cannot_hold_is_an_error_that_says_where() -> None:
    data = b"ok\n" + b"x" * (LONGEST_LINE + 1) + b"\n"

    with pytest.raises(InputError, match="token too long") as refused:
        read_ignore_lines(data, "docker/app.dockerignore")

    assert (refused.value.where, refused.value.hint) == (
        "docker/app.dockerignore:2",
        f"split the line: Docker reads at most {LONGEST_LINE} bytes",
    )


def test_the_longest_line_that_docker_holds_is_read() -> None:
    assert len(read_ignore_lines(b"x" * LONGEST_LINE)) == 1


def test_a_verdict_names_the_line_as_it_was_written() -> None:
    rules = IgnoreRules.parse(b"# first\n\n /docs/ \n!docs/keep\n", "svc/.dockerignore")

    assert rules.ignored_by("docs/a") == IgnoredBy("svc/.dockerignore", 3, " /docs/ ")
    assert rules.ignored_by("docs/keep") is None
    assert rules.ignored_by("src") is None


@pytest.mark.parametrize(
    ("data", "line", "pattern", "message"),
    [
        (b"a\n!\n", 2, "!", 'illegal exclusion pattern: "!"'),
        (b"[\n", 1, "[", "syntax error in pattern"),
        (b"ok\n\n!a[]\n[\n", 3, "!a[]", "syntax error in pattern"),
        (b"a\\\n", 1, "a\\", "syntax error in pattern"),
    ],
)
def test_a_list_that_does_not_load_names_its_first_broken_line(
    data: bytes, line: int, pattern: str, message: str
) -> None:
    broken = IgnoreRules.parse(data, ".dockerignore").broken

    assert broken is not None
    assert (broken.file, broken.line, broken.pattern, broken.message) == (".dockerignore", line, pattern, message)


def test_a_megabyte_of_patterns_is_read_in_one_go() -> None:
    data = b"".join(b"folder%d/**/*.tmp\n" % number for number in range(50_000))

    assert len(read_ignore_lines(data)) == 50_000


def test_the_same_text_gives_the_same_rules_and_so_the_same_states() -> None:
    first, again = IgnoreRules.parse(b"*.log\n", ".dockerignore"), IgnoreRules.parse(b"*.log\n", ".dockerignore")
    assert first is again
    assert first.followed_by(["!x"]).walk.start is again.followed_by(("!x",)).walk.start
    assert IgnoreRules.parse(b"*.log\n", "other") is not first
