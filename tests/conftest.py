"""What all tests share: a tree on a real disk, a real engine where one answers, and how many random inputs to try."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest

ROOT = Path(__file__).parent.parent
if str(ROOT) not in sys.path:  # plain ``pytest`` does not put the checkout on the path, ``python -m pytest`` does
    sys.path.insert(0, str(ROOT))

from tests.trees import Form, plant  # noqa: E402

_ENOUGH = [hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.function_scoped_fixture]
# a walk raises the limit for deep trees, and hypothesis minds a limit that changes while a test runs
sys.setrecursionlimit(12_000)
hypothesis.settings.register_profile("fast", max_examples=60, deadline=None, suppress_health_check=_ENOUGH)
hypothesis.settings.register_profile("thorough", max_examples=5000, deadline=None, suppress_health_check=_ENOUGH)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


class Engine:
    """The docker command line, with an engine behind it."""

    def __init__(self, version: str) -> None:
        self.version = version

    def run(
        self,
        *args: str,
        cwd: Path | None = None,
        env: dict[str, str] | None = None,
        input: str | None = None,  # noqa: A002
    ) -> subprocess.CompletedProcess[str]:
        """``docker ARGS``; never raises for an exit code. ``env`` is added to the environment."""
        return subprocess.run(
            ["docker", *args], cwd=cwd, env={**os.environ, **(env or {})}, input=input, capture_output=True, text=True,
            encoding="utf-8", errors="surrogateescape", timeout=300, check=False,
        )  # fmt: skip


@pytest.fixture(scope="session")
def engine() -> Engine:
    """The engine, or a skip that says why. ``CTXSIZE_ENGINE`` is ``required`` (that skip fails) or ``off``."""
    wish = os.environ.get("CTXSIZE_ENGINE")
    reason = "switched off by CTXSIZE_ENGINE=off" if wish == "off" else "no docker command"
    if wish != "off" and shutil.which("docker"):
        found = Engine("").run("version", "--format", "{{.Server.Version}}")
        if found.returncode == 0:
            return Engine(found.stdout.strip())
        reason = f"no Docker Engine answers: {found.stderr.strip() or found.stdout.strip()}"
    if wish == "required":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def tree(tmp_path: Path) -> Callable[..., Path]:
    """``tree(form)`` makes the described files in a fresh folder and returns it; see ``tests.trees.plant``."""

    def make(form: Form, name: str = "tree") -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        return plant(folder, form)

    return make


@pytest.fixture
def deep(tmp_path: Path) -> Iterator[Callable[[int], Path]]:
    """``deep(levels)`` makes ``d/d/d…`` in the test's folder, deeper than a path can be written; taken away again."""

    def dig(levels: int) -> Path:
        descriptor = os.open(tmp_path, os.O_RDONLY)
        for _ in range(levels):
            os.mkdir("d", dir_fd=descriptor)
            below = os.open("d", os.O_RDONLY, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = below
        os.close(descriptor)
        return tmp_path

    yield dig
    # each level is moved up before its empty parent goes: what clears up after pytest recurses, and would fail the run
    while (tmp_path / "d" / "d").exists():
        (tmp_path / "d" / "d").rename(tmp_path / "next")
        (tmp_path / "d").rmdir()
        (tmp_path / "next").rename(tmp_path / "d")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A fresh folder that every user can reach, for what runs without root's rights; pytest's own are closed."""
    with tempfile.TemporaryDirectory(prefix="ctxsize-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
