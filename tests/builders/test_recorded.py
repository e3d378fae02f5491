"""What fsutil, BuildKit's own tests and the classic client decide, row by row, against our gates on real folders."""

from __future__ import annotations

import posixpath
from pathlib import Path
from typing import Any

import pytest

from ctxsize.builders.sending import SentFolder
from ctxsize.dockerignore import BadPatternError, IgnoreRules, matches_one_level
from ctxsize.dockerignore.parse import read_ignore_lines
from tests.builders.uploads import archive, buildkit, names, wire_total
from tests.corpus import semantics
from tests.privileges import unprivileged
from tests.trees import plant, plant_rows

Row = dict[str, Any]


def expected_names(row: Row) -> list[str]:
    return [f"{path}/" if kind == "dir" else path for kind, path, *_ in row["expected"]]


@pytest.mark.parametrize("row", semantics("fsutil_walk"))
def test_fsutil_sends_these_entries_in_this_order(row: Row, tmp_path: Path) -> None:
    folder = plant_rows(tmp_path, row["tree"])

    sent = buildkit(folder, row["exclude"] or (), include=row["include"], follow=row["followpaths"])

    assert names(sent) == expected_names(row)


@pytest.mark.parametrize("row", [row for row in semantics("fsutil_walk") if row["include"] == row["followpaths"]])
def test_fsutil_sends_these_files_empty(row: Row, tmp_path: Path) -> None:
    emptied = wire_total(plant_rows(tmp_path, row["tree"]), row["exclude"] or ())[1]

    assert list(emptied) == row.get("sent_empty_although_nonempty", [])


@pytest.mark.parametrize("row", [row for row in semantics("fsutil_open") if "exclude" in row])
def test_fsutil_opens_only_what_its_list_lets_through(row: Row) -> None:
    rules = IgnoreRules.of(row["exclude"])

    assert {path: not rules.excludes(path, opening=True) for path in row["open"]} == row["open"]


def test_a_lone_exclamation_mark_is_refused() -> None:
    (row,) = semantics("fsutil_invalid")

    with pytest.raises(BadPatternError, match="illegal exclusion pattern"):
        IgnoreRules.of(row["exclude"])


def upload_as_a_user(row: Row, folder: Path) -> SentFolder:
    plant_rows(folder, row["tree"])
    with unprivileged():
        return buildkit(folder, row["exclude"] or (), include=row["include"])


@pytest.mark.parametrize("row", [row for row in semantics("fsutil_permission_denied") if row["error"]])
def test_a_folder_that_is_looked_into_must_be_readable(row: Row, open_folder: Path) -> None:
    assert upload_as_a_user(row, open_folder).unreadable == ("foo/bar", row["error_contains"])


# BuildKit hands fsutil a mapped folder, and there an ignored folder that is unreadable stops the build as soon as an
# exception makes the client look into it; fsutil alone forgives it.
FORGIVEN_BY_FSUTIL_ALONE = ["**/bar", "!foo/bar/baz"]


@pytest.mark.parametrize("row", [row for row in semantics("fsutil_permission_denied") if not row["error"]])
def test_a_folder_that_is_passed_over_may_be_unreadable(row: Row, open_folder: Path) -> None:
    sent = upload_as_a_user(row, open_folder)

    assert names(sent) == expected_names(row)
    assert (sent.unreadable is not None) == (row["exclude"] == FORGIVEN_BY_FSUTIL_ALONE)


def docker_py_folder(row: Row, folder: Path) -> Path:
    return plant(folder, {**{f"{path}/": None for path in row["dirs"]}, **dict.fromkeys(row["files"], b"")})


def docker_py_patterns(row: Row) -> list[str]:
    return [line.pattern for line in read_ignore_lines("\n".join(row["patterns"]).encode())]


def added_back(patterns: list[str], dockerfile: str) -> list[str]:
    """What the classic client appends for the files that it needs itself."""
    rules = IgnoreRules.of(patterns)
    return [f"!{name}" for name in (".dockerignore", dockerfile) if matches_one_level(rules.patterns, name)]


def plain(sent: SentFolder) -> set[str]:
    return {name.rstrip("/") for name in names(sent)}


docker_py_rows = pytest.mark.parametrize(
    "row", [row for row in semantics("dockerpy_exclude_paths") if "buildkit_included" in row]
)


@docker_py_rows
def test_buildkit_where_docker_py_has_a_test(row: Row, tmp_path: Path) -> None:
    sent = buildkit(docker_py_folder(row, tmp_path), docker_py_patterns(row))

    assert plain(sent) == set(row["buildkit_included"])


@docker_py_rows
def test_the_classic_client_where_docker_py_has_a_test(row: Row, tmp_path: Path) -> None:
    patterns = docker_py_patterns(row)
    needed = added_back(patterns, posixpath.normpath(row["dockerfile"] or "Dockerfile"))

    sent = archive(docker_py_folder(row, tmp_path), patterns + needed)

    assert plain(sent) == set(row["classic_included"])
