"""Verdicts made by hand, for the formats: one of each kind, and one whose every name is hostile."""

from __future__ import annotations

from ctxsize.budget.blame import Reason
from ctxsize.budget.causes import Cause
from ctxsize.budget.figures import Figures, Upload
from ctxsize.budget.judge import Blamed, Verdict, Violation
from ctxsize.budget.limits import Level
from ctxsize.formats.check_view import CheckView
from ctxsize.model import BuildDefinition, BuilderName, Declaration, Location, Measurement, Problem

KIT = BuilderName.BUILDKIT


def measured(name: str, dockerfile: str | None = None) -> Measurement:
    declared = Declaration("compose", "compose.yml", 3)
    return Measurement(BuildDefinition(name, declared, ".", dockerfile or f"{name}/Dockerfile"), ".dockerignore", None)


def upload(size: int, files: int = 10, named: dict[str, Figures] | None = None) -> Upload:
    return Upload(Figures(files, 3, size, size + 200, 15, 0), named or {})


DATA = Blamed(
    Cause("data/", 5_000_000, "added", 12, "data/big.bin"),
    Reason("rule-dropped", "data in .dockerignore:2 kept it out; that rule is gone", Location(".dockerignore", 2)),
)
LOG = Blamed(
    Cause("app.log", 1_000, "grew", 0, "app.log"),
    Reason("content", "COPY . . reads it", Location("api/Dockerfile", 4)),
)
OVER = Violation(
    "max_bytes", 5_000_000, 7_001_000, "sends 7.0 MB, 2.0 MB over the budget of 5.0 MB", Level.ERROR, (DATA, LOG), (),
    Location(".dockerignore", 2), "ask in #platform",
)  # fmt: skip
GREW = Violation("max_growth", 10_000, 5_001_000, "grew by 5.0 MB (250.0 %) from 2.0 MB", Level.WARN, (DATA,), (), None)
HEAVY = Violation("max_files", 5, 10, "10 files, 5 over the budget of 5", Level.ERROR, (), (("src/", 9_000),), None)

VIEW = CheckView(
    root="/repo",
    builder=KIT,
    verdicts=(
        Verdict("api", KIT, measured("api"), upload(7_001_000), upload(2_000_000), upload(7_001_000), None, "grew",
                (OVER, GREW)),
        Verdict("web", KIT, measured("web"), upload(10), upload(10), upload(10), "www", "same", (HEAVY,)),
        Verdict("same", KIT, measured("same"), upload(10), upload(10), upload(10), None, "same"),
        Verdict("less", KIT, measured("less"), upload(10), upload(1_010), upload(10), None, "shrank"),
        Verdict("fresh", KIT, measured("fresh"), upload(10), None, upload(10), None, "new"),
        Verdict("broken", KIT, measured("broken"), None, upload(10), None, None, "removed", (), "no such file"),
        Verdict("gone", KIT, None, None, upload(10), None, None, "removed"),
    ),
    against="origin/main (0123456789ab)",
    problems=(Problem("sub/", "a submodule"),),
)  # fmt: skip
FINE = CheckView("/repo", KIT, (Verdict("api", KIT, measured("api"), upload(10)),))

EVIL = "a::error::b%0A|<b>&'\"]]>\n\r`c`,d\x1b[31m\udcff@me$x$\u202e![x](http://e)"
HOSTILE = CheckView(
    root=EVIL,
    builder=KIT,
    verdicts=(
        Verdict(
            EVIL, KIT, measured(EVIL, EVIL), upload(10), upload(10), upload(10), EVIL, "grew",
            (Violation("max_bytes", 1, 2, EVIL, Level.ERROR,
                       (Blamed(Cause(EVIL, 5, "added", 1, EVIL), Reason("content", EVIL, Location(EVIL, 7))),),
                       (), Location(EVIL, 7), EVIL),
             Violation("must_exclude", 0, 1, EVIL, Level.WARN, (), ((EVIL, 3),), Location(EVIL))),
        ),
        Verdict(EVIL + "2", KIT, measured(EVIL, EVIL), None, None, None, None, "unknown", (), EVIL),
    ),
    against=EVIL,
    problems=(Problem(EVIL, EVIL),),
)  # fmt: skip
