"""The configuration: where it is found, what it says, and what is wrong with it; the schema says the same."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Callable
from fractions import Fraction
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest

from ctxsize.budget.limits import Growth, Level
from ctxsize.errors import SettingsError
from ctxsize.model import BuilderName, Severity
from ctxsize.settings import Settings, load

CONTRACT = """\
builder = "archive"
exclude = ["vendor/**"]
junk = ["**/fixtures/big/**", "!**/.idea"]

[budget]
max_bytes = "50 MB"
max_files = 5000
max_growth = ["10 kB", "5%"]

[builds."api*"]
context = "."
budget = { max_bytes = "20 MB", level = "warn" }

[builds.api-2]
budget = { max_files = 7, message = "ask the team" }

[assert]
must_exclude = ["**/.env", "**/.git"]
must_include = ["services/api/src/main.py"]

[suggest]
include = "likely"

[doctor]
ignore = ["rule-does-nothing"]
fail_on = "warning"
"""
SCHEMA = json.loads(files("ctxsize").joinpath("settings.schema.json").read_text())


def test_every_key_of_the_contract_is_read(tree: Callable[..., Path]) -> None:
    found = load(tree({"ctxsize.toml": CONTRACT}))

    assert (found.file, found.builder, found.exclude) == ("ctxsize.toml", BuilderName.ARCHIVE, ("vendor/**",))
    assert found.junk == ("**/fixtures/big/**", "!**/.idea")
    assert (found.must_exclude, found.must_include) == (("**/.env", "**/.git"), ("services/api/src/main.py",))
    assert (found.suggest_include, found.doctor_ignore, found.fail_on) == (
        "likely", ("rule-does-nothing",), Severity.WARNING,
    )  # fmt: skip
    assert dict(found.contexts) == {"api*": "."}


def test_budgets_are_overruled_by_later_tables(tree: Callable[..., Path]) -> None:
    found = load(tree({"ctxsize.toml": CONTRACT}))

    web, api, second = (found.budget_for(name) for name in ("web", "api-1", "api-2"))

    growth = (Growth(bytes=10_000), Growth(percent=Fraction(5)))
    assert (web.max_bytes, web.max_files, web.max_growth, web.level) == (50_000_000, 5000, growth, Level.ERROR)
    assert (api.max_bytes, api.max_files, api.level, api.message) == (20_000_000, 5000, Level.WARN, None)
    assert (second.max_bytes, second.max_files, second.message) == (20_000_000, 7, "ask the team")


def test_pyproject_says_the_same_and_the_own_file_wins(tree: Callable[..., Path]) -> None:
    folder = tree({"pyproject.toml": '[tool.ctxsize]\nbuilder = "archive"\n'})
    assert load(folder).builder is BuilderName.ARCHIVE

    (folder / "ctxsize.toml").write_text('builder = "buildkit"\n')
    found = load(folder)
    assert (found.builder, found.file, found.unread) == (BuilderName.BUILDKIT, "ctxsize.toml", "pyproject.toml")


def test_a_pyproject_beside_it_that_says_nothing_of_it_is_not_mentioned(tree: Callable[..., Path]) -> None:
    assert load(tree({"pyproject.toml": "[tool.ruff]\n", "ctxsize.toml": ""})).unread is None


def test_a_context_is_relative_to_the_file_that_says_it(tree: Callable[..., Path]) -> None:
    folder = tree({".git/HEAD": "", "ctxsize.toml": "[builds.a]\ncontext = './sub/a/'\n[builds.b]\ncontext = '.'\n", "sub/a/": None})

    assert dict(load(folder).contexts) == {"a": "sub/a", "b": "."}
    assert dict(load(folder / "sub").contexts) == {"a": "a", "b": ".."}
    assert dict(load(folder / "sub", folder / "ctxsize.toml").contexts) == {"a": "sub/a", "b": "."}


def test_it_is_searched_upward_to_the_top_of_the_repository(tree: Callable[..., Path]) -> None:
    folder = tree({"ctxsize.toml": 'builder = "archive"', "top/.git/HEAD": "", "top/a/b/": None})
    assert load(folder / "top" / "a" / "b") == Settings()

    (folder / "top" / "ctxsize.toml").write_text('junk = ["x"]')
    assert load(folder / "top" / "a" / "b").junk == ("x",)


def test_without_a_file_the_defaults_stand(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'ctxsize-user'\n")

    assert load(tmp_path) == Settings()


@pytest.mark.parametrize(
    ("text", "message", "where", "hint"),
    [
        ("bulider = 1", "bulider is not known", "ctxsize.toml:1", "did you mean builder?"),
        ("\n[budget]\nmax_byte = 1", "budget.max_byte is not known", "ctxsize.toml:3", "did you mean max_bytes?"),
        ("[builds.api]\nbudgets = 1", "builds.api.budgets is not known", "ctxsize.toml:2", "did you mean budget?"),
        ('builder = "kaniko"', "builder: 'kaniko' is not one of buildkit, archive", "ctxsize.toml:1", "known: buildkit, archive"),
        ("exclude = 'a'", "exclude: must be a list of texts", "ctxsize.toml:1", None),
        ("junk = ['[']", "junk: '[': syntax error in pattern", "ctxsize.toml:1", None),
        ("[budget]\nmax_bytes = '5 XB'", "budget.max_bytes: '5 XB' is no size", "ctxsize.toml:2",
         "write it as 50 MB, 1.5 GiB or 5000"),
        # the very key, not the first of the same name
        ("[budget]\nmax_files = 5\n[builds.a]\n[builds.a.budget]\nmax_files = 'x'", "builds.a.budget.max_files: must be a number of entries",
         "ctxsize.toml:5", None),
        ("[builds.'api*']\nbudget = { max_bytes = 1, max_byte = 2 }", 'builds."api*".budget.max_byte is not known', "ctxsize.toml:2",
         "did you mean max_bytes?"),
        ("[budget]\nmax_files = 5\n[doctor]\nbuilds.max_files = 1", "doctor.builds is not known", "ctxsize.toml:4", "known: ignore, fail_on"),
        ("note = 1", "note is not known", "ctxsize.toml:1", "known: builder, exclude, junk, budget, builds, assert, suggest, doctor"),
        ("exclude = ['!']", "exclude: '!' is no pattern of a .gitignore", "ctxsize.toml:1", None),
        ("exclude = ['[z-a]']", "exclude: '[z-a]' is no pattern of a .gitignore", "ctxsize.toml:1", None),
        ("[assert]\nmust_exclude = ['[']", "assert.must_exclude: '[': syntax error in pattern", "ctxsize.toml:2", None),
        ("[builds.a]\ncontext = '/srv'", "builds.a.context: '/srv' is no folder relative to the repository's root", "ctxsize.toml:2", None),
        ("[builds.a]\ncontext = ''", "builds.a.context: '' is no folder relative to the repository's root", "ctxsize.toml:2", None),
        ("[builds.a]\ncontext = 'https://x/y.git'",
         "builds.a.context: 'https://x/y.git' is no folder relative to the repository's root", "ctxsize.toml:2", None),
        ("[budget]\nmax_growth = '1e99999999%'", "budget.max_growth: '1e99999999%' is no share", "ctxsize.toml:2",
         "write it as 5% or 2.5%, or give a size such as 10 kB"),
        ("[budget]\nmax_bytes = 1.5", "budget.max_bytes: must be a size", "ctxsize.toml:2", 'write it as "50 MB" or 5000'),
        ("builder = ['archive']", "builder: ['archive'] is not one of buildkit, archive", "ctxsize.toml:1", "known: buildkit, archive"),
        ("[budget]\nmax_bytes = true", "budget.max_bytes: must be a size", "ctxsize.toml:2", 'write it as "50 MB" or 5000'),
        ("[budget]\nmax_files = -1", "budget.max_files: must be a number of entries", "ctxsize.toml:2", None),
        ("[budget]\nlevel = 'info'", "budget.level: 'info' is not one of error, warn", "ctxsize.toml:2", "known: error, warn"),
        ("budget = 5", "budget: must be a table", "ctxsize.toml:1", None),
        ("builds = []", "builds: must be tables, one per build name or glob", "ctxsize.toml:1", None),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_file_and_key(
    tree: Callable[..., Path], text: str, message: str, where: str, hint: str | None
) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tree({"ctxsize.toml": text}))

    assert (caught.value.message, caught.value.where, caught.value.hint) == (message, where, hint)


@pytest.mark.parametrize(
    ("data", "where"),
    [(b"\n= nonsense", "ctxsize.toml:2"), (b"\xff\xfe\x00", "ctxsize.toml"), (b"a = " + b"[" * 5000, "ctxsize.toml")],
)
def test_a_file_that_is_not_toml_is_an_error(tree: Callable[..., Path], data: bytes, where: str) -> None:
    with pytest.raises(SettingsError, match="not TOML") as caught:
        load(tree({"ctxsize.toml": data}))

    assert caught.value.where == where


@pytest.mark.parametrize("form", [{"ctxsize.toml/": None}, {"ctxsize.toml": 5 << 20}])
def test_a_file_that_cannot_be_read_is_an_error(tree: Callable[..., Path], form: dict[str, int | None]) -> None:
    with pytest.raises(SettingsError, match=r"is a directory|larger than"):
        load(tree(form))


def test_a_byte_order_mark_is_no_matter(tree: Callable[..., Path]) -> None:
    assert load(tree({"ctxsize.toml": b'\xef\xbb\xbfbuilder = "archive"\r\n'})).builder is BuilderName.ARCHIVE


def test_keys_in_pyproject_are_named_and_placed_as_they_stand(tree: Callable[..., Path]) -> None:
    with pytest.raises(SettingsError) as caught:
        load(tree({"pyproject.toml": "[budget]\nlevel = 1\n[tool.ctxsize.budget]\nlevel = 'info'\n"}))

    assert str(caught.value) == "pyproject.toml:4: budget.level: 'info' is not one of error, warn"


def test_a_configuration_that_is_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such configuration file"):
        load(tmp_path, tmp_path / "other.toml")


def test_a_pyproject_that_is_asked_for_must_speak_of_ctxsize(tree: Callable[..., Path]) -> None:
    folder = tree({"pyproject.toml": "[tool.ctxsize_other]\n"})

    with pytest.raises(SettingsError, match=r"it has no \[tool.ctxsize\]"):
        load(folder, folder / "pyproject.toml")


# --- the schema ---


def test_the_schema_takes_the_contracts_example() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(tomllib.loads(CONTRACT), SCHEMA)


@pytest.mark.parametrize(
    "text",
    ["bulider = 1", 'builder = "kaniko"', "exclude = 'a'", "[budget]\nmax_bytes = '5 XB'", "[budget]\nmax_files = -1",
     "[budget]\nlevel = 'info'", "[builds.api]\nbudgets = 1", "[budget]\nmax_growth = 'much'",
     "[budget]\nmax_growth = '1e9%'", "[builds.a]\ncontext = '/srv'", "[builds.a]\ncontext = ''", "[builds.a]\ncontext = 'git://x'",
     "[doctor]\nfail_on = 'never'", "[suggest]\ninclude = 'all'", "[assert]\nmust_exclude = '.env'", "[budget]\nmax_growth = [true]",
     "[budget]\nbuilder = 'podman'", "[budget]\nmessage = 1", "exclude = [1]", "builds = []", "budget = 5", "budget.max_bytes = '5 iB'"],
)  # fmt: skip
def test_the_schema_refuses_what_we_refuse(tree: Callable[..., Path], text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(text), SCHEMA)
    with pytest.raises(SettingsError):
        load(tree({"ctxsize.toml": text}))


@pytest.mark.parametrize(
    "text",
    ["", "[budget]\nmax_bytes = '1.5 GiB'", "budget.max_bytes = '.5mb'", "budget.max_transfer = 5_000", "budget.max_growth = '2.5 %'",
     "budget.max_growth = [5, '5%', '1 kB']", "budget.max_growth = []", "[builds.'a/*']\ncontext = '../x'", "exclude = ['!vendor/']",
     "builds.x.budget.builder = 'archive'", "budget.max_waste = '3 bytes'", "budget.max_walked = 0"],
)  # fmt: skip
def test_the_schema_takes_what_we_take(tree: Callable[..., Path], text: str) -> None:
    jsonschema.validate(tomllib.loads(text), SCHEMA)
    load(tree({"ctxsize.toml": text}))


def test_an_editors_validator_agrees(tmp_path: Path) -> None:
    schema, good, bad = tmp_path / "schema.json", tmp_path / "good.toml", tmp_path / "bad.toml"
    schema.write_text(json.dumps(SCHEMA))
    good.write_text(CONTRACT)
    bad.write_text("bulider = 1")

    def check(path: Path) -> int:
        words = [sys.executable, "-m", "check_jsonschema", "--schemafile", str(schema), str(path)]
        return subprocess.run(words, capture_output=True, check=False).returncode

    assert (check(good), check(bad)) == (0, 1)
