"""The configuration: ``ctxsize.toml``, or ``[tool.ctxsize]`` in pyproject.toml, parsed once into frozen values.

Here is what it is and where it is found; ``configuration`` reads it, and ``settings.schema.json`` says the same to
editors.
"""

from __future__ import annotations

import os
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from ctxsize.errors import InputError, SettingsError
from ctxsize.model import BuilderName, Severity

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ctxsize.budget.limits import Budget

__all__ = ["Settings", "load"]

FILE = "ctxsize.toml"
PYPROJECT = "pyproject.toml"
_LARGEST = 4 << 20


_NOTHING: Mapping[str, Any] = MappingProxyType({})


class Settings(NamedTuple):
    """``file`` is the configuration's path relative to the root, None without one; ``unread`` another one beside it.

    ``limits`` are the general budget's, ``builds`` (glob, changes of the budget) in the order written; ``contexts`` the
    contexts by build-name glob, relative to the root.
    """

    file: str | None = None
    unread: str | None = None
    builder: BuilderName = BuilderName.BUILDKIT
    exclude: tuple[str, ...] = ()
    junk: tuple[str, ...] = ()
    limits: Mapping[str, Any] = _NOTHING
    builds: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    contexts: Mapping[str, str] = _NOTHING
    must_exclude: tuple[str, ...] = ()
    must_include: tuple[str, ...] = ()
    suggest_include: str = "proven"
    doctor_ignore: tuple[str, ...] = ()
    fail_on: Severity = Severity.ERROR

    def budget_for(self, build: str) -> Budget:
        """The limits of a build: the general ones, overruled by the tables whose glob matches, later ones last."""
        from fnmatch import fnmatchcase

        from ctxsize.budget.limits import Budget

        found = Budget(**self.limits)
        for pattern, changes in self.builds:
            if changes and (pattern == build or fnmatchcase(build, pattern)):
                found = found.overruled(**changes)
        return found


def load(root: Path, config: Path | None = None) -> Settings:
    """The settings for a repository. Without ``config`` the nearest file from ``root`` upward, not beyond the top of
    its git repository; where both stand, ctxsize.toml wins. Raises SettingsError."""
    if config is not None:
        found = _read(config, root, root)
        if found is None:
            raise SettingsError(_nothing_in(config), where=str(config))
        return found
    for folder in _upward(root):
        for name in (FILE, PYPROJECT):
            found = _read(folder / name, root, folder)
            if found is not None:
                return found
    return Settings()


def _nothing_in(config: Path) -> str:
    return "it has no [tool.ctxsize]" if config.exists() else "no such configuration file"


def _upward(root: Path) -> list[Path]:
    folders = [root, *root.parents]
    for place, folder in enumerate(folders):
        if (folder / ".git").exists():
            return folders[: place + 1]
    return [root]


def _read(path: Path, root: Path, home: Path) -> Settings | None:
    """None where the file is not there, or is a pyproject.toml that says nothing of ctxsize.

    ``home`` is the folder that the configuration's paths are relative to.
    """
    data = _bytes(path)
    if data is None or (path.name == PYPROJECT and b"ctxsize" not in data):
        return None
    from ctxsize.configuration import read

    def rebase(folder: str) -> str:
        return os.path.relpath(home / folder, root)

    shown = os.path.relpath(path, root)
    if path.name == PYPROJECT:
        found = read(shown, data, ("tool", "ctxsize"), rebase)
        return None if found is None else Settings(file=shown, **found)
    beside = path.with_name(PYPROJECT)
    unread = os.path.relpath(beside, root) if b"[tool.ctxsize" in (_bytes(beside) or b"") else None
    return Settings(file=shown, unread=unread, **(read(shown, data, (), rebase) or {}))


def _bytes(path: Path) -> bytes | None:
    from ctxsize.disk import read_file

    try:
        return read_file(path, _LARGEST)
    except InputError as error:
        raise SettingsError(error.message, where=str(path)) from None
