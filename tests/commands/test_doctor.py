"""``ctxsize doctor`` at the command line: what it finds in a repository, exit codes, choices, and its formats."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ctxsize.cli import main
from ctxsize.errors import ExitCode
from ctxsize.rules import RULES
from tests.trees import Form

Plant = Callable[..., Path]

COMPOSE = "services:\n  api:\n    build: ./services/api\n"
MISMATCHED: Form = {
    "compose.yml": COMPOSE,
    "services/api/Dockerfile": "FROM scratch\nCOPY src /src\nCOPY ../shared /shared\n",
    "services/api/src/main.py": "x\n",
    "shared/log.py": "x\n",
    "src/other.py": "x\n",
}
FINE: Form = {"Dockerfile": "FROM scratch\nCOPY src /src\n", "src/a.py": "a\n"}


def run(root: Path, *arguments: str) -> int:
    return main(["doctor", str(root), *arguments])


def findings(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    capsys.readouterr()
    run(root, "--format", "json", *arguments)
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["findings"]
    return found


def said(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> set[tuple[str, str]]:
    return {(one["rule"], one["severity"]) for one in findings(root, capsys, *arguments)}


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


# --- findings on real files ----------------------------------------------------------------------------------

DOCKERFILE = "FROM scratch\nCOPY src /src\n"
ALL = "FROM scratch\nCOPY . /all\n"

# what it is about, files, (rule, severity) that must be there, rules that must not
CASES: list[tuple[str, Form, set[tuple[str, str]], set[str]]] = [
    ("all is well", FINE, set(), {rule.code for rule in RULES}),
    ("a mismatch", MISMATCHED, {("context-mismatch", "error"), ("source-outside-context", "error")},
     {"source-missing"}),
    ("another context fits", {
        "compose.yml": COMPOSE, "services/api/Dockerfile": "FROM scratch\nCOPY services/api/src /src\nCOPY shared /s\n",
        "services/api/src/a": "", "shared/b": "",
     }, {("context-mismatch", "error"), ("source-missing", "error")}, {"source-outside-context"}),
    ("an artefact that git ignores", {
        "compose.yml": "services: {a: {build: .}}", "Dockerfile": "FROM scratch\nCOPY tool /tool\n",
        ".gitignore": "/tool\n",
     }, {("source-missing", "info")}, {"context-mismatch"}),
    ("an unset argument", {**FINE, "Dockerfile": "FROM scratch\nARG NAME\nCOPY src/$NAME/x /x\n"},
     {("source-missing", "info")}, set()),
    ("a base image made of an argument", {**FINE, "Dockerfile": "ARG BASE\nFROM $BASE\nCOPY src /src\n"},
     {("build-fails", "info")}, set()),
    ("an ignored source, with an exception elsewhere", {**FINE, ".dockerignore": "src\n!docs\n"},
     {("source-ignored", "error")}, {"source-missing"}),
    ("arrives empty", {**FINE, "src/b/c": "c\n", ".dockerignore": "src/b\n!src/b/c\nsrc/b\n"},
     {("arrives-empty", "error")}, {"source-ignored"}),
    ("a dead ignore file", {
        "compose.yml": "services: {a: {build: {context: ., dockerfile: a/Dockerfile}}}",
        "a/Dockerfile": "FROM scratch\nCOPY a/src /src\n", "a/src/x": "", "a/.dockerignore": "src/x\n",
     }, {("ignore-file-inactive", "warning")}, set()),
    ("an own file that drops rules", {
        **FINE, "Dockerfile": ALL, ".dockerignore": "**/__pycache__\n", "Dockerfile.dockerignore": "docs\n",
        "__pycache__/a.pyc": "x",
     }, {("own-file-drops-root-rules", "warning")}, {"ignore-file-inactive"}),
    ("an own file that repeats the rules", {
        **FINE, "Dockerfile": ALL, ".dockerignore": "**/__pycache__\n",
        "Dockerfile.dockerignore": "docs\n**/__pycache__\n", "__pycache__/a.pyc": "x",
     }, set(), {"own-file-drops-root-rules"}),
    ("nested folders that a plain name misses", {
        **FINE, "Dockerfile": ALL, ".dockerignore": "node_modules\n", "packages/a/node_modules/b.js": "b",
     }, {("gitignore-habit", "warning")}, set()),
    ("a secret", {**FINE, "Dockerfile": ALL, ".env": "KEY=1\n"}, {("secret-in-context", "warning")}, set()),
    ("a secret that is asked for", {**FINE, "Dockerfile": "FROM scratch\nCOPY .env /\n", ".env": "KEY=1\n"},
     {("secret-in-context", "info")}, set()),
    ("history", {**FINE, "Dockerfile": ALL, ".git/HEAD": "ref: x\n"}, {("vcs-in-context", "warning")}, set()),
    ("history that is used", {
        **FINE, ".git/HEAD": "ref: x\n",
        "Dockerfile": "FROM alpine\nRUN --mount=type=bind,target=. git describe --tags > /version\n",
     }, {("whole-context-culprit", "info")}, {"vcs-in-context"}),
    ("history that is copied", {**FINE, ".git/HEAD": "ref: x\n", "Dockerfile": "FROM scratch\nCOPY .git /git\n"},
     set(), {"vcs-in-context"}),
    ("a named context", {
        "compose.yml": "services: {a: {build: {context: a, additional_contexts: {lib: ./lib}}}}",
        "a/Dockerfile": "FROM scratch\nCOPY --from=lib . /lib\n", "lib/x": "x", "lib/node_modules/y.js": "y",
     }, {("named-context-without-ignore", "warning")}, set()),
    ("one context for many", {
        "compose.yml": "services: {a: {build: {context: ., dockerfile: A}}, b: {build: {context: ., dockerfile: B}}}",
        "A": DOCKERFILE, "B": DOCKERFILE, "src/x": "x",
     }, {("same-context-sent-by-many-builds", "info")}, set()),
    ("two contexts, one of them right", {
        "compose.yml": COMPOSE, "docker-compose.prod.yml": "services: {api: {build: {context: ., dockerfile: services/api/Dockerfile}}}",
        "services/api/Dockerfile": "FROM scratch\nCOPY only /only\n", "services/api/only": "x",
     }, {("two-contexts-declared", "warning"), ("context-mismatch", "error")}, set()),
    ("a tmpfs mount", {**FINE, "Dockerfile": "FROM alpine\nCOPY src /s\nRUN --mount=type=tmpfs,target=/t true\n"},
     {("whole-context-culprit", "warning")}, set()),
    ("a wildcard in an exception", {**FINE, ".dockerignore": "docs\n!docs/*.md\n"},
     {("wildcard-exception-walks-everything", "info")}, set()),
    ("brackets", {**FINE, "Dockerfile": "FROM scratch\nCOPY app/[id] /x/\n", "app/[id]/a": "x"},
     {("bracket-name-is-a-class", "warning")}, {"source-missing"}),
    ("builders that disagree", {
        **FINE, ".dockerignore": "*\n!**/a.py\n",
     }, {("builders-disagree", "warning")}, set()),
    ("no Dockerfile", {"compose.yml": "services: {a: {build: .}}"}, {("dockerfile-missing", "error")}, {"build-fails"}),
]  # fmt: skip


@pytest.mark.parametrize(("form", "there", "absent"), [row[1:] for row in CASES], ids=[row[0] for row in CASES])
def test_a_repository_is_judged(
    form: Form, there: set[tuple[str, str]], absent: set[str], tree: Plant, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tree(form)
    if ".gitignore" in form:
        git(root, "init", "-q")
    found = said(root, capsys)

    assert there <= found
    assert {rule for rule, _ in found} & absent == set()


def test_ignore_files_that_git_does_not_keep(tree: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    root = tree({**FINE, ".gitignore": "a\n.dockerignore\n", ".dockerignore": "docs\n"})
    git(root, "init", "-q")
    found = [one for one in findings(root, capsys) if one["rule"] == "ignore-file-is-git-ignored"]

    assert {(one["file"], one["line"], one["severity"]) for one in found} == {
        (".dockerignore", None, "warning"), (".gitignore", 2, "info"),
    }  # fmt: skip


def test_files_that_git_ignores_and_docker_sends(tree: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    root = tree({**FINE, "src/a.cache": "c" * 10, ".gitignore": "*.cache\n"})
    git(root, "init", "-q")
    found = [one for one in findings(root, capsys) if one["rule"] == "git-ignored-but-sent"]

    assert [one["message"] for one in found] == ["1 file (10 B) that git ignores is sent, such as src/a.cache"]


# --- the answer ----------------------------------------------------------------------------------------------


def test_a_finding_says_what_where_and_what_to_run_next(tree: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    found = [one for one in findings(tree(MISMATCHED), capsys) if one["rule"] == "source-outside-context"]

    assert found == [{
        "rule": "source-outside-context", "severity": "error", "build": "api", "file": "services/api/Dockerfile",
        "line": 3, "hint": "it stands in shared: ctxsize fix --build api",
        "message": "COPY ../shared leaves the context services/api/: BuildKit reads it as /shared; failed to calculate "
                   'checksum of ref …: "/shared": not found (the classic builder says: forbidden path outside the '
                   "build context: ../shared)",
    }]  # fmt: skip


EXITS = [
    ((), ExitCode.NO),
    (("--fail-on", "never"), ExitCode.OK),
    (("--fail-on", "warning"), ExitCode.NO),
    (("--ignore", "context-mismatch", "--ignore", "source-outside-context"), ExitCode.OK),
    (("--select", "vcs-in-context"), ExitCode.OK),
    (("--select", "context-mismatch"), ExitCode.NO),
    (("--select", "context-mismach"), ExitCode.USAGE),
    (("--fail-on", "errors"), ExitCode.USAGE),
    (("--build", "api"), ExitCode.NO),
    (("--build", "nobody"), ExitCode.USAGE),
    (("--list",), ExitCode.OK),
]


@pytest.mark.parametrize(("arguments", "code"), EXITS, ids=[" ".join(row[0]) for row in EXITS])
def test_the_exit_code_answers(arguments: tuple[str, ...], code: ExitCode, tree: Plant) -> None:
    assert run(tree(MISMATCHED), *arguments) == code


CONFIGURED = [
    ('[doctor]\nignore = ["context-mismatch", "source-outside-context"]\n', ExitCode.OK),
    ('[doctor]\nfail_on = "info"\n', ExitCode.NO),
    ('[doctor]\nignore = ["no-such-rule"]\n', ExitCode.USAGE),
]


@pytest.mark.parametrize(("text", "code"), CONFIGURED)
def test_the_configuration_is_kept(text: str, code: ExitCode, tree: Plant) -> None:
    assert run(tree({**MISMATCHED, "ctxsize.toml": text})) == code


def test_a_comment_takes_a_finding_back(tree: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    dockerfile = "FROM scratch\nCOPY src /src\n# ctxsize: ignore=source-outside-context\nCOPY ../shared /shared\n"
    compose = "services:\n  api:\n    build: ./services/api  # ctxsize: ignore=context-mismatch, vcs-in-context\n"
    root = tree({**MISMATCHED, "services/api/Dockerfile": dockerfile, "compose.yml": compose})

    assert said(root, capsys) == set()
    assert run(root) == ExitCode.OK


def test_only_the_chosen_builds_are_shown(tree: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    root = tree({**MISMATCHED, "other/Dockerfile": "FROM scratch\nCOPY nope /x\n"})

    assert {one["build"] for one in findings(root, capsys, "--build", "api")} == {"api"}
    assert {one["build"] for one in findings(root, capsys)} == {"api", "other/Dockerfile"}


def test_one_build_can_be_described(tree: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    root = tree({"D": "FROM scratch\nCOPY ../x /x\n", "a": "a"})

    assert said(root, capsys, "-f", str(root / "D")) == {("source-outside-context", "error")}


def test_all_rules_are_listed(tree: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    root = tree(FINE)
    capsys.readouterr()
    run(root, "--list")
    shown = capsys.readouterr().out
    run(root, "--list", "--format", "json")
    listed = json.loads(capsys.readouterr().out)["rules"]

    assert [line.split()[0] for line in shown.splitlines()] == [rule.code for rule in RULES]
    assert [one["rule"] for one in listed] == [rule.code for rule in RULES]


def test_a_terminal_gets_a_summary_and_the_next_command(tree: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    run(tree(MISMATCHED))
    shown = capsys.readouterr().out

    assert "2 errors in 1 build" in shown
    assert "ctxsize fix --build api" in shown
    run(tree(FINE, "fine"))
    assert "nothing wrong in 1 build" in capsys.readouterr().out


def test_annotations_name_file_and_line(tree: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    run(tree(MISMATCHED), "--format", "github")

    assert "::error file=services/api/Dockerfile,line=3,title=source-outside-context::" in capsys.readouterr().out


def test_sarif_names_every_rule(tree: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    run(tree(MISMATCHED), "--format", "sarif")
    written = json.loads(capsys.readouterr().out)["runs"][0]

    assert [one["id"] for one in written["tool"]["driver"]["rules"]] == [rule.code for rule in RULES]
    assert {one["ruleId"] for one in written["results"]} == {"context-mismatch", "source-outside-context"}


HOSTILE: list[tuple[str, Form]] = [
    ("a binary Dockerfile", {"Dockerfile": b"\x00\xff\xfe" * 100}),
    ("markup in names", {"Dockerfile": "FROM scratch\nCOPY [red]x[/red] /x\n"}),
    ("control characters", {"Dockerfile": "FROM scratch\nCOPY a\x1b[31mb /x\n"}),
    ("a broken compose file", {"compose.yml": "services: {a: {build: [}"}),
    ("an ignore file that is a folder", {**FINE, ".dockerignore/x": "x"}),
    ("a bomb", {"compose.yml": "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nservices: {a: {build: *c}}"}),
]


@pytest.mark.parametrize("form", [row[1] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_hostile_files_are_data(form: Form, tree: Plant, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(tree(form))

    assert code in {ExitCode.OK, ExitCode.NO}
    assert "\x1b" not in capsys.readouterr().out
