"""The composite action's own shell steps, run as GitHub's runner runs them, with its files and variables."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.history import History, copy_of_project, package_index  # noqa: F401 (a fixture)

ROOT = Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
STEPS = {step["id"]: step for step in ACTION["runs"]["steps"]}


class Runner:
    """As much of a runner as a composite action sees."""

    def __init__(self, folder: Path, workspace: Path) -> None:
        self.folder = folder
        self.workspace = workspace
        for name in ("output", "summary", "path"):
            (folder / name).touch()
        (folder / "temp").mkdir()

    def step(self, name: str, **inputs: str) -> subprocess.CompletedProcess[str]:
        script = self.folder / f"{name}.sh"
        script.write_text(STEPS[name]["run"])
        added = (self.folder / "path").read_text().split()
        tools = str(Path(sys.executable).parent)
        environ = {
            "PATH": os.pathsep.join([*added, tools, os.environ["PATH"]]), "HOME": str(self.folder),
            "GITHUB_OUTPUT": str(self.folder / "output"), "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
            "GITHUB_PATH": str(self.folder / "path"), "RUNNER_TEMP": str(self.folder / "temp"),
            "GITHUB_ACTIONS": "true", "CTXSIZE_PYTHON": sys.executable, "PYTHONPATH": str(ROOT), **_defaults(name),
            **inputs,
        }  # fmt: skip
        # https://docs.github.com/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idstepsshell
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        return subprocess.run(command, cwd=self.workspace, env=environ, capture_output=True, text=True, check=False)

    @property
    def outputs(self) -> dict[str, str]:
        lines = (self.folder / "output").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    @property
    def summary(self) -> str:
        return (self.folder / "summary").read_text()


def _defaults(step: str) -> dict[str, str]:
    """The step's environment with the inputs' defaults, as the runner would fill them in."""
    given = {f"${{{{ inputs.{name} }}}}": str(one.get("default", "")) for name, one in ACTION["inputs"].items()}
    return {name: given.get(text, "") for name, text in STEPS[step]["env"].items()}


@pytest.fixture
def history(tmp_path: Path) -> History:
    history = History(tmp_path / "work")
    history.commit({
        "Dockerfile": "FROM scratch\nCOPY src /src\n", "src/a": 1000,
        "ctxsize.toml": '[budget]\nmax_growth = "10 kB"\n',
    })  # fmt: skip
    return history


@pytest.fixture
def runner(tmp_path: Path, history: History) -> Runner:
    folder = tmp_path / "runner"
    folder.mkdir()
    return Runner(folder, history.root)


def test_the_action_is_what_github_expects() -> None:
    run = [
        sys.executable,
        "-m",
        "check_jsonschema",
        "--builtin-schema",
        "vendor.github-actions",
        str(ROOT / "action.yml"),
    ]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_no_input_is_spliced_into_a_script() -> None:
    assert not any("${{" in step["run"] for step in STEPS.values())


def test_every_output_comes_from_the_check() -> None:
    assert {one["value"] for one in ACTION["outputs"].values()} == {
        f"${{{{ steps.check.outputs.{name} }}}}" for name in ACTION["outputs"]
    }


def test_a_fine_pull_request(history: History, runner: Runner) -> None:
    base = history.git("rev-parse", "HEAD")
    history.commit({"src/b": 500})
    done = runner.step("check", CTXSIZE_BASE_SHA=base)
    assert done.returncode == 0, done.stdout + done.stderr
    outputs = runner.outputs
    assert {name: outputs[name] for name in ("ok", "exit-code", "bytes", "files", "growth")} == {
        "ok": "true", "exit-code": "0", "bytes": "1500", "files": "2", "growth": "500",
    }  # fmt: skip
    assert set(outputs) == set(ACTION["outputs"])
    assert runner.summary.startswith("<!-- ctxsize check -->\n\n### ✅ docker build contexts\n")
    assert Path(outputs["comment"]).read_text() == runner.summary
    assert '"ctxsize.check/1"' in Path(outputs["report"]).read_text()


def test_a_pull_request_that_grew(history: History, runner: Runner) -> None:
    base = history.git("rev-parse", "HEAD")
    history.commit({"src/data/big": 50_000})
    done = runner.step("check", CTXSIZE_BASE_SHA=base)
    assert done.returncode == 1
    assert done.stdout.splitlines()[0].startswith("::error file=Dockerfile,line=2,title=")
    assert runner.outputs["ok"] == "false"
    assert runner.outputs["growth"] == "50000"
    assert "src/data/" in runner.summary


def test_reporting_only(history: History, runner: Runner) -> None:
    base = history.git("rev-parse", "HEAD")
    history.commit({"src/data/big": 50_000})
    assert runner.step("check", CTXSIZE_BASE_SHA=base, CTXSIZE_FAIL="false").returncode == 0
    assert runner.outputs["exit-code"] == "1"


@pytest.mark.parametrize("before", ["", "0" * 40])
def test_a_first_push_has_nothing_to_compare_with(runner: Runner, before: str) -> None:
    done = runner.step("check", CTXSIZE_BASE_SHA=before)
    assert done.returncode == 0, done.stdout + done.stderr
    assert runner.outputs["growth"] == ""


def test_a_missing_base_says_what_to_do(runner: Runner) -> None:
    done = runner.step("check", CTXSIZE_BASE_SHA="f" * 40)
    assert done.returncode == 2
    assert "no commit is named ffff" in done.stderr
    assert runner.outputs == {"exit-code": "2", "ok": "false"}
    assert "could not tell" in runner.summary


def test_arguments_and_refs_are_passed_as_they_are(history: History, runner: Runner) -> None:
    history.git("branch", "odd;touch${IFS}x")
    done = runner.step("check", CTXSIZE_AGAINST="odd;touch${IFS}x", CTXSIZE_ARGS="--builder archive --build Dockerfile")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (history.root / "x").exists()


@pytest.mark.usefixtures("package_index")
def test_the_install_step_installs_this_action(runner: Runner, history: History, tmp_path: Path) -> None:
    installed = runner.step("install", CTXSIZE_ACTION=str(copy_of_project(tmp_path / "action")))
    assert installed.returncode == 0, installed.stdout + installed.stderr
    tools = Path((runner.folder / "path").read_text().strip())
    assert (tools / "ctxsize").exists()
    done = runner.step("check", PYTHONPATH="", CTXSIZE_BASE_SHA=history.git("rev-parse", "HEAD"))
    assert done.returncode == 0, done.stdout + done.stderr
