"""All builds of one project: its files merged, its services turned into definitions, and what could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.builds.compose.definitions import Definer
from ctxsize.builds.compose.interpolate import TemplateError, substitute
from ctxsize.builds.compose.services import Scope, ServiceReader
from ctxsize.builds.compose.source import Files
from ctxsize.builds.compose.variables import default_env_file, project_name, with_env_files
from ctxsize.errors import CtxsizeError, InputError
from ctxsize.model import BuildDefinition, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ctxsize.builds.compose.projects import Project

__all__ = ["ProjectBuilds", "read"]


class ProjectBuilds(NamedTuple):
    """The builds in the order in which their services are declared, and what could not be read."""

    builds: tuple[BuildDefinition, ...]
    problems: tuple[Problem, ...]


def read(
    project: Project,
    *,
    load: Callable[[str], bytes | None],
    environ: Mapping[str, str],
    root: Path | None = None,
) -> ProjectBuilds:
    """All builds of a project, those of every profile. Never raises for what the files say.

    ``load`` gives the bytes of a file relative to the root, None where nothing is; it may raise InputError.
    ``root`` is the repository's absolute path: it turns absolute paths inside (``${PWD}/app``) into relative ones and
    names the project at the root.
    """
    files = Files(load)
    variables, errors = with_env_files(environ, default_env_file(project.folder, environ, load), load)
    reader = ServiceReader(files, environ)
    variables["COMPOSE_PROJECT_NAME"] = _name(project, files, variables, root)
    services = reader.read(project.files, Scope(project.folder, variables, (), {}))
    definer = Definer(project.folder, variables, root)
    builds: list[BuildDefinition] = []
    for name, service in services.items():
        defined = definer.define(name, service)
        if isinstance(defined, InputError):
            errors.append(defined)
        elif defined is not None:
            builds.append(defined)
    if not services and not errors and not reader.errors and all(files.source(file).empty for file in project.files):
        errors.append(InputError("empty compose file", where=project.files[0]))
    problems = dict.fromkeys(_problem(error, project) for error in (*errors, *reader.errors))
    return ProjectBuilds(tuple(builds), tuple(problems))


def _name(project: Project, files: Files, variables: Mapping[str, str], root: Path | None) -> str:
    folder = project.folder or (root.name if root is not None else "")
    declared = ""
    for file in project.files:
        try:
            declared = next(reversed([*files.source(file).names()]), declared)
            declared = substitute(declared, variables)
        except (CtxsizeError, TemplateError):
            continue  # the file's own reading says what is wrong with it
    return project_name(variables, declared, folder)


def _problem(error: InputError, project: Project) -> Problem:
    message = f"{error.message} ({error.hint})" if error.hint else error.message
    return Problem(error.where or project.files[0], message)
