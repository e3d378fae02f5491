"""Every entry of the catalogue matches its example and not its counter-example; what is often source is not in it."""

from __future__ import annotations

import re

import pytest

from ctxsize.catalogue import JUNK, SECRETS, Junk, Secret
from ctxsize.dockerignore import IgnoreRules

ENTRIES = [*JUNK, *SECRETS]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)
def test_an_entry_matches_its_example_only(entry: Junk | Secret) -> None:
    rules = IgnoreRules.of(entry.patterns)

    assert rules.excludes(entry.example)
    assert not rules.excludes(entry.counter_example)


PATTERNS = [(entry.name, pattern) for entry in ENTRIES for pattern in entry.patterns if not pattern.startswith("!")]


@pytest.mark.parametrize(("name", "pattern"), PATTERNS)
def test_each_pattern_matches_what_it_says_at_the_root_and_below(name: str, pattern: str) -> None:
    # the name with its wildcards filled in
    inner = re.sub(r"\[([^-\]])[^\]]*\]", r"\1", pattern.removeprefix("**/")).replace("*", "x")
    rules = IgnoreRules.of([pattern])

    assert rules.excludes(inner)
    assert rules.excludes(f"a/b/{inner}") is pattern.startswith("**/")
    assert not rules.excludes(f"{inner}-not/a") or pattern.endswith("*")


@pytest.mark.parametrize("entry", JUNK, ids=lambda entry: entry.name)
def test_no_entry_of_junk_has_exceptions_which_would_slow_the_walk_down(entry: Junk) -> None:
    assert not [pattern for pattern in entry.patterns if pattern.startswith("!")]


def test_no_pattern_stands_twice() -> None:
    every = [pattern for entry in JUNK for pattern in entry.patterns]

    assert sorted(set(every)) == sorted(every)


def test_all_ecosystems_are_there() -> None:
    assert {entry.ecosystem for entry in JUNK} >= {
        "node", "python", "rust", "go", "jvm", "dotnet", "php", "ruby", "elixir", "terraform", "editors", "vcs", "os", "caches", "tests",
    }  # fmt: skip


@pytest.mark.parametrize(
    "path",
    ["api/.env.example", ".env.local.example", "certs/ca-bundle.pem", "certs/fullchain.pem", "rds-combined-ca-bundle.pem", "tls/cert.pem",
     "keys/docker-signing.key", "keys/public.pem", "pubkey.pem", "id_rsa.pub", "src/key.py", "locales/en/auth.json", "pkg/kubeconfig/a.go",
     "terraform.tfvars.example", "npmrc", ".envrc", "src/environment.ts", "Dockerfile", "credentials.md", "config/settings.json"],
)  # fmt: skip
def test_what_gives_no_access_is_no_secret(path: str) -> None:
    assert not IgnoreRules.of(pattern for one in SECRETS for pattern in one.patterns).excludes(path)


@pytest.mark.parametrize(
    "path",
    [".env", "api/.env.production", "server.pem", "key.pem", "tls/cert-key.pem", "privkey.pem", "config/master.key", "a.pfx", "x/id_rsa",
     ".kube/config", ".docker/config.json", ".npmrc", "me.kdbx", "infra/prod.auto.tfvars", "sa/service-account-prod.json"],
)  # fmt: skip
def test_what_gives_access_is_a_secret(path: str) -> None:
    assert IgnoreRules.of(pattern for one in SECRETS for pattern in one.patterns).excludes(path)


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
     ".npmignore", ".gitignore", ".dockerignore", ".env.example", ".yarn/cache/a.zip", "lib/core.1.js", "man/core.5", "env/bin/run.sh",
     "venv.py", "src/cache/a.py", "app/models/default.user.rb", "src/build/classes.ts", "gradle/wrapper/gradle-wrapper.jar",
     ".mvn/wrapper/maven-wrapper.jar", "bundle/config", "git/hooks.py", "vendor/bundle.js", "storage/framework/sessions/.gitignore",
     "target/", "src/target/Release.java", "bin/debug.sh", "obj/debug.c", "log/.keep", "tmp/.keep", "cover/index.html",
     ".terraform.lock.hcl", "pkg/profile.go", "testdata/a.golden", "src/.storybook/main.js"],
)  # fmt: skip
def test_what_is_often_source_is_not_junk(path: str) -> None:
    assert not IgnoreRules.of(pattern for one in JUNK for pattern in one.patterns).excludes(path)


def test_names_are_told_apart() -> None:
    assert len({entry.name for entry in ENTRIES}) == len(ENTRIES)
