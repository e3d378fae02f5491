"""The files of a repository that may declare builds: one walk by names, without what is not the repository's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ctxsize.builds.compose import is_compose_name
from ctxsize.model import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from ctxsize.repositories.disk import Repository

__all__ = ["is_dockerfile_name", "may_be_dockerfile_name", "search"]

# other people's code, caches and histories: what stands there is built only if something else says so
NOT_SEARCHED = frozenset({
    ".git", ".hg", ".svn", ".tox", ".venv", "venv", ".terraform", ".mypy_cache", ".pytest_cache", ".ruff_cache",
    "__pycache__", "bower_components", "node_modules", "site-packages", "third_party", "third-party", "vendor",
})  # fmt: skip
# what tests read and what other projects are made from; it counts where a repository has nothing else
_ASIDE = re.compile(r"_*fixtures?_*|templates|test[-_]?(?:data|files?)(?:[-_].*)?|.*\{\{.*", re.DOTALL)

_DOCKERFILE = re.compile(r"(?:dockerfile|containerfile)(?:[._-].+)?|.+\.(?:dockerfile|containerfile)", re.IGNORECASE)
_BACKUP = re.compile(r"~\Z|[._-](?:bak|backup|old|orig|save)[._-]?\d*[._-]?\d*\Z")
_CODE = frozenset(("cs", "go", "java", "js", "kt", "php", "ps1", "py", "rb", "rs", "sh", "ts"))
# of other files: sets, because one expression with all of them takes Python longer to make than to use
_OTHER_ENDINGS = _CODE | frozenset((
    "adoc", "bash", "bzl", "cfg", "conf", "csv", "cue", "diff", "dockerignore", "ejs", "erb", "gotmpl", "gz", "hbs",
    "hcl", "htm", "html", "in", "ini", "j2", "jinja", "jinja2", "json", "lock", "log", "m4", "md", "mjs", "mustache",
    "patch", "png", "properties", "rej", "rst", "sha256", "snap", "sum", "svg", "template", "tmp", "tmpl", "toml",
    "tpl", "tsx", "txt", "xml", "yaml", "yml", "zip",
)) | {f"sw{letter}" for letter in "abcdefghijklmnop"}  # fmt: skip


# one of them is in every name that may declare builds
_WORDS = ("dockerfile", "containerfile", "compose")
_DIR = Kind.DIR
# the Dockerfile of the Go service, or a Go file about Dockerfiles? Its text tells
_PERHAPS = ("Dockerfile", "Containerfile")


def is_dockerfile_name(name: str) -> bool:
    """``Dockerfile``, ``Dockerfile.dev``, ``api.Dockerfile``, ``Containerfile`` …; no templates, no copies."""
    if _DOCKERFILE.fullmatch(name) is None:
        return False
    _, dot, ending = name.lower().rpartition(".")
    return not (dot and ending in _OTHER_ENDINGS) and _BACKUP.search(name.lower()) is None


def may_be_dockerfile_name(name: str) -> bool:
    """``Dockerfile.php``: one if it can be read as one."""
    head, _, ending = name.partition(".")
    return head in _PERHAPS and ending in _CODE


def search(repository: Repository, exclude: Sequence[str] = ()) -> tuple[str, ...]:
    """Paths of compose files and Dockerfiles, sorted; links to folders are not followed.

    ``exclude`` are gitignore patterns; ``!vendor/`` has a folder searched that is passed over by its name.
    """
    verdict = _verdict(exclude)
    own: list[str] = []
    aside: list[str] = []
    todo: list[tuple[str, bool | None, list[str]]] = [("", None, own)]
    while todo:
        folder, above, found = todo.pop()
        prefix = f"{folder}/" if folder else ""
        files, folders = _apart(repository.names(folder or "."))
        for name in folders:
            excluded = verdict(f"{prefix}{name}/")
            # what is in a folder that was asked for has not been asked for itself
            asked = excluded is False and above is None
            if asked or (not excluded and name not in NOT_SEARCHED):
                todo.append((prefix + name, excluded, aside if _ASIDE.fullmatch(name) and not asked else found))
        for name in _declaring(files):
            path = prefix + name
            if not verdict(path) and Kind.FILE in {files[name], repository.kind(path)}:
                found.append(path)
    return tuple(sorted(own or aside))


def _apart(names: Iterable[tuple[str, Kind]]) -> tuple[dict[str, Kind], list[str]]:
    """Files and whatever else is no folder, with their kinds; the folders."""
    files = dict(names)
    folders = [name for name, kind in files.items() if kind is _DIR]
    for name in folders:
        del files[name]
    return files, folders


def _declaring(names: Collection[str]) -> list[str]:
    """The names of files that may declare builds: in most folders one look at all of them says that there is none."""
    text = "\0".join(names)
    # beyond ASCII more than one letter may fold to the same
    if text.isascii():
        text = text.lower()
        if not any(word in text for word in _WORDS):
            return []
    return [name for name in names if _declares(name)]


def _declares(name: str) -> bool:
    return is_dockerfile_name(name) or may_be_dockerfile_name(name) or is_compose_name(name)


def _verdict(patterns: Sequence[str]) -> Callable[[str], bool | None]:
    """Whether a path is excluded; False where a pattern takes it back, None where none says anything."""
    if not patterns:
        return lambda path: None
    from pathspec import GitIgnoreSpec

    spec = GitIgnoreSpec.from_lines(patterns, backend="simple")
    return lambda path: spec.check_file(path).include
