"""Where sources stand: placed one by one, and never in a folder of the same name that is there by accident."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from ctxsize.diagnosis.resolve import Resolver, ancestors
from ctxsize.dockerfile import needs, parse
from ctxsize.repositories.disk import DiskRepository
from tests.trees import Form

Plant = Callable[..., Path]

ACCIDENT: Form = {
    "services/api/src/a": "", "services/api/requirements.txt": "", "shared/x.json": "", "shared/lib/y": "",
    "src/other": "", "VERSION": "",
}  # fmt: skip
DOCKERFILE = "services/api/Dockerfile"

# what it is about, files, context, Dockerfile, sources, where they stand, other folders that fit
ROWS: list[tuple[str, Form, str, str, Sequence[str], Sequence[str | None], Sequence[str]]] = [
    ("all is there", ACCIDENT, "services/api", DOCKERFILE, ["src"], ["services/api/src"], []),
    ("the story", ACCIDENT, "services/api", DOCKERFILE, ["requirements.txt", "src/", "../shared/"],
     ["services/api/requirements.txt", "services/api/src", "shared"], []),
    ("only what the root has by accident", ACCIDENT, "services/api", DOCKERFILE, ["src", "../shared"],
     ["services/api/src", "shared"], []),
    ("without dots", ACCIDENT, "services/api", DOCKERFILE, ["src", "shared"], ["services/api/src", "shared"], []),
    ("the root's context, spelt from its own folder", ACCIDENT, ".", DOCKERFILE,
     ["requirements.txt", "src", "../shared"], ["services/api/requirements.txt", "services/api/src", "shared"], []),
    ("spelt from the root", ACCIDENT, "services/api", DOCKERFILE, ["services/api/src", "shared"],
     ["services/api/src", "shared"], ["."]),
    ("spelt from the root, one name is in both", {**ACCIDENT, "services/api/VERSION": ""}, "services/api", DOCKERFILE,
     ["services/api/src", "VERSION"], ["services/api/src", "VERSION"], ["."]),
    ("the right number of dots", ACCIDENT, "services/api", DOCKERFILE, ["src", "../../shared/lib"],
     ["services/api/src", "shared/lib"], []),
    ("a nearer one comes first", {**ACCIDENT, "services/shared/z": ""}, "services/api", DOCKERFILE,
     ["src", "../shared"], ["services/api/src", "services/shared"], []),
    ("a wildcard", ACCIDENT, "services/api", DOCKERFILE, ["src", "../shared/*.json"],
     ["services/api/src", "shared/*.json"], []),
    ("nowhere", ACCIDENT, "services/api", DOCKERFILE, ["src", "nope"], ["services/api/src", None], []),
    ("the whole context", ACCIDENT, "services/api", DOCKERFILE, [".", "../shared"], ["services/api", "shared"], []),
    ("a Dockerfile elsewhere", ACCIDENT, "services/api", "docker/Dockerfile", ["src", "../shared"],
     ["services/api/src", "shared"], []),
    ("a context that fits nothing", ACCIDENT, "docs", DOCKERFILE, ["src", "requirements.txt"],
     ["services/api/src", "services/api/requirements.txt"], ["services/api"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("form", "context", "dockerfile", "words", "places", "fits"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS]
)
def test_sources_are_placed(
    form: Form, context: str, dockerfile: str, words: Sequence[str], places: Sequence[str | None],
    fits: Sequence[str], tree: Plant,
) -> None:  # fmt: skip
    text = "FROM scratch\n" + "".join(f"COPY {word} /x/\n" for word in words)
    sources = needs(parse(text.encode())).for_context(None)
    resolver = Resolver(DiskRepository(tree(form)))
    placed = resolver.place(context, dockerfile, sources)

    assert [one.at for one in placed] == list(places)
    if not all(one.here for one in placed):
        assert list(resolver.fits(context, dockerfile, placed)) == list(fits)


MATCHES = [
    ("src", ["src"]), ("nope", []), ("shared/*.json", ["shared/x.json"]), ("*/a", ["src/a"]), ("s*", ["shared", "src"]),
    ("[a-b]*", []), ("shared/*.nope", []), (r"s\rc", ["src"]), ("s[", []),
]  # fmt: skip


@pytest.mark.parametrize(("path", "expected"), MATCHES)
def test_wildcards_are_those_of_copy(path: str, expected: list[str], tree: Plant) -> None:
    root = tree({"src/a": "", "shared/x.json": ""})

    assert Resolver(DiskRepository(root)).matches(".", path) == expected


@pytest.mark.parametrize(("path", "folder"), [("no/*.x", "no"), ("src/no/*.x", "src/no"), ("src/*.x", None), ("*.x", None)])
def test_a_wildcard_needs_its_folder(path: str, folder: str | None, tree: Plant) -> None:
    assert Resolver(DiskRepository(tree({"src/a": ""}))).missing_folder(".", path) == folder


@pytest.mark.parametrize(
    ("folder", "expected"), [("a/b", ["a/b", "a", "."]), (".", ["."]), ("./a/", ["a", "."]), ("../x", [])]
)
def test_ancestors_end_at_the_root(folder: str, expected: list[str]) -> None:
    assert list(ancestors(folder)) == expected
