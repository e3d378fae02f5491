"""Rules moved into a context further up mean the same for the folder that they were made for."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import given

from ctxsize.dockerignore import BadPatternError, IgnoreRules
from ctxsize.migrate.edits import RefusedError
from ctxsize.migrate.ignore_file import rebased

FILE = "services/api/.dockerignore"

ROWS = [
    ("node_modules", "services/api/node_modules"),
    ("**/node_modules", "services/api/**/node_modules"),
    ("/dist", "services/api/dist"),
    ("*", "services/api/*"),
    ("**", "services/api/**"),
    ("**.log", "services/api/**/*.log"),
    ("!src/", "!services/api/src"),
    ("a/../b", "services/api/b"),
    ("../x", None),
    (".", None),
    ("# a remark", "# a remark"),
]


@pytest.mark.parametrize(("before", "after"), ROWS)
def test_a_line_gets_the_folder_in_front(before: str, after: str | None) -> None:
    lines = rebased(before.encode(), "services/api", FILE, ["shared"]).decode().splitlines()

    assert lines[1:4] == ["*", "!services/api", "!shared"]
    assert lines[4:] == ([after] if after else [])


def test_line_ends_are_kept() -> None:
    assert rebased(b"a\r\nb\r\n", "x", FILE).count(b"\r\n") == rebased(b"a\nb\n", "x", FILE).count(b"\n")


def test_what_cannot_be_moved_is_refused() -> None:
    with pytest.raises(RefusedError, match="same meaning"):
        rebased(b"**a*b\n", "x", FILE)


NAMES = st.sampled_from(["a", "b", "ab", "a.log", "c", "node_modules"])
PATHS = st.lists(NAMES, min_size=1, max_size=3).map("/".join)
LINES = st.lists(
    st.builds(
        "{}{}{}".format,
        st.sampled_from(["", "", "!"]),
        st.sampled_from(["", "**/", "/", "*/", "**"]),
        st.one_of(PATHS, st.sampled_from(["*", "*.log", "a*", "?", "[ab]", "a/**", "**", ".log"])),
    ),
    max_size=5,
)


@given(LINES, PATHS)
def test_every_path_of_the_folder_fares_as_before(lines: list[str], path: str) -> None:
    data = "\n".join(lines).encode()
    try:
        before = IgnoreRules.parse(data, FILE)
        if before.broken:
            return
        after = IgnoreRules.parse(rebased(data, "services/api", FILE), FILE)
        for opening in (False, True):
            assert after.excludes(f"services/api/{path}", opening=opening) == before.excludes(path, opening=opening)
        assert after.excludes(f"services/{path}")
    except (RefusedError, BadPatternError):
        return
