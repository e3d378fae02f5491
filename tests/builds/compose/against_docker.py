"""Holds our reading of compose files against ``docker compose config``, over every project below a folder.

    python -m tests.builds.compose.against_docker FOLDER…

What shapes an upload is compared, service by service: context, Dockerfile, inline text, target, args, named contexts,
platforms. Prints each difference, and each project that only one of the two refuses; ends with 1 if builds differ.
"""

from __future__ import annotations

import json
import os
import posixpath
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ctxsize.builds.compose import Project, ProjectBuilds, projects, read
from ctxsize.builds.compose.places import is_local
from ctxsize.model import BuildDefinition

Sections = dict[str, dict[str, Any]]
_PASSED = ("PATH", "HOME", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT")


@dataclass
class Tally:
    """What was compared, and how it came out. ``refused`` are the projects that both or only one of the two refuse."""

    projects: int = 0
    services: int = 0
    refused: int = 0
    differences: list[str] = field(default_factory=list)
    only_docker: list[str] = field(default_factory=list)

    def __add__(self, other: Tally) -> Tally:
        return Tally(
            self.projects + other.projects, self.services + other.services, self.refused + other.refused,
            self.differences + other.differences, self.only_docker + other.only_docker,
        )  # fmt: skip


def loader(root: Path) -> Callable[[str], bytes | None]:
    """Reads files below the root, nothing where there is none."""

    def load(path: str) -> bytes | None:
        file = root / path
        return file.read_bytes() if file.is_file() else None

    return load


def environment(project: Path, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The little that docker needs, ``PWD`` and ``extra``: the same for both sides."""
    passed = {name: os.environ[name] for name in _PASSED if name in os.environ}
    return {**passed, "PWD": str(project), **(extra or {})}


def ours(root: Path, project: Project, environ: Mapping[str, str]) -> ProjectBuilds:
    return read(project, load=loader(root), environ=environ, root=root)


def sections(root: Path, builds: tuple[BuildDefinition, ...]) -> Sections:
    """Our builds in the shape of the build sections that ``docker compose config`` prints; paths are absolute."""
    return {build.name: _section(root, build) for build in builds if build.broken is None}


def _section(root: Path, build: BuildDefinition) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "context": build.context if build.remote else _absolute(root, build.context),
        "dockerfile": None if build.dockerfile is None else _absolute(root, build.dockerfile),
        "dockerfile_inline": build.inline,
        "target": build.target,
        "args": dict(build.args),
        "additional_contexts": {
            named.name: named.value if named.path is None else _absolute(root, named.path) for named in build.contexts
        },
        "platforms": list(build.platforms),
    }
    return {key: value for key, value in facts.items() if value}


def docker_config(
    root: Path, project: Project, environ: Mapping[str, str], *options: str
) -> subprocess.CompletedProcess[str]:
    files = [word for file in project.files for word in ("-f", str(root / file))]
    command = ["docker", "compose", *files, "--profile", "*", "config", "--format", "json"]
    return subprocess.run(
        [*command, *(options or ("--no-consistency", "--no-env-resolution"))],
        cwd=root / project.folder, env=dict(environ), capture_output=True, text=True, encoding="utf-8",
        errors="surrogateescape", timeout=120, check=False,
    )  # fmt: skip


def docker_sections(root: Path, project: Project, printed: str) -> Sections:
    """Compose's build sections, its Dockerfiles joined to their contexts as ours are."""
    config = json.loads(printed[printed.index("{\n") :].replace("$$", "$"))
    folder = root / project.folder
    services = (config.get("services") or {}).items()
    return {name: _comparable(folder, service) for name, service in services if "build" in service}


def _comparable(folder: Path, service: dict[str, Any]) -> dict[str, Any]:
    known = ("context", "dockerfile", "dockerfile_inline", "target", "args", "additional_contexts", "platforms")
    facts = {key: value for key, value in service["build"].items() if key in known}
    context = facts.get("context") or str(folder)
    remote = not is_local(context)
    facts["context"] = context if remote else posixpath.normpath(context)
    name = facts.pop("dockerfile", None) or "Dockerfile"
    if not remote and not facts.get("dockerfile_inline"):
        facts["dockerfile"] = posixpath.normpath(posixpath.join(context, name))
    if "platform" in service:
        facts.setdefault("platforms", [service["platform"]])
    named = facts.get("additional_contexts", {}).items()
    facts["additional_contexts"] = {key: posixpath.normpath(value) if value[:1] == "/" else value or str(folder)
                                    for key, value in named}  # fmt: skip
    return {key: value for key, value in facts.items() if value}


def _absolute(root: Path, path: str) -> str:
    return posixpath.normpath(posixpath.join(root, path))


def compare(root: Path, project: Project, extra: Mapping[str, str] | None = None) -> Tally:
    """One project through both readers."""
    name = ",".join(project.files)
    environ = environment(root / project.folder, extra)
    our = ours(root, project, environ)
    answer = docker_config(root, project, environ)
    assert "docker --help" not in answer.stderr, f"no docker compose here: {answer.stderr}"
    if answer.returncode != 0:
        refused = bool(our.problems) or any(build.broken for build in our.builds)
        said = answer.stderr.strip().splitlines()[-1][-300:] if answer.stderr.strip() else "no word"
        return Tally(projects=1, refused=1, only_docker=[] if refused else [f"{name}: {said}"])
    theirs = docker_sections(root, project, answer.stdout)
    differences = list(_differences(name, sections(root, our.builds), theirs))
    differences += [f"{name}: we see a problem: {problem.path}: {problem.message}" for problem in our.problems]
    differences += [f"{name}: {build.name}: {build.broken}" for build in our.builds if build.broken]
    return Tally(projects=1, services=len(theirs), differences=differences)


def _differences(name: str, our: Sections, theirs: Sections) -> Iterator[str]:
    for service in sorted(our.keys() | theirs.keys()):
        left, right = our.get(service, {}), theirs.get(service, {})
        for key in sorted(left.keys() | right.keys()):
            if left.get(key) != right.get(key):
                yield f"{name}: {service}.{key}: ours {left.get(key)!r}, docker's {right.get(key)!r}"


def compose_files(root: Path) -> list[str]:
    """Every file below the root, ``.git`` left out, relative to it."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if name != ".git")
        found += [posixpath.normpath(posixpath.join(os.path.relpath(folder, root), name)) for name in names]
    return found


def compare_folder(source: Path) -> Tally:
    """Every project of one repository, in a copy that has the ``env_file`` of which Compose asks only whether it is
    there, empty if need be: the ones that nobody commits."""
    with tempfile.TemporaryDirectory(prefix="ctxsize-compose-") as name:
        root = Path(name).resolve() / source.name
        _copy_settings(source, root)
        return sum((compare_patiently(root, project) for project in projects(compose_files(root))), Tally())


def compare_patiently(root: Path, project: Project) -> Tally:
    """``compare``, and again for each ``env_file`` that is made on the way."""
    tally = compare(root, project)
    for _ in range(20):
        missing = [word for line in tally.only_docker if (word := _missing_env_file(line)) is not None]
        if not missing or not missing[0].is_relative_to(root.parent):
            break
        missing[0].parent.mkdir(parents=True, exist_ok=True)
        missing[0].touch()
        tally = compare(root, project)
    return tally


def _missing_env_file(line: str) -> Path | None:
    _, found, rest = line.partition("env file ")
    return Path(rest.partition(" not found: ")[0]) if found and " not found: " in rest else None


def _copy_settings(source: Path, root: Path) -> None:
    """YAML and env files with their folders, links as links."""
    for folder, folders, names in os.walk(source):
        folders[:] = [name for name in folders if name != ".git"]
        target = root / os.path.relpath(folder, source)
        target.mkdir(parents=True, exist_ok=True)
        for file in names:
            if file.endswith((".yml", ".yaml")) or "env" in file:
                shutil.copy2(Path(folder, file), target / file, follow_symlinks=False)


def main(folders: list[str]) -> int:
    total = Tally()
    for folder in folders:
        tally = compare_folder(Path(folder).resolve())
        total += tally
        print(f"{folder}: {tally.projects} projects ({tally.refused} refused), {tally.services} services, "  # noqa: T201
              f"{len(tally.differences)} differences")  # fmt: skip
        for line in (*tally.differences, *(f"only docker refuses {line}" for line in tally.only_docker)):
            print("   ", line)  # noqa: T201
    print(f"in all: {total.projects} projects, {total.services} services, {len(total.differences)} differences")  # noqa: T201
    return 1 if total.differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
