"""Every entry of the catalogue matches its example and not its counter-example; what is often source is not in it."""

from __future__ import annotations

import pytest

from ctxsize.catalogue import JUNK, SECRETS, Junk, Secret
from ctxsize.dockerignore import IgnoreRules

ENTRIES = [*JUNK, *SECRETS]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_an_entry_matches_its_example_only(entry: Junk | Secret) -> None:
    rules = IgnoreRules.of(entry.patterns)

    assert rules.excludes(entry.example)
    assert not rules.excludes(entry.counter_example)


@pytest.mark.parametrize("entry", JUNK, ids=lambda entry: entry.name)
def test_no_entry_takes_another_ones_counter_example(entry: Junk) -> None:
    everything = IgnoreRules.of(pattern for one in JUNK for pattern in one.patterns)

    assert not everything.excludes(entry.counter_example)


@pytest.mark.parametrize(
    "path",
    ["dist/index.js", "build/app.js", "bin/start.sh", "target/config.yml", "vendor/autoload.php", "vendor/github.com/a/b.go",
     "env/prod.yml", "coverage/__init__.py", "packages/ui/index.ts", "obj/model.obj", "lib/a.js", "out/main.js",
     "tmp/seed.sql", "logs/format.py", "data/seed.csv", "Dockerfile", "docker-compose.yml", "README.md", "tests/a.py",
     "docs/a.md", "src/test-results/parse.py", "requirements.txt", "package-lock.json", "yarn.lock", ".yarn/releases/y.cjs",
     ".npmignore", ".gitignore", ".dockerignore", ".env.example"],
)  # fmt: skip
def test_what_is_often_source_is_not_junk(path: str) -> None:
    assert not IgnoreRules.of(pattern for one in JUNK for pattern in one.patterns).excludes(path)


def test_names_are_told_apart() -> None:
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES)
