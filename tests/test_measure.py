"""Many builds, one walk: shared contexts give what each build alone would get; named contexts; what goes wrong."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ctxsize import walk
from ctxsize.listing import entries
from ctxsize.measure import Request, measure
from ctxsize.model import (
    BuildDefinition,
    BuilderName,
    Declaration,
    Finding,
    Kind,
    Measurement,
    NamedContext,
    Problem,
    Severity,
    Totals,
)  # fmt: skip
from ctxsize.repositories.disk import DiskRepository, Repository
from ctxsize.repositories.overlay import OverlayRepository
from ctxsize.tree import Tree
from tests.privileges import unprivileged

BUILDKIT, ARCHIVE = BuilderName


def build(name: str, dockerfile: str = "Dockerfile", context: str = ".", **more: object) -> BuildDefinition:
    return BuildDefinition(name, Declaration("options"), context, dockerfile, **more)  # type: ignore[arg-type]


def measured(repository: Repository | Path, *builds: BuildDefinition) -> list[Measurement]:
    found = repository if not isinstance(repository, Path) else DiskRepository(repository)
    return list(measure(Request(found, builds)).measurements)


# --- sharing ---


TREE = {
    "a.Dockerfile": "FROM scratch\nCOPY services/a shared /\n",
    "b.Dockerfile": "FROM scratch\nCOPY services/b /\nCOPY shared/*.txt /\n",
    "c.Dockerfile": "FROM scratch\nCOPY . .\n",
    "d.Dockerfile": "FROM scratch\nRUN --mount=type=bind,source=services,target=/s true\n",
    "d.Dockerfile.dockerignore": "**/*.log\n",
    ".dockerignore": "services/*/tmp\n!services/b/tmp/keep\n",
    **{f"services/{one}/{two}": 100 for one in "ab" for two in ("x", "tmp/y", "tmp/keep", "z.log", "node_modules/n/i.js")},
    "shared/one.txt": 7, "shared/two.md": 9, "big/blob": 5000,
}  # fmt: skip
BUILDS = [build(name, f"{name}.Dockerfile") for name in "abcd"]


def test_builds_that_share_a_context_get_what_each_gets_alone(tree: Callable[..., Path]) -> None:
    folder = tree(TREE)

    together = measured(folder, *BUILDS)

    assert together == [measured(folder, one)[0] for one in BUILDS]


def test_a_shared_context_is_walked_once(tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    scans: list[Path] = []
    real = walk.scan

    def counted(context: Path, *given: Any, **named: Any) -> Tree:
        scans.append(context)
        return real(context, *given, **named)

    monkeypatch.setattr(walk, "scan", counted)

    measured(tree(TREE), *(build(f"{number}", "abc"[number % 3] + ".Dockerfile") for number in range(50)))

    assert len(scans) == 1


# --- named contexts ---


def test_a_named_context_has_its_own_ignore_file_and_sources(tree: Callable[..., Path]) -> None:
    folder = tree({
        "app/Dockerfile": "FROM scratch\nCOPY main.py /\nCOPY --from=shared lib /lib\n", "app/main.py": 5,
        "shared/lib/a": 7, "shared/lib/b.log": 100, "shared/other": 50, "shared/.dockerignore": "**/*.log\n",
    })  # fmt: skip
    contexts = (NamedContext("shared", "local", "shared", "shared"), NamedContext("unused", "local", "app", "app"))

    (found,) = measured(folder, build("app", "app/Dockerfile", "app", contexts=contexts))

    assert [(one.name, one.path, one.ignore_file, one.sent.sent) for one in found.named] == [
        ("shared", "shared", "shared/.dockerignore", Totals(1, 1, 7)),
    ]  # fmt: skip
    assert found.builders is not None
    assert found.builders[BUILDKIT].sent == Totals(1, 0, 5)


# --- what applies, what goes wrong ---


@pytest.mark.parametrize(
    ("files", "ignore_file", "sent"),
    [
        ({".dockerignore": "x"}, ".dockerignore", 4),
        ({".dockerignore": "x", "Dockerfile.dockerignore": "y"}, "Dockerfile.dockerignore", 5),
        ({".dockerignore/": None}, None, 5),
        ({"elsewhere": "x", ".dockerignore -> elsewhere": None}, ".dockerignore", 5),
        ({".dockerignore -> ../outside": None}, None, 5),
        ({".dockerignore -> .dockerignore": None}, None, 5),
    ],
)
def test_which_ignore_file_applies(
    tree: Callable[..., Path], files: dict[str, str | None], ignore_file: str | None, sent: int
) -> None:
    folder = tree({"Dockerfile": "FROM scratch\nCOPY . .\n", "x": 1, "y": 1, "z": 1, **files})
    (folder.parent / "outside").write_text("x\ny\nz\n")

    (found,) = measured(folder, build("b"))

    assert found.ignore_file == ignore_file
    assert found.builders is not None
    assert found.builders[BUILDKIT].sent.files + found.builders[BUILDKIT].sent.dirs == sent


def test_an_arrival_with_nothing_in_it_is_an_error_with_the_line(tree: Callable[..., Path]) -> None:
    folder = tree({"Dockerfile": "FROM scratch\nCOPY docs /\n", ".dockerignore": "docs\n!docs/api/x.md\ndocs/api\n",
                   "docs/api/x.md": 10})  # fmt: skip

    (found,) = measured(folder, build("b"))

    assert found.builders is not None
    assert found.builders[BUILDKIT].emptied == ("docs/api/x.md",)
    assert [(one.rule, one.severity, one.file, one.line) for one in found.findings] == [
        ("arrives-empty", Severity.ERROR, ".dockerignore", 3)
    ]


@pytest.mark.parametrize(
    ("files", "message", "where"),
    [
        ({"Dockerfile": "FORM x\n"}, "dockerfile parse error on line 1: unknown instruction: FORM", ("Dockerfile", 1)),
        ({}, "failed to read dockerfile: open Dockerfile: no such file or directory", ("Dockerfile", None)),
        ({"Dockerfile": "FROM scratch\nCOPY . .\n", ".dockerignore": "a\n[\n"}, "syntax error in pattern", (".dockerignore", 2)),
        ({"Dockerfile": "FROM scratch\nCOPY . .\n", ".dockerignore": "a\n\n[b-a]\n"},
         "failed to match excludepatterns: syntax error in pattern", (".dockerignore", 3)),
        ({"Dockerfile": "FROM scratch\nCOPY . .\n", ".dockerignore": "a\n" + "x" * 70_000}, "token too long", (".dockerignore", 2)),
        ({"Dockerfile": "FROM scratch\nCOPY . .\n", ".dockerignore": "!\n"}, 'illegal exclusion pattern: "!"', (".dockerignore", 1)),
    ],
)  # fmt: skip
def test_a_build_that_stops_says_so_in_dockers_words(
    tree: Callable[..., Path], files: dict[str, str], message: str, where: tuple[str, int | None]
) -> None:
    (found,) = measured(tree({"a": 1, **files}), build("b"))

    assert found.builders is not None
    assert message in (found.builders[BUILDKIT].error or "")
    assert found.builders[BUILDKIT].transfer_bytes is None
    (finding,) = {one for one in found.findings if one.severity is Severity.ERROR}
    assert (finding.file, finding.line) == where


def test_a_build_that_cannot_be_and_a_remote_one_have_no_numbers(tmp_path: Path) -> None:
    broken = build("broken", broken="no context", context="x")
    remote = BuildDefinition("far", Declaration("compose"), "https://x.org/a.git", None, remote=True)

    found = measured(tmp_path, broken, remote)

    assert [one.builders for one in found] == [None, None]
    assert found[0].findings == (Finding("build-fails", Severity.ERROR, "no context", build="broken"),)


@pytest.mark.parametrize("ignored", ["", "secret\n!secret/x", "secret\n!**/x", "!secret/y\nsecret"])
def test_an_unreadable_folder_stops_the_build_if_it_is_looked_into(open_folder: Path, ignored: str) -> None:
    (open_folder / ".dockerignore").write_text(ignored)
    (open_folder / "secret").mkdir()
    (open_folder / "secret" / "x").write_text("x")
    (open_folder / "Dockerfile").write_text("FROM scratch\nCOPY . .\n")
    (open_folder / "secret").chmod(0)
    try:
        with unprivileged():
            report = measure(Request(DiskRepository(open_folder), (build("b"),)))
    finally:
        (open_folder / "secret").chmod(0o755)

    (found,) = report.measurements
    assert found.builders is not None
    assert found.builders[BUILDKIT].error == f"error from sender: open {open_folder}/secret: permission denied"
    assert report.problems == (Problem("secret/", "permission denied"),)


def test_an_unreadable_folder_that_is_not_looked_into_stops_nothing(open_folder: Path) -> None:
    (open_folder / ".dockerignore").write_text("secret\n!Dockerfile")
    (open_folder / "secret").mkdir(mode=0)
    (open_folder / "Dockerfile").write_text("FROM scratch\nCOPY . .\n")
    with unprivileged():
        report = measure(Request(DiskRepository(open_folder), (build("b"),)))

    (found,) = report.measurements
    assert found.builders is not None
    assert (found.builders[BUILDKIT].error, report.problems) == (None, ())


# --- as if ---


NAMES = ["a", "b/c", "b/d", "e/f/g", "b/.dockerignore", "Dockerfile.dockerignore", ".dockerignore", "é/x y"]


@given(
    before=some.dictionaries(some.sampled_from(NAMES), some.sampled_from(["", "b\n", "**/c\n!b", "BIG"])),
    after=some.dictionaries(some.sampled_from(NAMES), some.none() | some.sampled_from(["e\n", "y" * 300, "*\n!b/d\n"])),
    dockerfile=some.sampled_from(["COPY . .", "COPY b /", "COPY */c a /"]),
)  # fmt: skip
def test_a_proposal_is_measured_as_if_it_were_written(
    tmp_path_factory: pytest.TempPathFactory, before: dict[str, str], after: dict[str, str | None], dockerfile: str
) -> None:
    folder = tmp_path_factory.mktemp("as-if")
    (folder / "Dockerfile").write_text(f"FROM scratch\n{dockerfile}\n")
    for path, text in before.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text.replace("BIG", "x" * 70_000))
    changes = {path: None if text is None else text.encode() for path, text in after.items()}
    overlay = OverlayRepository(DiskRepository(folder), changes)
    # what is left of a folder when its last file goes is not the overlay's business
    gone = [path for path in after if after[path] is None and path in before]

    as_if = _seen(overlay)
    for path, new in after.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        if new is None:
            (folder / path).unlink(missing_ok=True)
        else:
            (folder / path).write_text(new)
            (folder / path).chmod(0o644)
    really = _seen(DiskRepository(folder))

    if not gone and not any(text is None for text in after.values()):
        assert as_if == really
    else:
        assert [{path for path in one if not path.endswith("/")} for one in as_if[0]] == [
            {path for path in one if not path.endswith("/")} for one in really[0]
        ]


def _seen(repository: Repository) -> tuple[list[list[str]], list[object]]:
    own = build("b")
    request = Request(repository, (own,))
    found = [entries(request, own, name, "sent") for name in BuilderName]
    return [[one.path + "/" * (one.kind is Kind.DIR) for one in each.entries] for each in found], [
        (each.transfer_bytes, each.error) for each in found
    ]


def test_problems_are_named_from_the_root(tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tree({"app/Dockerfile": "FROM scratch\nCOPY . .\n", "app/x/y": ""})
    real = os.open

    def refusing(path: object, *given: object, **named: object) -> int:
        if path == "x":
            raise PermissionError(13, "Permission denied")
        return real(path, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "open", refusing)

    report = measure(Request(DiskRepository(folder), (build("b", "app/Dockerfile", "app"),)))

    assert report.problems == (Problem("app/x/", "permission denied"),)


def names_of(found: Sequence[Measurement]) -> list[str]:
    return [one.build.name for one in found]


def test_measurements_stand_in_the_order_asked(tree: Callable[..., Path]) -> None:
    folder = tree(TREE)
    mixed = [BUILDS[2], build("x", "a.Dockerfile", "services"), BUILDS[0], BUILDS[3]]

    assert names_of(measured(folder, *mixed)) == ["c", "x", "a", "d"]
