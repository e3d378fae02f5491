"""Dockerfiles made to hurt, and odd files of real life: refused in clear words, or read in a moment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ctxsize.dockerfile import DockerfileError, Follow, needs, parse

MB = 1_000_000
TEXT = some.text("\nFROMCOPYADRUN <<E'\"$\\{}[],=-#:/`* abc\r\t\u00e9\ufeff", max_size=200)
WORDS = some.sampled_from([
    "FROM scratch\n", "FROM scratch AS a\n", "FROM a\n", "COPY a /\n", "COPY --from=a x /\n", "COPY --from=1 x /\n", "ADD $X /\n",
    "ONBUILD ", "RUN ", "--mount=type=tmpfs,target=/t ", "--mount=from=a,target=/t ", "true\n", "ARG X\n", "ARG X=${Y:-z}\n", "ENV X=$X$X\n",
    "<<E ", "E\n", "\\\n", "# escape=`\n", "# x\n", '["a", "b"]\n', "HEALTHCHECK ", "NONE\n", "\n", "FROM b AS b\n", "COPY --parents a/./b /\n",
])  # fmt: skip


@pytest.mark.parametrize(
    ("data", "message", "hint"),
    [
        (b"x" * 50 * MB, "50.0 MB are too much for a Dockerfile", "ctxsize reads up to 1.05 MB"),
        ("FROM scratch\n".encode("utf-16"), "dockerfile parse error on line 1: unknown instruction: \\xff\\xfeF\\x00R\\x00O\\x00M\\x00",
         "it holds NUL bytes: is it binary, or UTF-16? A Dockerfile is UTF-8 text"),
        (b"\x7fELF\x02\x01\x00 \x1b[31m", "dockerfile parse error on line 1: unknown instruction: \\x7fELF\\x02\\x01\\x00",
         "it holds NUL bytes: is it binary, or UTF-16? A Dockerfile is UTF-8 text"),
        (b"FROM scratch\nCOPY a\0b /\n", "invalid character NUL",
         "it holds NUL bytes: is it binary, or UTF-16? A Dockerfile is UTF-8 text"),
        (b"FROM scratch\n" + b"x" * 65_536, "dockerfile line greater than max allowed size of 65535", None),
        (b"{% if x %}\nFROM scratch\n", "dockerfile parse error on line 1: unknown instruction: {%", None),
        (b"FROM scratch\n\x1b[31mRED\n", "dockerfile parse error on line 2: unknown instruction: \\x1b[31mRED", None),
    ],
)  # fmt: skip
def test_what_is_no_dockerfile_is_refused_clearly(data: bytes, message: str, hint: str | None) -> None:
    with pytest.raises(DockerfileError) as caught:
        parse(data)

    assert (caught.value.message, caught.value.hint) == (message, hint)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("FROM scratch\nENV A=aaaaaaaaaa\n" + "ENV A=$A$A$A$A\n" * 40, 'failed to process "$A$A$A$A": A makes a text of more than 1048576 characters'),
        ("FROM scratch\nCOPY " + "${a:-" * 120 + "}" * 120 + " /\n", "more than 100 substitutions within each other"),
    ],
)  # fmt: skip
def test_bombs_are_refused(text: str, message: str) -> None:
    with pytest.raises(DockerfileError) as caught:
        needs(parse(text.encode()))

    assert caught.value.message.endswith(message)


@pytest.mark.parametrize(
    ("text", "follow"),
    [
        ("FROM scratch AS a0\n" + "".join(f"FROM a{i} AS a{i + 1}\n" for i in range(20_000)), Follow.UNUSED),
        ("FROM scratch AS a0\nCOPY x /\n" + "".join(f"FROM scratch AS a{i + 1}\nCOPY --from=a{i} / /\n" for i in range(10_000)), ("x",)),
        ("FROM scratch AS a\n" + "ONBUILD COPY x /\n" * 2000 + "FROM a\n" * 2000, ("x",)),
        ("FROM scratch\n" + "FROM scratch AS a\nENV X=1\n" + "".join(f"FROM a AS a\nENV X{i}=1\n" for i in range(15_000)), Follow.UNUSED),
        ("FROM scratch\nCOPY " + "a " * 30_000 + "/\n", ("a",)),
        ("FROM scratch\nCOPY " + "[" * 50_000 + " /\n", ("[" * 50_000,)),
        ("FROM scratch\nRUN " + "<<E " * 10_000 + "\n" + "E\n" * 10_000, Follow.UNUSED),
    ],
    ids=["bases", "copies", "triggers", "variables", "words", "brackets", "heredocs"],
)  # fmt: skip
def test_long_chains_are_read(text: str, follow: object) -> None:
    assert needs(parse(text.encode())).follow_paths(None) == follow


def read_every_way(data: bytes) -> None:
    try:
        file = parse(data, lenient=True)
    except DockerfileError:
        return
    needs(file, lenient=True, every_stage=True, contexts=["a"])
    for refused in file.faults:
        assert refused.message
    try:
        needs(parse(data), contexts=["b"])
    except DockerfileError:
        return
    # what is read strictly is not refused by the text alone
    assert file.faults == () or file.foreign


@given(some.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read_every_way(data)
    read_every_way(b"FROM scratch\n" + data)


@given(TEXT)
def test_any_text_is_read_or_refused(text: str) -> None:
    read_every_way(b"FROM scratch\nCOPY " + text.encode())


@given(some.lists(WORDS, max_size=14))
def test_any_order_of_instructions_is_read_or_refused(words: list[str]) -> None:
    read_every_way("".join(words).encode())


@given(some.lists(WORDS, min_size=1, max_size=14), some.sampled_from([b"\r\n", b"\n"]))
def test_line_ends_of_windows_change_nothing(words: list[str], end: bytes) -> None:
    data = "".join(words).encode()

    assert asked(b"\xef\xbb\xbf" + data.replace(b"\n", end)) == asked(data)


def asked(data: bytes) -> object:
    try:
        return needs(parse(data)).follow_paths(None)
    except DockerfileError as error:
        return error.message
