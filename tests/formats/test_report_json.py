"""``report --format json``: the contract's shape, whole, and pure ASCII whatever the names are."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from ctxsize.formats import FORMATS, Page
from ctxsize.model import Problem, Waste
from tests.formats.report_examples import API, BROKEN, MANY, ONE, REMOTE, STOPPED
from tests.formats.test_text import NAMES


def written(view: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(FORMATS["report"]["json"](view, Page()))
    return found


def totals(files: int, dirs: int, size: int) -> dict[str, int]:
    return {"files": files, "dirs": dirs, "bytes": size}


NOTHING = totals(0, 0, 0)


def test_one_build_whole() -> None:
    assert written(ONE._replace(problems=MANY.problems)) == {
        "schema": "ctxsize.report/1",
        "root": "/repo",
        "builds": [{
            "name": "api",
            "declared": {"kind": "compose", "file": "compose.yml", "line": 3, "note": None},
            "dockerfile": "api/Dockerfile",
            "context": ".",
            "target": "prod",
            "profiles": [],
            "ignore_file": ".dockerignore",
            "builders": {
                "buildkit": {
                    "sent": {**totals(98, 13, 8_000_000), "transfer_bytes": 8_009_800},
                    "used": totals(8, 3, 2_000_000), "junk": totals(90, 10, 6_000_000), "unused": NOTHING,
                    "walked": 111, "emptied": [], "error": None,
                },
                "archive": {
                    "sent": {**totals(110, 15, 12_001_000), "transfer_bytes": 12_012_000},
                    "used": totals(9, 3, 2_001_000), "junk": totals(90, 10, 6_000_000),
                    "unused": totals(11, 2, 4_000_000), "walked": 125, "emptied": [], "error": None,
                },
            },
            "heaviest": [
                {"path": "node_modules/", "class": "junk", "files": 90, "bytes": 6_000_000, "why": "node_modules"},
            ],
            "named_contexts": [
                {"name": "shared", "kind": "local", "value": "../shared", "path": "shared", "ignore_file": None,
                 "buildkit": {"sent": {**totals(2, 1, 500), "transfer_bytes": 700}, "used": totals(2, 1, 500),
                              "junk": NOTHING, "unused": NOTHING, "walked": 3, "emptied": ["a", "b"], "error": None}},
                {"name": "alpine", "kind": "image", "value": "docker-image://alpine", "path": None,
                 "ignore_file": None, "buildkit": None},
            ],
            "assumptions": [
                {"message": "node:22 has no ONBUILD", "file": "api/Dockerfile", "line": 1},
                {"message": "the front end x/y is like Docker's", "file": "api/Dockerfile", "line": 1},
            ],
            "findings": [],
            "problems": [],
            "error": None,
        }],
        "problems": [{"path": "secret/", "message": "permission denied"}],
    }  # fmt: skip


def test_the_parts_of_what_is_sent_add_up() -> None:
    for found in written(MANY)["builds"]:
        for answer in (found["builders"] or {}).values():
            parts = [answer[name] for name in ("used", "junk", "unused")]
            assert {key: sum(part[key] for part in parts) for key in parts[0]} == {key: answer["sent"][key] for key in parts[0]}


def test_builds_without_numbers_say_so_in_words_of_their_own() -> None:
    far, torn, old = written(MANY._replace(measurements=(REMOTE, BROKEN, STOPPED)))["builds"]

    assert (far["context"], far["builders"], far["error"]) == ("https://example.org/far.git", None, None)
    assert (torn["builders"], torn["error"]) == (None, "neither an image nor a build")
    assert torn["findings"] == [
        {"rule": "build-fails", "severity": "error", "message": "neither an image nor a build", "hint": None,
         "file": "compose.yml", "line": 30},
    ]  # fmt: skip
    assert old["builders"]["buildkit"]["error"] == "failed to read"
    assert old["builders"]["buildkit"]["sent"] == {**NOTHING, "transfer_bytes": None}


@given(NAMES, st.sampled_from([None, 40]))
def test_hostile_names_are_plain_ascii_on_the_wire(name: str, width: int | None) -> None:
    one = API._replace(build=API.build._replace(name=name, context=name), ignore_file=name,
                  heaviest=(Waste(name, API.heaviest[0].klass, API.heaviest[0].totals),))  # fmt: skip
    text = FORMATS["report"]["json"](ONE._replace(measurements=(one,), problems=(Problem(name, name),)), Page(width))

    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    assert json.loads(text)["builds"][0]["name"] == json.loads(text)["builds"][0]["heaviest"][0]["path"]
