"""Measurements made by hand, small enough to check every figure of a whole output by eye."""

from __future__ import annotations

from ctxsize.formats.tree import fold
from ctxsize.formats.views import ReportView
from ctxsize.model import (
    Assumption,
    BuildDefinition,
    BuilderName,
    Class,
    Declaration,
    Entry,
    Finding,
    Kind,
    Location,
    Measurement,
    NamedContext,
    NamedSent,
    Problem,
    Sent,
    Severity,
    Totals,
    Waste,
)

NONE = Totals()


def sent(builder: BuilderName, used: Totals = NONE, junk: Totals = NONE, unused: Totals = NONE, **more: object) -> Sent:
    whole = used + junk + unused
    known: dict[str, object] = {"transfer_bytes": whole.bytes + 100 * whole.files, "walked": whole.files + whole.dirs}
    return Sent(builder, whole, used, junk, unused, **{**known, **more})  # type: ignore[arg-type]


def failed(builder: BuilderName, error: str) -> Sent:
    return Sent(builder, NONE, NONE, NONE, NONE, None, error=error)


def build(name: str, context: str = ".", **more: object) -> BuildDefinition:
    known: dict[str, object] = {
        "declared": Declaration("compose", "compose.yml", 3), "dockerfile": f"{name}/Dockerfile",
    }  # fmt: skip
    return BuildDefinition(name, context=context, **{**known, **more})  # type: ignore[arg-type]


_BUILDKIT, _ARCHIVE = BuilderName.BUILDKIT, BuilderName.ARCHIVE

API = Measurement(
    build("api", target="prod", args=(("VERSION", "1"),),
          contexts=(NamedContext("shared", "local", "../shared", "shared"),
                    NamedContext("alpine", "image", "docker-image://alpine"))),
    ".dockerignore",
    {
        _BUILDKIT: sent(_BUILDKIT, Totals(8, 3, 2_000_000), Totals(90, 10, 6_000_000)),
        _ARCHIVE: sent(_ARCHIVE, Totals(9, 3, 2_001_000), Totals(90, 10, 6_000_000), Totals(11, 2, 4_000_000)),
    },
    heaviest=(Waste("node_modules/", Class.JUNK, Totals(90, 10, 6_000_000), "node_modules"),),
    named=(NamedSent("shared", "shared", None, sent(_BUILDKIT, Totals(2, 1, 500), emptied=("a", "b"))),),
    assumptions=(Assumption("node:22 has no ONBUILD", Location("api/Dockerfile", 1), "image"),
                 Assumption("the front end x/y is like Docker's", Location("api/Dockerfile", 1))),
)  # fmt: skip
WEB = Measurement(
    build("web", declared=Declaration("compose", "compose.yml", 9, "web", ("dev", "debug"))),
    ".dockerignore",
    {
        _BUILDKIT: sent(_BUILDKIT, Totals(20, 4, 3_500_000), NONE, Totals(1, 0, 500_000)),
        _ARCHIVE: sent(_ARCHIVE, Totals(20, 4, 3_500_000), Totals(90, 10, 6_000_000), Totals(1, 0, 500_000)),
    },
    heaviest=(Waste("web/notes.pdf", Class.UNUSED, Totals(1, 0, 500_000)),),
    findings=(
        Finding("source-missing", Severity.WARNING, "COPY docs finds nothing", "drop the line", "web/Dockerfile", 7),
        Finding("arrives-empty", Severity.ERROR, "web/a arrives empty", None, ".dockerignore", 2),
    ),
)
GUESSED = Measurement(
    build("tools/Dockerfile", "tools", declared=Declaration("inferred", note="not determined: nothing fits"),
          dockerfile="tools/Dockerfile"),
    None,
    {_BUILDKIT: sent(_BUILDKIT, transfer_bytes=None), _ARCHIVE: sent(_ARCHIVE, Totals(1, 0, 60))},
)  # fmt: skip
STOPPED = Measurement(
    build("old", "old", declared=Declaration("compose", "compose.yml", 20)),
    "old/.dockerignore",
    {_BUILDKIT: failed(_BUILDKIT, "failed to read"), _ARCHIVE: sent(_ARCHIVE, Totals(5, 1, 40_000))},
)
REMOTE = Measurement(build("far", "https://example.org/far.git", dockerfile=None, remote=True), None, None)
BROKEN = Measurement(
    build("torn", broken="neither an image nor a build"), None, None,
    findings=(Finding("build-fails", Severity.ERROR, "neither an image nor a build", None, "compose.yml", 30),),
)  # fmt: skip

PROBLEMS = (Problem("secret/", "permission denied"),)
FOLLOWING = ("ctxsize report --build api", "ctxsize suggest")

MANY = ReportView("/repo", (API, WEB, GUESSED, STOPPED, REMOTE, BROKEN), PROBLEMS, _BUILDKIT, None, FOLLOWING)

ENTRIES = (
    Entry("Dockerfile", Kind.FILE, 300),
    Entry("node_modules", Kind.DIR, 0),
    Entry("node_modules/a", Kind.DIR, 0),
    Entry("node_modules/a/big.js", Kind.FILE, 5_900_000),
    Entry("node_modules/b", Kind.DIR, 0),
    Entry("node_modules/b/i.js", Kind.FILE, 100_000),
    Entry("node_modules/link", Kind.SYMLINK, 0),
    Entry("src", Kind.DIR, 0),
    Entry("src/app.py", Kind.FILE, 1_999_000),
    Entry("src/x.py", Kind.FILE, 500),
    Entry("src/y.py", Kind.FILE, 200),
)
ONE = ReportView("/repo", (API,), (), _BUILDKIT, fold(ENTRIES), ("ctxsize suggest",))
