"""What a report says of builds that fail for what they read: what doctor says, without a second look at everything."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ctxsize.builds import discover
from ctxsize.diagnosis.diagnose import diagnose
from ctxsize.diagnosis.failing import with_failures
from ctxsize.measure import Request, measure
from ctxsize.model import Finding, Severity
from ctxsize.repositories.disk import DiskRepository
from ctxsize.rules import judge

Plant = Callable[..., Path]

COMPOSE = "services:\n  api: {build: ./api}\n  web: {build: ./web}\n"
FINE: dict[str, str] = {
    "compose.yml": COMPOSE, "api/Dockerfile": "FROM scratch\nCOPY a /\n", "api/a": "1",
    "web/Dockerfile": "FROM scratch\nCOPY . /\n", "web/b": "1",
}  # fmt: skip

# what it is about, what is there beside or in place of the files above, (rule, build) of the errors
ROWS: list[tuple[str, dict[str, str | None], list[tuple[str, str]]]] = [
    ("nothing", {}, []),
    ("a name that is nowhere", {"api/Dockerfile": "FROM scratch\nCOPY no /\n"}, [("source-missing", "api")]),
    ("a name that is elsewhere", {"api/Dockerfile": "FROM scratch\nCOPY lib /\n", "lib/x": "1"},
     [("source-missing", "api"), ("context-mismatch", "api")]),
    ("dots", {"api/Dockerfile": "FROM scratch\nCOPY a ../lib /\n", "lib/x": "1"},
     [("source-outside-context", "api"), ("context-mismatch", "api")]),
    ("ignored", {"api/.dockerignore": "a\n"}, [("source-ignored", "api")]),
    ("two builds", {"api/.dockerignore": "a\n", "web/Dockerfile": "FROM scratch\nCOPY no /\n"},
     [("source-ignored", "api"), ("source-missing", "web")]),
    ("a link to what is there", {"api/Dockerfile": "FROM scratch\nCOPY to /\n", "api/to -> a": None}, []),
    ("a wildcard of nothing", {"api/Dockerfile": "FROM scratch\nCOPY *.txt /\n"}, []),
]  # fmt: skip


def requested(root: Path) -> Request:
    return Request(DiskRepository(root), discover(DiskRepository(root), environ=os.environ).builds)


@pytest.mark.parametrize(("files", "errors"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_the_errors_are_those_of_doctor(tree: Plant, files: dict[str, str | None], errors: list[tuple[str, str]]) -> None:
    request = requested(tree({**FINE, **files}))

    found = [finding for one in with_failures(request, measure(request)).measurements for finding in one.findings]

    assert sorted((one.rule, one.build or "") for one in found) == sorted(errors)
    assert set(found) == {one for one in judge(diagnose(request)) if one.severity is Severity.ERROR}


def test_a_rule_that_is_ignored_is_silent(tree: Plant) -> None:
    request = requested(tree({**FINE, "api/.dockerignore": "a\n"}))

    assert with_failures(request, measure(request), {"source-ignored"}).measurements[0].findings == ()


def test_no_folder_is_walked_again(tree: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    request = requested(tree({**FINE, "api/.dockerignore": "a\n"}))
    report = measure(request)
    monkeypatch.setattr(DiskRepository, "scan", None)

    rules: list[Finding] = list(with_failures(request, report).measurements[0].findings)

    assert [one.rule for one in rules] == ["source-ignored"]
