"""The command line as people and programs meet it: whole outputs, exit codes, bad input, start-up."""

from __future__ import annotations

import fcntl
import json
import os
import re
import signal
import struct
import subprocess
import sys
import termios
from collections.abc import Callable
from pathlib import Path

import pytest

from ctxsize import __version__
from ctxsize.__main__ import main as entry
from ctxsize.cli import main

COMPOSE = """\
services:
  api:
    build: ./api
  web:
    build:
      context: .
      dockerfile: web/Dockerfile
    profiles: [extra]
  far:
    build: https://github.com/a/b.git
"""
FILES = {
    "compose.yml": COMPOSE,
    "api/Dockerfile": "FROM scratch\nCOPY . .\n",
    "api/src/a.py": 100,
    "api/node_modules/left/i.js": 3000,
    "api/odd\nname": "x",
    "web/Dockerfile": "FROM scratch\nCOPY api/src/*.py /\n",
    ".dockerignore": "web\n",
}


@pytest.fixture
def repository(tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tree(FILES)
    monkeypatch.chdir(folder)
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.delenv("COLUMNS", raising=False)
    return folder


Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capfdbinary: pytest.CaptureFixture[bytes]) -> Run:
    """(exit code, standard output, standard error) of a command line."""

    def call(*words: str) -> tuple[int, str, str]:
        code = main(words)
        out, err = capfdbinary.readouterr()
        return code, out.decode("utf-8", "surrogateescape"), err.decode()

    return call


# --- report ---


def test_the_table_answers_at_a_glance(repository: Path, run: Run) -> None:
    assert run("report") == (0, """\
                             BuildKit         classic
BUILD     FILES     SENT  DOCKER SAYS  FILES     SENT    WASTE
api  no ignore file
  api         4  3.12 kB       3.38kB      4  3.12 kB  3.00 kB  96 %  ██████████
        3.00 kB  api/node_modules/  junk: node_modules

.  .dockerignore
  web         1    100 B         193B      7  3.33 kB      0 B   0 %  ░
    profile extra

https://github.com/a/b.git  fetched by the builder: nothing is sent from here
  far

3 builds      5  3.22 kB                  11  6.45 kB  3.00 kB  93 %

Next:  ctxsize report --build api
       ctxsize explain api/node_modules
       ctxsize suggest
""", "")  # fmt: skip


def test_the_json_is_the_contracts(repository: Path, run: Run) -> None:
    code, out, err = run("report", "--format", "json", "--build", "api")

    assert (code, err) == (0, "")
    found = json.loads(out)
    (build,) = found.pop("builds")
    assert found == {"schema": "ctxsize.report/1", "root": str(repository), "problems": []}
    sent = {"files": 4, "dirs": 3, "bytes": 3123}
    classes = {"used": {"files": 3, "dirs": 1, "bytes": 123}, "junk": {"files": 1, "dirs": 2, "bytes": 3000},
               "unused": {"files": 0, "dirs": 0, "bytes": 0}}  # fmt: skip
    for name, transfer in (("buildkit", 3379), ("archive", 9216)):
        answer = build["builders"][name]
        assert answer["sent"] == sent | {"transfer_bytes": transfer}
        assert {key: answer[key] for key in classes} == classes
        assert answer["walked"] == 7
    assert build["declared"] | {"note": None} == {"kind": "compose", "file": "compose.yml", "line": 3, "note": None}
    assert (build["name"], build["dockerfile"], build["context"], build["target"], build["ignore_file"]) == (
        "api", "api/Dockerfile", "api", None, None,
    )  # fmt: skip
    assert build["heaviest"][0].items() >= {"path": "api/node_modules/", "class": "junk", "files": 1, "bytes": 3000}.items()
    assert build["findings"] == []


def test_a_remote_context_is_a_row_that_says_so(repository: Path, run: Run) -> None:
    _, out, _ = run("report", "--format", "json", "--build", "far")

    (build,) = json.loads(out)["builds"]
    assert (build["context"], build["builders"]) == ("https://github.com/a/b.git", None)


def test_one_build_is_drawn_in_detail(repository: Path, run: Run) -> None:
    code, out, _ = run("report", "--build", "api")

    assert code == 0
    assert "Heaviest waste\n        3.00 kB  api/node_modules/  junk: node_modules\n" in out
    assert "└─ " in out


