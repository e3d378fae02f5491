"""What surprises people about BuildKit, one build each: shown on the engine, and known to ctxsize."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from ctxsize.model import BuilderName
from tests.conftest import Engine
from tests.corpus import EngineCase
from tests.engine.test_differential import as_far_as_seen, foretold
from tests.engine.truth import build_classic, build_cold

pytestmark = pytest.mark.engine

FILES = ["docs/api/x.md", "docs/guide.md", "src/a.py", "src/b.md", "src/sub/a.py", "top.txt"]
DOCS = ["docs/", "docs/api/", "docs/api/x.md", "docs/guide.md"]
SRC = ["src/", "src/a.py", "src/b.md", "src/sub/", "src/sub/a.py"]
ALL = ["Dockerfile", *DOCS, *SRC, "top.txt"]

FACTS = {
    "only what is copied is sent": ("COPY src /x", "", SRC),
    "an excluded source is sent all the same": ("COPY --exclude=*.md src /x", "", SRC),
    "a source above the context is taken from within it": ("COPY ../src /x", "", SRC),
    "a source of a variable that nobody set is the whole context": ("ARG P\nCOPY $P/ /x", "", ALL),
    "a wildcard that finds nothing sends nothing": ("COPY nope*.x /x", "", []),
    "a bind mount without a source asks for everything": ("RUN --network=none --mount=target=/m true", "", ALL),
    "a bind mount with a source asks for that": ("RUN --network=none --mount=source=src,target=/m true", "", SRC),
    "a tmpfs beside a copy asks for everything": (
        "COPY src /x\nRUN --network=none --mount=type=tmpfs,target=/m true", "", ALL,
    ),
    "a stage that is not needed asks for nothing": ("COPY docs /x\nFROM scratch\nCOPY src /x", "", SRC),
    "two stars at the start reach any depth": ("COPY **/a.py /x", "", ["src/", "src/a.py", "src/sub/", "src/sub/a.py"]),
    "what is ignored cannot be copied": ("COPY src docs /x", "src\n", DOCS),
    "an exception below an ignored folder comes back": ("COPY . /x", "*\n!docs/api\n", DOCS[:3]),
    "a folder ignored after an exception in it sends the file empty": (
        "COPY . /x", "*\n!docs/api/x.md\ndocs/api\n", DOCS[:3],
    ),
    "the Dockerfile may be ignored": ("COPY . /x", "Dockerfile\n.dockerignore\nsrc\ntop.txt\n", DOCS),
    "a heredoc is no file of the context": ("COPY <<EOF docs/guide.md /x/\ntext\nEOF", "", ["docs/", "docs/guide.md"]),
}  # fmt: skip


def case_of(instructions: str, ignore: str) -> EngineCase:
    # times that no other build has: they tell whose copy is whose in the engine
    now = time.time_ns()
    files = [("Dockerfile", f"FROM scratch\n{instructions}\n", now)]
    files += [(".dockerignore", ignore, now)] if ignore else []
    return EngineCase("fact", [["f", path, 100, 0o644, now] for path in FILES], files, now, "Dockerfile", {}, None, {})


@pytest.mark.parametrize(("instructions", "ignore", "expected"), FACTS.values(), ids=FACTS)
def test_fact(instructions: str, ignore: str, expected: list[str], engine: Engine, tmp_path: Path) -> None:
    case = case_of(instructions, ignore)

    folder, seen = build_cold(engine, case, tmp_path)
    told = foretold(case, folder, BuilderName.BUILDKIT)

    assert (seen.bytes, told.paths) == (told.bytes, sorted(expected))
    assert as_far_as_seen(told, seen) == seen


def test_a_classic_build_gets_everything_that_is_not_ignored(engine: Engine, tmp_path: Path) -> None:
    case = case_of("COPY src /x", "*.txt\nDockerfile\n")
    folder, _ = build_cold(engine, case, tmp_path)

    seen = build_classic(engine, case, folder)

    assert seen.paths == sorted([".dockerignore", "Dockerfile", *DOCS, *SRC])
    assert as_far_as_seen(foretold(case, folder, BuilderName.ARCHIVE), seen) == seen
