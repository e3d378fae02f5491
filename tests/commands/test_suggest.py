"""``ctxsize suggest`` on real folders: what it proposes, writes, refuses, and leaves alone."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from ctxsize import disk
from ctxsize.changes import Change
from ctxsize.cli import main
from ctxsize.errors import ExitCode
from ctxsize.suggest import proposal
from ctxsize.suggest.lines import Rule

COMPOSE = """\
services:
  api: { build: { context: ., dockerfile: api/Dockerfile } }
  web: { build: { context: ., dockerfile: web/Dockerfile } }
"""
SHOP = {
    "compose.yaml": COMPOSE,
    "api/Dockerfile": "FROM scratch\nCOPY api/src /src\nCOPY package.json /\n",
    "web/Dockerfile": "FROM scratch\nCOPY web/pages /pages\n",
    "api/src/main.py": "a" * 900,
    "web/pages/index.html": "w" * 800,
    "package.json": "{}",
    "docs/manual.md": "d" * 90_000,
    "docs/logo.svg": "l" * 20_000,
}
MARK = "# >>> ctxsize (rewritten by `ctxsize suggest --write`)\n"
MADE = "# >>> ctxsize (this file was created by ctxsize; rewritten by `ctxsize suggest --write`)\n"
END = "# <<< ctxsize\n"


def make(root: Path, files: Mapping[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())
    return root


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def suggest(root: Path, *arguments: str) -> int:
    return main(["suggest", str(root), "-q", *arguments])


def as_json(root: Path, capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert suggest(root, "--format", "json", *arguments) == ExitCode.OK
    found: dict[str, Any] = json.loads(capsys.readouterr().out)
    return found


# --- what is proposed -------------------------------------------------------------------------------


def test_each_dockerfile_gets_a_list_and_the_context_what_nobody_reads(tmp_path: Path) -> None:
    make(tmp_path, SHOP | {".dockerignore": "**/*.log\n"})
    assert suggest(tmp_path, "--write") == ExitCode.OK
    assert (tmp_path / ".dockerignore").read_text() == (
        f"**/*.log\n{MARK}# no build of this context reads these\ndocs\n{END}"
    )
    assert (tmp_path / "api/Dockerfile.dockerignore").read_text() == (
        f"{MADE}# only what the instructions of api/Dockerfile read\n*\n!api/src\n!package.json\n"
        f"# what .dockerignore says, which this file replaces\n**/*.log\n{END}"
    )


def test_one_dockerfile_in_a_context_needs_only_the_context_s_file(tmp_path: Path) -> None:
    make(tmp_path, {"Dockerfile": "FROM scratch\nCOPY src /\n", "src/a": "x", "big/b": "y" * 50_000})
    assert suggest(tmp_path, "--write") == ExitCode.OK
    assert sorted(path for path in snapshot(tmp_path) if "ignore" in path) == [".dockerignore"]


SCOPES = [
    ("auto", [".dockerignore", "api/Dockerfile.dockerignore", "web/Dockerfile.dockerignore"]),
    ("context", [".dockerignore"]),
    ("dockerfile", ["api/Dockerfile.dockerignore", "web/Dockerfile.dockerignore"]),
]


@pytest.mark.parametrize(("scope", "expected"), SCOPES)
def test_the_scope_chooses_the_files(
    scope: str, expected: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = as_json(make(tmp_path, SHOP), capsys, "--scope", scope)
    assert [one["path"] for one in found["files"]] == expected
    assert {one["action"] for one in found["files"]} == {"create"}


def test_a_file_that_only_keeps_ours_out_of_an_image_is_made_where_it_must_be(tmp_path: Path) -> None:
    make(tmp_path, {"a.Dockerfile": "FROM scratch\nCOPY . /\n", "b.Dockerfile": "FROM scratch\nCOPY src /\n", "src/a": "x",
                    "big": "y" * 50_000})  # fmt: skip
    assert suggest(tmp_path, "--write", "--scope", "dockerfile") == ExitCode.OK
    lines = (tmp_path / ".dockerignore").read_text().splitlines()
    assert {line for line in lines if line[0] != "#"} == {".dockerignore", "b.Dockerfile.dockerignore"}
    assert suggest(tmp_path, "--check", "--scope", "dockerfile") == ExitCode.OK


def test_the_saving_is_measured_for_both_builders(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(make(tmp_path, SHOP), capsys)
    assert found["schema"] == "ctxsize.suggest/1"
    api = next(one for one in found["builds"] if one["name"] == "api")
    assert api["before"]["buildkit"]["bytes"] == api["after"]["buildkit"]["bytes"] == 902
    assert api["before"]["archive"]["bytes"] - api["after"]["archive"]["bytes"] > 109_000


def test_nothing_is_proposed_that_saves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n", "a": "x" * 9_000})
    assert as_json(tmp_path, capsys)["files"] == []


def test_likely_rules_are_held_back_in_bytes_until_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n", "a": "x", "node_modules/b.js": "y" * 5_000})
    found = as_json(tmp_path, capsys)
    assert found["files"] == []
    assert [(one["rule"], one["bytes"]) for one in found["kept_back"]] == [("**/node_modules", 5_000)]
    assert suggest(tmp_path, "--write", "--include", "likely") == ExitCode.OK
    text = (tmp_path / ".dockerignore").read_text()
    assert "# likely: " in text
    assert "\n**/node_modules\n" in text
    assert text.endswith(f"\n.dockerignore\n{END}"), "a file that we make keeps itself out of the image"
    capsys.readouterr()
    assert as_json(tmp_path, capsys)["files"] == [], "a likely rule that was wanted once stays"


def test_the_configuration_can_ask_for_likely_rules(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\n", "a": "x", "node_modules/b.js": "y" * 5_000,
                    "ctxsize.toml": '[suggest]\ninclude = "likely"\n'})  # fmt: skip
    assert [one["path"] for one in as_json(tmp_path, capsys)["files"]] == [".dockerignore"]


def test_what_an_instruction_names_is_never_ruled_out(tmp_path: Path) -> None:
    """The mistake of a peer: ``dist`` above ``COPY dist``."""
    make(tmp_path, {"Dockerfile": "FROM scratch\nCOPY . /\nCOPY dist /dist\n", "dist/app.js": "x" * 9_000,
                    "web/dist/y.js": "y" * 9_000, "web/x.js": "x", ".gitignore": "dist\n"})  # fmt: skip
    os.system(f"git -C '{tmp_path}' init -q")
    assert suggest(tmp_path, "--write", "--include", "likely") == ExitCode.OK
    lines = (tmp_path / ".dockerignore").read_text().splitlines()
    assert "web/dist" in lines
    assert not {"dist", "**/dist"} & set(lines)


def test_a_build_elsewhere_that_uses_the_folder_as_a_named_context_is_respected(tmp_path: Path) -> None:
    compose = "services:\n  a: { build: ./a }\n  b: { build: { context: ./b, additional_contexts: { lib: ./a } } }\n"
    make(tmp_path, {
        "compose.yaml": compose, "a/Dockerfile": "FROM scratch\nCOPY src /\n", "a/src/x": "x", "a/shared/y": "y" * 9_000,
        "a/other/z": "z" * 9_000, "b/Dockerfile": "FROM scratch\nCOPY --from=lib shared /\nCOPY c /\n", "b/c": "c",
    })  # fmt: skip
    assert suggest(tmp_path, "--write") == ExitCode.OK
    lines = (tmp_path / "a/.dockerignore").read_text().splitlines()
    assert "other" in lines
    assert "shared" not in lines


UNSURE = [
    pytest.param("FROM scratch\nARG P\nCOPY $P/src /\n", id="a variable that nobody set"),
    pytest.param("# syntax=example.com/other/frontend\nFROM scratch\nCOPY src /\n", id="another front end"),
    pytest.param("FROM node:18-onbuild\nCOPY src /\n", id="an image made for ONBUILD"),
    pytest.param("FROM scratch\nFRMO x\nCOPY src /\n", id="a Dockerfile that cannot be read"),
]


@pytest.mark.parametrize("dockerfile", UNSURE)
def test_what_is_not_certain_is_not_proven(
    dockerfile: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, {"Dockerfile": dockerfile, "src/a": "x", "big/b": "y" * 50_000})
    assert as_json(tmp_path, capsys)["files"] == []


def test_where_the_context_is_a_guess_nothing_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path, {"svc/Dockerfile": "FROM scratch\nCOPY built-elsewhere /\n", "svc/big": "y" * 50_000, "other": "x"})
    found = as_json(tmp_path, capsys)
    assert found["files"] == []
    assert "guess" in found["kept_back"][0]["reason"]


def test_what_other_machines_read_stays(tmp_path: Path) -> None:
    make(tmp_path, {"Dockerfile": "FROM scratch\nARG TARGETARCH\nCOPY bin/$TARGETARCH /\n", "bin/amd64": "x" * 5_000,
                    "bin/arm64": "y" * 5_000, "bin/notes": "z" * 5_000})  # fmt: skip
    assert suggest(tmp_path, "--write") == ExitCode.OK
    lines = (tmp_path / ".dockerignore").read_text().splitlines()
    assert "bin/notes" in lines
    assert "bin/arm64" not in lines


def test_the_instruction_to_blame_is_named_with_what_a_narrower_one_would_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, {"Dockerfile": "FROM scratch\n\nCOPY . /app\n", "src/a": "x" * 700, "package.json": "{}",
                    "node_modules/b": "y" * 5_000})  # fmt: skip
    advice = as_json(tmp_path, capsys)["advice"]
    assert [(one["file"], one["line"], one["instruction"]) for one in advice] == [("Dockerfile", 3, "COPY . /app")]
    assert advice[0]["instead"] == [{"path": "src/", "bytes": 700}, {"path": "package.json", "bytes": 2}]
    assert advice[0]["bytes"] > 5_000


# --- running it again -------------------------------------------------------------------------------


def test_a_second_run_changes_nothing_and_check_says_so(tmp_path: Path) -> None:
    make(tmp_path, SHOP)
    assert suggest(tmp_path, "--check") == ExitCode.NO
    assert suggest(tmp_path, "--write") == ExitCode.OK
    written = snapshot(tmp_path)
    assert suggest(tmp_path, "--check") == ExitCode.OK
    assert suggest(tmp_path, "--write") == ExitCode.OK
    assert snapshot(tmp_path) == written


def test_a_second_run_takes_what_was_carried_over_for_what_it_is(tmp_path: Path) -> None:
    """An old list that no allow-list can stand for is carried over word for word, exceptions and all."""
    make(tmp_path, {".dockerignore": "?\n!?\n!q**q\n", "Dockerfile": "FROM scratch\nCOPY src /\n", "a/b": "y" * 9_000,
                    "c/d": "z" * 9_000, "src/x": "x"})  # fmt: skip
    suggest(tmp_path, "--write", "--scope", "dockerfile")
    assert "# what .dockerignore says" in (tmp_path / "Dockerfile.dockerignore").read_text()
    assert suggest(tmp_path, "--check", "--scope", "dockerfile") == ExitCode.OK


def test_a_rule_goes_when_the_path_is_read_and_when_it_no_longer_helps(tmp_path: Path) -> None:
    make(tmp_path, SHOP | {"old/dump.sql": "o" * 90_000})
    suggest(tmp_path, "--write")
    assert {"docs", "old"} < set((tmp_path / ".dockerignore").read_text().splitlines())
    make(tmp_path, {"api/Dockerfile": "FROM scratch\nCOPY docs /docs\n"})
    suggest(tmp_path, "--write")
    assert not {"docs"} & set((tmp_path / ".dockerignore").read_text().splitlines())
    assert "!docs" in (tmp_path / "api/Dockerfile.dockerignore").read_text().splitlines()
    (tmp_path / "old/dump.sql").unlink()
    (tmp_path / "old").rmdir()
    suggest(tmp_path, "--write")
    assert "old" not in "".join(data.decode() for path, data in snapshot(tmp_path).items() if "ignore" in path)


@pytest.mark.parametrize("text", ["**/*.log", "a\r\nb\r\n", "\ufeff# mine\nx\n", "# only a remark\n", "\n\n"])
def test_when_there_is_nothing_left_to_say_the_user_s_file_is_as_before(text: str, tmp_path: Path) -> None:
    make(tmp_path, SHOP | {".dockerignore": text})
    suggest(tmp_path, "--write")
    assert (tmp_path / ".dockerignore").read_bytes() != text.encode()
    make(tmp_path, dict.fromkeys(("api/Dockerfile", "web/Dockerfile"), "FROM scratch\nCOPY . /\n"))
    suggest(tmp_path, "--write")
    ignores = {path: data for path, data in snapshot(tmp_path).items() if "ignore" in path}
    assert ignores == {".dockerignore": text.encode()}


@pytest.mark.parametrize("extra", ["!docs/logo.svg", "api/src/tmp", "**/*.bak"])
def test_lines_that_the_user_adds_to_a_file_of_ours_stay_and_change_nothing_else(extra: str, tmp_path: Path) -> None:
    make(tmp_path, SHOP | {".dockerignore": "**/*.log\n"})
    suggest(tmp_path, "--write")
    file = tmp_path / "api/Dockerfile.dockerignore"
    ours = file.read_text()
    file.write_text(f"{ours}{extra}\n")
    suggest(tmp_path, "--write")
    text = file.read_text()
    assert text.endswith(f"{END}{extra}\n")
    assert "\n*\n!api/src\n" in text
    assert "\n**/*.log\n" in text
    assert suggest(tmp_path, "--check") == ExitCode.OK


def test_one_build_can_be_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(make(tmp_path, SHOP), capsys, "--build", "api", "--scope", "dockerfile")
    assert [one["path"] for one in found["files"]] == ["api/Dockerfile.dockerignore"]
    assert [one["name"] for one in found["builds"]] == ["api"]


def test_a_described_build_respects_its_neighbours(tmp_path: Path) -> None:
    make(tmp_path, SHOP)
    assert main(["suggest", str(tmp_path), "-q", "-f", str(tmp_path / "api/Dockerfile"), "--write"]) == ExitCode.OK
    lines = (tmp_path / ".dockerignore").read_text().splitlines()
    assert "docs" in lines
    assert "web" not in lines


# --- refusals ---------------------------------------------------------------------------------------


def refused(root: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """Runs --write, which must fail and leave every byte; what it says."""
    before = snapshot(root)
    assert suggest(root, "--write") == ExitCode.USAGE
    assert snapshot(root) == before
    return capsys.readouterr().err


def test_a_symlinked_ignore_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path, SHOP | {".gitignore": "*.log\n"})
    (tmp_path / ".dockerignore").symlink_to(".gitignore")
    assert "symlink" in refused(tmp_path, capsys)


def test_a_read_only_ignore_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path, SHOP | {".dockerignore": "*.log\n"})
    (tmp_path / ".dockerignore").chmod(0o444)
    assert ".dockerignore" in refused(tmp_path, capsys)


def test_an_ignore_file_outside_the_repository_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    root = tmp_path / "repo"
    make(root, {"compose.yaml": "services: { a: { build: { context: .., dockerfile: repo/Dockerfile } } }\n",
                "Dockerfile": "FROM scratch\nCOPY repo/src /\n", "src/a": "x"})  # fmt: skip
    make(tmp_path, {"big": "y" * 50_000})
    assert "outside" in refused(root, capsys)
    assert not (tmp_path / ".dockerignore").exists()


def test_damaged_marks_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path, SHOP | {".dockerignore": f"a\n{MARK}b\n"})
    assert "do not pair up" in refused(tmp_path, capsys)


def test_a_file_that_changed_meanwhile_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, SHOP | {".dockerignore": "*.log\n"})
    write_all = disk.write_all

    def late(root: Path, changes: Sequence[Change]) -> None:
        (tmp_path / ".dockerignore").write_text("*.tmp\n")
        write_all(root, changes)

    monkeypatch.setattr(disk, "write_all", late)
    assert suggest(tmp_path, "--write") == ExitCode.USAGE
    assert "ignore" in capsys.readouterr().err
    assert (tmp_path / ".dockerignore").read_text() == "*.tmp\n"
    assert not list(tmp_path.rglob("*Dockerfile.dockerignore"))


@pytest.mark.parametrize("fault", ["replace", "fsync"])
def test_a_fault_while_writing_leaves_every_file_as_it_was(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, SHOP | {".dockerignore": "*.log\n"})
    before = snapshot(tmp_path)
    real = getattr(os, fault)
    calls = 0

    def full(*given: Any, **named: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise OSError(28, "No space left on device")
        return real(*given, **named)

    monkeypatch.setattr(os, fault, full)
    code = suggest(tmp_path, "--write")
    monkeypatch.undo()
    if calls >= 2:
        assert code == ExitCode.USAGE
        assert snapshot(tmp_path) == before
    else:
        assert code == ExitCode.OK


LIES = [
    pytest.param("api/src", "used would be lost", id="a rule that takes what is read"),
    pytest.param("**/*.html", "used would be lost", id="a rule that takes some of it"),
]


@pytest.mark.parametrize(("rule", "reason"), LIES)
def test_nothing_is_written_that_fails_the_proof(
    rule: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The measuring has the last word, even if all that was thought out before were wrong."""
    make(tmp_path, SHOP)
    monkeypatch.setattr(proposal, "fewest", lambda *given, **named: (Rule(rule), Rule("docs")))
    assert reason in refused(tmp_path, capsys)
    found = as_json(tmp_path, capsys)
    assert ".dockerignore" in [one["path"] for one in found["refused"]]
    assert ".dockerignore" not in [one["path"] for one in found["files"]]


# --- formats ----------------------------------------------------------------------------------------


def test_the_diff_can_be_applied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    make(tmp_path, SHOP | {".dockerignore": "*.log"})
    assert suggest(tmp_path, "--format", "diff") == ExitCode.OK
    diff = capsys.readouterr().out
    (tmp_path / "change.diff").write_text(diff)
    assert os.system(f"cd '{tmp_path}' && git apply change.diff && rm change.diff") == 0
    assert suggest(tmp_path, "--check") == ExitCode.OK


@pytest.mark.parametrize("shown", ["table", "markdown"])
def test_people_see_the_saving_what_was_held_back_and_what_to_run(
    shown: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    make(tmp_path, SHOP | {"web/pages/node_modules/x.js": "n" * 3_000})
    assert main(["suggest", str(tmp_path), "--format", shown]) == ExitCode.OK
    text = capsys.readouterr().out
    for part in ("+docs", "node", "modules", "kB", "→"):
        assert part in text, part


def test_write_and_check_exclude_each_other(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert suggest(make(tmp_path, SHOP), "--write", "--check") == ExitCode.USAGE
    assert "exclude each other" in capsys.readouterr().err