def test_markdown_has_a_row_a_build_and_escapes_names(repository: Path, run: Run) -> None:
    code, out, _ = run("report", "--format", "markdown")

    assert code == 0
    rows = [line for line in out.splitlines() if line.startswith("| <code>")]
    assert [row.split("|")[1].strip() for row in rows[:3]] == ["<code>api</code>", "<code>web</code>", "<code>far</code>"]


def test_a_build_that_will_fail_says_so_where_it_does(tree: Callable[..., Path], run: Run) -> None:
    folder = tree({"compose.yml": "services: {api: {build: ./api}, fine: {build: ./fine}}", "shared/a": "",
                   "api/Dockerfile": "FROM scratch\nCOPY ../shared /shared\n", "api/x": "",
                   "fine/Dockerfile": "FROM scratch\nCOPY x *.none /\n", "fine/x": ""})  # fmt: skip

    code, out, _ = run("report", str(folder), "--format", "json")

    found = {build["name"]: build["findings"] for build in json.loads(out)["builds"]}
    assert code == 0
    assert found["fine"] == []
    assert {(one["rule"], one["severity"], one["file"], one["line"]) for one in found["api"]} >= {
        ("source-outside-context", "error", "api/Dockerfile", 2)
    }


# --- ls ---


def test_ls_lists_what_the_builder_receives_in_its_order(repository: Path, run: Run) -> None:
    assert run("ls", "--build", "api") == (
        0, "Dockerfile\nnode_modules/\nnode_modules/left/\nnode_modules/left/i.js\nodd\\nname\nsrc/\nsrc/a.py\n", "",
    )  # fmt: skip
    assert run("ls", "--build", "api", "-0")[1].split("\0")[4] == "odd\nname"


@pytest.mark.parametrize(
    ("which", "paths"),
    [("used", "api/\napi/src/\napi/src/a.py\n"), ("junk", ""), ("unused", ""), ("ignored", "web/\nweb/Dockerfile\n"),
     ("sent", "api/\napi/src/\napi/src/a.py\n")],
)
def test_ls_shows_one_set(repository: Path, run: Run, which: str, paths: str) -> None:
    assert run("ls", "--build", "web", "--set", which) == (0, paths, "")


def test_ls_as_json_has_every_entry_and_the_transfer(repository: Path, run: Run) -> None:
    found = json.loads(run("ls", "--build", "web", "--format", "json")[1])

    assert found == {
        "schema": "ctxsize.ls/1", "build": "web", "builder": "buildkit", "set": "sent", "transfer_bytes": 193,
        "entries": [{"path": "api/", "kind": "dir", "bytes": 0}, {"path": "api/src/", "kind": "dir", "bytes": 0},
                    {"path": "api/src/a.py", "kind": "file", "bytes": 100}],
    }  # fmt: skip


def test_ls_draws_a_tree_to_a_depth(repository: Path, run: Run) -> None:
    out = run("ls", "--build", "api", "--tree", "--depth", "1")[1]

    assert "node_modules/" in out
    assert "left/" not in out


def test_a_build_that_asks_for_nothing_has_no_transfer(tree: Callable[..., Path], run: Run) -> None:
    folder = tree({"Dockerfile": "FROM scratch\n", "a": 10})

    assert json.loads(run("ls", str(folder), "--format", "json")[1])["transfer_bytes"] is None


# --- explain ---


def test_explain_names_the_line_that_decided(repository: Path, run: Run) -> None:
    found = json.loads(run("explain", "--format", "json", "web/Dockerfile", "api/src/a.py", "compose.yml")[1])

    builds = {path["path"]: {one.pop("build"): one for one in path["builds"]} for path in found["paths"]}
    assert builds["web/Dockerfile"]["web"] == {
        "sent": False, "class": None, "ignored_by": {"file": ".dockerignore", "line": 1, "pattern": "web"}, "read_by": [],
        "error": None,
    }  # fmt: skip
    assert builds["api/src/a.py"]["web"] == {
        "sent": True, "class": "used", "ignored_by": None,
        "read_by": [{"file": "web/Dockerfile", "line": 2, "instruction": "COPY api/src/*.py /"}], "error": None,
    }  # fmt: skip
    assert builds["compose.yml"]["web"] == {
        "sent": False, "class": None, "ignored_by": None, "read_by": [], "error": None,
    }  # fmt: skip
    assert found["schema"] == "ctxsize.explain/1"


