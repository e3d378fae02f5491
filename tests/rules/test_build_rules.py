"""Rules about builds: for each a row that it catches and one that it leaves alone."""

from __future__ import annotations

import pytest

from ctxsize.model import BuilderName, Finding, NamedContext, NamedSent, Severity, Totals
from ctxsize.rules import RULES, judge
from ctxsize.rules.case import BuildCase, Dropped, Read, SentSecret, Standing
from tests.rules.cases import IGNORED, a_build, a_case, a_read, a_sent, found, said

SERVICE = "services/api/Dockerfile"
SENT, MISSING, KEPT_OUT = Standing.SENT, Standing.MISSING, Standing.IGNORED
FULL = {one: a_sent(one, waste=90) for one in BuilderName}


def test_every_rule_is_listed_once_and_says_what_it_is_about() -> None:
    codes = [rule.code for rule in RULES]

    assert len(codes) == len(set(codes))
    assert [rule.code for rule in RULES if not rule.summary or rule.summary.endswith(".")] == []


# a source, and what is said about it: (rule, severity)
SOURCES: list[tuple[str, Read, list[tuple[str, str]]]] = [
    ("arrives", a_read("src", SENT), []),
    ("not there", a_read("src"), [("source-missing", "error")]),
    ("made before the build, says git", a_read("bin/app", git_ignores=True), [("source-missing", "info")]),
    ("made before the build, says its name", a_read("dist/app.jar"), [("source-missing", "warning")]),
    ("per platform", a_read("app-$TARGETARCH", path="app-amd64"), [("source-missing", "warning")]),
    ("not built, but elsewhere", a_read("build/conf", elsewhere=("build/conf",)),
     [("context-mismatch", "error"), ("source-missing", "error")]),
    ("a wildcard that matches nothing", a_read("yarn.lock*", Standing.NOTHING), []),
    ("a wildcard below a missing folder", a_read("no/*.x", missing_folder="no"), [("source-missing", "error")]),
    ("an unset variable", a_read("$NAME/x", Standing.UNKNOWN, unset=("NAME",)), [("source-missing", "info")]),
    ("ignored", a_read("dist", KEPT_OUT, ignored_by=IGNORED), [("source-ignored", "error")]),
    ("a wildcard, all ignored", a_read("d*", Standing.NOTHING, ignored_by=IGNORED), [("source-ignored", "warning")]),
    ("climbs to nowhere", a_read("../shared", climbs=True), [("source-outside-context", "error")]),
    ("climbs to the root's folder", a_read("../shared/", climbs=True, elsewhere=("shared",)),
     [("context-mismatch", "error"), ("source-outside-context", "error")]),
    ("climbs within", a_read("src/../../x", SENT, path="x", climbs=True), [("source-outside-context", "warning")]),
    ("climbs to all", a_read("..", SENT, path="", climbs=True),
     [("source-outside-context", "warning"), ("whole-context-culprit", "info")]),
]  # fmt: skip


@pytest.mark.parametrize(("read", "expected"), [row[1:] for row in SOURCES], ids=[row[0] for row in SOURCES])
def test_a_source_is_judged(read: Read, expected: list[tuple[str, str]]) -> None:
    assert sorted((one.rule, one.severity.value) for one in judge(a_case(a_build("api", read)))) == sorted(expected)


GUESSED: list[tuple[str, Read, list[tuple[str, str]]]] = [
    ("not there", a_read("hbbs"), [("source-missing", "warning")]),
    ("built", a_read("target/x.deb"), [("source-missing", "info")]),
    ("elsewhere", a_read("src", elsewhere=("a/src",)), [("context-mismatch", "warning"), ("source-missing", "warning")]),
]


@pytest.mark.parametrize(("read", "expected"), [row[1:] for row in GUESSED], ids=[row[0] for row in GUESSED])
def test_a_build_that_nobody_declares_is_judged_mildly(read: Read, expected: list[tuple[str, str]]) -> None:
    case = a_case(a_build("api", read, kind="inferred"))

    assert sorted((one.rule, one.severity.value) for one in judge(case)) == sorted(expected)


# Docker Engine 28.5.2 says so; tests/engine/test_doctor_live.py holds it against the engine
MESSAGES = [
    (a_read("../shared", climbs=True), 'failed to calculate checksum of ref …: "/shared": not found'),
    (a_read("no/*.x", path="no/*.x", missing_folder="no"), "lstat /no: no such file or directory"),
    (a_read("no", excludes=("*.md",)), "lstat /no: no such file or directory"),
]


@pytest.mark.parametrize(("read", "message"), MESSAGES)
def test_a_missing_source_comes_with_dockers_own_words(read: Read, message: str) -> None:
    assert read.docker_says == message
    assert any(message in one.message for one in judge(a_case(a_build("api", read))))


FITS = a_build("api", a_read("services/api/src", elsewhere=("services/api/src",)), fits=(".",))
STORY = a_build("api", a_read("src", SENT), a_read("../shared", climbs=True, elsewhere=("shared",)))


def test_a_context_that_fits_is_named() -> None:
    assert said("context-mismatch", FITS) == [
        "the context is services/api/, and every source of services/api/Dockerfile stands in the repository's root; "
        'failed to calculate checksum of ref …: "/services/api/src": not found'
    ]


def test_where_no_single_context_fits_each_source_is_placed() -> None:
    assert said("context-mismatch", STORY) == [
        "no single context fits services/api/Dockerfile: the context is services/api/, but ../shared stands in "
        'the repository\'s root; failed to calculate checksum of ref …: "/shared": not found'
    ]


