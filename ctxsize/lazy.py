"""A function named by its module, which is imported when it is first needed: start-up pays for nothing else."""

from __future__ import annotations

from typing import Any

__all__ = ["Lazy"]


class Lazy:
    """``Lazy("ctxsize.formats.table", "report")``: call it like the function, or ``load`` the function itself."""

    __slots__ = ("module", "name")

    def __init__(self, module: str, name: str) -> None:
        self.module = module
        self.name = name

    def load(self) -> Any:
        from importlib import import_module

        return getattr(import_module(self.module), self.name)

    def __call__(self, *given: Any, **named: Any) -> Any:
        return self.load()(*given, **named)
