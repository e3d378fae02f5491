"""The measuring core in process: walk a tree under an ignore list, add up what a builder receives. Prints seconds.

    python benchmarks/core.py ctxsize|os-walk FOLDER [FILE WITH IGNORE LINES]

``os-walk`` is the guard: ``os.walk`` with ``lstat`` over everything, no rules.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path


def ctxsize(root: Path, lines: list[str]) -> tuple[int, int]:
    from ctxsize.builders.costs import buildkit_bytes
    from ctxsize.builders.gates import BuildkitGate, wanted
    from ctxsize.builders.sending import Sender
    from ctxsize.dockerignore import IgnoreRules
    from ctxsize.walk import scan

    rules = IgnoreRules.of(lines)
    tree = scan(root, wanted([rules])._replace(merges=True))
    sent = Sender(BuildkitGate(rules, None), {}).send(tree.root)
    buildkit_bytes(sent)
    return sent.files, sent.bytes


def os_walk(root: Path, _: list[str]) -> tuple[int, int]:
    files = size = 0
    for folder, _, names in os.walk(root):
        for name in names:
            size += os.lstat(os.path.join(folder, name)).st_size
            files += 1
    return files, size


def main() -> None:
    what, root, *rest = sys.argv[1:]
    lines = Path(rest[0]).read_text().splitlines() if rest else []
    run = {"ctxsize": ctxsize, "os-walk": os_walk}[what]
    run(Path(root) / "no-such-folder" if what == "os-walk" else Path(__file__).parent, [])  # imports and first calls
    start = time.perf_counter()
    run(Path(root), lines)
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main()
