"""What made the difference: folded to folders, the largest first, and never more or less than the difference."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctxsize.budget.causes import Cause, changes, grown_parts, parts_of, shrunk

Sizes = dict[str, int]


@pytest.mark.parametrize(
    ("before", "after", "causes"),
    [
        ({"a": 1}, {"a": 1}, []),
        ({"a": 1}, {}, []),
        ({}, {"a": 1}, [Cause("a", 1, "added", 1, "a")]),
        ({"a": 1}, {"a": 5}, [Cause("a", 4, "grew", 0, "a")]),
        ({"a": 5}, {"a": 1}, []),
        ({"src/a": 1}, {"src/a": 1, "data/x/1": 5, "data/y": 7}, [Cause("data/", 12, "added", 2, "data/y")]),
        ({"src/a": 1}, {"src/a": 1, "src/b/c/1": 2, "src/b/d": 3}, [Cause("src/b/", 5, "added", 2, "src/b/d")]),
        ({"src/a": 1}, {"src/a": 1, "src/b": 2}, [Cause("src/b", 2, "added", 1, "src/b")]),
        ({"a": 1, "b": 1}, {"a": 4, "b": 2, "c": 9},
         [Cause("c", 9, "added", 1, "c"), Cause("a", 3, "grew", 0, "a"), Cause("b", 1, "grew", 0, "b")]),
        ({"x": 1}, {"x": 1, "d/0": 0}, [Cause("d/", 0, "added", 1, "d/0")]),
    ],
)  # fmt: skip
def test_changes_are_folded_to_the_topmost_new_folder(before: Sizes, after: Sizes, causes: list[Cause]) -> None:
    assert list(changes(before, after)) == causes


SIZES = st.dictionaries(
    st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(
        lambda parts: "/".join([*parts[:-1], parts[-1].upper()])
    ),
    st.integers(0, 100),
    max_size=12,
)


@given(SIZES, SIZES)
def test_causes_make_up_the_whole_difference(before: Sizes, after: Sizes) -> None:
    found = changes(before, after)
    assert sum(one.bytes for one in found) - shrunk(before, after) == sum(after.values()) - sum(before.values())
    assert all(one.example in after for one in found)


@given(SIZES, st.integers(1, 12))
def test_parts_are_disjoint_and_few(sizes: Sizes, most: int) -> None:
    parts = parts_of(sizes, most)
    assert len(parts) <= most
    for part, size in parts.items():
        inside = [path for path in sizes if path == part or (part.endswith("/") and path.startswith(part))]
        assert size == sum(sizes[path] for path in inside) > 0
        assert not any(other != part and other.startswith(part) and part.endswith("/") for other in parts)


@given(SIZES)
def test_enough_parts_hold_everything(sizes: Sizes) -> None:
    assert sum(parts_of(sizes, 1000).values()) == sum(sizes.values())


@pytest.mark.parametrize(
    ("before", "whole", "after", "causes"),
    [
        ({"src/": 10}, 10, {"src/a": 10}, []),
        ({"src/": 10}, 10, {"src/a": 10, "src/b": 5}, [Cause("src/", 5, "grew", 2, "src/a")]),
        ({"src/": 10}, 10, {"src/a": 10, "data/x": 5}, [Cause("data/", 5, "added", 1, "data/x")]),
        ({"src/": 10}, 13, {"src/a": 10, "data/x": 5}, [Cause("data/", 2, "grew", 1, "data/x")]),
        ({"src/": 10}, 20, {"src/a": 10, "data/x": 5}, []),
        ({"src/deep/": 10, "a": 1}, 11, {"src/deep/a": 10, "src/b": 3, "a": 2},
         [Cause("src/b", 3, "added", 1, "src/b"), Cause("a", 1, "grew", 1, "a")]),
    ],
)  # fmt: skip
def test_parts_alone_still_name_what_grew(before: Sizes, whole: int, after: Sizes, causes: list[Cause]) -> None:
    assert list(grown_parts(before, whole, after)) == causes
