"""What the formats of ``suggest`` are given."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ctxsize.model import BuilderName
    from ctxsize.suggest.suggestion import Suggestion

__all__ = ["SuggestView"]


class SuggestView(NamedTuple):
    """``written`` tells that the files stand already as the diff says; ``builder`` is whose saving comes first."""

    root: str
    suggestion: Suggestion
    builder: BuilderName
    written: bool = False
    quiet: bool = False
    verbose: bool = False
