"""A command line that is read quickly means what it means to typer, and typer reads every other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from ctxsize.commands import COMMANDS, quick, typed
from ctxsize.commands.ls import Set
from ctxsize.commands.options import Options, parameters
from ctxsize.commands.quick import Call
from ctxsize.errors import ExitCode
from ctxsize.migrate.strategy import StrategyName
from ctxsize.model import BuilderName
from tests.privileges import unprivileged

Words = list[str]


def asked(words: str) -> dict[str, Any]:
    """What differs from the defaults in the call that ``words`` make; fails where they are left to typer."""
    call = quick.read(words.split(), {})
    assert call is not None
    defaults = {one.name: one.default for one in parameters(call.run)}
    return {name: value for name, value in call.given.items() if value != defaults[name]}


@pytest.mark.parametrize(
    ("words", "values"),
    [
        ("report", {}),
        ("report -f Dockerfile .", {"file": Path("Dockerfile")}),
        ("report sub --file Dockerfile", {"path": Path("sub"), "file": Path("Dockerfile")}),
        ("report --file=a=b sub", {"file": Path("a=b"), "path": Path("sub")}),
        ("report --format json", {"format_": "json"}),
        ("report --format json --format table", {}),
        ("report --format xml --format json", {"format_": "json"}),
        ("report --build a --build=b", {"build": ("a", "b")}),
        ("report --build -q --target --", {"build": ("-q",), "target": "--"}),
        ("report --builder archive", {"builder": BuilderName.ARCHIVE}),
        ("report --build=", {"build": ("",)}),
        ("report -", {"path": Path("-")}),
        ("report -q -- -f", {"quiet": True, "path": Path("-f")}),
        ("report --", {}),
        ("report -qvfDockerfile", {"quiet": True, "verbose": True, "file": Path("Dockerfile")}),
        ("report -vf Dockerfile", {"verbose": True, "file": Path("Dockerfile")}),
        ("report -f=x", {"file": Path("=x")}),
        ("report -q -q", {"quiet": True}),
        ("ls -l0", {"long": True, "nul": True}),
        ("ls --set junk --depth 07", {"which": Set.JUNK, "depth": 7}),
        ("explain a -q b", {"files": ("a", "b"), "quiet": True}),
        ("explain --root r -- a --b", {"root": Path("r"), "files": ("a", "--b")}),
        ("fix --strategy named --no-tighten", {"strategy": StrategyName.NAMED, "tighten": False}),
        ("fix --no-tighten --tighten", {}),
        ("doctor --select a --ignore b --select c", {"select": ("a", "c"), "ignore": ("b",)}),
        ("check --against main --ratchet", {"against": "main", "ratchet": True}),
        ("suggest --check --include likely", {"check": True, "include": "likely"}),
    ],
)
def test_what_is_well_formed_is_read(words: str, values: dict[str, Any]) -> None:
    assert asked(words) == values


@pytest.mark.parametrize(
    "words",
    [
        "", "-h", "--help", "-- report", "reprot", "--show-completion", "--install-completion report", "--version",
        "report -h", "report --help", "report -qh", "report -- --help x",
        "report --formt json", "report --form json", "report --no-quiet", "report ---", "report --=x", "report -x", "report -qvx",
        "report --format", "report -f", "report -qf", "report --format xml", "report --format=", "report --builder ARCHIVE",
        "report --quiet=1", "report --quiet=", "report a b", "report a -- b", "report --show-completion",
        "explain", "explain -q", "ls -0l=x",
        "ls --depth x", "ls --depth -1", "ls --depth +1", "ls --depth 1_0", "ls --depth ٣", f"ls --depth {'9' * 5000}",
    ],
)  # fmt: skip
def test_what_is_doubtful_is_left_to_typer(words: str) -> None:
    assert quick.read(words.split(), {}) is None


def test_a_shell_that_completes_is_left_to_typer() -> None:
    assert quick.read(["report"], {"_CTXSIZE_COMPLETE": ""})
    assert quick.read(["report"], {"_CTXSIZE_COMPLETE": "complete_bash"}) is None


def test_a_path_that_is_closed_is_left_to_typer(open_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (open_folder / "closed").mkdir(mode=0o311)
    (open_folder / "file").touch(mode=0o200)
    monkeypatch.chdir(open_folder / "closed")

    with unprivileged():
        assert quick.read(["report", ".."], {})
        assert quick.read(["report", "../closed"], {}) is None
        assert quick.read(["report"], {}) is None
        assert quick.read(["report", "..", "-o", "../file"], {}) is None
        assert quick.read(["report", "../file/nothing"], {})
        assert quick.read(["explain", "--root", "..", "../file"], {})  # what is only looked for may be closed


# --- for any words ---


def by_typer(words: Words, monkeypatch: pytest.MonkeyPatch) -> Call | None:
    """The call that typer makes of ``words``; None where it shows a help or an error."""
    made: list[Call] = []

    def note(run: Callable[..., ExitCode], given: Mapping[str, Any]) -> ExitCode:
        made.append(Call(run, given))
        return ExitCode.OK

    with monkeypatch.context() as patched:
        patched.setattr(typed, "invoked", note)
        typed.run(words)
    return made[0] if made else None


def options_of(command: str) -> list[str]:
    declared = [one.option for one in parameters(COMMANDS[command].load())]
    return sorted(name for one in declared for name in (*one.names, one.off) if name)


# no file is called so: what can be read is another test's
_VALUES = ["json", "table", "text", "archive", "junk", "auto", "named", "3", "a=b", "", "-", "--", "nowhere", "nowhere/x"]
_ODD = some.text(some.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=4)


@some.composite
def command_lines(draw: some.DrawFn) -> Words:
    """A command with its options as they are, cut short, run together, and with values that fit or do not."""
    command = draw(some.sampled_from(sorted(COMMANDS)))
    name = some.sampled_from(options_of(command))
    value = some.sampled_from(_VALUES) | _ODD
    short = some.text("qvlfo0h=x", max_size=4).map("-{}".format)
    pieces = some.one_of(
        name.map(lambda one: [one]),
        some.tuples(name, value).map(list),
        some.tuples(name, value).map(lambda both: ["=".join(both)]),
        some.tuples(name, some.integers(3, 9)).map(lambda both: [both[0][: both[1]]]),
        some.tuples(short, value).map(list),
        short.map(lambda one: [one]),
        value.map(lambda one: [one]),
    )
    return [command, *(word for piece in draw(some.lists(pieces, max_size=5)) for word in piece)]


@pytest.mark.property
@given(words=command_lines())
@example(words=["ls", "--depth", "0", "-lf", "nowhere", "--", "-x"])
@example(words=["fix", "--tighten", "--no-tighten", "--strategy=root"])
def test_what_is_read_is_what_typer_reads(words: Words, monkeypatch: pytest.MonkeyPatch) -> None:
    call = quick.read(words, {})

    if call is not None:
        assert call == by_typer(words, monkeypatch)


@pytest.mark.parametrize("command", COMMANDS)
def test_an_option_with_its_value_is_read(command: str) -> None:
    """Typer is never needed for a value that fits: each option by itself, with the first value that typer accepts."""
    needed = ["a"] if command == "explain" else []
    for one in parameters(COMMANDS[command].load()):
        for name in one.option.names:
            value = [] if one.option.read is None else [accepted(one.option.read)]
            call = quick.read([command, name, *value, *needed], {})
            assert call is not None
            assert call.given[one.name] is not None


def accepted(read: Callable[[str], object]) -> str:
    for word in ("3", *Set, *StrategyName, *BuilderName, "auto", "proven", "table", "text"):
        try:
            read(word)
        except quick.Unsure:
            continue
        return word
    raise AssertionError


def test_options_know_nothing_that_the_user_did_not_type() -> None:
    call = quick.read(["report"], {})

    assert call is not None
    assert {name: call.given[name] for name in Options._fields} == Options()._asdict()
