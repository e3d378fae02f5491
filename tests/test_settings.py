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
    assert (load(folder).builder, load(folder).file) == (BuilderName.BUILDKIT, "ctxsize.toml")


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


@pytest.mark.parametrize("data", [b"= nonsense", b"\xff\xfe\x00", b"a = " + b"[" * 5000])
def test_a_file_that_is_not_toml_is_an_error(tree: Callable[..., Path], data: bytes) -> None:
    with pytest.raises(SettingsError, match="not TOML"):
        load(tree({"ctxsize.toml": data}))


def test_a_configuration_that_is_asked_for_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="no such configuration file"):
        load(tmp_path, tmp_path / "other.toml")


# --- the schema ---


def test_the_schema_takes_the_contracts_example() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(tomllib.loads(CONTRACT), SCHEMA)


@pytest.mark.parametrize(
    "text",
    ["bulider = 1", 'builder = "kaniko"', "exclude = 'a'", "[budget]\nmax_bytes = '5 XB'", "[budget]\nmax_files = -1",
     "[budget]\nlevel = 'info'", "[builds.api]\nbudgets = 1", "[budget]\nmax_growth = 'much'"],
)  # fmt: skip
def test_the_schema_refuses_what_we_refuse(tree: Callable[..., Path], text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(text), SCHEMA)
    with pytest.raises(SettingsError):
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