EMPTY = Finding("arrives-empty", Severity.ERROR, "a/x arrives empty", None, ".dockerignore", 3, "api")
FAILS = Finding("build-fails", Severity.ERROR, "unknown instruction: FOO", None, SERVICE, 2, "api")
LOCAL = (NamedContext("shared", "local", "./shared", "shared"),)
TMPFS = a_read("", SENT, path="", kind="tmpfs", instruction="RUN")

# rule, catching, not catching, what is found: (severity, file, line)
ROWS: list[tuple[str, BuildCase, BuildCase, list[tuple[str, str, int | None]]]] = [
    ("context-mismatch", STORY, a_build("api", a_read("bin/x", git_ignores=True)), [("error", "compose.yml", 4)]),
    ("dockerfile-missing", a_build(dockerfile_missing=True), a_build(), [("error", "compose.yml", 4)]),
    ("dockerfile-missing", a_build(context_missing=True), a_build(), [("error", "compose.yml", 4)]),
    ("build-fails", a_build(findings=(FAILS,)), a_build(dockerfile_missing=True, findings=(FAILS,)),
     [("error", SERVICE, 2)]),
    ("build-fails", a_build(error='target stage "x" could not be found'), a_build(), [("error", "compose.yml", 4)]),
    ("arrives-empty", a_build(findings=(EMPTY,)), a_build(), [("error", ".dockerignore", 3)]),
    ("builders-disagree", a_build(apart=(("a/x", "buildkit"),)), a_build(), [("warning", SERVICE, None)]),
    ("bracket-name-is-a-class", a_build("api", a_read("app/[id]", SENT, literal="app/[id]")),
     a_build("api", a_read("app/[ab]", SENT)), [("warning", SERVICE, 3)]),
    ("secret-in-context", a_build(secrets=(SentSecret(".env", "environment file", used=True),)), a_build(),
     [("warning", SERVICE, None)]),
    ("secret-in-context", a_build(secrets=(SentSecret(".env", "environment file", used=True, named=True),)), a_build(),
     [("info", SERVICE, None)]),
    ("vcs-in-context", a_build(vcs=Totals(9, 0, 9)), a_build(vcs=Totals(9, 0, 9), git_use=(3, "RUN git describe")),
     [("warning", SERVICE, None)]),
    ("git-ignored-but-sent", a_build(git_ignored=Totals(2, 0, 9), git_ignored_example="a.log"), a_build(),
     [("warning", SERVICE, None)]),
    ("whole-context-culprit", a_build("api", a_read(".", SENT, path="")), a_build("api", a_read("src", SENT)),
     [("info", SERVICE, 3)]),
    ("whole-context-culprit", a_build("api", a_read("src", SENT), TMPFS), a_build("api", TMPFS),
     [("warning", SERVICE, 3)]),
    ("whole-context-culprit", a_build("api", a_read("$P/", SENT, path="", unset=("P",))), a_build(),
     [("warning", SERVICE, 3)]),
    ("own-file-drops-root-rules", a_build(dropped=Dropped(".dockerignore", Totals(2, 0, 50), "a.log")),
     a_build(dropped=Dropped(".dockerignore", Totals(0, 0, 0), "")), [("warning", "", None)]),
    ("named-context-without-ignore",
     a_build(named=(NamedSent("shared", "shared", None, a_sent(waste=9)),), contexts=LOCAL),
     a_build(named=(NamedSent("shared", "shared", "shared/.dockerignore", a_sent(waste=9)),), contexts=LOCAL),
     [("warning", "compose.yml", 4)]),
    ("named-context-without-ignore", a_build(named=(NamedSent("shared", "shared", None, a_sent()),), contexts=LOCAL),
     a_build(), [("info", "compose.yml", 4)]),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "catching", "other", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_a_rule_catches_what_it_is_about_and_nothing_else(
    rule: str, catching: BuildCase, other: BuildCase, expected: list[tuple[str, str, int | None]]
) -> None:
    if rule == "own-file-drops-root-rules":
        expected = [(severity, catching.rules.file or "", line) for severity, _, line in expected]

    assert found(rule, catching) == expected
    assert found(rule, other) == []


def test_several_builds_of_one_context_are_summed_up() -> None:
    one, two = (a_build(name, context=".", dockerfile=f"{name}/Dockerfile", sizes=FULL) for name in ("one", "two"))

    assert found("same-context-sent-by-many-builds", one, two) == [("info", "compose.yml", 4)]
    assert found("same-context-sent-by-many-builds", one, a_build("three", context="else")) == []
    assert found("same-context-sent-by-many-builds", one, one) == []


def test_of_two_declared_contexts_the_one_without_the_sources_is_named() -> None:
    right = a_build("api", a_read("src", SENT))
    wrong = a_build("docker-compose.prod.yml:api", a_read("src"), context=".")

    assert found("two-contexts-declared", right, wrong) == [("warning", "compose.yml", 4)]
    assert found("two-contexts-declared", right, a_build("b", a_read("src", SENT), context=".")) == []
    assert found("two-contexts-declared", wrong, a_build("b", a_read("src"))) == []


def test_the_same_fault_of_a_shared_ignore_file_is_named_once() -> None:
    assert len(said("arrives-empty", a_build("a", findings=(EMPTY,)), a_build("b", findings=(EMPTY,)))) == 1


def test_findings_come_worst_first() -> None:
    case = a_case(a_build("api", a_read("src"), a_read("$N/x", Standing.UNKNOWN, unset=("N",)), vcs=Totals(1, 0, 1)))

    assert [one.severity.value for one in judge(case)] == ["error", "warning", "info"]
