"""What builders are called, and what else is worth a line under a build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.formats.text import printable
from ctxsize.model import BuilderName

if TYPE_CHECKING:
    from ctxsize.model import Measurement

__all__ = ["LABEL", "remarks", "surely"]

_UNSURE = "not determined"

LABEL = {BuilderName.BUILDKIT: "BuildKit", BuilderName.ARCHIVE: "classic"}


def remarks(one: Measurement, *, brief: bool = False) -> list[str]:
    """What else is worth a line under a build: profiles, a guessed context, why it cannot be built.

    ``brief`` leaves out how a context was inferred (a note says that it was), not that it could not be.
    """
    declared = one.build.declared
    found = []
    if declared.profiles:
        found.append("profile " + ", ".join(map(printable, declared.profiles)))
    if declared.kind == "inferred" and not (brief and surely(one)):
        found.append(_guess(declared.note or ""))
    if one.build.broken:
        found.append("cannot be built: " + printable(one.build.broken))
    return found


def surely(one: Measurement) -> bool:
    """Whether something spoke for the context that was inferred."""
    return not (one.build.declared.note or "").startswith(_UNSURE)


def _guess(note: str) -> str:
    if note.startswith(_UNSURE):
        return "context " + printable(note)
    return "context inferred" + (f": {printable(note)}" if note else "")
