"""One marked block goes into an ignore file and comes out again; every other byte stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctxsize.dockerignore.edit import CLOSE, OPEN, block_patterns, parts_of, with_block, without_block
from ctxsize.errors import InputError

BOM = b"\xef\xbb\xbf"
HEAD = f"{OPEN} (rewritten by `ctxsize suggest --write`)".encode()
MADE = f"{OPEN} (this file was created by ctxsize; rewritten by `ctxsize suggest --write`)".encode()
TAIL = CLOSE.encode()

FILES = [
    pytest.param(None, MADE + b"\ndocs\n" + TAIL + b"\n", id="a new file"),
    pytest.param(b"", HEAD + b"\ndocs\n" + TAIL + b"\n", id="an empty file"),
    pytest.param(b"a\n", b"a\n" + HEAD + b"\ndocs\n" + TAIL + b"\n", id="a plain file"),
    pytest.param(b"a", b"a\n" + HEAD + b"\ndocs\n" + TAIL, id="no newline at the end"),
    pytest.param(b"a\r\nb\r\n", b"a\r\nb\r\n" + HEAD + b"\r\ndocs\r\n" + TAIL + b"\r\n", id="CRLF"),
    pytest.param(b"a\r\nb", b"a\r\nb\r\n" + HEAD + b"\r\ndocs\r\n" + TAIL, id="CRLF without an end"),
    pytest.param(BOM + b"a\n", BOM + b"a\n" + HEAD + b"\ndocs\n" + TAIL + b"\n", id="a byte order mark"),
    pytest.param(BOM, BOM + HEAD + b"\ndocs\n" + TAIL + b"\n", id="only a byte order mark"),
    pytest.param(b"\xff\n", b"\xff\n" + HEAD + b"\ndocs\n" + TAIL + b"\n", id="bytes that are no text"),
]


@pytest.mark.parametrize(("before", "after"), FILES)
def test_a_block_comes_last_in_the_file_s_own_style(before: bytes | None, after: bytes) -> None:
    assert with_block(before, ["docs"]) == after


@pytest.mark.parametrize(("before", "after"), FILES)
def test_taking_the_block_out_restores_the_file(before: bytes | None, after: bytes) -> None:
    assert without_block(after) == before
    assert with_block(after, []) == before


@pytest.mark.parametrize(("before", "after"), FILES)
def test_putting_the_same_block_in_again_changes_nothing(before: bytes | None, after: bytes) -> None:
    assert with_block(after, ["docs"]) == after


@given(
    before=st.none() | st.binary(max_size=60) | st.text("ab#!\r\n\ufeff ", max_size=20).map(str.encode),
    rules=st.lists(st.sampled_from(["docs", "# why", "!x", "**/y", ""]), min_size=1, max_size=4),
)
def test_every_file_survives_the_round_trip(before: bytes | None, rules: list[str]) -> None:
    once = with_block(before, rules)
    assert once is not None
    assert with_block(once, rules) == once
    assert with_block(once, ["other"]) == with_block(before, ["other"])
    assert without_block(once) == before
    assert parts_of(once).block == tuple(rules)


def test_a_block_is_replaced_where_it_stands() -> None:
    data = b"a\n" + HEAD + b"\ndocs\n" + TAIL + b"\n!docs/api\n"
    assert with_block(data, ["tests"]) == b"a\n" + HEAD + b"\ntests\n" + TAIL + b"\n!docs/api\n"
    assert without_block(data) == b"a\n!docs/api\n"


def test_a_file_that_we_made_and_the_user_extended_stays_when_our_block_goes() -> None:
    made = with_block(None, ["*"])
    assert made is not None
    assert with_block(made + b"mine\n", []) == b"mine\n"


def test_the_rules_of_a_block_are_read_as_docker_reads_them() -> None:
    data = b"user\n" + HEAD + b"\n# reason\n/docs/\r\n! src\n" + TAIL + b"\n"
    assert block_patterns(data) == ("docs", "!src")
    assert block_patterns(b"user\n") == ()
    assert block_patterns(None) == ()


@pytest.mark.parametrize(
    "damaged",
    [
        pytest.param(HEAD + b"\na\n", id="never closed"),
        pytest.param(b"a\n" + TAIL + b"\n", id="never opened"),
        pytest.param(TAIL + b"\n" + HEAD + b"\n", id="the wrong way round"),
        pytest.param(HEAD + b"\n" + TAIL + b"\n" + HEAD + b"\n" + TAIL + b"\n", id="twice"),
    ],
)
def test_marks_that_do_not_pair_up_are_refused(damaged: bytes) -> None:
    with pytest.raises(InputError, match="do not pair up") as caught:
        with_block(damaged, ["x"], "svc/.dockerignore")
    assert caught.value.where is not None
    assert caught.value.where.startswith("svc/.dockerignore:")


@pytest.mark.parametrize("line", [b"# >>> ctxsizes\n", b" # >>> ctxsize\n", b"x # <<< ctxsize\n"])
def test_what_only_looks_like_a_mark_is_the_user_s(line: bytes) -> None:
    assert parts_of(line).block is None
