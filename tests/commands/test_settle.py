"""From what was typed to what is meant."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ctxsize.cli import main
from ctxsize.commands.options import Options
from ctxsize.commands.settle import choose, only, settle
from ctxsize.errors import InputError, SettingsError
from ctxsize.model import BuildDefinition, BuilderName, Declaration


def test_of_two_configurations_the_one_that_is_not_read_is_named(
    tree: Callable[..., Path], capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tree({"Dockerfile": "FROM scratch\n", "ctxsize.toml": "", "pyproject.toml": "[tool.ctxsize]\njunk = [1]\n"})
    warning = "warning: pyproject.toml: its [tool.ctxsize] is not read, because there is a ctxsize.toml\n"

    assert (main(["report", str(folder)]), capsys.readouterr().err) == (0, warning)
    assert (main(["report", "-q", str(folder)]), capsys.readouterr().err) == (0, "")


# --- which builds ---


def builds(*names: str) -> list[BuildDefinition]:
    return [BuildDefinition(name, Declaration("compose"), ".", "Dockerfile") for name in names]


KNOWN = ["api", "api-worker", "web", "docs/Dockerfile", "odd[1]"]


@pytest.mark.parametrize(
    ("names", "chosen"),
    [
        ([], KNOWN),
        (["web"], ["web"]),
        (["web", "api"], ["api", "web"]),  # the order is the repository's
        (["api*"], ["api", "api-worker"]),
        (["api*", "*worker"], ["api", "api-worker"]),
        (["*/Dockerfile"], ["docs/Dockerfile"]),
        (["odd[1]"], ["odd[1]"]),  # a name as it stands goes before a glob
        (["?eb"], ["web"]),
        (["*"], KNOWN),
    ],
)
def test_builds_are_chosen_by_name_or_glob(names: list[str], chosen: list[str]) -> None:
    assert [build.name for build in choose(builds(*KNOWN), names)] == chosen


@pytest.mark.parametrize(
    ("known", "name", "hint"),
    [
        (KNOWN, "wbe", "did you mean web? known builds: api, api-worker, web, docs/Dockerfile, odd[1]"),
        (KNOWN, "zzzz", "known builds: api, api-worker, web, docs/Dockerfile, odd[1]"),
        (KNOWN, "API", "known builds: api, api-worker, web, docs/Dockerfile, odd[1]"),
        ([], "x", "nothing here asks for a docker build"),
        ([f"b{number}" for number in range(50)], "?", f"known builds: {', '.join(f'b{one}' for one in range(40))} and 10 more"),
    ],
)
def test_an_unknown_build_is_answered_with_the_known(known: list[str], name: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        choose(builds(*known), [name])

    assert (caught.value.message, caught.value.hint) == (f"no build is named {name}", hint)


def test_every_name_must_find_something() -> None:
    with pytest.raises(SettingsError, match="no build is named nope"):
        choose(builds(*KNOWN), ["web", "nope"])


# --- which folder, which Dockerfile ---

TREE = {"compose.yml": "services: {api: {build: .}}\n", "Dockerfile": "FROM scratch\n", "sub/x": "",
        "loop -> nowhere": None, "app.Dockerfile": "FROM scratch\n"}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "more", "said"),
    [
        ("nowhere", {}, ("no such folder", "nowhere", "PATH is the folder of a repository; with -f the folder that is sent")),
        ("loop", {}, ("no such folder", "loop", "PATH is the folder of a repository; with -f the folder that is sent")),
        ("compose.yml", {}, ("not a folder", "compose.yml", "PATH is the folder of a repository; with -f the folder that is sent")),
        ("Dockerfile", {}, ("not a folder", "Dockerfile", "for the build of one Dockerfile: -f Dockerfile CONTEXT")),
        ("fifo", {}, ("not a folder", "fifo", "PATH is the folder of a repository; with -f the folder that is sent")),
        (".", {"file": Path("nope")}, ("no such Dockerfile", "nope", "-f is relative to the current folder")),
        (".", {"file": Path("sub")}, ("a folder, not a Dockerfile", "sub", "ctxsize … -f DOCKERFILE CONTEXT")),
        (".", {"file": Path("fifo")}, ("not a regular file", "fifo", "ctxsize … -f DOCKERFILE CONTEXT")),
        (".", {"file": Path("loop")}, ("no such Dockerfile", "loop", "it is a link to nothing")),
        (".", {"file": Path("-")}, ("a Dockerfile from standard input is not read", None, "save it, and name the file with -f")),
        (".", {"target": "dev"}, ("--target describes one build and needs -f/--file", None,
                                  "ctxsize … -f DOCKERFILE --target … CONTEXT")),
        (".", {"build_arg": ["A=1"]}, ("--build-arg describes one build and needs -f/--file", None,
                                       "ctxsize … -f DOCKERFILE --build-arg … CONTEXT")),
        (".", {"build_context": ["a=b"]}, ("--build-context describes one build and needs -f/--file", None,
                                           "ctxsize … -f DOCKERFILE --build-context … CONTEXT")),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused(
    tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, path: str, more: dict[str, Any], said: tuple[str | None, ...]
) -> None:
    monkeypatch.chdir(tree(TREE))
    os.mkfifo("fifo")

    with pytest.raises((InputError, SettingsError)) as caught:
        settle(Path(path), Options(**more))

    assert (caught.value.message, caught.value.where, caught.value.hint) == said


def test_with_a_dockerfile_the_folder_is_the_context(tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    root = tree(TREE)
    monkeypatch.chdir(root)

    settled = settle(Path("sub"), Options(file=Path("app.Dockerfile"), target="dev", build_arg=["A=1"]))

    assert settled.root == root / "sub"
    assert [(one.name, one.context, one.dockerfile, one.target, one.args) for one in settled.builds] == [
        ("../app.Dockerfile@dev", ".", "../app.Dockerfile", "dev", (("A", "1"),)),
    ]


def test_the_builder_is_asked_for_or_configured_or_buildkit(tree: Callable[..., Path]) -> None:
    plain, configured = tree(TREE, "plain"), tree({**TREE, "ctxsize.toml": 'builder = "archive"\n'}, "configured")

    assert settle(plain, Options()).builder is BuilderName.BUILDKIT
    assert settle(configured, Options()).builder is BuilderName.ARCHIVE
    assert settle(configured, Options(builder=BuilderName.BUILDKIT)).request.builder is BuilderName.BUILDKIT


# --- one alone ---


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ([], ("nothing here asks for a docker build", "describe one with -f DOCKERFILE")),
        (["a", "b"], ("ls shows one build, and there are 2", "choose with --build NAME: a, b")),
    ],
)
def test_one_build_is_asked_for_where_there_is_not_exactly_one(names: list[str], said: tuple[str, str], tmp_path: Path) -> None:
    settled = settle(tmp_path, Options())._replace(builds=tuple(builds(*names)))

    with pytest.raises((InputError, SettingsError)) as caught:
        only(settled, "ls shows one build")

    assert (caught.value.message, caught.value.hint) == said
