"""Used, junk, unused: tables over one tree, and laws over random ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ctxsize.builders.classes import Classes, Judge
from ctxsize.builders.junk import JunkRules, git_paths
from ctxsize.builders.reach import Reach, patterns_of
from ctxsize.builders.sending import SentFolder
from ctxsize.dockerignore import IgnoreRules
from ctxsize.model import Class, Source, Totals
from ctxsize.repositories.disk import DiskLinks
from tests.builders.uploads import archive

JUNK = [("**/node_modules", "node packages"), ("**/*.log", "logs"), ("!**/keep.log", "logs")]
TREE = """
    Dockerfile 10
    app/main.py 100
    app/debug.log 7
    app/keep.log 5
    app/node_modules/left/index.js 40
    app/node_modules/left/trace.log 2
    docs/a.md 30
    docs/b.md 20
    secret.env 3
    link -> app/main.py
"""


def reading(*paths: str, **more: object) -> list[Source]:
    return [Source(path, path.strip("/"), 2, 2, "COPY", f"COPY {path} /", **more) for path in paths]  # type: ignore[arg-type]


def reach_of(folder: Path, sources: Sequence[Source]) -> Reach:
    found = [patterns_of(source, DiskLinks(folder)) for source in sources]
    return Reach([one for patterns in found for one in patterns or ()], whole=None in found)


def listed(sent: SentFolder, judge: Judge, reach: Reach) -> dict[Class, list[str]]:
    found: dict[Class, list[str]] = {klass: [] for klass in Class}
    for folder, rows, klass in judge.runs(sent, reach.start):
        paths = [f"{folder.path}/"] if rows is None else [folder.path_of(folder.names[row]) for row in rows]
        found[klass] += paths
    return found


def classify(
    folder: Path, sources: Sequence[Source], git: Sequence[str] = ()
) -> tuple[dict[Class, list[str]], Classes]:
    sent, judge = archive(folder), Judge(JunkRules(JUNK, git_paths(git, ".")), {})
    reach = reach_of(folder, sources)
    return listed(sent, judge, reach), judge.classify(sent, reach.start)


@pytest.mark.parametrize(
    ("sources", "used", "junk"),
    [
        (["app/main.py"], "app/ app/main.py", ""),
        (["app"], "app/ app/keep.log app/main.py",
         "app/debug.log app/node_modules/ app/node_modules/left/ app/node_modules/left/index.js "
         "app/node_modules/left/trace.log"),
        # asked for by name, junk is wanted, all of it
        (["app/node_modules"], "app/ app/node_modules/ app/node_modules/left/ app/node_modules/left/index.js "
         "app/node_modules/left/trace.log", ""),
        (["app/debug.log"], "app/ app/debug.log", ""),
        (["app/*.log"], "app/ app/debug.log app/keep.log", ""),
        # a bare star names nothing
        (["app/*"], "app/ app/keep.log app/main.py",
         "app/debug.log app/node_modules/ app/node_modules/left/ app/node_modules/left/index.js "
         "app/node_modules/left/trace.log"),
        (["docs/?.md"], "docs/ docs/a.md docs/b.md", ""),
        # two stars are one for COPY
        (["d**/a.md"], "docs/ docs/a.md", ""),
        (["nothing"], "", ""),
        # a link is read, and what it leads to
        (["link"], "app/ app/main.py link", ""),
    ],
)  # fmt: skip
def test_each_entry_has_the_class_that_the_sources_give_it(
    tree: Callable[..., Path], sources: list[str], used: str, junk: str
) -> None:
    found, _ = classify(tree(TREE), reading(*sources))

    assert (sorted(found[Class.USED]), sorted(found[Class.JUNK])) == (used.split(), junk.split())


def test_a_whole_copy_uses_all_but_the_junk_and_a_second_source_frees_what_it_names(tree: Callable[..., Path]) -> None:
    folder = tree(TREE)

    found, totals = classify(folder, reading("", "app/node_modules"))

    assert found[Class.JUNK] == ["app/debug.log"]
    assert found[Class.UNUSED] == []
    assert totals.junk == Totals(1, 0, 7)


def test_git_ignored_paths_are_junk_unless_a_source_names_them(tree: Callable[..., Path]) -> None:
    folder = tree(TREE)

    whole, _ = classify(folder, reading(""), ["secret.env", "docs/"])
    named, _ = classify(folder, reading("", "secret.env"), ["secret.env", "docs/"])

    assert {"secret.env", "docs/", "docs/a.md"} <= set(whole[Class.JUNK])
    assert "secret.env" in named[Class.USED]


def test_a_mount_that_reads_nothing_uses_nothing(tree: Callable[..., Path]) -> None:
    found, _ = classify(tree(TREE), reading("", reads=False))

    assert found[Class.USED] == found[Class.JUNK] == []


def test_the_heaviest_waste_names_whole_folders_and_single_files_with_the_reason(tree: Callable[..., Path]) -> None:
    _, totals = classify(tree(TREE), reading("app"))

    assert [(one.path, one.klass, one.totals, one.why) for one in totals.waste] == [
        ("docs/", Class.UNUSED, Totals(2, 1, 50), None),
        ("app/node_modules/", Class.JUNK, Totals(2, 2, 42), "node packages"),
        ("Dockerfile", Class.UNUSED, Totals(1, 0, 10), None),
        ("app/debug.log", Class.JUNK, Totals(1, 0, 7), "logs"),
        ("secret.env", Class.UNUSED, Totals(1, 0, 3), None),
        ("link", Class.UNUSED, Totals(1, 0, 0), None),
    ]


@given(
    names=some.lists(some.sampled_from(["a", "b/c", "b/x.log", "b/node_modules/d", "e/f/g", "e/f/h.log", "i"]),
                     unique=True, min_size=1),
    sources=some.lists(some.sampled_from(["", "b", "b/*", "e/*/g", "b/node_modules", "*.log", "*", "e/f/?.log"]),
                       min_size=1, max_size=3),
    ignored=some.lists(some.sampled_from(["b/", "e/f/", "i", "!b/c"]), max_size=2),
    excluded=some.lists(some.sampled_from(["b", "!b/c", "**/*.log", "e/f"]), max_size=2),
)  # fmt: skip
def test_sums_are_what_the_entries_add_up_to(
    tmp_path_factory: pytest.TempPathFactory, names: list[str], sources: list[str], ignored: list[str],
    excluded: list[str],
) -> None:  # fmt: skip
    folder = tmp_path_factory.mktemp("sums")
    for number, name in enumerate(names, 1):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"x" * number)
    sent, judge = archive(folder, excluded), Judge(JunkRules(JUNK, git_paths(ignored, ".")), {})
    reach = reach_of(folder, reading(*sources))

    totals, entries = judge.classify(sent, reach.start), listed(sent, judge, reach)

    for klass, total in ((Class.USED, totals.used), (Class.JUNK, totals.junk), (Class.UNUSED, totals.unused)):
        files = [path for path in entries[klass] if not path.endswith("/")]
        sizes = sum((folder / path).stat().st_size for path in files)
        assert total == Totals(len(files), len(entries[klass]) - len(files), sizes), klass
    assert totals.used + totals.junk + totals.unused == Totals(sent.files, sent.dirs, sent.bytes)


def test_a_broken_junk_pattern_never_reaches_the_judge() -> None:
    with pytest.raises(Exception, match="illegal exclusion"):
        IgnoreRules.of(["!"])
