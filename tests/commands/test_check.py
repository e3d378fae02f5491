"""``ctxsize check`` at the command line: exit codes, what it says, and what it writes."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from ctxsize.cli import main
from ctxsize.errors import ExitCode
from tests.history import Files, History

COMPOSE = """\
services:
  api:
    build: { context: ., dockerfile: api/Dockerfile }
  web:
    build: { context: ., dockerfile: web/Dockerfile }
"""
START: Files = {
    "compose.yaml": COMPOSE,
    "api/Dockerfile": "FROM scratch\nCOPY api/src /src\n",
    "web/Dockerfile": "FROM scratch\nCOPY web/public /web\n",
    ".dockerignore": ".git\n**/*.log\n",
    "api/src/main.py": 1_000,
    "web/public/index.html": 2_000,
    "docs/manual": 9_000,
}
BASELINE = "ctxsize-baseline.jsonl"


@pytest.fixture
def history(tmp_path: Path) -> History:
    history = History(tmp_path / "work")
    history.commit(START)
    return history


def run(root: Path, *arguments: str) -> int:
    return main(["check", str(root), *arguments])


def report(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    run(root, "--format", "json", *arguments)
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


def builds(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {build["name"]: build for build in found["builds"]}


# --- budgets -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("budget", "code"),
    [
        ("", ExitCode.OK),
        ("[budget]\nmax_bytes = 2000\n", ExitCode.OK),
        ("[budget]\nmax_bytes = 1999\n", ExitCode.NO),
        ('[budget]\nmax_bytes = 1999\nlevel = "warn"\n', ExitCode.OK),
        ('[builds."a*"]\nbudget = { max_bytes = "1 kB" }\n', ExitCode.OK),
        ('[builds."a*"]\nbudget = { max_bytes = 999 }\n', ExitCode.NO),
        ('[budget]\nmax_bytes = 1\n[builds."*"]\nbudget = { max_bytes = "1 MB" }\n', ExitCode.OK),
        ('[budget]\nmax_bytes = "5 kB"\nbuilder = "archive"\n', ExitCode.NO),
        ("[budget]\nmax_files = 1\n", ExitCode.OK),
        ('[assert]\nmust_exclude = ["**/node_modules"]\n', ExitCode.NO),
        ('[assert]\nmust_exclude = [".git"]\n', ExitCode.OK),
        ('[assert]\nmust_include = ["web/public/index.html", "api/src/new.py"]\n', ExitCode.OK),
        ('[assert]\nmust_include = ["docs/manual"]\n', ExitCode.NO),
        ("[budget]\nmax_byte = 1\n", ExitCode.USAGE),
        ('[budget]\nmax_bytes = "many"\n', ExitCode.USAGE),
    ],
)
def test_the_exit_code_is_the_answer(history: History, budget: str, code: ExitCode) -> None:
    history.write({"ctxsize.toml": budget})
    assert run(history.root, "-q") == code


@pytest.mark.parametrize(
    ("comment", "code"),
    [
        ("max=1kB", ExitCode.OK),
        ("max=999", ExitCode.NO),
        ("max=999, level=warn", ExitCode.OK),
        ("mox=1", ExitCode.USAGE),
    ],
)
def test_a_comment_in_the_dockerfile_is_a_budget(history: History, comment: str, code: ExitCode) -> None:
    history.write({"api/Dockerfile": f"# ctxsize: {comment}\nFROM scratch\nCOPY api/src /src\n"})
    assert run(history.root, "-q") == code


def test_a_build_that_cannot_be_measured_is_no_answer(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    history.write({"api/Dockerfile": "COPPY\n", "ctxsize.toml": "[budget]\nmax_bytes = 5000\n"})
    assert run(history.root) == ExitCode.USAGE
    assert "cannot tell whether api is within its budget" in capsys.readouterr().err
    history.write({"ctxsize.toml": ""})
    assert run(history.root) == ExitCode.OK


def test_one_build_described_as_to_docker(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    file = str(history.root / "web/Dockerfile")
    found = report(history.root, capsys, "-f", file, "--against", "HEAD")
    assert [(one["name"], one["sent"]["bytes"], one["delta"]) for one in found["builds"]] == [
        ("web/Dockerfile", 2_000, 0)
    ]


def test_chosen_builds_only(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    assert list(builds(report(history.root, capsys, "--build", "w*", "--against", "HEAD"))) == ["web"]
    assert run(history.root, "--build", "wob") == ExitCode.USAGE


# --- against a ref -----------------------------------------------------------------------------------------


def test_growth_against_a_ref(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    history.write({"ctxsize.toml": '[budget]\nmax_growth = "1 kB"\n'})
    history.commit({"api/src/data/x": 5_000})
    assert run(history.root, "-q", "--against", "HEAD") == ExitCode.OK
    found = report(history.root, capsys, "--against", "HEAD~1")
    api, web = found["builds"]
    assert (found["ok"], api["status"], web["status"], web["violations"]) == (False, "grew", "same", [])
    (violation,) = api["violations"]
    assert (violation["budget"], violation["limit"], violation["actual"]) == ("max_growth", 1_000, 5_000)
    assert (violation["file"], violation["line"]) == ("api/Dockerfile", 2)
    assert [(one["path"], one["bytes"], one["change"]) for one in violation["causes"]] == [
        ("api/src/data/", 5_000, "added")
    ]
    assert (api["baseline"]["bytes"], api["sent"]["bytes"]) == (1_000, 6_000)


def test_the_ref_has_its_own_files(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    history.commit({
        "compose.yaml": COMPOSE.replace("web:", "site:").replace("web/Dockerfile", "web/Containerfile"),
        "web/Dockerfile": None, "web/Containerfile": "FROM scratch\nCOPY . .\n", ".dockerignore": ".git\ndocs\n",
    })  # fmt: skip
    found = builds(report(history.root, capsys, "--against", "HEAD~1"))
    assert {name: build["status"] for name, build in found.items()} == {"api": "same", "site": "new", "web": "removed"}
    assert found["web"]["baseline"]["bytes"] == 2_000


@pytest.mark.parametrize("builder", ["buildkit", "archive"])
def test_a_ref_is_measured_as_its_checkout_is(
    history: History, tmp_path: Path, capsys: pytest.CaptureFixture[str], builder: str
) -> None:
    (history.root / "web/public/link").symlink_to("index.html")
    (history.root / "api/Dockerfile").chmod(0o755)
    commits = [
        history.commit({"web/public/x" * 12: 70_000, "api/src/\u00fc.log": 5}),
        history.commit({".dockerignore": "**\n!**/src\n", "Dockerfile": "FROM scratch\nCOPY . .\n"}),
        history.commit({"web/Dockerfile.dockerignore": "x\n", "api/src/main.py": None, ".gitignore": "docs\n"}),
        history.commit({"compose.yaml": None}),
    ]
    history.commit({".dockerignore": None, "docs/late": 77})
    for commit in commits:
        checkout = history.checkout(commit, tmp_path / commit)
        capsys.readouterr()
        main(["report", str(checkout), "--format", "json"])
        expected = {one["name"]: one["builders"][builder] for one in json.loads(capsys.readouterr().out)["builds"]}
        found = report(history.root, capsys, "--against", commit, "--builder", builder)["builds"]
        then = {one["renamed_from"] or one["name"]: one["baseline"] for one in found if one["baseline"]}
        assert then == {
            name: sent["sent"] | {"walked": sent["walked"], "waste": sent["junk"]["bytes"] + sent["unused"]["bytes"]}
            for name, sent in expected.items()
        }


def test_a_renamed_service_is_the_same_build(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    history.commit({"compose.yaml": COMPOSE.replace("  web:", "  site:")})
    found = builds(report(history.root, capsys, "--against", "HEAD~1"))
    assert (found["site"]["renamed_from"], found["site"]["delta"], set(found)) == ("web", 0, {"api", "site"})


@pytest.mark.parametrize(
    ("arguments", "message", "hint"),
    [
        (["--against", "nope"], "no commit is named nope", "git branch --all"),
        (["--against", "origin/main"], "no commit is named origin/main", "git fetch origin main"),
        (["--against", "HEAD", "--update"], "--against and --update", "one of the two"),
        (["--against", "HEAD", "--baseline", "x"], "--against and --baseline", "one of the two"),
        (["--baseline", "missing.jsonl"], "there is no baseline", "ctxsize check --update"),
    ],
)
def test_what_cannot_be_compared_with_says_what_to_do(
    history: History, capsys: pytest.CaptureFixture[str], arguments: list[str], message: str, hint: str
) -> None:
    assert run(history.root, *arguments) == ExitCode.USAGE
    said = capsys.readouterr().err
    assert message in said
    assert hint in said


def test_outside_of_git_a_ref_is_no_answer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    assert run(tmp_path, "--against", "main") == ExitCode.USAGE
    assert "use a baseline file" in capsys.readouterr().err


def test_growth_without_anything_to_compare_with_is_said(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    history.write({"ctxsize.toml": '[budget]\nmax_growth = "1 kB"\n'})
    assert run(history.root) == ExitCode.OK
    assert "there is nothing to compare with" in capsys.readouterr().out


def test_nothing_is_written_or_checked_out(history: History) -> None:
    history.commit({"api/src/main.py": 2_000})
    before = {path: path.stat().st_mtime_ns for path in history.root.rglob("*")}
    run(history.root, "-q", "--against", "HEAD~1")
    assert {path: path.stat().st_mtime_ns for path in history.root.rglob("*")} == before


# --- the baseline file -------------------------------------------------------------------------------------


def test_update_then_check(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    history.write({"ctxsize.toml": '[budget]\nmax_growth = "1 kB"\n'})
    assert run(history.root, "--update") == ExitCode.OK
    assert capsys.readouterr().err == f"{BASELINE}: written, 2 builds\n"
    first = (history.root / BASELINE).read_text()
    assert run(history.root, "--update") == ExitCode.OK
    assert capsys.readouterr().err == f"{BASELINE}: unchanged, 2 builds\n"
    assert run(history.root, "-q") == ExitCode.OK
    history.write({"web/public/new/x": 3_000})
    assert run(history.root, "-q") == ExitCode.NO
    assert run(history.root, "-q", "--update") == ExitCode.OK
    assert run(history.root, "-q") == ExitCode.OK
    second = (history.root / BASELINE).read_text()
    assert [a == b for a, b in zip(first.splitlines(), second.splitlines(), strict=True)] == [True, True, False]


def test_a_ratchet_allows_nothing_and_only_turns_down(history: History) -> None:
    run(history.root, "-q", "--update")
    history.write({"web/public/index.html": 2_001})
    assert run(history.root, "-q") == ExitCode.OK
    assert run(history.root, "-q", "--ratchet") == ExitCode.NO
    assert run(history.root, "-q", "--ratchet", "--update") == ExitCode.OK
    assert run(history.root, "-q", "--ratchet") == ExitCode.NO
    history.write({"web/public/index.html": 1_500})
    assert run(history.root, "-q", "--ratchet", "--update") == ExitCode.OK
    history.write({"web/public/index.html": 1_501})
    assert run(history.root, "-q", "--ratchet") == ExitCode.NO


def test_an_update_of_one_build_keeps_the_others(history: History) -> None:
    run(history.root, "-q", "--update")
    before = (history.root / BASELINE).read_text().splitlines()
    history.write({"web/public/index.html": 1, "api/src/main.py": 1})
    run(history.root, "-q", "--update", "--build", "web")
    after = (history.root / BASELINE).read_text().splitlines()
    assert [a == b for a, b in zip(before, after, strict=True)] == [True, True, False]


def test_new_removed_and_renamed_builds(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    run(history.root, "-q", "--update")
    history.write({
        "compose.yaml": COMPOSE.replace("  web:", "  site:").replace("  api:", "  job:").replace("api/Docker", "docs/Docker"),
        "docs/Dockerfile": "FROM scratch\nCOPY docs /docs\n",
    })  # fmt: skip
    found = builds(report(history.root, capsys))
    assert {name: (one["status"], one["renamed_from"]) for name, one in found.items()} == {
        "job": ("new", None), "site": ("same", "web"), "api/Dockerfile": ("same", "api"),
    }  # fmt: skip
    history.write({"web/Dockerfile": None, "compose.yaml": "services: {}\n", "docs/Dockerfile": None})
    found = builds(report(history.root, capsys))
    assert {name: one["status"] for name, one in found.items()} == {"api/Dockerfile": "same", "web": "removed"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the baseline is empty"),
        ("\x00\xff", "this is no baseline of ctxsize"),
        ('{"schema": "ctxsize.baseline/2"}\n', "schema ctxsize.baseline/2"),
        ('{"schema": "ctxsize.baseline/1"}\n<<<<<<< HEAD\n', "a merge conflict is not resolved"),
        ('{"schema": "ctxsize.baseline/1"}\n{"build": 1}\n', "this line describes no build"),
    ],
)
def test_a_baseline_that_cannot_be_read_is_no_answer(
    history: History, capsys: pytest.CaptureFixture[str], text: str, message: str
) -> None:
    (history.root / BASELINE).write_bytes(text.encode("latin-1"))
    assert run(history.root) == ExitCode.USAGE
    said = capsys.readouterr()
    assert message in said.err
    assert BASELINE in said.err
    assert said.out == ""


def test_an_update_mends_a_broken_baseline_but_not_a_newer_one(history: History) -> None:
    (history.root / BASELINE).write_text("broken\n")
    assert run(history.root, "-q", "--update", "--ratchet") == ExitCode.USAGE
    assert run(history.root, "-q", "--update") == ExitCode.OK
    newer = '{"schema": "ctxsize.baseline/9"}\n'
    (history.root / BASELINE).write_text(newer)
    assert run(history.root, "-q", "--update") == ExitCode.USAGE
    assert (history.root / BASELINE).read_text() == newer


def test_figures_of_the_other_builder_are_asked_for(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    run(history.root, "-q", "--update")
    assert run(history.root, "--builder", "archive") == ExitCode.OK
    assert "no figures for the archive builder: ctxsize check --builder archive --update" in capsys.readouterr().out
    run(history.root, "-q", "--update", "--builder", "archive")
    found = builds(report(history.root, capsys, "--builder", "archive"))
    assert [found[name]["delta"] for name in ("api", "web")] == [0, 0]
    assert builds(report(history.root, capsys))["api"]["delta"] == 0


def test_a_baseline_elsewhere(history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(history.root, "-q", "--update", "--baseline", "kept.jsonl") == ExitCode.OK
    assert (tmp_path / "kept.jsonl").exists()
    assert run(history.root, "-q", "--baseline", "kept.jsonl") == ExitCode.OK


def test_two_branches_merge_their_baselines(history: History) -> None:
    history.write({f"s{number}/Dockerfile": f"FROM scratch\nCOPY s{number} /\n" for number in range(8)})
    run(history.root, "-q", "--update")
    history.commit({})
    for branch, changed in (("one", "s1/data"), ("two", "s6/data")):
        history.git("checkout", "-q", "-b", branch, "main")
        history.write({changed: 500})
        run(history.root, "-q", "--update")
        history.commit({})
    history.git("merge", "-q", "--no-edit", "one")
    assert run(history.root, "-q", "--ratchet") == ExitCode.OK


# --- formats -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["table", "json", "markdown", "github", "gitlab", "junit", "sarif"])
def test_every_format_tells_the_same(history: History, tmp_path: Path, format_: str) -> None:
    history.write({"ctxsize.toml": "[budget]\nmax_bytes = 1500\n"})
    target = tmp_path / "out"
    assert run(history.root, "-q", "--format", format_, "-o", str(target)) == ExitCode.NO
    text = target.read_text()
    assert "sends 2.00 kB, 500 B over the budget of 1.50 kB" in text.replace("\\", "")
    if format_ in {"json", "gitlab", "sarif"}:
        json.loads(text)


def test_a_hostile_name_injects_nothing(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    evil = "web/public/%0A::error::x\n::warning::y<b>|`z"
    history.write({"ctxsize.toml": "[budget]\nmax_growth = 0\n"})
    history.commit({})
    history.write({evil: 500})
    history.git("add", "-A")
    for format_ in ("github", "markdown", "junit", "table", "sarif", "gitlab"):
        capsys.readouterr()
        assert run(history.root, "--format", format_, "--against", "HEAD") == ExitCode.NO
        out = capsys.readouterr().out
        lines = [line for line in out.splitlines() if line.startswith("::")]
        assert not [line for line in lines if line.startswith(("::error::", "::warning::"))]
        assert len(lines) == (2 if format_ == "github" else 0)
        assert format_ != "markdown" or "<b>" not in out
        if format_ == "junit":
            ET.fromstring(out)


def test_the_default_secrets_only_warn(history: History, capsys: pytest.CaptureFixture[str]) -> None:
    found = report(history.root, capsys)
    assert found["ok"] is True
    web = builds(found)["web"]
    assert web["violations"] == []
    assert [one["budget"] for one in web["warnings"]] == ["secret"]
    history.write(
        {".dockerignore": "**\n!api/src\n!web\n**/.*\n**/*.*\n!web/index.html\n!api/src/*.py\n**/id_*\n**/secrets\n"}
    )


def test_no_builds_are_within_budget(tmp_path: Path) -> None:
    assert run(tmp_path, "-q") == ExitCode.OK


def test_a_shallow_clone_says_how_to_deepen_it(
    history: History, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = history.git("rev-parse", "HEAD")
    history.commit({"x": 1})
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", "--depth=1", f"file://{history.root}", clone], check=True)
    assert run(clone, "--against", first) == ExitCode.USAGE
    assert "fetch-depth: 0" in capsys.readouterr().err
    assert run(clone, "-q", "--against", "HEAD") == ExitCode.OK
