"""Sources with their lines and spans, errors in BuildKit's words, and odd files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ctxsize.dockerfile import DockerfileError, needs, parse
from ctxsize.model import Source


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


@given(words=some.lists(some.text("abcé.*/$", min_size=1, max_size=6), min_size=2, max_size=6), gaps=some.data())
def test_spans_point_at_the_words_in_the_file(words: list[str], gaps: some.DataObject) -> None:
    gap = some.sampled_from([" ", "  ", "\t", " \\\n", "\\\n   ", " \\\n# no\n\n "])
    mark = gaps.draw(some.sampled_from(["", "\ufeff"]))
    text = f"{mark}FROM scratch\nCOPY " + "".join(word + gaps.draw(gap) for word in words[:-1]) + words[-1] + "\n"
    lines = text.split("\n")

    found = parse(text.encode()).instructions[1].words

    assert [word.text for word in found] == words
    assert [lines[word.line - 1][word.start : word.end] for word in found] == words
    assert all(word.line == word.end_line for word in found)


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("FROM scratch AS x\n", [("scratch", 1, 5, 12, 1), ("AS", 1, 13, 15, 1), ("x", 1, 16, 17, 1)]),
        ("\ufeff  FROM scratch\n", [("scratch", 1, 8, 15, 1)]),
        # a word over two lines goes from its first character to its last
        ("FROM scr\\\natch\n", [("scratch", 1, 5, 4, 2)]),
        ('FROM x\nCOPY ["a b", "c"]\n', [("x", 1, 5, 6, 1), ("a b", 2, 7, 10, 2), ("c", 2, 14, 15, 2)]),
        ("FROM x\r\nCOPY a b\r\n", [("x", 1, 5, 6, 1), ("a", 2, 5, 6, 2), ("b", 2, 7, 8, 2)]),
    ],
)  # fmt: skip
def test_words_know_where_they_stand(text: str, spans: list[tuple[str, int, int, int, int]]) -> None:
    found = [word for one in parse(text.encode()).instructions for word in one.words]

    assert [(word.text, word.line, word.start, word.end, word.end_line) for word in found] == spans


def test_a_mounts_source_knows_where_it_stands() -> None:
    text = "FROM x\nRUN --mount=target=/t,source=../src --mount=type=bind,src=b,dst=/b make\n"

    reads = needs(parse(text.encode())).reads

    places = [read.word for read in reads]
    assert [text.split("\n")[one.line - 1][one.start : one.end] for one in places if one] == ["../src", "b"]


def test_a_source_says_everything_about_itself() -> None:
    text = "FROM x AS app\nARG N\nCOPY --parents --exclude=*.md --exclude=t \\\n  ../a/./$N* /x\n"

    assert needs(parse(text.encode())).sources == (
        Source(word="../a/./$N*", path="a/*", line=3, end_line=4, instruction="COPY", stage="app", parents=True,
               text="COPY --parents --exclude=*.md --exclude=t ../a/./$N* /x", excludes=("*.md", "t"), unset=("N",),
               climbs=True),
    )  # fmt: skip


def test_runs_and_their_scripts_can_be_searched() -> None:
    text = "FROM x\nRUN git describe \\\n  --tags\nRUN <<E\ngit log\nE\nONBUILD RUN make\n"

    assert [(one.line, one.end_line, one.command) for one in parse(text.encode()).runs] == [
        (2, 3, "git describe   --tags"), (4, 6, "<<E\ngit log\n"), (7, 7, "make"),
    ]  # fmt: skip


def test_comments_in_heredocs_are_none() -> None:
    found = parse(b"FROM x\nRUN <<E\n# ctxsize: max=1\nE\n  # ctxsize: max=2\n")

    assert found.comments == ((5, "# ctxsize: max=2"),)
    assert [heredoc.lines for one in found.instructions for heredoc in one.heredocs] == [range(3, 4)]


def test_lenient_reading_goes_on_behind_what_is_odd() -> None:
    text = "{{ header }}\nFROM {{ base }} AS app\nCOPY --odd x /\nCOPY a /\nRUN <<E\nno end\n"

    file = parse(text.encode(), lenient=True)

    assert [(one.line, one.path, one.stage) for one in needs(file, lenient=True).sources] == [(4, "a", "app")]
    assert [one.line for one in file.faults] == [5, 1, 2, 3]


def test_every_stage_can_be_asked() -> None:
    file = parse(b"FROM x\nCOPY a /\nFROM y\nCOPY b /\n")

    assert [one.path for one in needs(file).sources] == ["b"]
    assert [one.path for one in needs(file, every_stage=True).sources] == ["a", "b"]


@pytest.mark.parametrize(
    ("head", "foreign"),
    [
        ("# syntax=docker/dockerfile:1\n", False), ("# syntax = docker.io/docker/dockerfile:1.7-labs\n", False),
        ("# check=skip=all\n# syntax=other/front\n", True), ("#!/usr/bin/x\n# syntax=other/front\n", True),
        ("// syntax=other/front\n", True), ("# remark\n# syntax=other/front\n", False), ("", False),
    ],
)  # fmt: skip
def test_a_foreign_front_end_is_not_held_to_dockers_rules(head: str, foreign: bool) -> None:
    data = f"{head}INCLUDE x\nFROM scratch\nCOPY a /\n".encode()

    if not foreign:
        with pytest.raises(DockerfileError, match="unknown instruction: INCLUDE"):
            parse(data)
        return
    found = needs(parse(data))
    assert [one.path for one in found.sources] == ["a"]
    assert [one.kind for one in found.assumptions] == ["front-end"]


@pytest.mark.parametrize(
    ("platform", "paths"),
    [
        (None, ["linux-amd64-", "linux/amd64"]), ("linux/arm64", ["linux-arm64-", "linux/arm64"]),
        ("linux/arm", ["linux-arm-v7", "linux/arm/v7"]), ("linux/aarch64/v8", ["linux-arm64-", "linux/arm64"]),
    ],
)  # fmt: skip
def test_the_platform_is_an_argument(platform: str | None, paths: list[str]) -> None:
    text = "FROM x\nARG TARGETOS TARGETARCH TARGETVARIANT\nARG BUILDPLATFORM\nCOPY $TARGETOS-$TARGETARCH-$TARGETVARIANT $BUILDPLATFORM /\n"

    found = needs(parse(text.encode()), platform=platform)

    assert [one.path for one in found.sources] == paths
    assert [one.kind for one in found.assumptions] == ["image"] + [""] * (platform is None)
