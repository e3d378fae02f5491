"""The story from end to end, without an engine: what doctor says, what fix proposes, what is left afterwards."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from ctxsize.cli import main
from ctxsize.errors import ExitCode
from tests.story.greenhouse import BROKEN, FINE, plant

STRATEGIES = ("root", "named")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    return committed(plant(tmp_path / "greenhouse"))


def committed(root: Path) -> Path:
    git(root, "init", "-q")
    git(root, "add", "-A")
    git(root, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "state")
    return root


def git(root: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True, text=True).stdout


def asked(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, dict[str, Any]]:
    capsys.readouterr()
    code = main([*arguments, "--format", "json"])
    return code, json.loads(capsys.readouterr().out)


def errors(capsys: pytest.CaptureFixture[str], root: Path) -> dict[str, set[str]]:
    """Rules by build, of severity error."""
    found: dict[str, set[str]] = {}
    for one in asked(capsys, "doctor", str(root))[1]["findings"]:
        if one["severity"] == "error":
            found.setdefault(one["build"], set()).add(one["rule"])
    return found


def uploads(capsys: pytest.CaptureFixture[str], root: Path, builder: str) -> int:
    """What all builds send, named contexts included."""
    total = 0
    for build in asked(capsys, "report", str(root))[1]["builds"]:
        total += build["builders"][builder]["sent"]["bytes"]
        if builder == "buildkit":
            total += sum(named["buildkit"]["sent"]["bytes"] for named in build["named_contexts"])
    return total


def test_doctor_names_every_broken_build_and_no_other(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = errors(capsys, broken)

    assert set(found) == set(BROKEN)
    assert all("context-mismatch" in rules for rules in found.values())
    assert {name for name, rules in found.items() if "source-outside-context" not in rules} == {"ledger"}


def test_nothing_was_wrong_before(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert errors(capsys, committed(plant(tmp_path / "greenhouse", before=True))) == {}


def test_every_source_is_placed_and_the_accidental_folder_is_not_taken(
    broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = asked(capsys, "fix", str(broken))[1]

    assert len(found["sources"]) == len(BROKEN)
    assert {one["stands_in"] for one in found["sources"]} == {
        "shared", "shared/schemas", "shared/*.json", "shared/settings.json", "shared/common",
    }  # fmt: skip
    assert not any("-COPY src/" in one["diff"] and "+COPY src/" in one["diff"] for one in found["files"])


def test_strategies_are_priced_side_by_side(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, found = asked(capsys, "fix", str(broken))
    root, named, vendor = found["strategies"]

    assert code == ExitCode.OK
    assert [one["name"] for one in (root, named, vendor)] == ["root", "named", "vendor"]
    assert {one["mended"] for one in (root, named)} == {len(BROKEN)}
    assert named["sent"]["after"]["archive"] is None
    assert vendor["duplicated"] > 0
    assert vendor["files"] == 0
    assert found["recommended"]["strategy"] == "root"
    assert git(broken, "status", "--porcelain") == ""


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_after_the_fix_every_source_arrives_and_less_is_sent(
    strategy: str, broken: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at_first = committed(plant(tmp_path / "before", before=True))
    before = {one: uploads(capsys, at_first, one) for one in ("buildkit", "archive")}
    declared = {one: uploads(capsys, broken, one) for one in ("buildkit", "archive")}

    assert asked(capsys, "fix", str(broken), "--strategy", strategy, "--write")[0] == ExitCode.OK
    assert errors(capsys, broken) == {}
    for builder in ("buildkit", "archive"):
        assert uploads(capsys, broken, builder) < min(before[builder], declared[builder])


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_what_is_right_stays_as_it_is(strategy: str, broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(capsys, "fix", str(broken), "--strategy", strategy, "--write")
    changed = git(broken, "diff", "--name-only").split()

    assert set(changed) <= {"docker-compose.yml", "services/irrigation/.dockerignore",
                            *(f"services/{name}/Dockerfile" for name in BROKEN)}  # fmt: skip
    assert "dashboard" not in git(broken, "diff", "-U0", "docker-compose.yml")
    assert FINE == ("dashboard",)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_second_fix_finds_nothing_and_git_undoes_the_first(
    strategy: str, broken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked(capsys, "fix", str(broken), "--strategy", strategy, "--write")
    code, again = asked(capsys, "fix", str(broken))

    assert (code, again["builds"], again["files"]) == (ExitCode.OK, [], [])
    git(broken, "checkout", "-q", ".")
    git(broken, "clean", "-qfd")
    assert set(errors(capsys, broken)) == set(BROKEN)


def test_the_services_own_rules_move_with_it(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(capsys, "fix", str(broken), "--strategy", "root", "--write", "--no-tighten")
    lines = (broken / "services/irrigation/Dockerfile.dockerignore").read_text().splitlines()

    assert not (broken / "services/irrigation/.dockerignore").exists()
    assert [line for line in lines if not line.startswith("#")][:6] == [
        "*", "!services/irrigation", "!shared", "services/irrigation/**/*.md", "services/irrigation/tests",
        "!services/irrigation/README.md",
    ]  # fmt: skip


def test_one_build_alone_can_be_mended(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked(capsys, "fix", str(broken), "--build", "lights", "--strategy", "named", "--write")

    assert set(errors(capsys, broken)) == set(BROKEN) - {"lights"}


def test_vendor_is_priced_and_never_written(broken: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["fix", str(broken), "--strategy", "vendor", "--write"]) == ExitCode.USAGE
    assert "vendor writes nothing" in capsys.readouterr().err
    assert git(broken, "status", "--porcelain") == ""
