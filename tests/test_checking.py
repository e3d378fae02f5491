"""Growth that a history makes: each kind is caught, with the right cause and the line to blame."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from ctxsize.budget.assertions import Assertion
from ctxsize.budget.causes import Cause
from ctxsize.budget.judge import Status, Verdict
from ctxsize.budget.limits import Budget, Growth, Level
from ctxsize.gate.baselines import load, updated
from ctxsize.gate.checking import check
from ctxsize.gate.comparing import Sources, compare
from ctxsize.gate.demand import Demand
from ctxsize.gate.reference import CommitReference, FileReference
from ctxsize.gate.side import NothingIgnored, Side
from ctxsize.measure import Request
from ctxsize.model import BuildDefinition, BuilderName, Declaration, Location, NamedContext
from ctxsize.repositories.commit import CommitRepository
from ctxsize.repositories.disk import DiskRepository, Repository
from ctxsize.repositories.tracked import TrackedRepository
from ctxsize.repositories.wrapped import WrappedRepository
from ctxsize.tree import EVERYTHING, Tree, Wanted
from tests.history import Files, History

KIT, TAR = BuilderName.BUILDKIT, BuilderName.ARCHIVE
BUILD = BuildDefinition("api", Declaration("compose", "compose.yml", 3), ".", "Dockerfile")
NO_GROWTH = Budget(max_growth=(Growth(bytes=0),))
START: Files = {
    "Dockerfile": "FROM scratch\nCOPY src /src\nCOPY data* /data/\n",
    ".dockerignore": "**/*.log\ndata\ntmp\n",
    "src/main.py": 1_000,
    "src/app.log": 5_000,
    "data/set": 70_000,
    "docs/manual": 3_000,
}


@pytest.fixture
def history(tmp_path: Path) -> History:
    history = History(tmp_path / "work")
    history.commit(START)
    return history


def request(repository: Repository, *builds: BuildDefinition) -> Request:
    return Request(repository, builds or (BUILD,))


def tracked(repository: Repository, *builds: BuildDefinition) -> Side:
    return Side(Request(repository, builds), NothingIgnored())


def against(history: History, ref: str, budget: Budget = NO_GROWTH, builder: BuilderName = KIT) -> Verdict:
    """The verdict on the one build, compared with a commit."""
    disk, commit = DiskRepository(history.root), CommitRepository(history.root, ref)
    reference = CommitReference(tracked(commit, BUILD), tracked(TrackedRepository(disk, commit), BUILD))
    (verdict,) = check(Side(request(disk)), Demand(builder, {"api": budget}), reference)
    return verdict


GROWTH = [
    (
        "a new folder",
        {"src/assets/a": 20_000, "src/assets/b": 4_000},
        Cause("src/assets/", 24_000, "added", 2, "src/assets/a"),
        "content", "COPY src /src reads it", Location("Dockerfile", 2),
    ),
    (
        "a dropped ignore rule",
        {".dockerignore": "**/*.log\ntmp\n"},
        Cause("data/", 70_000, "added", 1, "data/set"),
        "rule-dropped", "data in .dockerignore:2 kept it out; that rule is gone", Location(".dockerignore", 2),
    ),
    (
        "an exception",
        {".dockerignore": "**/*.log\ndata\ntmp\n!data/set\n"},
        Cause("data/", 70_000, "added", 1, "data/set"),
        "rule-overruled", "!data/set lets it in; data in .dockerignore:2 kept it out", Location(".dockerignore", 4),
    ),
    (
        "no ignore file any more",
        {".dockerignore": None},
        Cause("data/", 70_000, "added", 1, "data/set"),
        "ignore-file", "data in .dockerignore:2 kept it out; no ignore file applies any more",
        Location("Dockerfile", 3),
    ),
    (
        "another ignore file",
        {"Dockerfile.dockerignore": "*.log\n"},
        Cause("data/", 70_000, "added", 1, "data/set"),
        "ignore-file", "data in .dockerignore:2 kept it out; now Dockerfile.dockerignore applies",
        Location("Dockerfile.dockerignore", 1),
    ),
    (
        "a widened COPY",
        {"Dockerfile": "FROM scratch\nLABEL x=y\nCOPY . /src\n"},
        Cause("docs/", 3_000, "added", 1, "docs/manual"),
        "instruction", "COPY . /src reads it now; nothing did before", Location("Dockerfile", 3),
    ),
    (
        "a bigger file",
        {"src/main.py": 9_000},
        Cause("src/main.py", 8_000, "grew", 0, "src/main.py"),
        "content", "COPY src /src reads it", Location("Dockerfile", 2),
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "cause", "kind", "message", "where"), [row[1:] for row in GROWTH], ids=[row[0] for row in GROWTH]
)
def test_growth_is_caught_with_its_cause_and_line(
    history: History, files: Files, cause: Cause, kind: str, message: str, where: Location
) -> None:
    history.commit(files)
    (violation,) = against(history, "HEAD~1").violations
    first = violation.causes[0]
    assert violation.budget == "max_growth"
    assert first.cause == cause
    assert first.reason is not None
    assert (first.reason.kind, first.reason.message) == (kind, message)
    assert first.reason.where == violation.where == where


UNRELATED: list[Files] = [
    {"docs/manual": 90_000},
    {"data/set": 700_000},
    {"src/new.log": 90_000},
    {"tmp/x/y": 90_000},
    {"src/main.py": 900},
    {"src/main.py": None, "src/moved.py": 1_000},
    {"Dockerfile": "# a comment\nFROM scratch\nCOPY src /src\nCOPY data* /data/\n"},
    {},
]


@pytest.mark.parametrize("files", UNRELATED)
def test_an_unrelated_change_passes(history: History, files: Files) -> None:
    history.commit(files)
    assert against(history, "HEAD~1").violations == ()


def test_what_is_not_tracked_does_not_count_as_growth(history: History) -> None:
    history.write({"src/left-over": 50_000})
    verdict = against(history, "HEAD", NO_GROWTH._replace(max_bytes=10_000))
    assert [one.budget for one in verdict.violations] == ["max_bytes"]
    assert verdict.violations[0].causes[0].cause == Cause("src/left-over", 50_000, "added", 1, "src/left-over")
    assert (verdict.delta, verdict.status) == (0, "same")
    assert verdict.sent is not None
    assert verdict.sent.main.bytes == 51_000


def test_the_archive_is_judged_as_well(history: History) -> None:
    history.commit({"docs/more": 90_000})
    (violation,) = against(history, "HEAD~1", builder=TAR).violations
    assert violation.causes[0].cause == Cause("docs/more", 90_000, "added", 1, "docs/more")
    assert violation.where == Location(".dockerignore")


@pytest.mark.parametrize(
    ("growth", "size", "violated"),
    [
        ((Growth(bytes=500),), 1_500, False),
        ((Growth(bytes=500),), 1_501, True),
        ((Growth(bytes=0),), 1_000, False),
        ((Growth(bytes=0),), 999, False),  # negative growth
        ((Growth(percent=Fraction(5)),), 2_000, False),  # below the floor
        ((Growth(percent=Fraction(5)),), 2_001, True),
        ((Growth(percent=Fraction(300)),), 4_000, False),
        ((Growth(percent=Fraction(300)),), 4_001, True),
        ((Growth(percent=Fraction(5)), Growth(bytes=5_000)), 6_000, False),  # over all of them
        ((Growth(percent=Fraction(5)), Growth(bytes=5_000)), 6_001, True),
    ],
)
def test_growth_at_the_edge(history: History, growth: tuple[Growth, ...], size: int, violated: bool) -> None:
    history.commit({"src/main.py": size})
    assert bool(against(history, "HEAD~1", Budget(max_growth=growth)).violations) is violated


@pytest.mark.parametrize(
    ("name", "field"),
    [("max_bytes", "bytes"), ("max_files", "files"), ("max_transfer", "transfer"), ("max_waste", "waste"),
     ("max_walked", "walked")],
)  # fmt: skip
def test_a_limit_is_within_itself(history: History, name: str, field: str) -> None:
    history.write({"src/node_modules/x": 80})
    side = Side(request(DiskRepository(history.root)))
    upload = side.upload("api", KIT)
    assert upload is not None
    actual = getattr(upload.total, field)
    demand = Demand(KIT, {"api": Budget(**{name: actual})})
    assert check(side, demand)[0].violations == ()
    below = Demand(KIT, {"api": Budget(**{name: actual - 1}, level=Level.WARN, message="ask")})
    (violation,) = check(side, below)[0].violations
    assert (violation.budget, violation.limit, violation.actual) == (name, actual - 1, actual)
    assert (violation.level, violation.hint) == (Level.WARN, "ask")


def test_waste_is_attributed_to_what_is_wasted(history: History) -> None:
    history.write({"src/node_modules/x": 8_000, "src/big": 50_000})
    side = Side(request(DiskRepository(history.root)))
    (violation,) = check(side, Demand(KIT, {"api": Budget(max_waste=100)}))[0].violations
    assert (violation.actual, violation.heaviest) == (8_000, (("src/node_modules/x", 8_000),))


def test_without_anything_to_compare_with_the_heaviest_is_named(history: History) -> None:
    (violation,) = check(Side(request(DiskRepository(history.root))), Demand(KIT, {"api": Budget(max_bytes=10)}))[
        0
    ].violations
    assert violation.causes == ()
    assert violation.heaviest == (("src/main.py", 1_000),)
    assert violation.where == Location("Dockerfile", 2)


# --- builds come and go ------------------------------------------------------------------------------


def test_new_removed_and_renamed_builds(history: History) -> None:
    disk = DiskRepository(history.root)
    then = [BUILD, BUILD._replace(name="old", target="x"), BUILD._replace(name="gone", context="src")]
    now = [BUILD, BUILD._replace(name="new", context="docs"), BUILD._replace(name="renamed", target="x")]
    commit = CommitRepository(history.root, "HEAD")
    reference = CommitReference(tracked(commit, *then), tracked(TrackedRepository(disk, commit), *now))
    demand = Demand(KIT, {one.name: NO_GROWTH for one in now})
    found = check(Side(request(disk, *now)), demand, reference)
    assert [(one.name, one.renamed, one.measurement is None) for one in found] == [
        ("api", None, False), ("new", None, False), ("renamed", "old", False), ("gone", None, True),
    ]  # fmt: skip
    assert [one.violations for one in found] == [()] * 4


def test_a_new_build_is_held_to_its_limits_but_not_to_growth(history: History) -> None:
    disk, commit = DiskRepository(history.root), CommitRepository(history.root, "HEAD")
    reference = CommitReference(tracked(commit), tracked(TrackedRepository(disk, commit), BUILD))
    demand = Demand(KIT, {"api": NO_GROWTH._replace(max_files=0)})
    (verdict,) = check(Side(request(disk)), demand, reference)
    assert (verdict.status, [one.budget for one in verdict.violations]) == ("new", ["max_files"])


def test_a_build_that_cannot_be_measured_says_why(history: History) -> None:
    history.write({"Dockerfile": "FROM scratch\nCOPPY a b\n"})
    (verdict,) = check(Side(request(DiskRepository(history.root))), Demand(KIT, {"api": NO_GROWTH}))
    assert verdict.sent is None
    assert verdict.error
    assert "COPPY" in verdict.error


def test_named_contexts_count_and_grow_as_a_whole(history: History) -> None:
    named = BUILD._replace(contexts=(NamedContext("lib", "local", "./lib", "lib"),))
    history.commit({"Dockerfile": "FROM scratch\nCOPY src /src\nCOPY --from=lib . /lib\n", "lib/a": 100})
    history.commit({"lib/b": 40_000})
    disk, commit = DiskRepository(history.root), CommitRepository(history.root, "HEAD~1")
    reference = CommitReference(tracked(commit, named), tracked(TrackedRepository(disk, commit), named))
    (verdict,) = check(Side(request(disk, named)), Demand(KIT, {"api": NO_GROWTH}), reference)
    assert verdict.sent is not None
    assert (verdict.sent.main.bytes, verdict.sent.total.bytes, verdict.delta) == (1_000, 41_100, 40_000)
    assert [one.cause for one in verdict.violations[0].causes] == [Cause("lib/", 40_000, "grew", 2)]


def test_a_build_that_could_not_be_measured_before_is_not_new(history: History) -> None:
    history.commit({"Dockerfile": "FROM scratch\nCOPPY\n"})
    history.commit(START)
    verdict = against(history, "HEAD~1")
    assert (verdict.status, verdict.baseline, verdict.violations) == ("unknown", None, ())


# --- the baseline file -------------------------------------------------------------------------------


def recorded(history: History, *builds: BuildDefinition, ratchet: bool = False) -> str:
    asked = request(DiskRepository(history.root), *builds)
    old = load(history.root, None)
    return updated(asked, Demand(KIT), "ctxsize-baseline.jsonl", old, ratchet=ratchet, partial=False)


def judged(history: History, budget: Budget = NO_GROWTH) -> Verdict:
    baseline = load(history.root, None)
    assert baseline is not None
    demand = Demand(KIT, {"api": budget})
    (verdict,) = check(Side(request(DiskRepository(history.root))), demand, FileReference(baseline))
    return verdict


def test_growth_since_the_baseline_is_attributed_without_history(history: History) -> None:
    history.write({"ctxsize-baseline.jsonl": recorded(history)})
    assert judged(history).violations == ()
    history.write({"src/more/a": 30_000, "src/more/b": 100})
    (violation,) = judged(history).violations
    assert [one.cause for one in violation.causes] == [Cause("src/more/", 30_100, "added", 2, "src/more/a")]
    assert violation.where == Location("Dockerfile", 2)


def test_a_baseline_counts_itself(history: History) -> None:
    history.write({"Dockerfile": "FROM scratch\nCOPY . .\n"})
    history.write({"ctxsize-baseline.jsonl": recorded(history)})
    verdict = judged(history)
    assert (verdict.delta, verdict.violations) == (0, ())
    assert recorded(history) == (history.root / "ctxsize-baseline.jsonl").read_text()


def test_a_ratcheted_baseline_is_only_ever_lowered(history: History) -> None:
    first = recorded(history)
    history.write({"ctxsize-baseline.jsonl": first, "src/main.py": 2_000})
    assert recorded(history, ratchet=True) == first
    history.write({"src/main.py": 500})
    lower = recorded(history, ratchet=True)
    assert '"bytes": 500' in lower
    assert '"bytes": 500' not in first


def test_the_commit_of_the_baseline_tells_more_than_its_figures(history: History) -> None:
    history.commit({"ctxsize-baseline.jsonl": recorded(history)})
    history.commit({".dockerignore": "**/*.log\ntmp\n"})
    baseline = load(history.root, None)
    assert baseline is not None
    then = CommitRepository(history.root, "HEAD~1")
    reference = FileReference(baseline, lambda: tracked(then, BUILD))
    (verdict,) = check(Side(request(DiskRepository(history.root))), Demand(KIT, {"api": NO_GROWTH}), reference)
    assert verdict.violations[0].where == Location(".dockerignore", 2)


# --- assertions --------------------------------------------------------------------------------------


def asserted(history: History, *assertions: Assertion, builds: tuple[BuildDefinition, ...] = (BUILD,)) -> list[Verdict]:
    demand = Demand(KIT, {}, {one.name: assertions for one in builds})
    return list(check(Side(request(DiskRepository(history.root), *builds)), demand))


ENV = Assertion("**/.env")
SHUT = "FROM scratch\nCOPY . .\n"


@pytest.mark.parametrize(
    ("files", "place", "where"),
    [
        ({"Dockerfile": SHUT}, ".env", Location("Dockerfile", 2)),
        ({"Dockerfile": SHUT, ".dockerignore": "*.log\n.env\n"}, "data/.env", Location("Dockerfile", 2)),
        ({"Dockerfile": SHUT, ".dockerignore": "*.log\n**/.env\n"}, None, None),
        ({"Dockerfile": SHUT, ".dockerignore": "**/.env\n!src/**\n"}, "src/.env", Location(".dockerignore", 2)),
        ({"Dockerfile": SHUT, ".dockerignore": "**/.env\n!src/live/.env\n"}, "src/live/.env",
         Location(".dockerignore", 2)),
        ({"Dockerfile": "FROM scratch\nCOPY src /src\n"}, "src/.env", Location("Dockerfile", 2)),
        ({"Dockerfile": "FROM scratch\nCOPY src/main.py /src\n"}, None, None),
        ({"Dockerfile": "FROM scratch\nCOPY dist /d\n"}, "dist/.env", Location("Dockerfile", 2)),
        ({"Dockerfile": "FROM scratch\nCOPY src /src\n", ".dockerignore": "src/*\n!src/*.py\n!src/main\n"},
         "src/main/.env", Location(".dockerignore", 3)),
        ({"Dockerfile": "FROM scratch\nCOPY src /src\n", ".dockerignore": "*\n!src\n**/.env\n"}, None, None),
        ({"Dockerfile": "FROM scratch\n"}, None, None),
    ],
)  # fmt: skip
def test_a_clean_checkout_proves_that_secrets_stay_out(
    history: History, files: Files, place: str | None, where: Location | None
) -> None:
    history.commit(files)
    found = asserted(history, ENV)[0].violations
    if place is None:
        assert found == ()
        return
    (violation,) = found
    assert violation.message.startswith(f"**/.env must stay out, and {place}")
    assert violation.message.endswith(" there")
    assert (violation.budget, violation.where) == ("must_exclude", where)


def test_what_is_really_there_is_said_so(history: History) -> None:
    history.write({"src/deep/.env": 10})
    (violation,) = asserted(history, ENV)[0].violations
    assert violation.message == "**/.env must stay out, and src/deep/.env is sent"


@pytest.mark.parametrize(
    ("pattern", "rules", "kept_out"),
    [("**/.git", ".git\n", False), ("**/.git", "**/.git\n", True), ("**/.git", "**/.git/**\n", True),
     ("node_modules", "node_modules/\n", True), ("**/node_modules", "node_modules\n", False),
     ("**/*.pem", "**/*.pem\n", True), ("**/id_rsa", "**/id_*\n", True), ("src/secret", "src/secret\n", True),
     ("src/secret", "", False)],
)  # fmt: skip
def test_patterns_mean_what_they_mean_in_an_ignore_file(
    history: History, pattern: str, rules: str, kept_out: bool
) -> None:
    history.commit({"Dockerfile": SHUT, ".dockerignore": rules})
    assert (asserted(history, Assertion(pattern))[0].violations == ()) is kept_out


def test_a_path_may_be_given_from_the_root(history: History) -> None:
    inner = BUILD._replace(context="src", dockerfile="Dockerfile")
    history.commit({"Dockerfile": SHUT})
    (violation,) = asserted(history, Assertion("src/secret"), builds=(inner,))[0].violations
    assert (
        violation.message == "src/secret must stay out, and src/secret, src/src/secret would be sent if they were there"
    )


def test_exceptions_are_fine(history: History) -> None:
    history.write({"src/.env.example": 5, "src/.env.live": 5})
    (violation,) = asserted(history, Assertion("**/.env.*", but=("**/.env.example",)))[0].violations
    assert violation.message == "**/.env.* must stay out, and src/.env.live is sent"


def test_secrets_are_one_warning_a_build(history: History) -> None:
    history.commit({"Dockerfile": SHUT})
    patterns = [Assertion(pattern, level=Level.WARN, secret=True) for pattern in ("**/.env", "**/*.pem", "**/id_rsa")]
    (verdict,) = asserted(history, *patterns)
    (violation,) = verdict.violations
    assert (violation.budget, violation.level, violation.where) == ("secret", Level.WARN, Location("Dockerfile", 2))
    assert (
        violation.message == "nothing keeps secrets out: **/.env, **/*.pem, **/id_rsa would be sent if they were there"
    )
    assert not verdict.fails


@pytest.mark.parametrize(
    ("pattern", "message", "where"),
    [
        ("src/main.py", None, None),
        ("src/later.py", None, None),
        ("src", None, None),
        ("data/set", "data in .dockerignore:2 keeps it out", Location(".dockerignore", 2)),
        ("x.log", "**/*.log in .dockerignore:1 keeps it out", Location(".dockerignore", 1)),
        ("docs/manual", "no instruction reads it", Location("Dockerfile", 1)),
        ("../other", "no context holds it", Location("Dockerfile", 1)),
    ],
)
def test_what_must_be_sent_is_sent_by_some_build(
    history: History, pattern: str, message: str | None, where: Location | None
) -> None:
    found = asserted(history, Assertion(pattern, include=True))[0].violations
    if message is None:
        assert found == ()
        return
    (violation,) = found
    assert violation.message == f"{pattern} must be sent, and is not: {message}"
    assert (violation.budget, violation.where, violation.limit, violation.actual) == ("must_include", where, 1, 0)


def test_one_build_that_sends_it_is_enough_unless_asked_of_each(history: History) -> None:
    other = BUILD._replace(name="web", context="docs")
    history.write({"docs/Dockerfile": SHUT})
    shared = asserted(history, Assertion("src/main.py", include=True), builds=(BUILD, other))
    assert [one.violations for one in shared] == [(), ()]
    each = asserted(history, Assertion("src/main.py", include=True, shared=False), builds=(BUILD, other))
    assert [len(one.violations) for one in each] == [0, 1]


class _Counting(WrappedRepository):
    """Notes the contexts that are really walked."""

    def __init__(self, below: Repository) -> None:
        super().__init__(below)
        self.walked: list[str] = []

    def scan(self, context: str, wanted: Wanted = EVERYTHING, *, progress: Callable[[int], None] | None = None) -> Tree:
        self.walked.append(context)
        return super().scan(context, wanted, progress=progress)


def test_a_context_is_walked_once_for_both_what_is_there_and_what_git_tracks(history: History) -> None:
    history.write({"src/untracked": 9_000})
    disk = _Counting(DiskRepository(history.root))
    sources = Sources(request(disk), lambda repository: (BUILD,))
    done = compare(sources, Demand(KIT, {"api": NO_GROWTH}), "HEAD", None)
    assert disk.walked == ["."]
    (verdict,) = done.verdicts
    assert verdict.status == Status.SAME
    assert verdict.sent
    assert verdict.compared
    assert verdict.sent.main.bytes - verdict.compared.main.bytes == 9_000


def test_a_context_is_walked_anew_where_the_index_holds_another_ignore_file_than_the_disk(history: History) -> None:
    history.git("rm", "-q", "--cached", ".dockerignore")
    disk = _Counting(DiskRepository(history.root))
    done = compare(Sources(request(disk), lambda repository: (BUILD,)), Demand(KIT, {}), "HEAD", None)
    assert disk.walked == [".", "."]
    (verdict,) = done.verdicts
    assert verdict.sent
    assert verdict.compared
    # what the ignore file on the disk keeps out is in the commit's figures, and in what is held against them
    assert verdict.compared.main.bytes - verdict.sent.main.bytes == 5_000 + 70_000


# --- sides that share what is the same ---------------------------------------------------------------

MESS: list[tuple[str, Files]] = [
    ("a clean checkout", {}),
    ("files that git does not track", {"src/left-over": 50_000, "fresh/x": 10}),
    ("files that git ignores", {"src/x.tmp": 500, "src/cache/y": 700, "tmp/z": 5}),
    ("changes that are not staged", {"src/main.py": 9_000, "docs/manual": None}),
    ("rules that are not staged", {".dockerignore": "**/*.log\n"}),
]


@pytest.mark.parametrize("mess", [row[1] for row in MESS], ids=[row[0] for row in MESS])
@pytest.mark.parametrize("files", [*(row[1] for row in GROWTH), *UNRELATED])
def test_sides_that_share_folders_say_what_each_says_alone(history: History, files: Files, mess: Files) -> None:
    history.commit({".gitignore": "*.tmp\ncache\n"})
    first = history.commit({"Dockerfile": "FROM scratch\nCOPY src docs* data* /\n"})
    history.commit(files)
    history.write(mess)
    disk, commit = DiskRepository(history.root), CommitRepository(history.root, first)
    demand = Demand(KIT, {"api": NO_GROWTH._replace(max_waste=0)}, {"api": (ENV,)})
    alone = CommitReference(tracked(commit, BUILD), tracked(TrackedRepository(disk, commit), BUILD))
    done = compare(Sources(request(disk), lambda repository: (BUILD,)), demand, first, None)
    assert done.verdicts == check(Side(request(disk)), demand, alone)


@pytest.mark.parametrize(
    ("files", "wasted"),
    [({}, 0), ({"src/x.tmp": 500}, 500), ({"src/cache/y": 700}, 700), ({"src/new": 9}, 0), ({"docs/x.tmp": 5}, 5)],
)
def test_what_git_ignores_is_waste_wherever_it_is_met(history: History, files: Files, wasted: int) -> None:
    history.commit({"Dockerfile": "FROM scratch\nCOPY . .\n", ".gitignore": "*.tmp\ncache\n", ".dockerignore": ".git\n"})
    history.write(files)
    builds = (BUILD, BUILD._replace(name="docs", context="docs", dockerfile="Dockerfile"))
    disk = DiskRepository(history.root)
    done = compare(Sources(request(disk, *builds), lambda repository: builds), Demand(KIT), "HEAD", None)
    waste = [one.sent.main.waste for one in done.verdicts if one.sent]
    assert waste == [wasted, wasted * ("docs/x.tmp" in files)]


def test_a_submodule_that_is_checked_out_is_asked_what_it_ignores(history: History, tmp_path: Path) -> None:
    other = History(tmp_path / "other")
    other.commit({"inside": 5, ".gitignore": "*.tmp\n"})
    history.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(other.root), "src/sub")
    history.commit({".dockerignore": "**/.git\n"})
    history.write({"src/sub/x.tmp": 40})
    disk = DiskRepository(history.root)
    (verdict,) = compare(Sources(request(disk), lambda repository: (BUILD,)), Demand(KIT), "HEAD", None).verdicts
    assert verdict.sent
    assert verdict.sent.main.waste == 40


@pytest.mark.parametrize("builder", list(BuilderName))
@pytest.mark.parametrize("rules", ["", "**/*.log\ndata\n", "*\n!src\n", "*\n!**/main.py\n", "src/*\n!src/a*/b\n", "**\n!docs\n"])
def test_all_figures_are_the_same_where_nothing_tracked_has_changed(
    history: History, rules: str, builder: BuilderName
) -> None:
    history.commit({".dockerignore": rules, "Dockerfile": "FROM scratch\nCOPY . .\n", "deep/er/est/x": 3, "deep/y": 1})
    history.write({"deep/er/untracked": 9, "node_modules/p/q": 7, "src/left-over": 5})
    disk = DiskRepository(history.root)
    demand = Demand(builder)
    (verdict,) = compare(Sources(request(disk), lambda repository: (BUILD,)), demand, "HEAD", None).verdicts
    assert verdict.baseline is not None
    assert verdict.baseline == verdict.compared
