"""Sources with their lines and spans, errors in BuildKit's words, and odd files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ctxsize.dockerfile import Dockerfile, DockerfileError, needs, parse


def sources(text: str, **how: object) -> list[tuple[str, str, int]]:
    """(word, path, line) of each source."""
    found = needs(parse(text.encode()), **how)  # type: ignore[arg-type]
    return [(one.word, one.path, one.line) for one in found.sources]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("COPY a ./b/ /x", [("a", "a", 2), ("./b/", "b", 2)]),
        ("COPY ../shared ./shared", [("../shared", "shared", 2)]),
        ('COPY ["a b", "c", "/x/"]', [("a b", "a b", 2), ("c", "c", 2)]),
        ("COPY --chown=1:1 --link a /x", [("a", "a", 2)]),
        ("COPY a \\\n  # a remark\n\n  b /x", [("a", "a", 2), ("b", "b", 2)]),
        ("copy <<E here /x\nCOPY no /no\nE", [("here", "here", 2)]),
        ("ADD https://x.org/a b /x/", [("b", "b", 2)]),
        ("RUN --mount=type=bind,source=src,target=/s make", [("src", "src", 2)]),
        ("RUN --mount=target=. make", [("", "", 2)]),
        ("RUN --mount=type=cache,target=/c --mount=type=secret,id=k make", []),
        ("ARG D=src\nCOPY $D ${D}-2 ${E:-lib} /x", [("$D", "src", 3), ("${D}-2", "src-2", 3), ("${E:-lib}", "lib", 3)]),
        ("ENV A=1 B=two\nCOPY $A$B /x", [("$A$B", "1two", 3)]),
        ("ONBUILD COPY a /x", []),
    ],
)  # fmt: skip
def test_sources_of_one_stage(text: str, found: list[tuple[str, str, int]]) -> None:
    assert sources(f"FROM scratch\n{text}\n") == found


def test_only_stages_that_the_target_needs_count() -> None:
    text = """\
