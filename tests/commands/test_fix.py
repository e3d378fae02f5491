"""``ctxsize fix`` at the command line: layouts beyond the story, what is refused, and what is written."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ctxsize.cli import main
from ctxsize.errors import ExitCode
from tests.trees import Form

Plant = Callable[..., Path]

API = "FROM scratch\nCOPY src /src\nCOPY ../shared /shared\n"
ONE: Form = {
    "compose.yml": "services:\n  api:\n    build: ./services/api\n",
    "services/api/Dockerfile": API,
    "services/api/src/main.py": "x\n",
    "shared/log.py": "x\n",
    "src/other.py": "not this one\n",
}


def fixed(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main(["fix", str(root), "--format", "json", "--no-tighten", *arguments])
    return code, json.loads(capsys.readouterr().out)


def errors(root: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    main(["doctor", str(root), "--format", "json"])
    found = json.loads(capsys.readouterr().out)["findings"]
    return [one["rule"] for one in found if one["severity"] == "error"]


def texts(root: Path, *paths: str) -> dict[str, str]:
    return {path: (root / path).read_text() for path in paths}


# what it is about, files, strategy, files afterwards
LAYOUTS: list[tuple[str, Form, str, Mapping[str, str]]] = [
    ("the story in small", ONE, "root", {
        "compose.yml": "services:\n  api:\n    build:\n      context: .\n      dockerfile: services/api/Dockerfile\n",
        "services/api/Dockerfile": "FROM scratch\nCOPY services/api/src /src\nCOPY shared /shared\n",
    }),
    ("the story in small, named", ONE, "named", {
        "compose.yml": "services:\n  api:\n    build:\n      context: ./services/api\n      additional_contexts:\n"
                       "        shared: ./shared\n",
        "services/api/Dockerfile": "FROM scratch\nCOPY src /src\nCOPY --from=shared . /shared\n",
    }),
    ("a Dockerfile that speaks from the root", {
        **ONE, "services/api/Dockerfile": "FROM scratch\nCOPY services/api/src /src\nCOPY shared /shared\n",
    }, "root", {
        "compose.yml": "services:\n  api:\n    build:\n      context: .\n      dockerfile: services/api/Dockerfile\n",
        "services/api/Dockerfile": "FROM scratch\nCOPY services/api/src /src\nCOPY shared /shared\n",
    }),
    ("the root's context, a Dockerfile that speaks from its own folder", {
        **ONE, "compose.yml": "services:\n  api:\n    build: {context: ., dockerfile: services/api/Dockerfile}\n",
        "services/api/Dockerfile": f"{API}COPY requirements.txt /\n", "services/api/requirements.txt": "",
    }, "root", {
        "compose.yml": "services:\n  api:\n    build: {context: ., dockerfile: services/api/Dockerfile}\n",
        "services/api/Dockerfile": "FROM scratch\nCOPY services/api/src /src\nCOPY shared /shared\n"
                                   "COPY services/api/requirements.txt /\n",
    }),
    ("several shared folders, deeper services", {
        "compose.yml": "services:\n  web:\n    build: ./apps/shop/web\n",
        "apps/shop/web/Dockerfile": "FROM scratch\nCOPY a /a\nCOPY ../libs/ui /ui\nCOPY ../../../proto/v1 /proto\n",
        "apps/shop/web/a": "", "apps/shop/libs/ui/x": "", "proto/v1/y": "",
    }, "root", {
        "apps/shop/web/Dockerfile": "FROM scratch\nCOPY apps/shop/web/a /a\nCOPY apps/shop/libs/ui /ui\n"
                                    "COPY proto/v1 /proto\n",
    }),
    ("several shared folders, named", {
        "compose.yml": "services:\n  web:\n    build: ./apps/shop/web\n",
        "apps/shop/web/Dockerfile": "FROM scratch\nCOPY a /a\nCOPY ../libs/ui /ui\nCOPY ../../../proto/v1 /proto\n",
        "apps/shop/web/a": "", "apps/shop/libs/ui/x": "", "proto/v1/y": "",
    }, "named", {
        "compose.yml": "services:\n  web:\n    build:\n      context: ./apps/shop/web\n      additional_contexts:\n"
                       "        libs: ./apps/shop/libs\n        proto: ./proto\n",
        "apps/shop/web/Dockerfile": "FROM scratch\nCOPY a /a\nCOPY --from=libs ui /ui\nCOPY --from=proto v1 /proto\n",
    }),
    ("not higher than needed", {
        "compose.yml": "services:\n  web:\n    build: ./apps/shop/web\n",
        "apps/shop/web/Dockerfile": "FROM scratch\nCOPY a /a\nCOPY ../libs/ui /ui\n",
        "apps/shop/web/a": "", "apps/shop/libs/ui/x": "",
    }, "root", {
        "compose.yml": "services:\n  web:\n    build:\n      context: ./apps/shop\n      dockerfile: web/Dockerfile\n",
        "apps/shop/web/Dockerfile": "FROM scratch\nCOPY web/a /a\nCOPY libs/ui /ui\n",
    }),
    ("a Dockerfile outside of its context", {
        "deploy/compose.yml": "services:\n  api:\n    build:\n      context: ../services/api\n"
                              "      dockerfile: ../../docker/api.Dockerfile\n",
        "docker/api.Dockerfile": API, "services/api/src/x": "", "shared/y": "",
    }, "root", {
        "deploy/compose.yml": "services:\n  api:\n    build:\n      context: ..\n"
                              "      dockerfile: docker/api.Dockerfile\n",
        "docker/api.Dockerfile": "FROM scratch\nCOPY services/api/src /src\nCOPY shared /shared\n",
    }),
    ("two compose files for one Dockerfile", {
        **ONE, "docker-compose.prod.yml": "services:\n  api:\n    build:\n      context: services/api\n      target: x\n",
        "services/api/Dockerfile": API.replace("FROM scratch", "FROM scratch AS x"),
    }, "root", {
        "compose.yml": "services:\n  api:\n    build:\n      context: .\n      dockerfile: services/api/Dockerfile\n",
        "docker-compose.prod.yml": "services:\n  api:\n    build:\n      context: .\n"
                                   "      dockerfile: services/api/Dockerfile\n      target: x\n",
    }),
    ("a single shared file", {
        **ONE, "services/api/Dockerfile": "FROM scratch\nCOPY src /src\nCOPY ../../VERSION /\n", "VERSION": "1\n",
    }, "named", {
        "compose.yml": "services:\n  api:\n    build:\n      context: ./services/api\n      additional_contexts:\n"
                       "        root: .\n",
        "services/api/Dockerfile": "FROM scratch\nCOPY src /src\nCOPY --from=root VERSION /\n",
    }),
    ("a stage has the folder's name", {
        **ONE, "services/api/Dockerfile": "FROM scratch AS shared\nCOPY src /x\nFROM scratch\nCOPY --from=shared /x /y\n"
                                          "COPY ../shared /shared\n",
    }, "named", {
        "services/api/Dockerfile": "FROM scratch AS shared\nCOPY src /x\nFROM scratch\nCOPY --from=shared /x /y\n"
                                   "COPY --from=shared-files . /shared\n",
    }),
    ("the root's own rules would keep it out", {**ONE, ".dockerignore": "shared\n"}, "root", {
        ".dockerignore": "shared\n",
        "services/api/Dockerfile": "FROM scratch\nCOPY services/api/src /src\nCOPY shared /shared\n",
    }),
    ("a workflow", {
        **ONE, ".github/workflows/build.yml":
            "jobs:\n  image:\n    steps:\n      - uses: docker/build-push-action@v6  # pinned\n        with:\n"
            "          context: ./services/api\n          push: true\n",
    }, "root", {
        ".github/workflows/build.yml":
            "jobs:\n  image:\n    steps:\n      - uses: docker/build-push-action@v6  # pinned\n        with:\n"
            "          file: services/api/Dockerfile\n          context: .\n          push: true\n",
    }),
]  # fmt: skip


@pytest.mark.parametrize(("form", "strategy", "after"), [row[1:] for row in LAYOUTS], ids=[row[0] for row in LAYOUTS])
def test_a_layout_is_mended(
    form: Form, strategy: str, after: Mapping[str, str], tree: Plant, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tree(form)

    assert fixed(root, capsys, "--strategy", strategy, "--write")[0] == ExitCode.OK
    assert texts(root, *after) == dict(after)
    assert errors(root, capsys) == []


REFUSED: list[tuple[str, Form, str]] = [
    ("an argument in a path", {**ONE, "services/api/Dockerfile": f"{API}ARG D=src\nCOPY $D /d\n"}, "variables"),
    ("a variable in compose", {**ONE, "compose.yml": "services: {api: {build: '${API:-./services/api}'}}"}, "variables"),
    ("an anchor", {
        **ONE, "compose.yml": "services:\n  api:\n    build: &b\n      context: ./services/api\n  b2:\n    build: *b\n",
    }, "shared"),
    ("an ignore file for another context", {
        **ONE, "compose.yml": "services: {api: {build: {context: docs, dockerfile: ../services/api/Dockerfile}}}",
        "docs/x": "", "services/api/Dockerfile.dockerignore": "notes\n",
    }, "written for the context docs"),
    ("a trigger", {**ONE, "services/api/Dockerfile": f"{API}ONBUILD COPY src /x\n"}, "other builds"),
]  # fmt: skip


@pytest.mark.parametrize(("form", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_cannot_be_edited_is_refused_with_its_reason(
    form: Form, reason: str, tree: Plant, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tree(form)
    code, found = fixed(root, capsys, "--strategy", "root")

    assert code == ExitCode.NO
    assert any(reason in one["reason"] for one in found["refused"])
    assert found["files"] == []
    assert main(["fix", str(root), "--strategy", "root", "--write"]) == ExitCode.USAGE
    assert texts(root, *(path for path in form)) == dict(form)  # type: ignore[arg-type]


def test_one_refusal_leaves_the_others_to_be_mended(tree: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    form = {
        **ONE, "compose.yml": "services:\n  api:\n    build: ./services/api\n  web:\n    build: ./services/web\n",
        "services/web/Dockerfile": f"{API}ARG D=src\nCOPY $D /d\n", "services/web/src/x": "",
    }  # fmt: skip
    root = tree(form)
    code, found = fixed(root, capsys, "--strategy", "root", "--write")

    assert (code, [one["builds"] for one in found["refused"]]) == (ExitCode.NO, [["web"]])
    assert "services/api/src" in (root / "services/api/Dockerfile").read_text()
    assert (root / "services/web/Dockerfile").read_text() == form["services/web/Dockerfile"]


def test_nothing_is_written_without_being_asked(tree: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    root = tree(ONE)
    main(["fix", str(root)])
    shown = capsys.readouterr().out

    assert "+COPY shared /shared" in shown
    assert "nothing is written without --write" in shown
    assert texts(root, *ONE) == dict(ONE)  # type: ignore[call-overload]


def test_the_diff_is_one_that_git_applies(tree: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    root = tree({**ONE, "services/api/.dockerignore": "docs\n", "compose.yml": ONE["compose.yml"].rstrip("\n")})  # type: ignore[call-overload]
    capsys.readouterr()
    main(["fix", str(root), "--strategy", "root", "--format", "diff"])
    patch = capsys.readouterr().out
    copy = tree({**ONE, "services/api/.dockerignore": "docs\n", "compose.yml": ONE["compose.yml"].rstrip("\n")}, "copy")  # type: ignore[call-overload]
    subprocess.run(["git", "apply", "-"], cwd=copy, input=patch, text=True, check=True)
    main(["fix", str(root), "--strategy", "root", "--write", "-q"])

    assert snapshot(copy) == snapshot(root)


def snapshot(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def test_all_files_or_none(tree: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    root = tree(ONE)
    os.chmod(root / "compose.yml", 0o444)
    before = snapshot(root)

    assert main(["fix", str(root), "--strategy", "root", "--write"]) == ExitCode.USAGE
    assert "compose.yml" in capsys.readouterr().err
    assert snapshot(root) == before


def test_other_places_are_listed(tree: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    root = tree({
        **ONE,
        "build.sh": "#!/bin/sh\ndocker build -t api services/api\n",
        "docker-bake.hcl": 'target "api" {\n  context = "./services/api"\n}\n',
        ".github/workflows/all.yml": "jobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n"
                                     "          context: services/${{ matrix.name }}\n",
    })  # fmt: skip
    found = fixed(root, capsys, "--strategy", "named")[1]

    assert [(one["file"], one["line"]) for one in found["by_hand"]] == [
        (".github/workflows/all.yml", 4), ("build.sh", 2), ("docker-bake.hcl", 2),
    ]  # fmt: skip
    assert found["commands"] == [
        "docker build --build-context=shared=./shared -f services/api/Dockerfile services/api"
    ]


def test_where_each_source_stands_is_said(tree: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    assert fixed(tree(ONE), capsys)[1]["sources"] == [
        {"where": "services/api/Dockerfile:3", "source": "../shared", "stands_in": "shared"}
    ]


def test_nothing_to_mend(tree: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    root = tree({"Dockerfile": "FROM scratch\nCOPY a /a\n", "a": ""})

    assert main(["fix", str(root), "--write"]) == ExitCode.OK
    assert "nothing to mend" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [("--verify",), ("-f", "Dockerfile"), ("--strategy", "magic"), ("--build", "no")])
def test_options_that_contradict_are_refused(arguments: tuple[str, ...], tree: Plant) -> None:
    assert main(["fix", str(tree(ONE)), *arguments]) == ExitCode.USAGE


def test_without_an_engine_verify_says_so(
    tree: Plant, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")

    assert main(["fix", str(tree(ONE)), "--write", "--verify"]) == ExitCode.OK
    assert "not verified: " in capsys.readouterr().out
