"""What ``${…}`` and bare build args are looked up in: the environment, then ``.env``, then the project's name.

Follows Compose 2.40: what the environment sets wins, ``COMPOSE_DISABLE_ENV_FILE`` switches ``.env`` off, and
``COMPOSE_PROJECT_NAME`` is always there.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from ctxsize.builds.compose import dotenv
from ctxsize.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["default_env_file", "project_name", "with_env_files"]

_TRUE = ("1", "t", "T", "TRUE", "true", "True")


def default_env_file(folder: str, environ: Mapping[str, str], load: Callable[[str], bytes | None]) -> tuple[str, ...]:
    """The project's own ``.env``, if it is there and wanted; a folder of that name is none."""
    if environ.get("COMPOSE_DISABLE_ENV_FILE") in _TRUE:
        return ()
    file = posixpath.join(folder, ".env")
    try:
        return () if load(file) is None else (file,)
    except InputError:
        return ()


def with_env_files(
    environ: Mapping[str, str], files: Iterable[str], load: Callable[[str], bytes | None]
) -> tuple[dict[str, str], list[InputError]]:
    """The variables that the files add to ``environ``, and what was wrong: the first error ends the reading."""
    values: dict[str, str] = {}
    errors: list[InputError] = []
    try:
        for file in files:
            data = load(file)
            if data is None:
                raise InputError("couldn't find env file", where=file)
            dotenv.parse(data.decode("utf-8", "surrogateescape"), file, environ, values)
    except InputError as error:
        errors.append(error)
    return {**values, **environ}, errors


def project_name(environ: Mapping[str, str], declared: str, folder: str) -> str:
    """``declared`` is the ``name:`` of the files; the folder's name, tidied, is the last resort."""
    if environ.get("COMPOSE_PROJECT_NAME"):
        return environ["COMPOSE_PROJECT_NAME"]
    return _tidied(declared) or _tidied(posixpath.basename(folder))


def _tidied(name: str) -> str:
    return "".join(re.findall(r"[a-z0-9_-]", name.lower())).lstrip("_-")
