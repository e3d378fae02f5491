"""The registry of output formats: ``FORMATS[command][name]``; the first of each is the default.

A new format is one function that turns a command's view into text, and one line here; the choices of
``--format`` and its help derive from this table. A format is imported when it is called, and rich when the width
of a name that is not ASCII is asked. Names are hostile: each passes ``text.printable`` (terminals), ``text.plain``
(JSON) or ``markdown.code`` and ``escaped``; lines with colours are ``line.Line``, made into text by ``text.render``.
"""

from __future__ import annotations

from collections.abc import Mapping

from ctxsize.formats.text import Page
from ctxsize.lazy import Lazy

__all__ = ["FORMATS", "Page"]


def _in(module: str, name: str) -> Lazy:
    """A function of a module here: (a command's own view, Page) → text."""
    return Lazy(f"ctxsize.formats.{module}", name)


FORMATS: Mapping[str, Mapping[str, Lazy]] = {
    "report": {"table": _in("table", "report"), "json": _in("json", "report"), "markdown": _in("markdown", "report")},
    "ls": {"text": _in("listing", "ls"), "json": _in("json", "ls")},
    "explain": {"text": _in("verdicts", "explain"), "json": _in("json", "explain")},
    "suggest": {
        "table": _in("suggest_table", "suggest"),
        "diff": _in("suggest_json", "diff"),
        "json": _in("suggest_json", "suggest"),
        "markdown": _in("suggest_markdown", "suggest"),
    },
    "check": {
        name: _in(f"check_{name}", "check")
        for name in ("table", "json", "markdown", "github", "gitlab", "junit", "sarif")
    },
    "fix": {"table": _in("fix_table", "fix"), "diff": _in("fix_json", "diff"), "json": _in("fix_json", "fix")},
    "doctor": {name: _in(f"doctor_{name}", "doctor") for name in ("table", "json", "github", "sarif")},
}
