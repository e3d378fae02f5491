"""Which front end a Dockerfile asks for: ``# syntax=``, also behind ``#!``, as ``// syntax=`` or in JSON.

Docker's own front ends are read here; what another one makes of the text nobody but itself knows.
"""

from __future__ import annotations

import re

__all__ = ["front_end", "is_dockers_own"]

_LINE = r"\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*\Z"
_KNOWN = {"syntax", "escape", "check"}
_DOCKERS = r"(?:docker\.io/)?docker/dockerfile(?:-upstream)?(?:[:@]|\Z)"


def front_end(data: bytes) -> tuple[str, int] | None:
    """(image, line) of the front end that the text asks for, None for the built-in one."""
    text = data[: 1 << 16].decode("utf-8", "replace").removeprefix("\ufeff")
    lines = text.split("\n")
    first = 1 if lines[0].startswith("#!") else 0
    for mark in ("#", "//"):
        found = _directive(lines, first, mark)
        if found is not None:
            return found
    return _json(data) if text.lstrip().startswith("{") else None


def is_dockers_own(image: str) -> bool:
    return image == "dockerfile.v0" or re.match(_DOCKERS, image) is not None


def _directive(lines: list[str], first: int, mark: str) -> tuple[str, int] | None:
    for number, line in enumerate(lines[first:], first + 1):
        found = re.match(_LINE, line.removeprefix(mark)) if line.startswith(mark) else None
        if found is None or found[1].lower() not in _KNOWN:
            return None
        if found[1].lower() == "syntax":
            return found[2].split(" ")[0], number
    return None


def _json(data: bytes) -> tuple[str, int] | None:
    import json

    try:
        found = json.loads(data)
    except (ValueError, RecursionError):
        return None
    value = found.get("syntax") if isinstance(found, dict) else None
    return (value, 1) if isinstance(value, str) else None
