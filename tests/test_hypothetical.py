"""What is said of files that are not there is what becomes of them once they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctxsize.gate.hypothetical import would_be_sent
from ctxsize.gate.side import Side
from ctxsize.measure import Request
from ctxsize.model import BuildDefinition, BuilderName, Declaration
from ctxsize.repositories.disk import DiskRepository
from tests.trees import plant

BUILD = BuildDefinition("api", Declaration("compose", "compose.yml", 3), "context", "Dockerfile")
DOCKERFILES = ["FROM scratch\nCOPY . .\n", "FROM scratch\nCOPY src /s\nCOPY *.md docs/a /d/\n", "FROM scratch\n",
               "FROM scratch\nCOPY src/*.py src/deep /s/\n", "FROM scratch\nCOPY link/x /s\n"]  # fmt: skip
LINES = ["*", "**/*.log", "src", "!src", "!src/deep", "src/*", "!**/a.py", "docs/a", "**/deep", "!**/*.md", "x[", "!a[/b",
         "**/.env", "!src/deep/.env", ".env/any-file", "!link"]  # fmt: skip
PATHS = ["a.py", "src/a.py", "src/x.log", "src/deep/.env", "src/deep/a.py", "docs/a", "docs/b/c.md", ".env", "top.md",
         "any/deep/er/a.py", "link/x"]  # fmt: skip


def said(root: Path, paths: list[str], builder: BuilderName) -> set[str]:
    request = Request(DiskRepository(root), (BUILD,))
    return would_be_sent(request, {"api": paths}, {"api": builder})["api"]


def measured(root: Path, builder: BuilderName) -> set[str]:
    side = Side(Request(DiskRepository(root), (BUILD,)))
    if side.upload("api", builder) is None:
        return set()
    return {path.removeprefix("context/") for path in side.sizes("api", builder)}


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(
    dockerfile=st.sampled_from(DOCKERFILES), rules=st.lists(st.sampled_from(LINES), max_size=5),
    paths=st.lists(st.sampled_from(PATHS), min_size=1, max_size=6, unique=True), builder=st.sampled_from(BuilderName),
)  # fmt: skip
def test_what_would_be_sent_is_what_is_sent(
    tmp_path_factory: pytest.TempPathFactory, dockerfile: str, rules: list[str], paths: list[str], builder: BuilderName
) -> None:
    root = tmp_path_factory.mktemp("any")
    # one file is there, so that there is a context
    plant(root, {"Dockerfile": dockerfile, "context/.dockerignore": "\n".join(rules)})
    before = said(root, [*paths, ".dockerignore"], builder)
    plant(root, dict.fromkeys((f"context/{path}" for path in paths), 1))
    assert before == measured(root, builder)


def test_a_name_is_asked_about_as_a_file_and_as_a_folder(tmp_path: Path) -> None:
    plant(tmp_path, {"Dockerfile": DOCKERFILES[0], "context/.dockerignore": "**/.env/*\n"})
    assert said(tmp_path, ["a/.env", "a/.env/any-file"], BuilderName.BUILDKIT) == {"a/.env"}


def test_builds_without_a_context_of_their_own_are_left_out(tmp_path: Path) -> None:
    plant(tmp_path, {"Dockerfile": DOCKERFILES[0], "context": None})
    builds = (BUILD, BUILD._replace(name="far", context="https://example.org/x.git", remote=True))
    asked = {build.name: ["a"] for build in builds}
    found = would_be_sent(Request(DiskRepository(tmp_path), builds), asked, dict.fromkeys(asked, BuilderName.BUILDKIT))
    assert found == {"api": {"a"}}
