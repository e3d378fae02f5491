"""The configuration: ``ctxsize.toml``, or ``[tool.ctxsize]`` in pyproject.toml, parsed once into frozen values.

Unknown keys and values of the wrong kind are errors that name the file, the key and the nearest known name.
``settings.schema.json`` beside this file says the same to editors.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ctxsize.errors import InputError, SettingsError
from ctxsize.model import BuilderName, Location, Severity
from ctxsize.units import parse_size

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ctxsize.budget.limits import Budget

__all__ = ["Settings", "load"]

FILE = "ctxsize.toml"
PYPROJECT = "pyproject.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """``file`` is the configuration's path relative to the root, None without one. ``limits`` are the general budget's,
    ``builds`` (glob, changes of the budget) in the order written; ``contexts`` the contexts by build-name glob."""

    file: str | None = None
    builder: BuilderName = BuilderName.BUILDKIT
    exclude: tuple[str, ...] = ()
    junk: tuple[str, ...] = ()
    limits: Mapping[str, Any] = field(default_factory=dict)
    builds: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    contexts: Mapping[str, str] = field(default_factory=dict)
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
    its git repository. Raises SettingsError."""
    if config is not None:
        return _read(config, root, required=True) or Settings()
    for folder in _upward(root):
        for name in (FILE, PYPROJECT):
            found = _read(folder / name, root)
            if found is not None:
                return found
    return Settings()


def _upward(root: Path) -> list[Path]:
    folders = [root, *root.parents]
    for place, folder in enumerate(folders):
        if (folder / ".git").exists():
            return folders[: place + 1]
    return [root]


def _read(path: Path, root: Path, *, required: bool = False) -> Settings | None:
    """None where the file is not there, or is a pyproject.toml that says nothing of ctxsize."""
    from ctxsize.disk import read_file

    try:
        data = read_file(path)
    except InputError as error:
        raise SettingsError(error.message, where=str(path)) from None
    if data is None:
        if required:
            raise SettingsError("no such configuration file", where=str(path))
        return None
    if path.name == PYPROJECT and b"ctxsize" not in data:
        return None
    table = _parsed(data, path)
    reader = _Reader(_shown(path, root), data)
    if path.name != PYPROJECT:
        return reader.settings(table)
    tools = table.get("tool")
    own = tools.get("ctxsize") if isinstance(tools, dict) else None
    return None if own is None else reader.settings(own)


def _shown(path: Path, root: Path) -> str:
    import os

    return os.path.relpath(path, root)


