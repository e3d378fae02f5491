"""The peers that are Python: docker-py's own list of a context, pathspec, ``os.walk`` with ``lstat``; and the engine.

    python benchmarks/peers.py docker-py|pathspec|os-walk FOLDER [FILE WITH IGNORE LINES]
    python benchmarks/peers.py engine FOLDER

``engine`` builds the folder with nothing cached and prints the seconds between start and end of "load build context".
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def docker_py(root: str, lines: list[str]) -> Iterable[str]:
    from docker.utils.build import exclude_paths

    return exclude_paths(root, lines)


def pathspec(root: str, lines: list[str]) -> Iterable[str]:
    from pathspec import PathSpec

    rooted = [line if line.startswith(("!", "**")) else f"/{line}" for line in lines]
    return PathSpec.from_lines("gitwildmatch", rooted).match_tree_files(root, negate=True)


def os_walk(root: str, _: list[str]) -> Iterable[str]:
    for folder, _, files in os.walk(root):
        for name in files:
            yield os.path.relpath(os.path.join(folder, name), root)


def engine(root: str) -> float:
    subprocess.run(["docker", "builder", "prune", "--all", "--force"], check=True, capture_output=True)
    words = ["docker", "build", "--progress", "rawjson", "--output", "type=cacheonly", root]
    shown = subprocess.run(words, check=True, capture_output=True).stderr.splitlines()
    vertices = [vertex for line in shown if line.startswith(b"{") for vertex in json.loads(line).get("vertexes", ())]
    # it is there twice: once until the engine has asked for it, once until everything has come in
    loaded = [one for one in vertices if one["name"] == "[internal] load build context" and "completed" in one]
    started, completed = loaded[0]["started"], loaded[-1]["completed"]
    return (datetime.fromisoformat(completed) - datetime.fromisoformat(started)).total_seconds()


def main() -> None:
    peer, root, *rest = sys.argv[1:]
    if peer == "engine":
        print(engine(root))
        return
    lines = Path(rest[0]).read_text().splitlines() if rest else []
    find = {"docker-py": docker_py, "pathspec": pathspec, "os-walk": os_walk}[peer]
    count = total = 0
    for path in find(root, lines):
        total += os.lstat(os.path.join(root, path)).st_size
        count += 1
    print(count, "entries", total, "bytes")


if __name__ == "__main__":
    main()
