"""``explain``: per path and build a verdict, and the line that decided."""

from __future__ import annotations

import json

from ctxsize.formats import FORMATS, Page
from ctxsize.formats.views import ExplainView
from ctxsize.listing import ExplainedBuild, ExplainedPath
from ctxsize.model import Class, IgnoredBy, ReadBy

COPY_ALL = ReadBy("api/Dockerfile", 4, "COPY . .")
COPY_ONE = ReadBy("web/Dockerfile", 2, "COPY data/x /x")
RULE = IgnoredBy(".dockerignore", 3, "data")
VIEW = ExplainView(
    (
        ExplainedPath("data/x", (
            ExplainedBuild("api", True, Class.JUNK, None, (COPY_ALL,)),
            ExplainedBuild("web", True, Class.USED, None, (COPY_ONE, ReadBy("web/Dockerfile", 9, "RUN --mount=type=bind"))),
            ExplainedBuild("tools", True, Class.UNUSED, None, ()),
            ExplainedBuild("dockerfiles/x", False, None, RULE, (COPY_ALL,)),
            ExplainedBuild("日本", False, None, None, ()),
            ExplainedBuild("torn", False, None, None, (), "no such\x07 target"),
            ExplainedBuild("late", True, Class.USED, None, (COPY_ALL,), "no such base"),
        )),
        ExplainedPath("gone\n[red]", (ExplainedBuild("\x1b[31m", False, None, IgnoredBy("a\nb", 1, "*\x07"), ()),)),
    ),
    missing=frozenset({"gone\n[red]"}),
)  # fmt: skip


def test_the_text_says_what_and_why() -> None:
    assert FORMATS["explain"]["text"](VIEW, Page()) == r"""data/x
  api            sent      junk: only read because a whole folder is copied
                           read by api/Dockerfile:4: COPY . .
  web            sent      read by web/Dockerfile:2: COPY data/x /x
                           read by web/Dockerfile:9: RUN --mount=type=bind
  tools          sent      unused: no instruction of this build reads it
  dockerfiles/x  not sent  ignored by .dockerignore:3: data
                           asked for by api/Dockerfile:4: COPY . .
  日本           not sent  no instruction asks for it
  torn           not sent  the build fails: no such\x07 target
  late           sent      the build fails: no such base
                           read by api/Dockerfile:4: COPY . .

gone\n[red]  not there now
  \x1b[31m  not sent  ignored by a\nb:1: *\x07
"""


def test_the_json_is_the_contracts() -> None:
    found = json.loads(FORMATS["explain"]["json"](VIEW, Page()))

    data, gone = found.pop("paths")
    assert found == {"schema": "ctxsize.explain/1"}
    assert (data["path"], data["exists"], gone["path"], gone["exists"]) == ("data/x", True, "gone\n[red]", False)
    read_by = [{"file": "api/Dockerfile", "line": 4, "instruction": "COPY . ."}]
    assert data["builds"][0] == {"build": "api", "sent": True, "class": "junk", "ignored_by": None, "read_by": read_by,
                                 "error": None}  # fmt: skip
    assert data["builds"][3] == {
        "build": "dockerfiles/x", "sent": False, "class": None,
        "ignored_by": {"file": ".dockerignore", "line": 3, "pattern": "data"}, "read_by": read_by, "error": None,
    }  # fmt: skip
    nothing = {"sent": False, "class": None, "ignored_by": None, "read_by": []}
    assert data["builds"][4] == {"build": "日本", **nothing, "error": None}
    assert data["builds"][5] == {"build": "torn", **nothing, "error": "no such\x07 target"}