def _parsed(data: bytes, path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(data.decode())
    except (ValueError, RecursionError) as error:
        raise SettingsError(f"not TOML: {error}", where=str(path)) from None


class _Reader:
    def __init__(self, file: str, data: bytes) -> None:
        self.file = file
        self._lines = data.decode().splitlines()

    def where(self, key: str) -> str:
        """The file and the line on which the key's last part first stands."""
        last = key.rpartition(".")[2]
        for number, line in enumerate(self._lines, 1):
            if line.lstrip().startswith((last, f'"{last}"', f"[{key}]", f"[tool.ctxsize.{key}]")):
                return f"{self.file}:{number}"
        return self.file

    def wrong(self, key: str, message: str, hint: str | None = None) -> SettingsError:
        return SettingsError(f"{key}: {message}", where=self.where(key), hint=hint)

    def settings(self, table: Any) -> Settings:
        readers: dict[str, Callable[[str, Any], Any]] = {
            "builder": self.builder, "exclude": self.texts, "junk": self.junk, "budget": self.budget,
            "builds": self.builds, "assert": self.asserts, "suggest": self.suggest, "doctor": self.doctor,
        }  # fmt: skip
        found = self.table("", table, readers)
        builds = found.pop("builds", {})
        for nested in ("assert", "suggest", "doctor"):
            found.update(found.pop(nested, {}))
        limits = found.pop("budget", {})
        contexts = {pattern: one["context"] for pattern, one in builds.items() if "context" in one}
        changes = tuple((pattern, one.get("budget", {})) for pattern, one in builds.items())
        return Settings(file=self.file, limits=limits, builds=changes, contexts=contexts, **found)

    def table(self, prefix: str, table: Any, readers: Mapping[str, Callable[[str, Any], Any]]) -> dict[str, Any]:
        if not isinstance(table, dict):
            raise self.wrong(prefix, "must be a table")
        found = {}
        for key, value in table.items():
            full = f"{prefix}.{key}" if prefix else key
            if key not in readers:
                raise SettingsError(f"{full} is not known", where=self.where(full), hint=_nearest(key, list(readers)))
            found[key] = readers[key](full, value)
        return found

    # --- values ----------------------------------------------------------------------------------

    def text(self, key: str, value: Any) -> str:
        if not isinstance(value, str):
            raise self.wrong(key, "must be a text")
        return value

    def texts(self, key: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.wrong(key, "must be a list of texts")
        return tuple(value)

    def one_of(self, key: str, value: Any, known: type[Any] | tuple[str, ...]) -> Any:
        names = [str(one) for one in known]
        if value not in names:
            raise self.wrong(key, f"{value!r} is not one of {', '.join(names)}", _nearest(str(value), names))
        return known(value) if isinstance(known, type) else value

    def builder(self, key: str, value: Any) -> Any:
        return self.one_of(key, value, BuilderName)

    def junk(self, key: str, value: Any) -> tuple[str, ...]:
        from ctxsize.dockerignore import BadPatternError, IgnoreRules

        patterns = self.texts(key, value)
        for pattern in patterns:
            try:
                for one in IgnoreRules.of([pattern]).patterns:
                    one.check()
            except BadPatternError as error:
                raise self.wrong(key, f"{pattern!r}: {error}") from None
        return patterns

    def size(self, key: str, value: Any) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
            return value
        if not isinstance(value, str):
            raise self.wrong(key, "must be a size", 'write it as "50 MB" or 5000')
        size: int = self.mended(key, lambda: parse_size(value))
        return size

    def mended(self, key: str, read: Callable[[], Any]) -> Any:
        try:
            return read()
        except SettingsError as error:
            raise self.wrong(key, error.message, error.hint) from None

    def number(self, key: str, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.wrong(key, "must be a number of entries")
        return value

    def growth(self, key: str, value: Any) -> Any:
        values = value if isinstance(value, list) else [value]
        return tuple(self.one_growth(key, one) for one in values)

    def one_growth(self, key: str, value: Any) -> Any:
        from ctxsize.budget.limits import parse_growth

        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else self.text(key, value)
        return self.mended(key, lambda: parse_growth(text, parse_size))

    # --- tables ----------------------------------------------------------------------------------

    def budget(self, key: str, value: Any) -> dict[str, Any]:
        from ctxsize.budget.limits import Level

        sizes = dict.fromkeys(("max_bytes", "max_transfer", "max_waste"), self.size)
        numbers = dict.fromkeys(("max_files", "max_walked"), self.number)
        found = self.table(key, value, {
            **sizes, **numbers, "max_growth": self.growth, "message": self.text, "builder": self.builder,
            "level": lambda name, level: self.one_of(name, level, Level),
        })  # fmt: skip
        file, _, line = self.where(key).rpartition(":")
        return {**found, "where": Location(file or self.file, int(line)) if line.isdecimal() else Location(self.file)}

    def builds(self, key: str, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise self.wrong(key, "must be tables, one per build name or glob")
        readers: dict[str, Callable[[str, Any], Any]] = {"context": self.text, "budget": self.budget}
        return {name: self.table(f"{key}.{name}", table, readers) for name, table in value.items()}

    def asserts(self, key: str, value: Any) -> dict[str, Any]:
        return self.table(key, value, {"must_exclude": self.texts, "must_include": self.texts})

    def suggest(self, key: str, value: Any) -> dict[str, Any]:
        found = self.table(key, value, {"include": lambda name, one: self.one_of(name, one, ("proven", "likely"))})
        return {"suggest_include": found["include"]} if "include" in found else {}

    def doctor(self, key: str, value: Any) -> dict[str, Any]:
        found = self.table(key, value, {
            "ignore": self.texts, "fail_on": lambda name, one: self.one_of(name, one, Severity),
        })  # fmt: skip
        return {{"ignore": "doctor_ignore"}.get(name, name): one for name, one in found.items()}


def _nearest(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    return f"did you mean {near[0]}?" if near else "known: " + ", ".join(known)