# --- one build by docker's options ---


def test_one_build_by_dockers_own_options(repository: Path, run: Run) -> None:
    code, out, _ = run("ls", "-f", "web/Dockerfile", ".", "--builder", "archive")

    assert code == 0
    assert "web/Dockerfile\n" in out  # the classic client adds it back


def test_output_goes_to_a_file_all_or_nothing(repository: Path, run: Run) -> None:
    assert run("ls", "--build", "web", "-o", "list.txt") == (0, "", "")
    assert (repository / "list.txt").read_text() == "api/\napi/src/\napi/src/a.py\n"


# --- exit codes and errors ---


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["report", "nowhere"], "error: no such folder\nwhere: nowhere\n"),
        (["report", "compose.yml"], "error: not a folder\nwhere: compose.yml\n"),
        (["report", "--build", "apo"], "error: no build is named apo\nhint: did you mean api? known builds: api, web, far\n"),
        (["ls"], "error: ls shows one build, and there are 3\nhint: choose with --build NAME: api, web, far\n"),
        (["report", "-f", "Dockerfle", "."], "error: no such Dockerfile\nwhere: Dockerfle\nhint: -f is relative to the current folder\n"),
        (["report", "--target", "x"], "error: --target describes one build and needs -f/--file\n"
         "hint: ctxsize … -f DOCKERFILE --target … CONTEXT\n"),
        (["report", "--config", "no.toml"], "error: no such configuration file\nwhere: no.toml\n"),
        (["explain", "../../x"], "error: outside the repository\n"),
        (["report", "--format", "xml"], "Usage: "),
        (["reprot"], "Usage: "),
    ],
)  # fmt: skip
def test_bad_input_ends_with_2_and_says_what_where_and_what_next(
    repository: Path, run: Run, words: list[str], message: str
) -> None:
    code, out, err = run(*words)

    assert (code, out) == (2, "")
    assert err.startswith(message)


