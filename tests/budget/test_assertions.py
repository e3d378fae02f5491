"""Hypothetical paths: every level that may differ is tried, and the pattern's every shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctxsize.budget.assertions import examples, levels, matching, representatives
from ctxsize.dockerignore import IgnoreRules
from ctxsize.model import Source

ANY = "any-folder"


def source(path: str, *, reads: bool = True) -> Source:
    return Source(path, path, 1, 1, "COPY", f"COPY {path} x", reads=reads)


@pytest.mark.parametrize(
    ("pattern", "places", "expected"),
    [
        (".env", ["", "src"], [".env", ".env/any-file"]),
        ("/.env", [""], [".env", ".env/any-file"]),
        ("**/.env", ["", "src"], [".env", ".env/any-file", "src/.env", "src/.env/any-file"]),
        ("**/.git", ["", "src"], [".git/any-file", "src/.git/any-file"]),
        ("node_modules", [""], ["node_modules/any-file"]),
        ("out/", [""], ["out/any-file"]),
        ("out/**", [""], ["out/any-file"]),
        ("**/out/", ["", "a"], ["out/any-file", "a/out/any-file"]),
        ("*.pem", [""], ["any.pem", "any.pem/any-file"]),
        ("**/*.pem", ["a"], ["a/any.pem", "a/any.pem/any-file"]),
        (".env*", [""], [".env", ".env/any-file", ".envany", ".envany/any-file"]),
        ("id_[rd]sa", [""], ["id_rsa", "id_rsa/any-file"]),
        ("id_[^x]", [""], ["id_q", "id_q/any-file"]),
        ("a?c", [""], ["axc", "axc/any-file"]),
        ("a\\*c", [""], ["a*c", "a*c/any-file"]),
        ("src/*/key", [""], [f"src/{ANY}/key", f"src/{ANY}/key/any-file"]),
        ("src/**/key", [""], [f"src/{ANY}/key", f"src/{ANY}/key/any-file"]),
        ("**", ["", "a"], ["any-file", "a/any-file"]),
        ("", [""], ["any-file"]),
    ],
)
def test_a_pattern_is_tried_as_files_that_it_is_about(pattern: str, places: list[str], expected: list[str]) -> None:
    assert examples(pattern, places) == expected


PARTS = st.sampled_from(["a", ".env", "*.pem", "id_?", "[ab]c", "**", "*", ".git", "x*", "[^q]z", "\\*"])


@given(st.lists(PARTS, min_size=1, max_size=4).map("/".join), st.lists(st.sampled_from(["", "src", "a/b"]), max_size=3))
def test_every_example_is_matched_by_its_pattern(pattern: str, places: list[str]) -> None:
    found = examples(pattern, places)
    assert list(matching(pattern, found)) == found


RULES = IgnoreRules.of(["**/.env", "config", "!config/live", "!docs/*.md"], ".dockerignore")


def test_levels_are_the_context_what_is_copied_what_is_let_in_and_a_folder_nobody_foresaw() -> None:
    sources = [source("src"), source("*/lib"), source("vain", reads=False), source("")]
    assert levels(["src", "src/a", "src/b"], sources, RULES) == [
        "", ANY, "src", f"src/{ANY}", f"{ANY}/lib", f"{ANY}/lib/{ANY}",
        "config/live", f"config/live/{ANY}", "config", "docs",
    ]  # fmt: skip


def test_folders_that_are_treated_alike_are_represented_by_one() -> None:
    folders = ["src", "src/a", "src/a/b", "lib", "lib/a", "config", "config/live", "config/live/x"]
    assert representatives(folders, ["src"], RULES) == ["src", "lib", "config", "config/live"]


def test_a_thousand_folders_are_a_handful() -> None:
    folders = [f"services/{number}/src" for number in range(1000)]
    assert representatives(folders, ["services"], IgnoreRules.of(["**/.env", "**/node_modules"])) == ["services/0/src"]


@pytest.mark.parametrize(
    ("pattern", "hits"),
    [(".env", [".env"]), ("**/.env", [".env", "a/.env"]), ("a", ["a/.env", "a/b/c"]), ("**/b", ["a/b/c"]),
     ("[", []), ("!a", ["a/.env", "a/b/c"]), ("/a/b/", ["a/b/c"])],
)  # fmt: skip
def test_what_is_there_is_matched_as_an_ignore_file_would(pattern: str, hits: list[str]) -> None:
    assert list(matching(pattern, [".env", "a/.env", "a/b/c"])) == hits
