"""What doctor predicts, the engine says: the core of each message against a real build of the same files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ctxsize.builds import one_build
from ctxsize.diagnosis.diagnose import diagnose
from ctxsize.measure import Request
from ctxsize.model import Finding, Severity
from ctxsize.repositories.disk import DiskRepository
from ctxsize.rules import judge
from tests.conftest import Engine
from tests.trees import plant

pytestmark = pytest.mark.engine

FILES = {"src/a.py": "a\n", "src/b.md": "b\n", "dist/app.js": "d\n", "deep/er/c.txt": "c\n", "app/[id]/page.tsx": "p\n"}

# what it is about, the Dockerfile behind FROM scratch, the ignore file, the rule that speaks
FAILS = [
    ("climbs out", "COPY ../shared /s", "", "source-outside-context"),
    ("climbs out within", "COPY src/../../shared/x /s", "", "source-outside-context"),
    ("climbs out with ADD", "ADD ../shared /s", "", "source-outside-context"),
    ("is not there", "COPY nope /s", "", "source-missing"),
    ("is not there, absolute", "COPY /nope/x /s", "", "source-missing"),
    ("is not there, in JSON", 'COPY ["nope it", "/s/"]', "", "source-missing"),
    ("is not there, of several", "COPY src nope /s/", "", "source-missing"),
    ("is not there, with --exclude", "COPY --exclude=*.md nope /s/", "", "source-missing"),
    ("a wildcard in a missing folder", "COPY nope/*.x /s/", "", "source-missing"),
    ("a wildcard in a missing deep folder", "COPY src/nope/*.x /s/", "", "source-missing"),
    ("ignored", "COPY dist /s", "dist\n", "source-ignored"),
    ("ignored, and an exception elsewhere", "COPY dist /s", "dist\n!src\n", "source-ignored"),
    ("ignored by everything", "COPY src/a.py /s", "*\n!dist\n", "source-ignored"),
    ("ignored again", "COPY dist/app.js /s", "dist\n!dist/app.js\ndist/*\n", "source-ignored"),
    ("a broken pattern", "COPY src /s", "[\n", "invalid-pattern"),
    ("a lone exception mark", "COPY src /s", "!\n", "invalid-pattern"),
    ("an unknown instruction", "COPI src /s", "", "build-fails"),
    ("an unknown flag", "COPY --frum=x src /s", "", "build-fails"),
    ("too few arguments", "COPY src", "", "build-fails"),
]

# what doctor leaves alone, or says mildly, the engine builds
WORKS = [
    ("everything", "COPY . /s", ""),
    ("climbs, but the clamped path is there", "COPY ../src /s", ""),
    ("climbs to the whole context", "COPY .. /s", ""),
    ("a wildcard that matches nothing", "COPY nope*.x src /s/", ""),
    ("a wildcard, all ignored", "COPY d*t /s/", "dist\n"),
    ("partly ignored", "COPY src /s", "src/b.md\n"),
    ("ignored but for an exception", "COPY dist /s", "dist\n!dist/app.js\n"),
    ("a class that is meant", "COPY s[r]c /s/", ""),
    ("a folder in brackets", "COPY app/[[]id] /s/", ""),
    ("an allow-list", "COPY src /s", "*\n!src\n"),
]


def found(root: Path) -> tuple[Finding, ...]:
    repository = DiskRepository(root)
    build = one_build(repository, file=root / "Dockerfile", target=None, build_args=(), build_contexts=(), cwd=root)
    return judge(diagnose(Request(repository, (build,))))


def planted(tmp_path: Path, dockerfile: str, ignore: str) -> Path:
    form = {**FILES, "Dockerfile": f"FROM scratch\n{dockerfile}\n", **({".dockerignore": ignore} if ignore else {})}
    root = tmp_path / "context"
    root.mkdir()
    return plant(root, form)


def core(message: str) -> list[str]:
    """Docker's own words in our message: what it prints but for the random reference."""
    words = [r'"/[^"]*": not found', r"lstat /\S+: no such file or directory", r"syntax error in pattern",
             r'illegal exclusion pattern: "!"', r"unknown instruction: \w+", r"unknown flag: --\w+",
             r"requires at least two arguments, but only one was provided"]  # fmt: skip
    return [one for pattern in words for one in re.findall(pattern, message)]


@pytest.mark.parametrize(("dockerfile", "ignore", "rule"), [row[1:] for row in FAILS], ids=[row[0] for row in FAILS])
def test_an_error_is_what_the_engine_says(
    engine: Engine, tmp_path: Path, dockerfile: str, ignore: str, rule: str
) -> None:
    root = planted(tmp_path, dockerfile, ignore)
    errors = [one for one in found(root) if one.severity is Severity.ERROR and one.rule == rule]
    done = engine.run("build", "-q", "--network=none", str(root))

    assert done.returncode != 0
    assert len(errors) == 1
    words = core(errors[0].message)
    assert words, errors[0].message
    assert [one for one in words if one not in done.stderr] == [], done.stderr


@pytest.mark.parametrize(("dockerfile", "ignore"), [row[1:] for row in WORKS], ids=[row[0] for row in WORKS])
def test_without_an_error_the_engine_builds(engine: Engine, tmp_path: Path, dockerfile: str, ignore: str) -> None:
    root = planted(tmp_path, dockerfile, ignore)

    assert [one for one in found(root) if one.severity is Severity.ERROR] == []
    assert engine.run("build", "-q", "--network=none", str(root)).returncode == 0


CLASSIC = [
    ("COPY ../shared /s", "forbidden path outside the build context: ../shared"),
    ("ADD ../shared/x /s", "forbidden path outside the build context: ../shared/x"),
]


@pytest.mark.parametrize(("dockerfile", "words"), CLASSIC)
def test_the_classic_builder_says_what_we_say_of_it(
    engine: Engine, tmp_path: Path, dockerfile: str, words: str
) -> None:
    root = planted(tmp_path, dockerfile, "")
    done = engine.run("build", "-q", "--network=none", str(root), env={"DOCKER_BUILDKIT": "0"})

    assert words in done.stderr
    assert [words in one.message for one in found(root) if one.rule == "source-outside-context"] == [True]


def test_a_file_that_we_say_arrives_empty_is_empty_in_the_image(engine: Engine, tmp_path: Path) -> None:
    root = planted(tmp_path, "COPY deep /deep", "deep\n!deep/er/c.txt\ndeep/er\n")
    out = tmp_path / "out"
    done = engine.run("build", "-q", "--network=none", "--output", str(out), str(root))

    assert done.returncode == 0
    assert (out / "deep/er/c.txt").read_text() == ""
    assert [(one.severity, one.line) for one in found(root) if one.rule == "arrives-empty"] == [(Severity.ERROR, 3)]


def test_a_missing_dockerfile_and_context_in_the_engines_words(engine: Engine, tmp_path: Path) -> None:
    from ctxsize.builds import discover

    (tmp_path / "compose.yml").write_text(
        "services:\n  a: {build: ./nowhere}\n  b: {build: {context: ., dockerfile: Nope}}\n"
    )
    repository = DiskRepository(tmp_path)
    builds = discover(repository).builds
    said = {one.build: one.message for one in judge(diagnose(Request(repository, builds)))}
    answers = {name: engine.run("compose", "build", name, cwd=tmp_path).stderr for name in "ab"}

    assert re.search(r"unable to prepare context: path .*not found", answers["a"])
    assert "unable to prepare context: path not found" in said["a"]
    assert "failed to read dockerfile: open Nope: no such file or directory" in answers["b"]
    assert "failed to read dockerfile: open Nope: no such file or directory" in said["b"]