FROM scratch AS deps
COPY deps /
FROM scratch AS unused
COPY unused /
FROM deps AS app
COPY --from=2 /x /x
FROM scratch AS last
COPY --from=app / /
COPY last /
"""
    assert [word for word, _, _ in sources(text.replace("COPY --from=2 /x /x\n", ""))] == ["deps", "last"]
    assert [word for word, _, _ in sources(text.replace("=2", "=0"), target="unused")] == ["unused"]
    with pytest.raises(DockerfileError, match="circular dependency detected on stage: app"):
        sources(text)


def test_named_contexts_take_the_place_of_images_and_stages() -> None:
    text = "FROM scratch AS shared\nCOPY a /\nFROM scratch\nCOPY --from=shared /b /b\nCOPY c /\n"

    found = needs(parse(text.encode()), contexts=["shared"])

    assert [(one.context, one.path) for one in found.sources] == [("shared", "b"), (None, "c")]
    assert found.follow_paths("shared") == ("b",)


def test_onbuild_fires_in_the_stage_that_starts_from_it() -> None:
    text = "FROM scratch AS base\nONBUILD COPY a /a\nFROM base\nCOPY b /b\n"

    assert sources(text) == [("a", "a", 2), ("b", "b", 4)]


def test_lenient_reading_takes_unset_variables_for_anything() -> None:
    text = "FROM $BASE\nCOPY bin-$ARCH ${WHAT?needed} /x\n"

    found = needs(parse(text.encode()), lenient=True).sources

    assert [(one.path, one.unset) for one in found] == [("bin-*", ("ARCH",)), ("*", ("WHAT",))]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the Dockerfile cannot be empty"),
        ("# only a remark\n", "file with no instructions"),
        ("FORM scratch\n", "dockerfile parse error on line 1: unknown instruction: FORM (did you mean FROM?)"),
        ("ARG A\n", "dockerfile contains no stages to build"),
        ("COPY a b\nFROM scratch\n", "no build stage in current context"),
        ("FROM scratch\nCOPY a\n", "dockerfile parse error on line 2: COPY requires at least two arguments, but only one "
         "was provided. Destination could not be determined"),
        ("FROM scratch\nCOPY --from a /\n", "dockerfile parse error on line 2: missing a value on flag: --from"),
        ("FROM scratch\nCOPY --frm=a b c\n", "dockerfile parse error on line 2: unknown flag: --frm (did you mean from?)"),
        ("FROM scratch\nCOPY --link --link a b\n", "dockerfile parse error on line 2: duplicate flag specified: --link"),
        ('FROM scratch\nCOPY [1, "a"]\n', "when using JSON array syntax, arrays must be comprised of strings only"),
        ("FROM scratch\nCOPY <<E /x\nno end\n", "unterminated heredoc"),
        ("# escape=x\nFROM scratch\n", "invalid escape token 'x' does not match ` or \\"),
        ("FROM scratch\nCOPY ${a /x\n", 'failed to process "${a": unsupported modifier (\ufffd) in substitution'),
        ("FROM scratch AS a\nCOPY --from=b x /\nFROM scratch AS b\nFROM a\n",
         'cannot copy from stage "b", it needs to be defined before current stage "a"'),
        ("FROM a b\n", "dockerfile parse error on line 1: FROM requires either one or three arguments"),
        ("FROM scratch\n" + "x" * 70_000, "dockerfile line greater than max allowed size of 65535"),
        ("\x00\x01\x02binary", "dockerfile parse error on line 1: unknown instruction: \\x00\\x01\\x02binary"),
    ],
)  # fmt: skip
def test_a_wrong_dockerfile_is_refused_in_buildkits_words(text: str, message: str) -> None:
    with pytest.raises(DockerfileError) as caught:
        needs(parse(text.encode()))

    assert caught.value.message == message


def test_an_unknown_target_names_the_stages() -> None:
    with pytest.raises(DockerfileError, match='target stage "tset" could not be found') as caught:
        needs(parse(b"FROM scratch AS test\nFROM scratch\n"), target="tset")

    assert caught.value.hint == "stages: test, 1"


def test_directives_and_comments_are_kept_with_their_lines() -> None:
    found = parse(b"# syntax=docker/dockerfile:1\n# escape=`\n\nFROM scratch\n# ctxsize: max=20MB\nCOPY a `\n# inside\nb /x\n")

    assert found.directives == {"syntax": ("docker/dockerfile:1", 1), "escape": ("`", 2)}
    assert [(one.line, one.text) for one in found.comments[2:]] == [(5, "# ctxsize: max=20MB"), (7, "# inside")]


def test_a_foreign_front_end_and_an_image_are_stated_as_assumptions() -> None:
    found = needs(parse(b"# syntax=evil/front:1\nFROM debian\nCOPY a /\n")).assumptions

    assert [one.message.split()[:3] for one in found] == [["the", "front", "end"], ["the", "image", "debian"]]


def words_of(dockerfile: Dockerfile) -> list[tuple[str, int, int, int]]:
    return [(word.text, word.line, word.start, word.end) for one in dockerfile.instructions for word in one.words]


@given(words=some.lists(some.text("abcé.*/$", min_size=1, max_size=6), min_size=2, max_size=6), gaps=some.data())
def test_spans_point_at_the_words_in_the_file(words: list[str], gaps: some.DataObject) -> None:
    gap = some.sampled_from([" ", "  ", "\t", " \\\n", "\\\n   "])
    text = "FROM scratch\nCOPY " + "".join(word + gaps.draw(gap) for word in words).rstrip(" \t\\\n") + "\n"
    lines = text.split("\n")

    for word, line, start, end in words_of(parse(text.encode())):
        if start >= 0:
            assert lines[line - 1][start:end] == word


@given(some.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        needs(parse(b"FROM scratch\n" + data))
        needs(parse(data), lenient=True)
    except DockerfileError:
        return


@given(some.text("\nFROMCOPYADDRUN <<E'\"$\\{}[],=-# abc", max_size=200))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        needs(parse(b"FROM scratch\n" + text.encode()))
    except DockerfileError:
        return
