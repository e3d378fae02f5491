"""Dockerfiles that nothing else declares: each is a build of its own, in the context that fits it best."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from ctxsize.builds.inference import Inference
from ctxsize.builds.search import is_dockerfile_name
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
        if is_dockerfile_name(name) and path not in declared:
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
        if _TEMPLATE.search(data):
            found.problems.append(Problem(path, "looks like a template of a Dockerfile, so it is passed over"))
        else:
            found.problems.append(Problem(str(error.where), error.message))
        return None
    configured = [context for pattern, context in found.contexts.items() if pattern == path or fnmatchcase(path, pattern)]
    if configured:
        return BuildDefinition(path, Declaration("inferred", path, note="context from the configuration"),
                               configured[-1], path)  # fmt: skip
    context, note = inference.context(dockerfile)
    return BuildDefinition(path, Declaration("inferred", path, note=note), context, path)


def _read(found: Found, path: str) -> bytes | None:
    try:
        return found.repository.read(path)
    except InputError as error:
        found.problems.append(Problem(path, error.message))
        return None
