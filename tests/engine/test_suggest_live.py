"""Random repositories are built before and after the suggestion is written: the images must not differ.

``CTXSIZE_ENGINE_BUILDS`` is how many builds to compare (each is done twice). Steps that run something need an image
with a shell: ``CTXSIZE_ENGINE_BASE`` names one that the engine has; without it such steps are not drawn.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import tarfile
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from ctxsize.model import BuildDefinition, Declaration, NamedContext
from ctxsize.repositories.disk import DiskRepository
from ctxsize.suggest.suggestion import Scope
from ctxsize.tightening.drafts import Ask
from ctxsize.tightening.suggesting import suggested

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ctxsize.changes import Change
    from tests.conftest import Engine

BUILDS = int(os.environ.get("CTXSIZE_ENGINE_BUILDS", "12"))
BASE = os.environ.get("CTXSIZE_ENGINE_BASE", "")
SEED = int(os.environ.get("CTXSIZE_ENGINE_SEED", "20263"))
NAMES = ["a", "b", "c", "src", "x.py", "y.md", "docs", "[z]", "a b", "#h"]
Image = tuple[str, object]
FOLDERS = [".", "a", "svc", "src/b"]


def grow(root: Path, random: Random) -> list[str]:
    """A random tree; the paths of all that is in it."""
    for _ in range(random.randint(6, 22)):
        path = root.joinpath(*(random.choice(NAMES) for _ in range(random.randint(1, 4))))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if random.random() < 0.12:
                path.mkdir(exist_ok=True)
            elif random.random() < 0.1:
                path.symlink_to(random.choice(["a", "../a", "src", "/src/b", "nowhere", "x.py"]))
            else:
                path.write_bytes(random.randbytes(random.choice([0, 5, 700, 40_000])))
                path.chmod(random.choice([0o644, 0o600, 0o755]))
        except OSError:
            continue  # a file stands where a folder should
    return [str(path.relative_to(root)) for path in sorted(root.rglob("*"))]


def word(random: Random, paths: list[str]) -> str:
    """A source: mostly something that is there, often with a part left open."""
    path = random.choice([*paths, "missing/file"]) if random.random() < 0.93 else random.choice([".", "nope*"])
    parts = path.split("/")
    if random.random() < 0.25:
        place = random.randrange(len(parts))
        parts[place] = random.choice(["*", parts[place][:1] + "*", "*" + parts[place][-1:], "?" * len(parts[place])])
    return random.choice(["", "", "./", "/", "../"]) + "/".join(parts) + random.choice(["", "", "/"])


def step(random: Random, paths: list[str], number: int) -> str:
    form = random.random()
    if BASE and form < 0.1:
        return "RUN --network=none --mount=type=tmpfs,target=/t true"
    if BASE and form < 0.25:
        path = random.choice([path for path in paths if " " not in path and "," not in path] or ["a"])
        source = random.choice(["", f",source={path}", f",source={path}"])
        return f"RUN --network=none --mount=type=bind{source},target=/m ls -d /m && cp -r /m /o{number}"
    words = [word(random, paths) for _ in range(random.choice([1, 1, 1, 2]))]
    if form < 0.35:
        words = ["$UNSET" + words[0]]
    flag = "--exclude=*.md " if form > 0.95 else ""
    listed = ", ".join('"' + one.replace('"', "") + '"' for one in [*words, f"/o{number}/"])
    return f"{random.choice(['COPY', 'COPY', 'ADD'])} {flag}[{listed}]"


def ignoring(random: Random, paths: list[str]) -> str:
    lines = ["*"] if random.random() < 0.15 else []
    for _ in range(random.choice([0, 1, 2, 3, 5])):
        parts = random.choice(paths or ["a"]).split("/")
        parts = parts[: random.randint(1, len(parts))]
        if random.random() < 0.3:
            parts[random.randrange(len(parts))] = random.choice(["*", "**", "*.py", "?"])
        mark = "!" if random.random() < 0.4 else ""
        lines.append(mark + "/".join(parts).replace("[", "\\[") + random.choice(["", "", "/", "/**"]))
    return "\n".join(lines) + random.choice(["\n", ""])


def dockerfile(random: Random, paths: list[str], lib: list[str]) -> str:
    """One or two stages; the second may take from the first, or leave it out, and copy from a named context."""
    lines = [f"FROM {BASE or 'scratch'} AS one"]
    lines += [step(random, paths, place) for place in range(random.randint(1, 3))]
    if random.random() < 0.3:
        lines += [f"FROM {BASE or 'scratch'}", step(random, paths, 7)]
        lines += ["COPY --from=one / /one/"] if random.random() < 0.5 else []
    if lib and random.random() < 0.5:
        lines.append(f"COPY --from=lib {json.dumps([word(random, lib), '/lib/'])}")
    return "\n".join([*lines, ""])


def repository(root: Path, random: Random) -> list[BuildDefinition]:
    """A random repository whose builds mostly share the root as their context."""
    paths = grow(root, random)
    if random.random() < 0.7:
        (root / ".dockerignore").write_text(ignoring(random, paths))
    builds = []
    for number in range(random.choice([1, 2, 2, 3])):
        folder = random.choice(FOLDERS)
        file = root / folder / f"D{number}"
        if not file.parent.is_dir() or file.parent.resolve() != file.parent:
            # also behind a symlink, where nothing may be written
            file, folder = root / f"D{number}", "."
        context = folder if random.random() < 0.25 else "."
        # an ignore file under another name could not be told apart from what may not change
        inside = [path.relative_to(root / context) for path in sorted((root / context).rglob("*"))
                  if not path.name.endswith(".dockerignore")]  # fmt: skip
        named = (NamedContext("lib", "local", "src", "src"),) if is_folder(root / "src") and random.random() < 0.3 else ()
        lib = [str(path.relative_to(root / "src")) for path in sorted((root / "src").rglob("*"))] if named else []
        file.write_text(dockerfile(random, [str(path) for path in inside], lib))
        path = str(file.relative_to(root))
        if random.random() < 0.1:
            Path(f"{file}.dockerignore").write_text(ignoring(random, paths))
        builds.append(BuildDefinition(path, Declaration("test"), context, path, contexts=named))
    return builds


def is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def image(engine: Engine, root: Path, build: BuildDefinition) -> Image:
    """("fails", the step) or ("image", every entry with type, mode, link and content; ignore files without)."""
    named = [f"--build-context={one.name}={one.path}" for one in build.contexts]
    done = subprocess.run(
        ["docker", "build", "--progress=plain", "-f", build.dockerfile or "", *named, "--output", "type=tar,dest=-",
         build.context],
        cwd=root, capture_output=True, check=False, timeout=300,
    )  # fmt: skip
    if done.returncode:
        text = done.stderr.decode(errors="replace")
        return "fails", sorted(set(re.findall(r"^\S+:(\d+)$", text, re.MULTILINE))) or text
    found: dict[str, tuple[object, ...]] = {}
    with tarfile.open(fileobj=io.BytesIO(done.stdout)) as archive:
        for one in archive:
            if one.name.endswith(".dockerignore"):
                # what it says may change, that it is there may not
                found[one.name] = (one.type,)
                continue
            data = archive.extractfile(one) if one.isreg() else None
            digest = hashlib.sha256(data.read()).hexdigest() if data else ""
            found[one.name] = (one.type, oct(one.mode), one.linkname, digest)
    return "image", found


def failing_steps(engine: Engine, root: Path, build: BuildDefinition) -> list[str]:
    """The steps that fail each on its own: of several, the engine names whichever it comes to first."""
    file = root / (build.dockerfile or "")
    text = file.read_text()
    head = f"FROM {BASE or 'scratch'} AS one"
    steps = [line for line in text.splitlines() if not line.startswith(("FROM", "COPY --from=one"))]
    found = []
    for one in steps:
        file.write_text(f"{head}\n{one}\n")
        if image(engine, root, build)[0] == "fails":
            found.append(one)
    file.write_text(text)
    return found


def write(root: Path, ask: Ask) -> tuple[Change, ...]:
    found = suggested(ask)
    assert not found.refused, found.refused
    put(root, {change.path: change.after for change in found.files})
    assert not suggested(ask).files, "a second run changes nothing"
    return found.files


def put(root: Path, files: Mapping[str, bytes | None]) -> None:
    for path, data in files.items():
        if data is None:
            (root / path).unlink()
        else:
            (root / path).write_bytes(data)


def same(engine: Engine, root: Path, build: BuildDefinition, changes: Sequence[Change], was: Image) -> bool:
    """Whether the build does now what it did; on return the files are the new ones."""
    now = image(engine, root, build)
    if was == now or was[0] != "fails" or now[0] != "fails":
        return was == now
    after = failing_steps(engine, root, build)
    put(root, {change.path: change.before for change in changes})
    before = failing_steps(engine, root, build)
    put(root, {change.path: change.after for change in changes})
    return before == after


@pytest.mark.engine
def test_images_do_not_change_when_the_suggestion_is_written(engine: Engine, tmp_path: Path) -> None:
    random = Random(SEED)
    compared = built = written = number = 0
    differences = []
    while compared < BUILDS:
        number += 1
        root = tmp_path / f"r{SEED}-{number}"
        root.mkdir()
        builds = repository(root, random)
        before = [image(engine, root, build) for build in builds]
        scope = random.choice([Scope.AUTO, Scope.DOCKERFILE, Scope.CONTEXT])
        changes = write(root, Ask(DiskRepository(root), tuple(builds), scope=scope))
        written += bool(changes)
        for build, was in zip(builds, before, strict=True):
            compared += 1
            built += was[0] == "image"
            if changes and not same(engine, root, build, changes, was):
                differences.append((str(root), build.name, was, image(engine, root, build)))
    told = f"{compared} builds compared, {built} of them succeed, {number} repositories, {written} changed"
    print(told)  # noqa: T201 - the figure is wanted with -s
    assert not differences, differences[0]
    assert built > compared / 4
    assert written > number / 4


@pytest.mark.engine
def test_the_engine_itself_sends_nothing_of_what_was_ruled_out(engine: Engine, tmp_path: Path) -> None:
    """With everything asked for, what is read is all that arrives."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs/manual").write_bytes(b"x" * 300_000)
    (tmp_path / "src").mkdir()
    (tmp_path / "src/main.py").write_bytes(b"y" * 100)
    (tmp_path / "Dockerfile").write_text("FROM scratch\nCOPY src /src\n")
    build = BuildDefinition("Dockerfile", Declaration("test"), ".", "Dockerfile")
    changes = write(tmp_path, Ask(DiskRepository(tmp_path), (build,), scope=Scope.DOCKERFILE))
    assert [change.path for change in changes] == ["Dockerfile.dockerignore"]
    (tmp_path / "probe").write_text("FROM scratch\nCOPY . /all\n")
    (tmp_path / "probe.dockerignore").write_bytes(changes[0].after or b"")
    kind, found = image(engine, tmp_path, BuildDefinition("probe", Declaration("test"), ".", "probe"))
    assert kind == "image"
    assert isinstance(found, dict)
    assert sorted(found) == ["all", "all/src", "all/src/main.py"]
