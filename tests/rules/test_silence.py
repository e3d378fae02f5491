"""Comments that take a finding back: where they count and where they do not."""

from __future__ import annotations

import pytest

from ctxsize.model import Finding, Severity
from ctxsize.rules.silence import silenced

ROWS = [
    ("on the line before", "A\n# ctxsize: ignore=x\nB\n", 3, True),
    ("with other comments between", "# ctxsize: ignore=x\n# why\n\nB\n", 4, True),
    ("behind the line", "a: b  # ctxsize: ignore=x\n", 1, True),
    ("one of several", "# ctxsize: ignore=y, x\nB\n", 2, True),
    ("without a blank", "#ctxsize:ignore=x\nB\n", 2, True),
    ("another rule", "# ctxsize: ignore=y\nB\n", 2, False),
    ("a longer name", "# ctxsize: ignore=x-y\nB\n", 2, False),
    ("with something else between", "# ctxsize: ignore=x\nA\nB\n", 3, False),
    ("behind it", "B\n# ctxsize: ignore=x\n", 1, False),
    ("anywhere, for a whole file", "A\nB\n# ctxsize: ignore=x\n", None, True),
    ("nowhere", "A\n", None, False),
    ("a line that is not there", "A\n", 9, False),
    ("an empty file", "", 7, False),
]


@pytest.mark.parametrize(("text", "line", "silent"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_a_comment_counts_for_its_line(text: str, line: int | None, silent: bool) -> None:
    finding = Finding("x", Severity.ERROR, "m", None, "f", line)

    assert (silenced([finding], {"f": text}) == ()) is silent
    assert silenced([finding], {}) == (finding,)
