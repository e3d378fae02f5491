"""The paths a client is asked for, with the links on their way: fsutil's own rows, and loops that must end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctxsize.builders.links import follow_links, has_wildcard
from ctxsize.dockerignore import clean
from ctxsize.repositories.disk import DiskLinks
from tests.corpus import semantics
from tests.trees import plant_rows


class Disk:
    """A context in memory: ``{"link": "target", "folder/link": "target"}``; everything else is a plain file."""

    def __init__(self, links: dict[str, str]) -> None:
        self._links = links

    def target(self, path: str) -> str | None:
        return self._links.get(path)

    def names(self, folder: str) -> list[str]:
        return sorted(path.rpartition("/")[2] for path in self._links if path.rpartition("/")[0] == folder)


@pytest.mark.parametrize("row", semantics("fsutil_followlinks"))
def test_fsutil_follows_links_to_these_paths(row: dict[str, Any], tmp_path: Path) -> None:
    links = DiskLinks(plant_rows(tmp_path, row["tree"]))

    found = follow_links(row["followpaths"], links)

    assert (None if found is None else list(found)) == row["expected"]


@pytest.mark.parametrize(
    ("asked", "links", "followed"),
    [
        (["a"], {}, ("a",)),
        (["a", "a/b"], {}, ("a",)),
        (["a", "a-b", "a/b"], {}, ("a", "a-b", "a/b")),
        ([], {}, ()),
        (["."], {}, None),
        (["here"], {"here": "."}, None),
        (["top"], {"top": "/"}, None),
        (["one"], {"one": "two", "two": "one"}, ("one", "two")),
        (["out"], {"out": "../../../etc"}, ("etc", "out")),
        (["abs/x"], {"abs": "/real"}, ("abs", "real/x")),
        (["d/l/x"], {"d/l": "../e"}, ("d/l", "e/x")),
        (["d/*"], {"d/l": "../e"}, ("d/*", "e")),
        (["d/*/x"], {"d/l": "../e"}, ("d/*", "e/x")),
        (["*/l"], {"d/l": "../e"}, ("*/l",)),
        (["\\*"], {"*": "star"}, ("\\*",)),
        (["missing/deep/path"], {}, ("missing/deep/path",)),
        (["é"], {"é": "ü"}, ("é", "ü")),
    ],
)
def test_links_are_followed_within_the_context(
    asked: list[str], links: dict[str, str], followed: tuple[str, ...] | None
) -> None:
    assert follow_links(asked, Disk(links)) == followed


@pytest.mark.parametrize(
    ("name", "wild"),
    [
        ("a", False),
        ("*", True),
        ("a?", True),
        ("[a]", True),
        ("\\*", False),
        ("\\\\*", True),
        ("]", False),
        ("", False),
    ],
)
def test_a_wildcard_counts_unless_it_is_escaped(name: str, wild: bool) -> None:
    assert has_wildcard(name) is wild


names = st.sampled_from(["a", "b", "l", "*", ".."])
paths = st.lists(names, min_size=1, max_size=4).map("/".join)


@pytest.mark.property
@given(st.lists(paths, max_size=4), st.dictionaries(paths.map(clean), paths, max_size=6))
def test_following_ends_whatever_leads_where(asked: list[str], links: dict[str, str]) -> None:
    found = follow_links(asked, Disk(links))

    assert found is None or all(path == clean(path) and not path.startswith("/") for path in found)
    # the order matters to fsutil too (a link that was seen is not followed again): the front end always sorts
    assert found == follow_links(asked, Disk(links))
