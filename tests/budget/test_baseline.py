"""The baseline file: stable, mergeable, and never misread."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctxsize.budget.baseline import SCHEMA, Baseline, Recorded, dump, parse, renewed
from ctxsize.budget.figures import Figures, Identity, Upload
from ctxsize.errors import InputError
from ctxsize.model import BuilderName

KIT, TAR = BuilderName.BUILDKIT, BuilderName.ARCHIVE


def recorded(name: str, size: int = 10, target: str | None = None) -> Recorded:
    figures = Figures(2, 1, size, size + 100, 5, 3)
    identity = Identity(f"{name}/Dockerfile", ".", target)
    return Recorded(name, identity, {KIT: Upload(figures), TAR: Upload(figures)}, {KIT: {"src/": size}})


def test_a_line_a_build_sorted_by_name() -> None:
    numbers = '"files": 2, "dirs": 1, "bytes": 10, "transfer_bytes": 110, "walked": 5, "waste": 3'
    assert dump([recorded("web", target="dev"), recorded("api")]) == (
        '{"schema": "ctxsize.baseline/1"}\n'
        '{"build": "api", "dockerfile": "api/Dockerfile", "context": ".", '
        f'"buildkit": {{{numbers}, "parts": {{"src/": 10}}}}, "archive": {{{numbers}}}}}\n'
        '{"build": "web", "dockerfile": "web/Dockerfile", "context": ".", "target": "dev", '
        f'"buildkit": {{{numbers}, "parts": {{"src/": 10}}}}, "archive": {{{numbers}}}}}\n'
    )


def test_named_contexts_have_numbers_of_their_own() -> None:
    upload = Upload(Figures(1, 1, 1, None), {"lib": Figures(2, 0, 7, 90)})
    one = Recorded("api", Identity(None, ".", None), {KIT: upload})
    assert parse(dump([one]).encode(), "f").builds == {"api": one}


def test_no_builds_are_a_baseline_too() -> None:
    assert parse(dump([]).encode(), "f") == Baseline({})


FIGURES = st.builds(Figures, *[st.integers(0, 1 << 60)] * 3, st.none() | st.integers(0), st.integers(0), st.integers(0))
NAMES = st.text(st.characters(exclude_categories=()), min_size=1, max_size=10)
UPLOADS = st.dictionaries(
    st.sampled_from(BuilderName), st.builds(Upload, FIGURES, st.dictionaries(NAMES, FIGURES, max_size=2))
)
PARTS = st.dictionaries(NAMES, st.integers(0), min_size=1, max_size=3)
IDENTITIES = st.builds(Identity, st.none() | NAMES, NAMES, st.none() | NAMES)


@st.composite
def lines(draw: st.DrawFn) -> Recorded:
    uploads = draw(UPLOADS)
    parts = {name: draw(PARTS) for name in uploads if draw(st.booleans())}
    return Recorded(draw(NAMES), draw(IDENTITIES), uploads, parts)


@given(st.lists(lines(), unique_by=lambda one: one.name, max_size=6), st.randoms())
def test_what_is_written_is_read_whatever_the_order(builds: list[Recorded], shuffle: random.Random) -> None:
    text = dump(builds)
    assert parse(text.encode(), "f").builds == {one.name: one for one in builds}
    shuffle.shuffle(builds)
    assert dump(builds) == text
    assert text.count("\n") == len(builds) + 1


def test_a_changed_build_is_a_changed_line() -> None:
    before = dump([recorded("a"), recorded("b"), recorded("c")]).splitlines()
    after = dump([recorded("a"), recorded("b", 99), recorded("c")]).splitlines()
    assert [old == new for old, new in zip(before, after, strict=True)] == [True, True, False, True]


def test_a_union_merge_can_be_read() -> None:
    head, *lines = dump([recorded("a"), recorded("b")]).splitlines()
    merged = "\n".join([head, lines[1], lines[0], lines[1], ""])
    assert set(parse(merged.encode(), "f").builds) == {"a", "b"}


LINE = dump([recorded("a")]).splitlines()[1]
HEAD = f'{{"schema": "{SCHEMA}"}}'


@pytest.mark.parametrize(
    ("text", "where", "message"),
    [
        ("", "base", "the baseline is empty"),
        (" \n\n", "base", "the baseline is empty"),
        ("hello", "base:1", "this is no baseline"),
        ("\0\xff\n", "base:1", "this is no baseline"),
        ("[1]\n", "base:1", "this is no baseline"),
        (f"{LINE}\n", "base:1", "the first line must name the schema"),
        ('{"schema": "ctxsize.report/1"}\n', "base:1", "the first line must name the schema"),
        ('{"schema": 1}\n', "base:1", "the first line must name the schema"),
        ('{"schema": "ctxsize.baseline/2"}\n{"x": 1}\n', "base:1", "has schema ctxsize.baseline/2"),
        (f"{HEAD}\n{LINE[:-5]}\n", "base:2", "this is no baseline"),
        (f"{HEAD}\n\n{{}}\n", "base:3", "this line describes no build"),
        (f'{HEAD}\n{LINE.replace("10", "true", 1)}\n', "base:2", "this line describes no build"),
        (f'{HEAD}\n{LINE.replace("10", "10.5", 1)}\n', "base:2", "this line describes no build"),
        (f'{HEAD}\n{{"build": "a", "dockerfile": null, "context": ".", "buildkit": []}}\n', "base:2", "describes no"),
        (f"{HEAD}\n<<<<<<< HEAD\n{LINE}\n", "base:2", "a merge conflict is not resolved"),
        (f'{HEAD}\n{LINE}\n{LINE.replace("10", "11", 1)}\n', "base:3", "a stands here twice"),
        ("[" * 100_000, "base:1", "this is no baseline"),
    ],
)  # fmt: skip
def test_what_is_no_baseline_is_named_with_its_line(text: str, where: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parse(text.encode("latin-1"), "base")
    assert message in caught.value.message
    assert caught.value.where == where
    assert caught.value.hint


@pytest.mark.parametrize(("old", "new", "kept"), [(10, 11, 10), (10, 10, 10), (10, 9, 9), (None, 9, 9)])
def test_a_ratchet_only_turns_down(old: int | None, new: int, kept: int) -> None:
    before = None if old is None else recorded("a", old)
    assert renewed(before, recorded("a", new), ratchet=True) == recorded("a", kept)
    assert renewed(before, recorded("a", new)) == recorded("a", new)


def test_a_ratchet_turns_for_each_builder_alone() -> None:
    old = recorded("a", 10)
    new = Recorded("a", old.identity, {KIT: Upload(Figures(bytes=5)), TAR: Upload(Figures(bytes=11))}, {KIT: {"x": 5}})
    kept = Recorded("a", old.identity, {KIT: new.uploads[KIT], TAR: old.uploads[TAR]}, {KIT: {"x": 5}})
    assert renewed(old, new, ratchet=True) == kept


def test_a_builder_that_was_not_measured_keeps_its_figures() -> None:
    old = recorded("a", 10)
    new = Recorded("a", old.identity, {TAR: Upload(Figures(bytes=11))})
    assert renewed(old, new).uploads == {KIT: old.uploads[KIT], TAR: new.uploads[TAR]}
