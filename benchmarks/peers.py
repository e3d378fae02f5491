"""The peers that are Python: docker-py's own list of a context, pathspec, and ``os.walk`` with ``lstat``.

    python benchmarks/peers.py docker-py|pathspec|os-walk FOLDER [FILE WITH IGNORE LINES]
"""

from __future__ import annotations

import os
import sys
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


def main() -> None:
    peer, root, *rest = sys.argv[1:]
    lines = Path(rest[0]).read_text().splitlines() if rest else []
    find = {"docker-py": docker_py, "pathspec": pathspec, "os-walk": os_walk}[peer]
    count = total = 0
    for path in find(root, lines):
        total += os.lstat(os.path.join(root, path)).st_size
        count += 1
    print(count, "entries", total, "bytes")


if __name__ == "__main__":
    main()
