"""``doctor`` as the contract's JSON, ``ctxsize.doctor/1``. Fields may be added, never renamed or dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ctxsize.formats.json import dumps, finding, problems

if TYPE_CHECKING:
    from ctxsize.formats.doctor_view import DoctorView
    from ctxsize.formats.text import Page

__all__ = ["doctor"]


def doctor(view: DoctorView, page: Page) -> str:
    return dumps({"schema": "ctxsize.doctor/1", "root": view.root, **_answer(view)})


def _answer(view: DoctorView) -> dict[str, Any]:
    if view.listing:
        rules = [{"rule": code, "severity": severity.value, "summary": text} for code, severity, text in view.rules]
        return {"rules": rules}
    return {
        "builds": view.builds,
        "findings": [finding(one) | {"build": one.build} for one in view.findings],
        "silenced": view.silenced,
        "problems": problems(view.problems),
    }
