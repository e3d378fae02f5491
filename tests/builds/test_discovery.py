"""Which builds a repository asks for, and in which contexts."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctxsize.builds import discover, one_build, search
from ctxsize.builds.search import is_dockerfile_name
from ctxsize.errors import InputError, SettingsError
from ctxsize.model import NamedContext
from ctxsize.repositories.disk import DiskRepository

COPY_ALL = "FROM scratch\nCOPY . .\n"


def found(folder: Path, **how: object) -> list[tuple[str, str, str]]:
    """(name, context, kind) of each build."""
    builds = discover(DiskRepository(folder), **how).builds  # type: ignore[arg-type]
    return [(one.name, one.context, one.declared.kind) for one in builds]


@pytest.mark.parametrize(
    ("name", "expected"),
    [("Dockerfile", True), ("dockerfile", True), ("Dockerfile.dev", True), ("Dockerfile-alpine", True), ("Dockerfile_test", True),
     ("api.Dockerfile", True), ("api.dockerfile", True), ("Containerfile", True), ("Containerfile.prod", True),
     ("Dockerfile.dockerignore", False), ("Dockerfile.j2", False), ("Dockerfile.tmpl", False), ("Dockerfile.bak", False), ("Dockerfile.backup_20260102_115141", False), ("Dockerfile.old2", False),
     ("Dockerfile-old", False), ("Dockerfile.gold", True), ("Dockerfile.v2", True),
     ("Dockerfile~", False), ("Dockerfile.md", False), ("dockerfile.go", False), ("mydockerfile", False),
     ("Dockerfiles", False), ("dockerfile-maven-plugin.xml", False), ("Dockerfile.php", False), ("parse_dockerfile.py", False)],
)  # fmt: skip
def test_names_in_use(name: str, expected: bool) -> None:
    assert is_dockerfile_name(name) is expected


def test_a_dockerfile_that_compose_declares_is_not_inferred_too(tree: Callable[..., Path]) -> None:
    folder = tree({
        "compose.yaml": "services:\n  api: {build: ./api}\n  db: {image: postgres}\n",
        "api/Dockerfile": COPY_ALL, "tool/Dockerfile": COPY_ALL,
    })  # fmt: skip

    assert found(folder) == [("api", "api", "compose"), ("tool/Dockerfile", "tool", "inferred")]


def test_a_name_that_is_taken_gets_the_file_in_front(tree: Callable[..., Path]) -> None:
    compose = "services:\n  api: {build: .}\n"
    folder = tree({"docker-compose.yml": compose, "docker-compose.dev.yml": compose, "sub/compose.yml": compose, "Dockerfile": COPY_ALL,
                   "sub/Dockerfile": COPY_ALL})  # fmt: skip

    assert sorted(name for name, _, _ in found(folder)) == ["api", "docker-compose.dev.yml:api", "sub/compose.yml:api"]


@pytest.mark.parametrize(
    ("files", "context"),
    [
        # its own folder, an ancestor, the root: wherever the sources are
        ({"a/Dockerfile": "FROM scratch\nCOPY src /\n", "a/src/x": ""}, "a"),
        ({"a/b/Dockerfile": "FROM scratch\nCOPY src lib /\n", "a/src/x": "", "a/lib": "", "src/x": ""}, "a"),
        ({"docker/Dockerfile": "FROM scratch\nCOPY src /\n", "src/x": ""}, "."),
        ({"a/Dockerfile": "FROM scratch\nCOPY a/*.txt /\n", "a/x.txt": ""}, "."),
        ({"a/Dockerfile": "FROM scratch\nARG D=src\nCOPY ${D} bin-$ARCH /\n", "src/x": "", "bin-arm": ""}, "."),
        # nothing but COPY . : an ignore file, the neighbours, a gathering folder, else its own
        ({"a/Dockerfile": COPY_ALL, "a/.dockerignore": "", "a/x": ""}, "a"),
        ({"docker/Dockerfile": COPY_ALL, "docker/entry.sh": ""}, "."),
        ({"images/Dockerfile.one": COPY_ALL, "images/Dockerfile.two": COPY_ALL}, "."),
        ({"a/Dockerfile": COPY_ALL, "a/x": ""}, "a"),
        ({"a/Dockerfile": COPY_ALL, "a/x": "", "b/Dockerfile": COPY_ALL, "b/x": "",
          "compose.yml": "services: {b: {build: {context: ., dockerfile: b/Dockerfile}}}\n"}, "."),
        # nothing of it is there: its own folder
        ({"a/Dockerfile": "FROM scratch\nCOPY target/app.jar /\n", "x": ""}, "a"),
    ],
)  # fmt: skip
def test_the_context_of_an_undeclared_dockerfile_is_where_its_sources_are(
    tree: Callable[..., Path], files: dict[str, str], context: str
) -> None:
    inferred = [context for _, context, kind in found(tree(files)) if kind == "inferred"]

    assert set(inferred) == {context}


def test_the_note_says_why(tree: Callable[..., Path]) -> None:
    folder = tree({"a/Dockerfile": "FROM scratch\nCOPY x y /\n", "x": "", "b/Dockerfile": "FROM scratch\nCOPY no /\n"})

    notes = [build.declared.note for build in discover(DiskRepository(folder)).builds]

    assert notes == ["1 of its 2 sources exist there", "not determined: none of its 1 sources exists"]


def test_the_configuration_overrules(tree: Callable[..., Path]) -> None:
    folder = tree({"a/Dockerfile": COPY_ALL, "b/Dockerfile": COPY_ALL, "b/x": ""})

    assert found(folder, contexts={"a/*": "."}) == [("a/Dockerfile", ".", "inferred"), ("b/Dockerfile", "b", "inferred")]


def test_other_peoples_folders_and_excluded_ones_are_not_searched(tree: Callable[..., Path]) -> None:
    folder = tree({"node_modules/x/Dockerfile": COPY_ALL, "vendor/y/Dockerfile": COPY_ALL, "old/Dockerfile": COPY_ALL,
                   "link -> old": None, "Dockerfile": COPY_ALL})  # fmt: skip

    assert [name for name, _, _ in found(folder, exclude=["old/"])] == ["Dockerfile"]


def test_fixtures_and_templates_count_where_there_is_nothing_else(tree: Callable[..., Path]) -> None:
    aside = {"testdata/a/Dockerfile": COPY_ALL, "pkg/fixtures/compose.yml": "services: {x: {image: y}}\n",
             "templates/Dockerfile": COPY_ALL}  # fmt: skip

    assert [name for name, _, _ in found(tree(aside, "only"))] == ["templates/Dockerfile", "testdata/a/Dockerfile"]
    assert [name for name, _, _ in found(tree({**aside, "Dockerfile": COPY_ALL}, "more"))] == ["Dockerfile"]


def test_what_is_passed_over_by_its_name_can_be_asked_for(tree: Callable[..., Path]) -> None:
    folder = tree({"vendor/own/Dockerfile": COPY_ALL, "testdata/Dockerfile": COPY_ALL, "Dockerfile": COPY_ALL,
                   "vendor/x/node_modules/Dockerfile": COPY_ALL, "vendor/not/Dockerfile": COPY_ALL})  # fmt: skip

    names = [name for name, _, _ in found(folder, exclude=["!vendor/", "!/testdata", "not/"])]

    assert names == ["Dockerfile", "testdata/Dockerfile", "vendor/own/Dockerfile"]


@pytest.mark.parametrize(
    "folder", ["testdata", "test-data", "testfiles-negative", "fixtures", "__fixtures__", "templates", "{{ cookiecutter.name }}"]
)
def test_folders_that_hold_no_builds_of_their_own(tree: Callable[..., Path], folder: str) -> None:
    assert [name for name, _, _ in found(tree({f"{folder}/Dockerfile": COPY_ALL, "a/Dockerfile": COPY_ALL}))] == ["a/Dockerfile"]


@pytest.mark.parametrize(
    ("name", "data", "problems"),
    [
        # a stray name is Compose's only if its text is
        ("docker_compose_up.yaml", "command: docker compose up\n", []),
        ("compose.extras.yaml", "# nothing yet\n", []),
        ("docker-compose.dev.yml", "services: {a: {build: [}}\n", ["docker-compose.dev.yml"]),
        ("docker-compose.dev.yml", '{"services": []}\n', ["docker-compose.dev.yml"]),
        ("docker-compose.dev.yml", "services: [\n".encode("utf-16"), ["docker-compose.dev.yml"]),
        ("compose.yml", "command: up\n", ["compose.yml"]),
    ],
)
def test_stray_files_that_are_not_composes_are_no_problem(
    tree: Callable[..., Path], name: str, data: str | bytes, problems: list[str]
) -> None:
    answer = discover(DiskRepository(tree({name: data})))

    assert [one.path.partition(":")[0] for one in answer.problems] == problems


def test_a_dockerfile_among_fixtures_that_compose_declares_is_a_build(tree: Callable[..., Path]) -> None:
    folder = tree({"compose.yml": "services: {x: {build: testdata/x}}\n", "testdata/x/Dockerfile": COPY_ALL})

    assert found(folder) == [("x", "testdata/x", "compose")]


def test_a_name_that_may_be_code_is_told_by_its_text(tree: Callable[..., Path]) -> None:
    folder = tree({"Dockerfile.php": COPY_ALL, "Dockerfile.go": "package docker\n", "dockerfile.py": COPY_ALL})

    answer = discover(DiskRepository(folder))

    assert ([build.name for build in answer.builds], answer.problems) == (["Dockerfile.php"], ())


def test_the_last_glob_and_the_very_name_decide_over_a_context(tree: Callable[..., Path]) -> None:
    folder = tree({"app/[id]/Dockerfile": COPY_ALL, "app/x/Dockerfile": COPY_ALL})

    contexts = {"*": "app", "app/[id]/Dockerfile": "."}

    assert found(folder, contexts=contexts) == [("app/[id]/Dockerfile", ".", "inferred"), ("app/x/Dockerfile", "app", "inferred")]


def test_hostile_trees_are_searched_to_the_end(tree: Callable[..., Path]) -> None:
    folder = tree({
        "big/Dockerfile": b"#" * 1_000_000 + b"\n", "loop/loop -> .": None, "up -> ..": None, "a/Dockerfile -> /dev/zero": None,
        "b/Dockerfile -> Dockerfile": None, "li\nne/caf\udce9/Dockerfile": COPY_ALL, "[bold]/\x1b[31m/Dockerfile": COPY_ALL,
        "c/Dockerfile -> ../real": None, "real": COPY_ALL,
    })  # fmt: skip
    os.mkfifo(folder / "Containerfile")

    answer = discover(DiskRepository(folder))

    assert [build.name for build in answer.builds] == ["[bold]/\x1b[31m/Dockerfile", "c/Dockerfile", "li\nne/caf\udce9/Dockerfile"]
    assert [(one.path, one.message) for one in answer.problems] == [
        ("Containerfile", "not a regular file"), ("big/Dockerfile:1", "dockerfile line greater than max allowed size of 65535"),
    ]  # fmt: skip


def test_what_is_wrong_at_many_lines_is_told_at_the_first(tree: Callable[..., Path]) -> None:
    includes = "include:\n" + "".join(f"  - {{path: a.yml, env_file: {name}}}\n" for name in "xyxxyz")
    folder = tree({"compose.yml": includes, "dev.compose.yml": includes, "a.yml": "services: {}\n"})

    answer = discover(DiskRepository(folder))

    assert [(one.path, one.message) for one in answer.problems] == [
        (f"{file}:{line}", f"couldn't find env file {said}")
        for file in ("compose.yml", "dev.compose.yml")
        for line, said in [(2, "x (and on 2 more lines)"), (3, "y (and on 1 more line)"), (7, "z")]
    ]


def test_a_deep_tree_is_no_matter(tmp_path: Path) -> None:
    deep = tmp_path
    for _ in range(300):
        deep = deep / "deeper"
    deep.mkdir(parents=True)
    (deep / "Dockerfile").write_text("FROM scratch\nCOPY nothing-here /\n")

    assert [(name.count("/"), kind) for name, _, kind in found(tmp_path)] == [(300, "inferred")]


def test_templates_and_broken_ones_are_problems_and_hide_nothing(tree: Callable[..., Path]) -> None:
    folder = tree({"a/Dockerfile": "{{ header }}\nFROM x\n", "b/Dockerfile": "", "c/Dockerfile": b"\x7fELF\x00",
                   "d/Dockerfile/x": "", "compose.yml": "a: b: c", "good/Dockerfile": COPY_ALL})  # fmt: skip

    answer = discover(DiskRepository(folder))

    assert [build.name for build in answer.builds] == ["good/Dockerfile"]
    assert sorted(one.path.partition(":")[0] for one in answer.problems) == [
        "a/Dockerfile", "b/Dockerfile", "c/Dockerfile", "compose.yml",
    ]  # fmt: skip


def test_one_build_is_described_with_dockers_options(tree: Callable[..., Path]) -> None:
    folder = tree({"app/main.py": "", "docker/Dockerfile": COPY_ALL, "shared/": None})

    build = one_build(DiskRepository(folder / "app"), file=Path("docker/Dockerfile"), target="dev", cwd=folder,
                      build_args=["A=1", "B", "C"], environ={"B": "2"},
                      build_contexts=["shared=shared", "base=docker-image://alpine"])  # fmt: skip

    assert (build.name, build.context, build.dockerfile) == ("../docker/Dockerfile@dev", ".", "../docker/Dockerfile")
    assert build.args == (("A", "1"), ("B", "2"))
    assert build.contexts == (
        NamedContext("shared", "local", "shared", "../shared"),
        NamedContext("base", "image", "docker-image://alpine"),
    )


def test_options_that_cannot_be_understood_are_refused(tmp_path: Path) -> None:
    repository = DiskRepository(tmp_path)
    (tmp_path / "Dockerfile").write_text(COPY_ALL)
    with pytest.raises(InputError, match="no such Dockerfile"):
        one_build(repository, file=Path("Dockerfle"), cwd=tmp_path)
    with pytest.raises(InputError, match="standard input"):
        one_build(repository, file=Path("-"), cwd=tmp_path)
    with pytest.raises(SettingsError, match="NAME=PATH"):
        one_build(repository, file=Path("Dockerfile"), cwd=tmp_path, build_contexts=["shared"])
    with pytest.raises(SettingsError, match="has no name"):
        one_build(repository, file=Path("Dockerfile"), cwd=tmp_path, build_args=["=1"])


@pytest.mark.property
@given(st.lists(st.text(st.sampled_from("dockerfilecontainerfilecompose.-_DOCKERFILE\u212a\u017f\u0131\u0130y~\n"), min_size=1)
                | st.sampled_from(["Dockerfile", "DOC\u212aERFILE", "dockerf\u0131le", "compo\u017fe.yml", "x.Containerfile", "a"]),
                max_size=6))  # fmt: skip
def test_a_look_at_all_names_of_a_folder_finds_what_a_look_at_each_does(names: list[str]) -> None:
    assert search._declaring(names) == [name for name in names if search._declares(name)]
