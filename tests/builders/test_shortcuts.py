"""Whole subtrees are taken in one step where the walk has shown that nothing in them differs: with the same answers."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from ctxsize.builders.classes import Classes, Judge
from ctxsize.builders.costs import archive_bytes, buildkit_bytes
from ctxsize.builders.gates import ArchiveGate, BuildkitGate, wanted
from ctxsize.builders.junk import JunkRules, JunkState, git_paths
from ctxsize.builders.reach import Reach
from ctxsize.builders.sending import Sender, SentFolder
from ctxsize.dockerignore import IgnoreRules, compile_patterns
from ctxsize.tree import Directory, Tree
from ctxsize.walk import scan

FILES = {
    "Dockerfile": "FROM scratch",
    "README.md": "read me",
    "docs/guide/a.md": "a" * 200,
    "docs/guide/b.txt": "b" * 40_000,
    "src/main.py": "m" * 700,
    "src/main.pyc": "c" * 300,
    "src/deep/er/x.py": "",
    "src/deep/er/__pycache__/x.pyc": "x" * 20_000,
    "src/link -> main.py": None,
    "node_modules/left/index.js": "j" * 100,
    "node_modules/left/docs/keep.md": "k",
    "empty/inner/": None,
    "été/ñ.py": "n",
}
RULES = [
    [],
    ["docs"],
    ["**/*.pyc", "node_modules"],
    ["**/*.pyc", "node_modules", "!node_modules/left/docs"],
    ["**/*.pyc", "node_modules", "!**/docs"],
    ["*", "!src"],
    ["*", "!src", "src/deep"],
    ["**", "!**/*.py"],
    ["src", "!src/main.py", "src/deep/er"],
    ["[d]ocs", "**/inner"],
]
JUNK = [("**/node_modules", "fetched"), ("**/__pycache__", "compiled"), ("**/*.pyc", "compiled")]


def without_short_cuts(root: Directory) -> Directory:
    for folder in root.walk():
        folder.forget_sums()
        folder.passed = None
    return root


def told(sent: SentFolder) -> list[object]:
    """Everything that is asked of what is sent."""
    runs = [
        (folder.path, None if rows is None else [folder.names[row] for row in rows]) for folder, rows in sent.runs()
    ]
    sums = (sent.entries, sent.files, sent.dirs, sent.bytes, sent.wire, sent.packets, sent.tar, sent.walked, sent.plain)
    return [sums, sent.unreadable, buildkit_bytes(sent), archive_bytes(sent), runs]


def walked(folder: Path, *rules: IgnoreRules) -> Tree:
    return scan(folder, wanted(rules))


@pytest.mark.parametrize("lines", RULES, ids=" ".join)
@pytest.mark.parametrize("include", [None, ["src", "node_modules/left"], ["docs/*"]], ids=str)
@pytest.mark.parametrize("beside", [None, [], ["src", "**/*.md"]], ids=["alone", "beside none", "beside others"])
def test_what_passes_as_a_whole_is_what_passes_bit_by_bit(
    lines: list[str], include: list[str] | None, beside: list[str] | None, tree: Callable[..., Path]
) -> None:
    rules, folder = IgnoreRules.of(lines), tree(FILES)
    lists = (rules,) if beside is None else (rules, IgnoreRules.of(beside))
    gates = [BuildkitGate(rules, include and compile_patterns(include)), ArchiveGate(rules)]

    short = walked(folder, *lists).root
    long = without_short_cuts(walked(folder, *lists).root)

    assert [told(Sender(gate, {}).send(short)) for gate in gates] == [
        told(Sender(gate, {}).send(long)) for gate in gates
    ]


@pytest.mark.parametrize("lines", RULES, ids=" ".join)
@pytest.mark.parametrize("ignored", [[], ["src/deep/"], ["docs/guide/a.md", "empty/"]], ids=str)
def test_what_is_spotless_is_what_has_no_junk_bit_by_bit(
    lines: list[str], ignored: list[str], tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    rules, junk = IgnoreRules.of(lines), JunkRules(JUNK, git_paths(ignored, "."))
    root = walked(tree(FILES), rules).root
    sent = Sender(BuildkitGate(rules, None), {}).send(root)

    short = judged(sent, junk)
    monkeypatch.setattr(JunkState, "spotless", lambda *_: False)

    assert short == judged(sent, junk)


def judged(sent: SentFolder, junk: JunkRules) -> tuple[Classes, list[object]]:
    reach = Reach((), whole=True).start
    runs = [
        (folder.path, klass, rows and [folder.names[row] for row in rows])
        for folder, rows, klass in Judge(junk, {}).runs(sent, reach)
    ]
    return Judge(junk, {}).classify(sent, reach), sorted(runs, key=str)
