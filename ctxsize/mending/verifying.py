"""The last proof: the real ``docker compose build`` of what was mended, where an engine answers."""

from __future__ import annotations

import posixpath
import shutil
import subprocess
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from ctxsize.model import BuildDefinition

__all__ = ["engine_silent", "verify"]

_PATIENCE = 1800


def engine_silent() -> str | None:
    """Why no engine can be asked; None if one answers."""
    if shutil.which("docker") is None:
        return "there is no docker command"
    done = _docker(None, ["version", "--format", "{{.Server.Version}}"])
    return None if done.returncode == 0 else f"no engine answers: {_last(done.stderr or done.stdout)}"


def verify(root: Path, builds: Sequence[BuildDefinition]) -> tuple[tuple[str, str | None], ...]:
    """(build, None if it was built, else the engine's last words) for each build."""
    by_file: dict[str, list[BuildDefinition]] = defaultdict(list)
    found: dict[str, str | None] = {}
    for build in builds:
        if build.declared.kind == "compose" and build.declared.file:
            by_file[build.declared.file].append(build)
        else:
            found[build.name] = _plainly(root, build)
    for file, users in by_file.items():
        for build in users:
            arguments = ["compose", "-f", file, "build", build.declared.service or build.name]
            found[build.name] = _answer(_docker(root, arguments))
    return tuple((build.name, found[build.name]) for build in builds)


def _plainly(root: Path, build: BuildDefinition) -> str | None:
    named = [f"--build-context={one.name}={one.path or one.value}" for one in build.contexts]
    target = ["--target", build.target] if build.target else []
    dockerfile = posixpath.normpath(build.dockerfile or "Dockerfile")
    return _answer(_docker(root, ["build", *named, *target, "-f", dockerfile, build.context]))


def _docker(root: Path | None, arguments: Iterable[str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(["docker", *arguments], cwd=root, capture_output=True, text=True, errors="replace",
                              timeout=_PATIENCE, check=False)  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        return subprocess.CompletedProcess([], 1, "", str(error))


def _answer(done: subprocess.CompletedProcess[str]) -> str | None:
    return None if done.returncode == 0 else _last(done.stderr or done.stdout)


def _last(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no word"
