"""The registry of output formats: ``FORMATS[command][name]``; the first of each is the default.

A new format is one function that turns a command's view into text, and one line here; the choices of
``--format`` and its help derive from this table. Formats that need rich import it when they are called.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ctxsize.formats import json, listing, markdown, table, verdicts
from ctxsize.formats.text import Page

__all__ = ["FORMATS", "Format", "Page"]


Format = Callable[[Any, Page], str]  # Any: each command's own view (views.py)

FORMATS: Mapping[str, Mapping[str, Format]] = {
    "report": {"table": table.report, "json": json.report, "markdown": markdown.report},
    "ls": {"text": listing.ls, "json": json.ls},
    "explain": {"text": verdicts.explain, "json": json.explain},
}
