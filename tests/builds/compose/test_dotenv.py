"""The ``.env`` dialect, a line a row; ``KNOWN`` is what the environment has already."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctxsize.builds.compose import dotenv
from ctxsize.errors import InputError

KNOWN = {"HOME": "/h", "TAKEN": "known"}

ROWS = [
    # text, variables
    ("", {}),
    ("\n\n# only a comment\n", {}),
    ("A=1", {"A": "1"}),
    ("A=1\r\nB=2\r\n", {"A": "1", "B": "2"}),
    ("\ufeffA=1", {"A": "1"}),
    ("A = 1 ", {"A": "1"}),
    ("A: 1", {"A": "1"}),
    ("export A=1", {"A": "1"}),
    ("exported=1", {"exported": "1"}),
    ("A=", {"A": ""}),
    ("A=\nB=2", {"A": "", "B": "2"}),
    ("A=x y z", {"A": "x y z"}),
    ("A=x # comment", {"A": "x"}),
    ("A=x#y", {"A": "x#y"}),
    ("A='x # y'", {"A": "x # y"}),
    ('A="x # y"', {"A": "x # y"}),
    ("A='$HOME'", {"A": "$HOME"}),
    ('A="$HOME"', {"A": "/h"}),
    ("A=$HOME", {"A": "/h"}),
    ("A=${HOME}/x", {"A": "/h/x"}),
    ("A=${NOPE:-x}", {"A": "x"}),
    ("A=1\nB=$A", {"A": "1", "B": "1"}),
    ("TAKEN=file\nB=$TAKEN", {"TAKEN": "file", "B": "known"}),
    ("A=1\nA=2", {"A": "2"}),
    ("HOME\n", {"HOME": "/h"}),
    ("NOPE\n", {}),
    ('A="one\ntwo"\nB=3', {"A": "one\ntwo", "B": "3"}),
    ("A='one\ntwo'", {"A": "one\ntwo"}),
    (r'A="one\ntwo\tthree"', {"A": "one\ntwo\tthree"}),
    (r"A='one\ntwo'", {"A": r"one\ntwo"}),
    (r'A="a\"b"', {"A": 'a"b'}),
    (r"A='a\'b'", {"A": "a'b"}),
    (r'A="\$HOME"', {"A": "$HOME"}),
    ("A.B-C[0]=x", {"A.B-C[0]": "x"}),
    ("A=b=c", {"A": "b=c"}),
    ("A=$$x", {"A": "$x"}),
]

FAULTS = [
    # text, where, message
    ("A=1\nB C=2", ".env:2", "key cannot contain a space"),
    ("A!=1", ".env:1", 'unexpected character "!" in variable name "A!=1"'),
    ('A=1\nB="open', ".env:2", 'unterminated quoted value "open'),
    ("export ", ".env:1", "zero length string"),
    ("A=${", ".env:1", 'Invalid template: "${"'),
    ("A=${X:?say}", ".env:1", "required variable X is missing a value: say"),
]


def parsed(text: str) -> dict[str, str]:
    values: dict[str, str] = {}
    dotenv.parse(text, ".env", KNOWN, values)
    return values


@pytest.mark.parametrize(("text", "variables"), ROWS)
def test_files_give(text: str, variables: dict[str, str]) -> None:
    assert parsed(text) == variables


@pytest.mark.parametrize(("text", "where", "message"), FAULTS)
def test_faults_name_their_line(text: str, where: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        parsed(text)
    assert (caught.value.where, caught.value.message) == (where, message)


@given(st.text(alphabet="Aab=: '\"\\\n#$\t{}"))
def test_no_file_is_a_crash(text: str) -> None:
    assert fault_of(text).startswith((".env:", "none"))


def fault_of(text: str) -> str:
    try:
        parsed(text)
    except InputError as error:
        return str(error.where)
    return "none"


@given(st.dictionaries(st.from_regex(r"[A-Z]{1,5}", fullmatch=True), st.text(alphabet="ab#$ \"'\\=\n")))
def test_what_is_quoted_comes_back(values: dict[str, str]) -> None:
    def quoted(value: str) -> str:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$") + '"'

    assert parsed("".join(f"{name}={quoted(value)}\n" for name, value in values.items())) == values
