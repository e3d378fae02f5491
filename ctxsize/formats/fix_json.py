"""``fix`` as JSON, ``ctxsize.fix/1``, and as a bare diff. Fields may be added, never renamed or dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ctxsize.formats import diffs
from ctxsize.formats.json import dumps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ctxsize.formats.fix_view import FixView
    from ctxsize.formats.text import Page
    from ctxsize.migrate.pricing import Price
    from ctxsize.model import BuilderName

__all__ = ["diff", "fix"]


def diff(view: FixView, page: Page) -> str:
    return diffs.diff(view.files)


def fix(view: FixView, page: Page) -> str:
    return dumps({
        "schema": "ctxsize.fix/1",
        "root": view.root,
        "builds": [one.build for one in view.findings],
        "strategies": [_price(one) for one in view.prices],
        "recommended": {"strategy": view.recommended[0].value, "reason": view.recommended[1]}
        if view.recommended else None,
        "strategy": view.chosen.value if view.chosen else None,
        "written": view.written,
        "sources": [{"where": where, "source": word, "stands_in": place} for where, word, place in view.places],
        "files": [
            {"path": one.path, "action": one.action, "diff": diffs.diff([one])}
            for one in view.files
        ],
        "refused": [
            {"file": one.file, "line": one.line, "reason": one.reason, "builds": list(one.builds)}
            for one in view.refusals
        ],
        "by_hand": [
            {"file": one.file, "line": one.line, "text": one.text, "advice": one.advice} for one in view.remarks
        ],
        "commands": list(view.commands),
        "verified": None if not view.verified else [
            {"build": name, "ok": message is None, "message": message} for name, message in view.verified
        ],
        "unverified": view.unverified,
    })  # fmt: skip


def _price(one: Price) -> dict[str, Any]:
    return {
        "name": one.strategy.value,
        "sent": {"before": _sums(one.before), "after": _sums(one.after), "tightened": _sums(one.tightened)},
        "duplicated": one.duplicated,
        "files": one.files,
        "ignore_files": one.rules,
        "mended": one.mended,
        "refused": one.refused,
        "demands": one.demands,
        "failure": one.failure,
    }


def _sums(sums: Mapping[BuilderName, int | None]) -> dict[str, int | None]:
    return {name.value: size for name, size in sums.items()}
