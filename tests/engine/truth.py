"""What a real engine receives, observed from outside: cold builds, and the classic client's tar caught on its way.

BuildKit keeps what it received of a context under a key that holds the folder's name, so every build here happens in
a folder of a name that was never used. The bytes are BuildKit's own count. The paths are read where the engine keeps
its local sources, which needs its data folder on this machine; elsewhere they stay unknown.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import Engine
from tests.corpus import EngineCase, lay_out
from tests.engine.classic import ClassicDaemon

# the packet that ends a transfer
NOTHING_SENT = 2
_CONTEXT = re.compile(r"\[(internal|context (?P<name>\S+))\] load (build context|from client)")


@dataclass(frozen=True)
class Received:
    """``bytes`` is None if the builder never asked for the context; ``paths`` None also where they cannot be seen."""

    bytes: int | None
    paths: list[str] | None
    emptied: list[str] | None
    returncode: int
    error: str = ""


def cold_folder(parent: Path) -> Path:
    folder = parent / f"c{uuid.uuid4().hex}"
    folder.mkdir()
    return folder


def options(case: EngineCase, folder: Path) -> list[str]:
    args = [one for name, value in case.args.items() for one in ("--build-arg", f"{name}={value}")]
    target = ["--target", case.target] if case.target else []
    return ["-f", str(folder / case.dockerfile), *args, *target, str(folder)]


def build_cold(engine: Engine, case: EngineCase, parent: Path) -> tuple[Path, Received]:
    """Lays the case out in a fresh folder, builds it with BuildKit, and says what the engine received."""
    folder = lay_out(case, cold_folder(parent))
    before = _local_sources(engine)
    done = engine.run("build", "--progress=rawjson", "--no-cache", *options(case, folder), env={"DOCKER_BUILDKIT": "1"})
    count = transferred(done.stderr).get(None)
    error = done.stderr.strip().splitlines()[-1] if done.returncode else ""
    if count is None:
        return folder, Received(None, None, None, done.returncode, error)
    if count == NOTHING_SENT:
        return folder, Received(count, [], [], done.returncode, error)
    new = [one for one in _local_sources(engine) if one not in before]
    kept = _kept(engine, folder, new)
    if kept is None:
        return folder, Received(count, None, None, done.returncode, error)
    return folder, Received(count, _paths(kept), _emptied(kept, folder), done.returncode, error)


def transferred(progress: str) -> dict[str | None, int]:
    """The final ``transferring`` count of the main context (None) and of each named one, from rawjson progress."""
    sources: dict[str, str | None] = {}
    counts: dict[str | None, int] = {}
    for line in progress.splitlines():
        if not line.startswith("{"):
            continue
        event = json.loads(line)
        for vertex in event.get("vertexes", ()):
            found = _CONTEXT.fullmatch(vertex.get("name", ""))
            if found:
                sources[vertex["digest"]] = found["name"]
        for status in event.get("statuses", ()):
            if status["vertex"] in sources and status["id"].startswith("transferring"):
                counts[sources[status["vertex"]]] = status["current"]
    return counts


# --- where the engine keeps what it received ----------------------------------------------------------


def _local_sources(engine: Engine) -> list[str]:
    """The engine's records of main contexts and their ignore files, oldest first."""
    listed = engine.run("buildx", "du", "--format", "json", "--filter", "type=source.local").stdout
    rows = [row for row in _rows(listed) if "for context" in row["Description"]]
    return [row["ID"] for row in sorted(rows, key=lambda row: row["CreatedAt"])]


def _rows(listed: str) -> Iterator[dict[str, str]]:
    """Docker prints an object a line or, in some versions, one array."""
    for line in filter(None, map(str.strip, listed.splitlines())):
        found = json.loads(line)
        yield from found if isinstance(found, list) else [found]


def _kept(engine: Engine, folder: Path, new: Iterable[str]) -> Path | None:
    """The engine's copy of the folder: the last of the new ones that holds files of it, times and all.

    The ignore file is loaded before the context, as a record of its own; other builds may run meanwhile.
    """
    root = Path(engine.run("info", "--format", "{{.DockerRootDir}}").stdout.strip())
    places = [place for one in new for place in (root / "vfs/dir" / one, root / "overlay2" / one / "diff")]
    copies = [place for place in places if _readable(place) and _paths(place) and _is_part_of(place, folder)]
    return copies[-1] if copies else None


def _readable(place: Path) -> bool:
    try:
        return place.is_dir() and os.access(place, os.R_OK | os.X_OK)
    except OSError:
        return False


def _is_part_of(place: Path, folder: Path) -> bool:
    """Every file with its time; folders by name, as their times change while they are filled."""
    return all(
        (folder / path).is_dir() if path.endswith("/") else _time(place / path) == _time(folder / path)
        for path in _paths(place)
    )


def _time(path: Path) -> int | None:
    try:
        return path.lstat().st_mtime_ns
    except OSError:
        return None


def _paths(place: Path) -> list[str]:
    found = []
    for at, folders, files in os.walk(place):
        inside = Path(at).relative_to(place)
        links = [name for name in folders if (Path(at) / name).is_symlink()]
        found += [(inside / name).as_posix() for name in (*files, *links)]
        found += [f"{(inside / name).as_posix()}/" for name in folders if name not in links]
    return sorted(found)


def _emptied(place: Path, folder: Path) -> list[str]:
    """Files that have no bytes in the engine though they have some here."""
    files = [path for path in _paths(place) if not path.endswith("/") and not (place / path).is_symlink()]
    return [path for path in files if (place / path).stat().st_size == 0 < (folder / path).stat().st_size]


# --- the classic client -------------------------------------------------------------------------------


def build_classic(engine: Engine, case: EngineCase, folder: Path) -> Received:
    """What the classic client uploads of a folder that is laid out already: a tar, caught on a socket of our own."""
    with ClassicDaemon() as daemon:
        env = {"DOCKER_BUILDKIT": "0", "DOCKER_HOST": daemon.host}
        done = engine.run("build", *options(case, folder), env=env)
    return Received(daemon.bytes, daemon.paths, None, done.returncode, done.stderr.strip())
