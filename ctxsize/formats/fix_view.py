"""What fix's formats are given: the strategies with their prices, and the files of the one that was chosen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ctxsize.mending.declarations import Remark
    from ctxsize.mending.edited import Refusal
    from ctxsize.migrate.pricing import Price
    from ctxsize.migrate.strategy import StrategyName
    from ctxsize.model import BuilderName, Finding

__all__ = ["FileEdit", "FixView", "diff"]


@dataclass(frozen=True, slots=True)
class FileEdit:
    """A file to write; ``before`` None: it is new, ``after`` None: it goes."""

    path: str
    before: bytes | None
    after: bytes | None

    @property
    def action(self) -> str:
        if self.after is None:
            return "delete"
        return "create" if self.before is None else "edit"


@dataclass(frozen=True, slots=True)
class FixView:
    """``chosen`` is the strategy whose files are shown, None if none can be; ``asked`` tells that it was asked for.

    ``places`` are (Dockerfile:line, source as written, where it stands). ``commands`` build the mended images without
    compose. ``verified`` are (build, engine's answer or None for built) after a real build.
    """

    root: str
    builder: BuilderName
    findings: tuple[Finding, ...] = ()
    prices: tuple[Price, ...] = ()
    recommended: tuple[StrategyName, str] | None = None
    chosen: StrategyName | None = None
    files: tuple[FileEdit, ...] = ()
    places: tuple[tuple[str, str, str], ...] = ()
    refusals: tuple[Refusal, ...] = ()
    remarks: tuple[Remark, ...] = ()
    commands: tuple[str, ...] = ()
    written: bool = False
    verified: tuple[tuple[str, str | None], ...] = ()
    unverified: str | None = None
    following: tuple[str, ...] = ()
    verbose: bool = False
    quiet: bool = False


def diff(edit: FileEdit) -> Iterator[str]:
    """A unified diff that ``git apply`` takes, line by line without line ends."""
    from difflib import unified_diff

    before, after = _lines(edit.before), _lines(edit.after)
    old = "/dev/null" if edit.before is None else f"a/{edit.path}"
    new = "/dev/null" if edit.after is None else f"b/{edit.path}"
    for line in unified_diff(before, after, old, new, lineterm="\n"):
        yield line.removesuffix("\n")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def _lines(data: bytes | None) -> list[str]:
    text = (data or b"").decode("utf-8", "surrogateescape")
    lines = text.split("\n")
    return [f"{line}\n" for line in lines[:-1]] + ([lines[-1]] if lines[-1] else [])
