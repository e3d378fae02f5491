"""Changes as a unified diff that ``git apply`` takes; bytes that are no UTF-8 stand as surrogates."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ctxsize.changes import Change

__all__ = ["diff", "diff_lines"]


def diff(changes: Iterable[Change]) -> str:
    return "".join(f"{line}\n" for change in changes for line in diff_lines(change))


def diff_lines(change: Change) -> Iterator[str]:
    """The diff of one file, line by line without line ends."""
    from difflib import unified_diff

    old = "/dev/null" if change.before is None else f"a/{change.path}"
    new = "/dev/null" if change.after is None else f"b/{change.path}"
    for line in unified_diff(_lines(change.before), _lines(change.after), old, new):
        yield line.removesuffix("\n")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def _lines(data: bytes | None) -> list[str]:
    # only LF ends a line: a CR or a form feed is part of it
    pieces = (data or b"").decode("utf-8", "surrogateescape").split("\n")
    return [f"{piece}\n" for piece in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])
