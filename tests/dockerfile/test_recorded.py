"""What BuildKit's own front end and sender gave for a hundred hand-made builds, and for its lexer's own test tables."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from ctxsize.builders import wire
from ctxsize.dockerfile import DockerfileError, Follow, needs, parse
from ctxsize.dockerfile.globs import Glob, GlobError, reversed_pattern
from ctxsize.dockerfile.shell import Lexer, ShellError
from ctxsize.listing import entries
from ctxsize.measure import Request
from ctxsize.model import BuildDefinition, BuilderName, Declaration, Entry, Kind
from ctxsize.repositories.disk import DiskRepository

DATA = Path(__file__).parent / "data"
VECTORS: list[dict[str, Any]] = json.loads((DATA / "frontend-vectors.json").read_text())
ROWS: list[dict[str, Any]] = [json.loads(line) for line in (DATA / "front-end.jsonl").read_text().splitlines()]
# every image in these rows had ENV BASEENV=fromimage, which only a registry could tell
KNOWN_ONLY_TO_THE_REGISTRY = "$BASEENV"


def asked(text: str, target: str | None, args: dict[str, str] | None) -> str | list[str]:
    """``error``, ``unused``, ``whole``, or the paths."""
    try:
        found = needs(parse(text.encode()), target=target, args=args or {}).follow_paths(None)
    except DockerfileError:
        return "error"
    return found.value if isinstance(found, Follow) else list(found)


@pytest.mark.parametrize("vector", VECTORS, ids=[one["name"] for one in VECTORS])
def test_the_context_is_asked_for_what_buildkit_asks_for(vector: dict[str, Any]) -> None:
    expected = vector["expect"]
    wanted = "unused" if not expected["context_used"] else sorted(expected["follow_paths"] or []) or "whole"
    if expected["error"]:
        wanted = "whole" if "excludepatterns" in expected["error"] else "error"

    assert asked(vector["dockerfile"], vector["target"], vector["build_args"]) == wanted


@pytest.mark.parametrize("vector", VECTORS, ids=[one["name"] for one in VECTORS])
def test_the_sender_sends_what_buildkits_sender_sent(vector: dict[str, Any], tmp_path: Path) -> None:
    expected = vector["expect"]
    for path in vector["files"]:
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(f"content of {path}")
    for path, target in vector["links"].items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).symlink_to(target)
    outside = tmp_path.parent / f"{tmp_path.name}.Dockerfile"
    outside.write_text(vector["dockerfile"])
    outside.with_name(f"{outside.name}.dockerignore").write_text(vector["ignore"] or "")
    args = tuple((vector["build_args"] or {}).items())
    build = BuildDefinition("b", Declaration("options"), ".", f"../{outside.name}", target=vector["target"], args=args)

    listing = entries(Request(DiskRepository(tmp_path), (build,)), build, BuilderName.BUILDKIT, "sent")

    if expected["error"]:
        assert listing.error is not None
        return
    assert sorted(leaves(listing.entries)) == sorted(name.partition(" ")[0] for name in expected["received"] or [])
    if expected["wire_bytes"] is not None:
        assert listing.transfer_bytes == expected["wire_bytes"] + uncounted(listing.entries)


def leaves(sent: Sequence[Entry]) -> Iterator[str]:
    """Folders count only where nothing in them is sent."""
    parents = {one.path.rpartition("/")[0] for one in sent}
    for one in sent:
        if one.kind is not Kind.DIR:
            yield one.path
        elif one.path not in parents:
            yield f"{one.path}/"


def uncounted(sent: Sequence[Entry]) -> int:
    """The in-process recording left out the final packet and those that end each file; a live engine counts them."""
    return wire.FIN + sum(2 + wire.numeric(number) for number, one in enumerate(sent) if one.kind is Kind.FILE)


# a Windows daemon compares variable names without case; contexts are measured for Linux ones
LEXED = [row for row in ROWS if row["kind"] == "shell_lex" and row["platform"] != "windows"]


def variables(row: dict[str, Any]) -> dict[str, str]:
    return dict(row["env"].items() if isinstance(row["env"], dict) else (one.split("=", 1) for one in row["env"]))


@pytest.mark.parametrize("row", LEXED, ids=[row["input"] for row in LEXED])
def test_words_are_expanded_as_by_buildkits_lexer(row: dict[str, Any]) -> None:
    lexer = Lexer(variables(row).get)

    if row["error"]:
        with pytest.raises(ShellError) as caught:
            lexer.expand(row["input"])
        assert str(caught.value) == row["error_text"]
    else:
        assert lexer.expand(row["input"]) == row["expected"]


SPLIT = [row for row in ROWS if row["kind"] == "shell_words"]


@pytest.mark.parametrize("row", SPLIT, ids=[row["input"] for row in SPLIT])
def test_texts_are_split_as_by_buildkits_lexer(row: dict[str, Any]) -> None:
    lexer = Lexer(variables(row).get)

    if row["error"]:
        with pytest.raises(ShellError):
            lexer.split(row["input"])
    else:
        assert lexer.split(row["input"]) == row["expected"]


PATTERNS = [row for row in ROWS if row["kind"] == "shell_pattern_regex"]


@pytest.mark.parametrize("row", PATTERNS, ids=[row["pattern"] for row in PATTERNS])
def test_patterns_match_what_buildkits_expressions_match(row: dict[str, Any]) -> None:
    if row.get("error"):
        with pytest.raises(GlobError):
            Glob(row["pattern"])
        return
    for value in ["", "a", "abc", "*", "**", "?", "\\", "}", "/", "a*c", "a.b", "a/b}c"]:
        found = re.match(row["expected"], value)
        assert Glob(row["pattern"]).prefix(value, longest=row["greedy"]) == (found.end() if found else None)


REVERSED = [row for row in ROWS if row["kind"] == "shell_pattern_reverse"]


@pytest.mark.parametrize("row", REVERSED, ids=[row["pattern"] for row in REVERSED])
def test_patterns_are_reversed_as_by_buildkit(row: dict[str, Any]) -> None:
    assert reversed_pattern(row["pattern"]) == row["expected"]


FOLLOWED = [row for row in ROWS if row["kind"] == "dockerfile_followpaths"
            and KNOWN_ONLY_TO_THE_REGISTRY not in row["dockerfile"]]  # fmt: skip


@pytest.mark.parametrize("row", FOLLOWED, ids=[row["dockerfile"] for row in FOLLOWED])
def test_recorded_dockerfiles_ask_for_the_recorded_paths(row: dict[str, Any]) -> None:
    wanted = sorted(row["followpaths"]) if row["context"] == "paths" else row["context"]

    assert asked(row["dockerfile"], row["target"], row["build_args"]) == wanted
