"""Which names are Compose's, and which files are merged."""

from __future__ import annotations

import pytest

from ctxsize.builds.compose import Project, is_compose_name, projects

NAMES = [
    "compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml", "docker-compose.dev.yml",
    "docker-compose-prod.yaml", "docker-compose_test.yml", "compose.override.yaml", "compose-ci.yml", "dev.compose.yml",
    "ci-compose.yaml", "local.docker-compose.yml", "dockercompose.yml", "Docker-Compose.yml", "compose.a.b.yml",
]  # fmt: skip
OTHERS = [
    "decompose.yml", "composer.yml", "composed.yaml", "docker-compose.yml.dist", "docker-compose.json", "compose.yam",
    "docker-composer.yml", "values.yaml", "compose", "compose/x.yml", ".yml", "",
]  # fmt: skip

GROUPS = [
    # files, the files of each project
    ([], []),
    (["README.md", "src/values.yaml"], []),
    (["compose.yaml"], [["compose.yaml"]]),
    (["compose.yaml", "compose.override.yaml"], [["compose.yaml", "compose.override.yaml"]]),
    (["docker-compose.yml", "compose.override.yml"], [["docker-compose.yml", "compose.override.yml"]]),
    (["docker-compose.yml", "compose.yaml"], [["compose.yaml"], ["docker-compose.yml"]]),
    (
        ["compose.yaml", "docker-compose.override.yml", "compose.override.yaml"],
        [["compose.yaml", "compose.override.yaml"], ["docker-compose.override.yml"]],
    ),
    (["compose.override.yaml"], [["compose.override.yaml"]]),
    (
        ["docker-compose.yml", "docker-compose.dev.yml", "docker-compose.prod.yml"],
        [["docker-compose.dev.yml"], ["docker-compose.prod.yml"], ["docker-compose.yml"]],
    ),
    (
        ["a/compose.yaml", "b/compose.yaml", "b/compose.override.yml", "compose.override.yml"],
        [["a/compose.yaml"], ["b/compose.yaml", "b/compose.override.yml"], ["compose.override.yml"]],
    ),
    ([".github/workflows/docker-compose.yml", "x/.github/workflows/compose.yml", ".github/compose.yml"],
     [[".github/compose.yml"]]),
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_of_compose_files(name: str) -> None:
    assert is_compose_name(name)


@pytest.mark.parametrize("name", OTHERS)
def test_names_of_other_files(name: str) -> None:
    assert not is_compose_name(name)


@pytest.mark.parametrize(("files", "groups"), GROUPS)
def test_files_that_are_merged(files: list[str], groups: list[list[str]]) -> None:
    assert projects(files) == tuple(Project(tuple(group)) for group in groups)


@pytest.mark.parametrize(("file", "folder"), [("compose.yaml", ""), ("a/b/compose.yaml", "a/b")])
def test_the_folder_of_a_project_is_that_of_its_first_file(file: str, folder: str) -> None:
    assert Project((file, "elsewhere/compose.override.yaml")).folder == folder
