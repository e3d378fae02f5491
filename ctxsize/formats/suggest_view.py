"""What the formats of ``suggest`` are given, and the diff that all of them show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ctxsize.model import BuilderName
    from ctxsize.suggest.suggestion import FileChange, Suggestion

__all__ = ["SuggestView", "diff_of", "diffs"]

_NO_NEWLINE = "\\ No newline at end of file"


@dataclass(frozen=True, slots=True)
class SuggestView:
    """``written`` tells that the files stand already as the diff says; ``builder`` is whose saving comes first."""

    root: str
    suggestion: Suggestion
    builder: BuilderName
    written: bool = False
    quiet: bool = False
    verbose: bool = False


def diff_of(change: FileChange) -> str:
    """A unified diff of one file, as ``git apply`` takes it; bytes that are no UTF-8 stand as surrogates."""
    from difflib import unified_diff

    old, new = _lines(change.before), _lines(change.after)
    before = "/dev/null" if change.before is None else f"a/{change.path}"
    after = "/dev/null" if change.after is None else f"b/{change.path}"
    out = []
    for line in unified_diff(old, new, before, after):
        out.append(line if line.endswith("\n") else f"{line}\n{_NO_NEWLINE}\n")
    return "".join(out)


def diffs(suggestion: Suggestion) -> str:
    return "".join(diff_of(change) for change in suggestion.files)


def _lines(data: bytes | None) -> list[str]:
    # only LF ends a line: a CR or a form feed is part of it
    pieces = (data or b"").decode("utf-8", "surrogateescape").split("\n")
    return [f"{piece}\n" for piece in pieces[:-1]] + ([pieces[-1]] if pieces[-1] else [])
