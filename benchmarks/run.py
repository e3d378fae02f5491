"""Times ctxsize and its peers in the same run, in pairs, and prints ratios.

    python benchmarks/run.py --trees FOLDER [--rounds 7] [--only NAME…] [--fsutil BINARY] [--save]

Every comparison runs the two commands in turn, ``--rounds`` times after one round to warm up; the ratio is the median
of the rounds' ratios. Trees are made on first use (see ``trees.py``). Peers that are not there are said to be missing.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import trees
from pairs import Pair, Run, compare, peak

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

HERE = Path(__file__).parent


# --- the ground -----------------------------------------------------------------------------------


class Ground:
    """Trees, ignore lists and the programs that are built for the comparison."""

    def __init__(self, folder: Path, fsutil: Path | None) -> None:
        self.folder = folder
        self.fsutil = fsutil
        folder.mkdir(parents=True, exist_ok=True)

    def tree(self, files: int) -> Path:
        root = self.folder / f"tree-{files}"
        if not (root / ".made").exists():
            made = trees.make(root, files)
            (root / ".made").write_text(f"{made}\n")
        return root

    def ignoring(self, files: int, kind: str) -> Path:
        """The tree with an ignore list and a Dockerfile that copies everything."""
        root = self.tree(files)
        (root / "Dockerfile").write_text(trees.dockerfile())
        (root / ".dockerignore").write_text("".join(f"{line}\n" for line in trees.ignore_lines(kind)))
        return root

    def lines(self, kind: str) -> Path:
        path = self.folder / f"ignore-{kind}"
        path.write_text("".join(f"{line}\n" for line in trees.ignore_lines(kind)))
        return path

    def limit(self) -> Path | None:
        compiler = shutil.which("cc") or shutil.which("gcc")
        if compiler is None:
            return None
        program = self.folder / "climit"
        subprocess.run([compiler, "-O2", "-o", str(program), str(HERE / "climit.c")], check=True)
        return program


PYTHON = sys.executable


def _ctxsize(*words: str | Path) -> tuple[str, ...]:
    script = Path(PYTHON).with_name("ctxsize")
    start = (str(script),) if script.exists() else (PYTHON, "-m", "ctxsize")
    return (*start, *map(str, words))


def _report(root: Path, name: str, workers: int | None = 1) -> Run:
    """``workers`` None: as many as there are cores, as ctxsize does unless it is told otherwise."""
    return Run(f"report, {name}", _ctxsize("report", "-f", root / "Dockerfile", root, "--format", "json"), workers)


def _core(what: str, root: Path, lines: Path | None, workers: int | None = 1) -> Run:
    words = (PYTHON, str(HERE / "core.py"), what, str(root), *([str(lines)] if lines else []))
    return Run(what, words, workers, inner=True)


# --- the comparisons ------------------------------------------------------------------------------


def _core_alone(ground: Ground, files: int) -> Iterator[Pair]:
    root, limit = ground.tree(files), ground.limit()
    for kind, words, name, target in (("none", (), "C loop", 1.75), ("typical", ("rules",), "C loop, survivors", 2.5)):
        if limit is None:
            yield Pair(f"core, {kind} rules", Run("", ()), None, target, "no C compiler")
            continue
        theirs = Run(name, (str(limit), str(root), *words))
        asking = Run(f"{name}, attributes too", (str(limit), str(root), *words, "attributes"))
        for workers, how in ((None, "all cores"), (1, "1 worker")):
            ours = _core("ctxsize", root, ground.lines(kind), workers)
            yield Pair(f"core, {kind} rules, {how}", ours, theirs, target)
            yield Pair(f"core, {kind} rules, {how}", ours, asking)
    typical, many = (_core("ctxsize", root, ground.lines(kind)) for kind in ("typical", "many"))
    yield Pair("core, 320 rules", many, replace(typical, name="33 rules"), 1.3)


def _guard(ground: Ground, files: int) -> Iterator[Pair]:
    """What needs no peer: for CI, where it is printed and read."""
    root = ground.tree(files)
    for workers, how in ((None, "all cores"), (1, "1 worker")):
        for kind, target in (("none", 0.85), ("typical", 0.40)):
            ours = _core("ctxsize", root, ground.lines(kind), workers)
            yield Pair(f"guard: core, {kind} rules, {how}", ours, _core("os-walk", root, None), target)


def _against_fsutil(ground: Ground, files: int) -> Iterator[Pair]:
    targets = {"typical": (0.45, 0.35), "wildexc": (0.45, 0.35), "many": (0.10, 0.10), "none": (0.75, 0.45)}
    for kind, (one, two) in targets.items():
        for workers, target in ((1, one), (2, two)):
            name = f"report, {kind} rules, {workers} worker{'s' if workers > 1 else ''}"
            if ground.fsutil is None:
                yield Pair(name, Run("", ()), None, target, "no fsutil walker (--fsutil)")
                continue
            root = ground.ignoring(files, kind)
            theirs = Run("fsutil", (str(ground.fsutil), str(root), str(ground.lines(kind))))
            yield Pair(name, _report(root, kind, workers), theirs, target)


def _against_the_engine(ground: Ground, files: int) -> Iterator[Pair]:
    name = "report, typical rules"
    asked = shutil.which("docker") and subprocess.run(["docker", "version"], capture_output=True, check=False)
    if not asked or asked.returncode:
        yield Pair(name, Run("", ()), None, None, "no engine answers")
        return
    root = ground.ignoring(files, "typical")
    theirs = Run("load build context, cold", (PYTHON, str(HERE / "peers.py"), "engine", str(root)), inner=True)
    yield Pair(name, _report(root, "typical"), theirs)


def _lists(ground: Ground, files: int) -> Iterator[Pair]:
    for kind, target in (("typical", 0.20), ("many", 0.02)):
        root = ground.ignoring(files, kind)
        words = _ctxsize("ls", "--builder", "archive", "-0", "-f", root / "Dockerfile", root)
        peer = (PYTHON, str(HERE / "peers.py"), "docker-py", str(root), str(ground.lines(kind)))
        theirs = Run("docker-py + lstat", peer)
        yield Pair(f"ls archive -0, {kind} rules", Run("ls", words, 1, ground.folder / "list"), theirs, target)


def _others(ground: Ground, files: int) -> Iterator[Pair]:
    root = ground.ignoring(files, "none")
    for workers, how in ((None, "all cores"), (1, "1 worker")):
        ours = _report(root, "none", workers)
        yield Pair(f"report, none rules, {how}", ours, Run("du", ("du", "-s", "--apparent-size", str(root))), 1.7)
        yield Pair(f"report, none rules, {how}", ours, Run("find -printf", ("find", str(root), "-printf", "%s\n")))
    root = ground.ignoring(files, "typical")
    theirs = Run("pathspec", (PYTHON, str(HERE / "peers.py"), "pathspec", str(root), str(ground.lines("typical"))))
    yield Pair("report, typical rules, 1 worker", _report(root, "typical"), theirs)


def _start_up(ground: Ground) -> Iterator[Pair]:
    nothing = Run("python -c pass", (PYTHON, "-c", "pass"))
    small = ground.folder / "small"
    (small / "src").mkdir(parents=True, exist_ok=True)
    for number in range(9):
        (small / "src" / f"{number}.py").write_text("pass\n")
    (small / "Dockerfile").write_text(trees.dockerfile())
    yield Pair("--version", Run("version", _ctxsize("--version")), nothing, 1.7)
    yield Pair("--help", Run("help", _ctxsize("--help")), nothing)
    yield Pair("report, 10 files", Run("small", _ctxsize("report", small)), nothing, 12)


def _scaling(ground: Ground, files: int) -> Iterator[Pair]:
    large = ground.ignoring(files * 5, "none")
    small = ground.ignoring(files // 10, "none")
    one = ground.ignoring(files, "none")
    report = _report(one, f"{files:,} files")
    yield Pair(f"report, {files // 10:,} files", _report(small, "small"), report)
    yield Pair(f"report, {files * 5:,} files", _report(large, "large"), report, 5.5)


def _lines(ground: Ground, files: int) -> Iterator[Pair]:
    """The same tree under the first lines of the long list."""
    root, lines = ground.tree(files), trees.ignore_lines("many")
    (root / ".dockerignore").unlink(missing_ok=True)
    (root / "Dockerfile").write_text(trees.dockerfile())
    report = _ctxsize("report", root, "--format", "json")
    for count in (10, 50, 100, 200):
        for number in (0, count):
            path = root / f"{number}-lines.Dockerfile"
            path.write_text(trees.dockerfile())
            path.with_name(f"{path.name}.dockerignore").write_text("".join(f"{line}\n" for line in lines[:number]))
        ours, theirs = (Run(f"{number} lines", (*report, "-f", str(root / f"{number}-lines.Dockerfile")), 1)
                        for number in (count, 0))  # fmt: skip
        yield Pair(f"report, {count} ignore lines", ours, theirs)
    for path in root.glob("*-lines.Dockerfile*"):
        path.unlink()


def _many_builds(ground: Ground, files: int) -> Iterator[Pair]:
    root = ground.ignoring(files, "typical")
    alone = _declared(ground, root, 1)
    for number, target in ((10, None), (50, 2.0)):
        yield Pair(f"report, {number} builds of one context", _declared(ground, root, number), alone, target)


def _declared(ground: Ground, root: Path, builds: int) -> Run:
    """A compose file beside the tree whose services all build in the tree, each with a Dockerfile of its own."""
    folder = ground.folder / f"builds-{builds}"
    folder.mkdir(exist_ok=True)
    services = []
    for number in range(builds):
        (folder / f"{number}.Dockerfile").write_text(trees.dockerfile(number % 20))
        services.append(f"  s{number}: {{build: {{context: {root}, dockerfile: {folder}/{number}.Dockerfile}}}}\n")
    (folder / "compose.yaml").write_text("services:\n" + "".join(services))
    return Run(f"{builds} builds", _ctxsize("report", folder, "--format", "json"), 1)


def _commands(ground: Ground, files: int) -> Iterator[Pair]:
    root = ground.ignoring(files, "typical")
    if not (root / ".git" / "HEAD").exists():
        _commit(root)
    report = Run("report", _ctxsize("report", root, "--format", "json"), 1)
    yield Pair("check --against HEAD", Run("check", _ctxsize("check", root, "--against", "HEAD"), 1), report, 2.0)
    yield Pair("suggest", Run("suggest", _ctxsize("suggest", root), 1), report)


def _commit(root: Path) -> None:
    """Makes the tree a repository; its ``.git/objects`` of the tree's own shape stay where they are."""
    own = ["-c", "user.name=b", "-c", "user.email=b@b", "-c", "gc.auto=0"]
    for words in (["init", "-q"], ["add", "-A", "."], ["commit", "-q", "-m", "all"], ["repack", "-a", "-d", "-q"]):
        subprocess.run(["git", *own, *words], cwd=root, check=True)


