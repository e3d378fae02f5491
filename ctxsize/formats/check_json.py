"""``check`` as the contract's JSON, ``ctxsize.check/1``. Fields may be added, never renamed or dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ctxsize.formats.check_view import UNASKED
from ctxsize.formats.json import dumps, place, problems

if TYPE_CHECKING:
    from ctxsize.budget.figures import Figures, Upload
    from ctxsize.budget.judge import Blamed, Verdict, Violation
    from ctxsize.formats.check_view import CheckView
    from ctxsize.formats.text import Page

__all__ = ["check"]


def check(view: CheckView, page: Page) -> str:
    return dumps({
        "schema": "ctxsize.check/1",
        "ok": view.ok,
        "root": view.root,
        "against": view.against,
        "builds": [_build(verdict) for verdict in view.verdicts],
        "problems": problems(view.problems),
    })


def _build(verdict: Verdict) -> dict[str, Any]:
    return {
        "name": verdict.name,
        "builder": verdict.builder.value,
        "status": verdict.status,
        "renamed_from": verdict.renamed,
        "sent": _upload(verdict.sent),
        "compared": _upload(verdict.compared),
        "baseline": _upload(verdict.baseline),
        "delta": verdict.delta,
        "violations": [_violation(one) for one in verdict.violations if one.budget != UNASKED],
        "warnings": [_violation(one) for one in verdict.violations if one.budget == UNASKED],
        "error": verdict.error,
    }


def _upload(upload: Upload | None) -> dict[str, Any] | None:
    """The context as in ``report``; named contexts beside it."""
    if upload is None:
        return None
    named = {name: _figures(figures) for name, figures in upload.named.items()}
    return _figures(upload.main) | ({"named": named} if named else {})


def _figures(figures: Figures) -> dict[str, Any]:
    return {
        "files": figures.files, "dirs": figures.dirs, "bytes": figures.bytes, "transfer_bytes": figures.transfer,
        "walked": figures.walked, "waste": figures.waste,
    }  # fmt: skip


def _violation(one: Violation) -> dict[str, Any]:
    return {
        "budget": one.budget,
        "level": one.level.value,
        "limit": one.limit,
        "actual": one.actual,
        "message": one.message,
        "hint": one.hint,
        **place(one.where),
        "causes": [_cause(blamed) for blamed in one.causes],
        "heaviest": [{"path": path, "bytes": size} for path, size in one.heaviest],
    }


def _cause(blamed: Blamed) -> dict[str, Any]:
    cause, reason = blamed.cause, blamed.reason
    return {
        "path": cause.path,
        "bytes": cause.bytes,
        "change": cause.change,
        "files": cause.files,
        "reason": reason and {"kind": reason.kind, "message": reason.message, **place(reason.where)},
    }
