"""``suggest`` as GitHub-flavoured Markdown: the diff in a fence, the savings as a table. Every cell is escaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.formats.diffs import diff
from ctxsize.formats.markdown import code, escaped, rows
from ctxsize.formats.suggest_table import changed, instead_of, together, total, verdict
from ctxsize.formats.text import Page, printable
from ctxsize.model import BuilderName
from ctxsize.units import format_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ctxsize.formats.suggest_view import SuggestView

__all__ = ["suggest"]

_MOST = 20


def suggest(view: SuggestView, page: Page) -> str:
    parts = ["### ctxsize suggest", escaped(verdict(view)), *_saved(view), _savings(view), *_fenced(view), *_rest(view)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _saved(view: SuggestView) -> Iterator[str]:
    if view.suggestion.files:
        before, after = total(view.suggestion.builds, view.builder)
        yield f"All builds together, {view.builder.value}: {format_size(before)} → {format_size(after)}"


def _savings(view: SuggestView) -> str:
    order = sorted(BuilderName, key=lambda name: name is not view.builder)
    body = [[code(one.name), *(escaped(changed(one, name)) for name in order)] for one in view.suggestion.builds]
    return "\n".join(rows(("build", *(name.value for name in order)), (False, True, True), body)) if body else ""


def _fenced(view: SuggestView) -> Iterator[str]:
    text = diff(view.suggestion.files)
    if text:
        lines = [printable(line.removesuffix("\r")) for line in text.split("\n")[:-1]]
        # longer than any run of backticks inside
        fence = "`" * max(3, 1 + max((_run(line) for line in lines), default=0))
        yield f"{fence}diff\n" + "\n".join(lines) + f"\n{fence}"


def _run(line: str) -> int:
    longest = now = 0
    for char in line:
        now = now + 1 if char == "`" else 0
        longest = max(longest, now)
    return longest


def _rest(view: SuggestView) -> Iterator[str]:
    found = view.suggestion
    held = sorted(found.kept_back, key=lambda one: -one.bytes)
    lines = [f"- held back: {code(one.rule)} {escaped(one.reason)} ({format_size(one.bytes)})" for one in held[:_MOST]]
    for one in list(together(found.advice))[:_MOST]:
        where = code(f"{one.file}:{one.line}")
        lines.append(f"- {where} {code(one.instruction)} reads all {format_size(one.bytes)}; "
                     f"narrower: {escaped(instead_of(one))}")  # fmt: skip
    lines += [f"- refused: {code(path)} {escaped(reason)}" for path, reason in found.refused]
    lines += [f"- {escaped(note)}" for note in found.notes[:_MOST]]
    yield "\n".join(lines)
