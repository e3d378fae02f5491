"""The real engine builds every service of the story after each strategy, and both make the same images."""

from __future__ import annotations

import hashlib
import io
import json
import shlex
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ctxsize.cli import main
from ctxsize.errors import ExitCode
from tests.conftest import Engine
from tests.story.greenhouse import BASES, BROKEN, FINE, plant

pytestmark = pytest.mark.engine

# path: (type, mode, owner, content or link)
Content = dict[str, tuple[str, int, int, str]]


@pytest.fixture(scope="module")
def bases(engine: Engine) -> None:
    """The story's base images, which are made outside, since nothing is pulled here."""
    missing = [name for name in BASES if engine.run("image", "inspect", name).returncode]
    if missing:
        pytest.skip(f"no image {', '.join(missing)}: make it from a busybox root, docker import - NAME")


@pytest.fixture
def project(engine: Engine) -> Iterator[dict[str, str]]:
    """A project name of our own, and its images gone afterwards."""
    name = f"ctxsize-story-{hashlib.sha1(str(id(object())).encode()).hexdigest()[:8]}"
    yield {"COMPOSE_PROJECT_NAME": name}
    images = engine.run("image", "ls", "-q", "--filter", f"reference={name}*").stdout.split()
    if images:
        engine.run("rmi", "-f", *images)


def contents(engine: Engine, image: str) -> Content:
    """Everything in an image but what the engine puts into every container."""
    made = engine.run("create", image, "true")
    assert made.returncode == 0, made.stderr
    container = made.stdout.strip()
    try:
        export = subprocess.run(["docker", "export", container], capture_output=True, check=True).stdout
    finally:
        engine.run("rm", container)
    with tarfile.open(fileobj=io.BytesIO(export)) as archive:
        return {one.name: _entry(archive, one) for one in archive if one.name.startswith("app")}


def _entry(archive: tarfile.TarFile, one: tarfile.TarInfo) -> tuple[str, int, int, str]:
    file = archive.extractfile(one) if one.isfile() else None
    digest = hashlib.sha256(file.read()).hexdigest() if file else one.linkname
    return one.type.decode(), one.mode, one.uid, digest


def built(engine: Engine, root: Path, project: dict[str, str], names: tuple[str, ...]) -> dict[str, Content]:
    done = engine.run("compose", "build", *names, cwd=root, env=project)
    assert done.returncode == 0, done.stderr[-2000:]
    return {name: contents(engine, f"{project['COMPOSE_PROJECT_NAME']}-{name}") for name in names}


def mended(tmp_path: Path, strategy: str) -> Path:
    root = plant(tmp_path / strategy)
    assert main(["fix", str(root), "--strategy", strategy, "--write", "-q"]) == ExitCode.OK
    return root


def test_as_declared_no_broken_service_can_be_built(
    engine: Engine, bases: None, project: dict[str, str], tmp_path: Path
) -> None:
    root = plant(tmp_path / "broken")

    answers = {name: engine.run("compose", "build", name, cwd=root, env=project) for name in (*BROKEN, *FINE)}
    assert [name for name, done in answers.items() if done.returncode == 0] == list(FINE)
    for name in BROKEN:
        said = answers[name].stderr
        assert "not found" in said or "no such file or directory" in said, said


def test_both_strategies_build_every_service_into_the_same_images(
    engine: Engine, bases: None, project: dict[str, str], tmp_path: Path
) -> None:
    names = (*BROKEN, *FINE)
    root = built(engine, mended(tmp_path, "root"), project, names)
    named = built(engine, mended(tmp_path, "named"), project, names)

    assert root == named
    assert all("app/src/main.py" in root[name] for name in BROKEN)
    assert "app/shared/common/log.py" in root["irrigation"]


def test_the_mended_images_hold_what_they_held_before(
    engine: Engine, bases: None, project: dict[str, str], tmp_path: Path
) -> None:
    before = built(engine, plant(tmp_path / "before", before=True), project, BROKEN)
    after = built(engine, mended(tmp_path, "root"), project, BROKEN)
    junk = {name: {path for path in found if "__pycache__" in path} for name, found in before.items()}

    assert {name: set(found) - junk[name] for name, found in before.items()} == {
        name: set(found) for name, found in after.items()
    }


@pytest.mark.parametrize("strategy", ["root", "named"])
def test_without_compose_the_printed_commands_build_it(
    engine: Engine, bases: None, tmp_path: Path, strategy: str, capsys: pytest.CaptureFixture[str]
) -> None:
    root = plant(tmp_path / strategy)
    capsys.readouterr()
    main(["fix", str(root), "--strategy", strategy, "--write", "--format", "json", "--build", "l*"])
    commands = json.loads(capsys.readouterr().out)["commands"]

    assert len(commands) == len([name for name in BROKEN if name.startswith("l")])
    for command in commands:
        done = engine.run(*shlex.split(command)[1:], "-q", cwd=root)
        assert done.returncode == 0, done.stderr[-2000:]


def test_verify_asks_the_engine(
    engine: Engine, bases: None, project: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setenv("COMPOSE_PROJECT_NAME", project["COMPOSE_PROJECT_NAME"])
    root = plant(tmp_path / "verified")
    code = main(["fix", str(root), "--build", "lights", "--write", "--verify"])

    assert (code, "lights builds" in capsys.readouterr().out) == (ExitCode.OK, True)
