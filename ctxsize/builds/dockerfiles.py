"""Dockerfiles that nothing else declares: each is a build of its own, in the context that fits it best."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ctxsize.builds.inference import Inference
from ctxsize.builds.search import is_dockerfile_name, may_be_dockerfile_name
from ctxsize.dockerfile import DockerfileError, parse
from ctxsize.errors import InputError
from ctxsize.model import BuildDefinition, Declaration, Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ctxsize.builds import Found

__all__ = ["builds"]

_TEMPLATE = re.compile(rb"\{\{|<%|\{%|@@\w+@@|^%%", re.MULTILINE)


def builds(found: Found) -> Iterable[BuildDefinition]:
    """In the order of their paths."""
    declared = {build.dockerfile for build in found.builds}
    inference = Inference(found.repository, found.builds)
    for path in found.files:
        name = path.rpartition("/")[2]
        if path in declared or not (is_dockerfile_name(name) or may_be_dockerfile_name(name)):
            continue
        build = _build(found, inference, path)
        if build is not None:
            yield build


def _build(found: Found, inference: Inference, path: str) -> BuildDefinition | None:
    data = _read(found, path)
    if data is None:
        return None
    try:
        dockerfile = parse(data, path)
    except DockerfileError as error:
        if not may_be_dockerfile_name(path.rpartition("/")[2]):
            found.problems.append(_problem(path, data, error))
        return None
    context, note = _configured(found, path) or inference.context(dockerfile)
    return BuildDefinition(path, Declaration("inferred", path, note=note), context, path)


def _problem(path: str, data: bytes, error: DockerfileError) -> Problem:
    if _TEMPLATE.search(data):
        return Problem(path, "looks like a template of a Dockerfile, so it is passed over")
    return Problem(str(error.where), error.message)


def _configured(found: Found, path: str) -> tuple[str, str] | None:
    """Of the configuration's contexts the last one whose glob fits."""
    fitting = [context for glob, context in found.contexts.items() if glob == path or fnmatchcase(path, glob)]
    return (fitting[-1], "context from the configuration") if fitting else None


def _read(found: Found, path: str) -> bytes | None:
    try:
        return found.repository.read(path)
    except InputError as error:
        found.problems.append(Problem(path, error.message))
        return None
