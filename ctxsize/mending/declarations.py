"""Other places that say how a Dockerfile is built: workflows, bake files, scripts. Edited where that is safe and plain,
else listed with the line and what it should say.
"""

from __future__ import annotations

import posixpath
import re
import shlex
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.errors import CtxsizeError
from ctxsize.migrate.edits import Edit, RefusedError, applied
from ctxsize.migrate.workflow import Step, step_edits, steps
from ctxsize.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ctxsize.migrate.strategy import Layout
    from ctxsize.repositories.disk import Repository

__all__ = ["Remark", "others"]

WORKFLOWS = ".github/workflows"
_SCRIPTS = ("", "scripts", "bin", "ci", "hack", "tools")
_BUILD = re.compile(r"\bdocker\s+(?:buildx\s+|image\s+)?build\b")
_LARGEST = 1 << 20


class Remark(NamedTuple):
    """A place that has to follow and is not edited, and what it has to say."""

    file: str
    line: int
    text: str
    advice: str


def others(repository: Repository, layouts: Sequence[Layout], changes: dict[str, bytes | None]) -> Iterator[Remark]:
    """Adds the workflows that can be edited to ``changes`` and yields what is left to do by hand."""
    for file in sorted(_files(repository, WORKFLOWS, (".yml", ".yaml"))):
        text = _text(repository, file)
        if text is not None and "build-push-action" in text:
            yield from _workflow(file, text, layouts, changes)
        if text is not None:
            yield from _commands(file, text, layouts)
    scripts = (".sh", "Makefile", ".mk", ".ps1")
    for file in sorted(one for folder in _SCRIPTS for one in _files(repository, folder, scripts)):
        yield from _commands(file, _text(repository, file) or "", layouts)
    for file in sorted(_files(repository, "", (".hcl", ".json"))):
        if "bake" in file:
            yield from _bake(file, _text(repository, file) or "", layouts)


def _files(repository: Repository, folder: str, ends: tuple[str, ...]) -> Iterator[str]:
    for name, kind in repository.names(folder or "."):
        if kind is Kind.FILE and name.endswith(ends):
            yield posixpath.join(folder, name)


def _text(repository: Repository, file: str) -> str | None:
    try:
        data = repository.read(file)
        return data.decode() if data is not None and len(data) <= _LARGEST else None
    except (CtxsizeError, UnicodeDecodeError):
        return None


# --- docker/build-push-action ---------------------------------------------------------------------


def _workflow(
    file: str, text: str, layouts: Sequence[Layout], changes: dict[str, bytes | None]
) -> Iterator[Remark]:
    try:
        found = steps(text)
    except RefusedError:
        return
    edits: list[Edit] = []
    for step in found:
        layout = next((one for one in layouts if _is_about(step, one)), None)
        if layout is None or _says(step, layout):
            continue
        advice = _advice(layout)
        try:
            if layout.contexts:
                raise RefusedError("named contexts")
            edits += step_edits(step, layout.context, layout.site.dockerfile)
        except RefusedError:
            yield Remark(file, step.line, f"context: {step.context_text}", advice)
    if edits:
        changes[file] = applied(text, edits).encode()


def _is_about(step: Step, layout: Layout) -> bool:
    """Whether a step builds the Dockerfile; expressions stand for anything."""
    path = step.file_text or posixpath.join(step.context_text or ".", "Dockerfile")
    pattern = posixpath.normpath(re.sub(r"\$\{\{.*?\}\}", "*", path))
    return fnmatchcase(layout.site.dockerfile, pattern)


def _says(step: Step, layout: Layout) -> bool:
    named = posixpath.normpath(step.context_text or ".") == layout.context
    return named and not layout.contexts and step.file_text is not None


def _advice(layout: Layout) -> str:
    said = f"context: {layout.context}, file: {layout.site.dockerfile}"
    if layout.contexts:
        said += ", build-contexts: " + " ".join(f"{name}={_dotted(path)}" for name, path in layout.contexts)
    return said


# --- everything else is listed --------------------------------------------------------------------


def _commands(file: str, text: str, layouts: Iterable[Layout]) -> Iterator[Remark]:
    if "docker" not in text:
        return
    known = list(layouts)
    for number, line in enumerate(text.split("\n"), 1):
        if _BUILD.search(line) and not line.lstrip().startswith("#"):
            for layout in known:
                if re.search(rf"(?<![\w/-]){re.escape(layout.site.home)}(?![\w-])", line):
                    yield Remark(file, number, line.strip(), command(layout))


def command(layout: Layout) -> str:
    """How people without compose build it."""
    contexts = [f"--build-context={name}={_dotted(path)}" for name, path in layout.contexts]
    return shlex.join(["docker", "build", *contexts, "-f", layout.site.dockerfile, layout.context])


def _dotted(path: str) -> str:
    """A path that no builder takes for the name of an image."""
    return path if path.startswith(".") else f"./{path}"


def _bake(file: str, text: str, layouts: Iterable[Layout]) -> Iterator[Remark]:
    for layout in layouts:
        pattern = re.compile(rf"[\"'](\./)?({re.escape(layout.site.dockerfile)}|{re.escape(layout.site.home)}/?)[\"']")
        for number, line in enumerate(text.split("\n"), 1):
            if layout.site.home != "." and pattern.search(line):
                contexts = "".join(f', contexts = {{ "{name}" = "{path}" }}' for name, path in layout.contexts)
                advice = f'context = "{layout.context}", dockerfile = "{layout.site.dockerfile}"{contexts}'
                yield Remark(file, number, line.strip(), advice)
                break
