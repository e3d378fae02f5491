"""A change of one file, as ``suggest`` and ``fix`` propose it and ``disk`` writes it. A value: nothing happens here."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Change"]


class Change(NamedTuple):
    """``path`` is relative to the root. None is "no file": ``before``, it is created; ``after``, it is taken away.

    ``builds`` are the names of those that a proposed ignore file serves.
    """

    path: str
    before: bytes | None
    after: bytes | None
    builds: tuple[str, ...] = ()

    @property
    def action(self) -> str:
        """``create``, ``edit`` or ``delete``."""
        if self.after is None:
            return "delete"
        return "create" if self.before is None else "edit"
