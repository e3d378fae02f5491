"""Templates, against compose-go's own table and the forms that it leaves out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctxsize.builds.compose.interpolate import TemplateError, substitute

VARIABLES = {"FOO": "first", "BAR": "", "JSON": '{"json":2}'}
ROWS = [
    json.loads(line) for line in (Path(__file__).parent / "templates.jsonl").read_text(encoding="utf-8").splitlines()
]

MORE = [
    # template, result
    ("", ""),
    ("$FOO$FOO", "firstfirst"),
    ("${FOO}${FOO}", "firstfirst"),
    ("$$$FOO", "$first"),
    ("$$$$", "$$"),
    ("${JSON}", '{"json":2}'),
    ("$foo_1-x", "-x"),
    ("${MISSING:-a}${MISSING:-b}", "ab"),
    ("${MISSING:-$$x}", "$x"),
    ("${MISSING:-{}}", "{}"),
    ("${MISSING:-a:-b}", "a:-b"),
    ("${MISSING:+a}${FOO:+b}", "b"),
    ("${FOO:-${MISSING:-x}}", "first"),
    ("${MISSING-}", ""),
    ("$1 and $-", "$1 and $-"),
    ("é ${FOO} é", "é first é"),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["input"])
def test_compose_go_says_so(row: dict[str, str | None]) -> None:
    if row["error"] is None:
        assert substitute(row["input"] or "", VARIABLES) == row["expected"]
        return
    with pytest.raises(TemplateError) as caught:
        substitute(row["input"] or "", VARIABLES)
    assert row["error"] in str(caught.value)


@pytest.mark.parametrize(("template", "result"), MORE)
def test_templates_give(template: str, result: str) -> None:
    assert substitute(template, VARIABLES) == result


def test_unset_names_are_told_only_where_they_count() -> None:
    heard: list[str] = []
    substitute("$A ${B} ${C:-x} ${FOO:-$D} ${E:-$F}", VARIABLES, unset=heard.append)
    assert heard == ["A", "B", "F"]


@given(st.text(alphabet=st.characters(exclude_characters="$", exclude_categories=["Cs"])))
def test_text_without_a_dollar_is_itself(text: str) -> None:
    assert substitute(text, VARIABLES) == text


@given(st.text())
def test_doubled_dollars_come_back(text: str) -> None:
    assert substitute(text.replace("$", "$$"), VARIABLES) == text


@given(st.text(alphabet="${}:-+?aB_1 \n"))
def test_no_template_is_a_crash(template: str) -> None:
    assert fault_of(template) in ("invalid", "required", "none")


def fault_of(template: str) -> str:
    try:
        substitute(template, {"a": "x", "B": ""})
    except TemplateError as error:
        return error.kind
    return "none"