GROUPS: dict[str, Callable[[Ground, int], Iterator[Pair]]] = {
    "core": _core_alone,
    "guard": _guard,
    "fsutil": _against_fsutil,
    "engine": _against_the_engine,
    "lists": _lists,
    "others": _others,
    "start-up": lambda ground, _: _start_up(ground),
    "builds": _many_builds,
    "lines": _lines,
    "scaling": _scaling,
    # the last: it makes the tree a repository
    "commands": _commands,
}


def _memory(ground: Ground, files: int) -> Iterator[str]:
    root = ground.ignoring(files, "none")
    for workers, how in ((1, "1 worker"), (None, "all cores: the largest process")):
        held = peak(_report(root, "large", workers))
        told = "no GNU time" if held is None else f"{held / 2**20:.0f} MiB (at most 150)"
        yield f"Peak memory of a report on {files:,} files, {how}: {told}."


def _machine() -> str:
    model = next((line.partition(":")[2].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                  if line.startswith("model name")), platform.machine())  # fmt: skip
    return f"{model}, {os.cpu_count()} cores, Linux {platform.release()}, Python {platform.python_version()}"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trees", type=Path, required=True)
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--only", nargs="*", default=list(GROUPS), choices=list(GROUPS))
    parser.add_argument("--fsutil", type=Path)
    parser.add_argument("--save", action="store_true")
    given = parser.parse_args(arguments)
    ground = Ground(given.trees, given.fsutil)
    lines = [f"{_machine()}; {given.files:,} files; medians of {given.rounds} paired rounds.", "",
             "| what | against | ratio | at most | met | medians |", "|---|---|--:|--:|---|--:|"]  # fmt: skip
    print("\n".join(lines), flush=True)
    for group in given.only:
        for pair in GROUPS[group](ground, given.files):
            found = compare(pair, given.rounds).line if pair.theirs else f"| {pair.name} | {pair.missing} | | | | |"
            lines.append(found)
            print(found, flush=True)
    if "scaling" in given.only:
        lines += ["", *_memory(ground, given.files * 5)]
        print("\n".join(lines[-2:]))
    if given.save:
        (HERE / "results" / f"{date.today()}.md").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
