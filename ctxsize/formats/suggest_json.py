"""``suggest`` for programs (``ctxsize.suggest/1``) and as a bare diff."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ctxsize.formats import diffs
from ctxsize.formats.json import dumps, problems, sent_totals
from ctxsize.formats.text import Page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ctxsize.formats.suggest_view import SuggestView
    from ctxsize.model import BuilderName, Sent
    from ctxsize.suggest.suggestion import Advice

__all__ = ["diff", "suggest"]


def suggest(view: SuggestView, page: Page) -> str:
    found = view.suggestion
    return dumps({
        "schema": "ctxsize.suggest/1",
        "root": view.root,
        "written": view.written,
        "files": [
            {"path": one.path, "action": one.action, "diff": diffs.diff([one]), "builds": one.builds}
            for one in found.files
        ],
        "builds": [
            {"name": one.name, "before": _builders(one.before), "after": _builders(one.after)} for one in found.builds
        ],
        "kept_back": [{"rule": one.rule, "reason": one.reason, "bytes": one.bytes} for one in found.kept_back],
        "advice": [_advice(one) for one in found.advice],
        "notes": found.notes,
        "refused": [{"path": path, "reason": reason} for path, reason in found.refused],
        "problems": problems(found.problems),
    })  # fmt: skip


def diff(view: SuggestView, page: Page) -> str:
    """Nothing but the diff, for ``git apply`` and for reviewers; names and bytes as they are."""
    return diffs.diff(view.suggestion.files)


def _builders(builders: Mapping[BuilderName, Sent] | None) -> dict[str, Any] | None:
    if builders is None:
        return None
    return {name.value: sent_totals(sent) | {"walked": sent.walked} for name, sent in builders.items()}


def _advice(one: Advice) -> dict[str, Any]:
    return {
        "build": one.build, "file": one.file, "line": one.line, "instruction": one.instruction, "bytes": one.bytes,
        "instead": [{"path": each.path, "bytes": each.bytes} for each in one.instead],
    }  # fmt: skip