def test_a_fault_of_our_own_is_3(repository: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctxsize.commands.settle.settle", None)
    monkeypatch.setattr("ctxsize.commands.report.settle", None)

    code, _, err = run("report")

    assert code == 3
    assert err.startswith("ctxsize failed, which is its own fault: TypeError")


def test_an_interrupt_is_130(repository: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("ctxsize.commands.report.settle", interrupted)

    assert run("report")[0] == 130


_SLEEPS = """
import sys, time
import ctxsize.commands.report as command
def slow(*_):
    print("working", flush=True)
    time.sleep(60)
command.settle = slow
from ctxsize.__main__ import main
sys.exit(main(["report"]))
"""


def test_control_c_ends_a_real_process_with_130_and_no_trace(repository: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", _SLEEPS], cwd=repository, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}) as process:  # fmt: skip
        assert process.stdout
        assert process.stdout.readline() == "working\n"
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)

    assert process.returncode == 130
    assert "Traceback" not in err


FULL = "error: cannot write: No space left on device\nwhere: standard output\nhint: -o FILE writes to a file\n"
CLOSED = "error: it is closed\nwhere: standard output\nhint: -o FILE writes to a file\n"


@pytest.mark.parametrize(
    ("command", "code", "out", "err"),
    [
        ("ls --build web > /dev/full", 2, "", FULL),
        ("report --format json > /dev/full", 2, "", FULL),
        ("ls --build web >&-", 2, "", CLOSED),
        ("ls --build web -o list >&- && cat list", 0, "api/\napi/src/\napi/src/a.py\n", ""),
        ("ls --build web 2>&-", 0, "api/\napi/src/\napi/src/a.py\n", ""),
        ("ls --build nope 2>&-", 2, "", ""),
        ("ls --build web >&- 2>&-", 2, "", ""),
        ("--version >&-", 0, "", ""),
        ("ls --build web <&-", 0, "api/\napi/src/\napi/src/a.py\n", ""),
    ],
)
def test_streams_that_are_full_or_closed(repository: Path, command: str, code: int, out: str, err: str) -> None:
    done = subprocess.run(["bash", "-c", f"{sys.executable} -m ctxsize {command}"], cwd=repository, capture_output=True, text=True,
                          env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, check=False)  # fmt: skip

    assert (done.returncode, done.stdout, done.stderr) == (code, out, err)


@pytest.mark.parametrize("words", [["report"], ["ls", "--build", "far"], ["report", "--format", "xml"], ["--help"]])
def test_a_reader_of_remarks_that_is_gone_ends_nothing_in_noise(repository: Path, words: list[str]) -> None:
    """Nobody reads standard error any more, nor standard output: exit code 0, as with any reader that has enough."""
    nobody, ours = os.pipe()
    os.close(nobody)
    environ = {key: value for key, value in os.environ.items() if key != "PYTHONUNBUFFERED"}

    done = subprocess.run([sys.executable, "-m", "ctxsize", *words], cwd=repository, stdout=ours, stderr=ours, check=False,
                          env={**environ, "PYTHONPATH": os.pathsep.join(sys.path)})  # fmt: skip

    os.close(ours)
    assert done.returncode == 0


def ctxsize(*words: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "ctxsize", *words], cwd=cwd, env={**os.environ, **environ},
                          capture_output=True, text=True, check=False)  # fmt: skip


def test_a_reader_that_closes_the_pipe_ends_it_quietly(tree: Callable[..., Path]) -> None:
    folder = tree({"Dockerfile": "FROM scratch\nCOPY . .\n", **{f"file-{number:05}": 0 for number in range(9000)}})
    command = f"{sys.executable} -m ctxsize ls . ; echo $? >&2"

    done = subprocess.run(["bash", "-c", f"({command}) | head -1"], cwd=folder, capture_output=True, text=True, check=True)

    assert (done.stdout, done.stderr) == ("Dockerfile\n", "0\n")


def test_the_version_is_answered_before_anything_is_imported() -> None:
    code = "import sys, ctxsize.__main__ as m; m.main(['--version']); print([n for n in ('typer','rich','re','json') if n in sys.modules])"

    done = subprocess.run([sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{code}"], capture_output=True,
                          text=True, check=True)  # fmt: skip

    assert done.stdout == f"ctxsize {__version__}\n[]\n"


HEAVY = ("typer", "click", "dataclasses", "inspect", "rich", "importlib.metadata", "tomllib", "http", "email", "asyncio", "logging",
         "multiprocessing", "tempfile")  # fmt: skip
BUT = {"check": {"dataclasses", "inspect"}}  # some values of its gate are still made so


@pytest.mark.parametrize(
    ("words", "more"),
    [
        (["ls", "--build", "api"], ()),
        (["ls", "--build", "api", "-0"], ()),
        (["ls", "--build", "api", "--tree"], ()),
        (["ls", "--build", "api", "--format", "json"], ()),
        (["explain", "compose.yml"], ()),
        (["report"], ()),
        (["report", "--build", "api"], ()),
        (["report", "--format", "json"], ()),
        (["report", "--format", "markdown"], ()),
        (["report", "-f", "api/Dockerfile", "api"], ("json", "yaml")),
        (["ls", "-f", "api/Dockerfile", "api", "-0"], ("json", "yaml")),
        (["check"], ()),
        (["suggest"], ()),
        (["suggest", "-f", "api/Dockerfile", "api"], ()),
        (["doctor", "--fail-on", "never"], ()),
        (["fix"], ()),
    ],
)
def test_a_command_imports_only_what_it_needs(repository: Path, words: list[str], more: tuple[str, ...]) -> None:
    unwanted = [name for name in (*HEAVY, *more) if name not in BUT.get(words[0], ())]
    code = (f"import sys; from ctxsize.cli import main; code = main({words!r})\n"
            f"print(code, [name for name in {unwanted!r} if name in sys.modules], file=sys.stderr)")  # fmt: skip

    done = subprocess.run([sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{code}"], cwd=repository,
                          capture_output=True, text=True, check=False)  # fmt: skip
    assert done.stderr == "0 []\n"


def on_a_terminal(command: list[str], columns: int, cwd: Path, **environ: str) -> str:
    """What a terminal of so many columns receives, standard output and error alike."""
    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    left_out = {"COLUMNS", "NO_COLOR", "FORCE_COLOR", "TERM"}
    kept = {key: value for key, value in os.environ.items() if key not in left_out}
    with subprocess.Popen(command, cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs,
                          env={**kept, "TERM": "xterm", "PYTHONPATH": os.pathsep.join(sys.path), **environ}) as process:  # fmt: skip
        os.close(theirs)
        received = b""
        while piece := _read(ours):
            received += piece
    os.close(ours)
    assert process.returncode == 0
    return received.decode().replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65_536)
    except OSError:  # Linux's way to say that nobody writes any more
        return b""


def test_a_real_terminal_gets_its_width_and_colours(repository: Path) -> None:
    command = [sys.executable, "-m", "ctxsize", "report"]
    colourful = on_a_terminal(command, 50, repository)

    assert "\x1b[31m" in colourful
    assert "entries …" not in colourful  # nothing that takes less than half a second is counted
    assert re.sub(r"\x1b\[[0-9;]*m", "", colourful) == ctxsize("report", cwd=repository, COLUMNS="50").stdout
    assert on_a_terminal(command, 50, repository, NO_COLOR="1") == ctxsize("report", cwd=repository, COLUMNS="50").stdout
    assert "\x1b[" not in on_a_terminal([*command, "--no-color"], 50, repository)


_LONG_WALK = """
import sys, time
import ctxsize.measure as measure
def slowly(request, *, progress=None):
    for entries in (10, 20_000, 30_000):
        time.sleep(0.3)
        progress(entries)
    return measure.Report(())
measure.measure, measure.worked_contexts = slowly, None
from ctxsize.__main__ import main
sys.exit(main(["report", *sys.argv[1:]]))
"""


@pytest.mark.parametrize(("words", "counted"), [([], True), (["-q"], False)])
def test_a_long_walk_counts_on_the_terminal_and_cleans_up(repository: Path, words: list[str], counted: bool) -> None:
    script = _LONG_WALK if counted else _LONG_WALK.replace("        progress(entries)\n", "        assert progress is None\n")
    received = on_a_terminal([sys.executable, "-c", script, *words], 80, repository, NO_COLOR="1")

    line = "\r20,000 entries …\x1b[K\r30,000 entries …\x1b[K\r\x1b[K"
    assert received == f"{line if counted else ''}No Dockerfile, no compose file: nothing here asks for a docker build.\n" \
        "Describe one:  ctxsize report -f DOCKERFILE CONTEXT\n"


def test_colours_are_for_terminals_and_for_those_who_force_them(repository: Path) -> None:
    assert "\x1b[" not in ctxsize("report", cwd=repository).stdout
    assert "\x1b[" not in ctxsize("report", cwd=repository, FORCE_COLOR="1", NO_COLOR="1").stdout
    environ = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    done = subprocess.run([sys.executable, "-m", "ctxsize", "report"], cwd=repository, env={**environ, "FORCE_COLOR": "1"},
                          capture_output=True, text=True, check=True)  # fmt: skip
    assert "\x1b[" in done.stdout


@pytest.mark.parametrize("words", [["--version"], ["report", "--version"], ["ls", "--build", "x", "--version"]])
def test_the_version_is_told_wherever_it_is_asked(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert entry(words) == 0
    assert capsys.readouterr() == (f"ctxsize {__version__}\n", "")


def test_behind_two_dashes_the_version_is_a_file(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert entry(["explain", "--", "--version"]) == 0
    assert capsys.readouterr().out.startswith("--version  not there now\n")


@pytest.mark.parametrize("name", ["report", "ls", "explain"])
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_has_help_in_plain_words(run: Run, name: str, flag: str) -> None:
    code, out, err = run(name, flag)

    assert (code, err) == (0, "")
    assert out.startswith(f"Usage: ctxsize {name} ")
    assert all(option in out for option in ("--build ", "--builder ", "--format ", "-o, --output ", "--config ", "-q, --quiet",
                                            "-v, --verbose", "--no-color", "-f, --file "))  # fmt: skip


def test_help_lists_every_command(run: Run) -> None:
    from ctxsize.commands import COMMANDS

    code, out, _ = run("--help")

    assert code == 0
    assert all(f"  {name} " in out for name in COMMANDS)
