"""The paths that BuildKit's client is asked for, with the symlinks on their way followed inside the context.

Facts: tonistiigi/fsutil ``followlinks.go``. The ignore file has no say here, and missing paths are kept as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ctxsize.dockerignore.lexical import BadPatternError, clean, go_match

if TYPE_CHECKING:
    from collections.abc import Iterable


class Links(Protocol):
    """What has to be known of the disk. Paths are relative to the context and hold no symlink but the last part."""

    def target(self, path: str) -> str | None:
        """The text of the symlink at ``path``, None for anything else."""

    def names(self, folder: str) -> Iterable[str]:
        """The names in a real folder (``""`` is the context), none if it is not there."""


def has_wildcard(name: str) -> bool:
    """Whether ``*``, ``?`` or ``[`` stands unescaped in a name."""
    escaped = False
    for char in name:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = True
        elif char in "*?[":
            return True
    return False


def _matches(pattern: str, name: str) -> bool:
    try:
        return go_match(pattern, name)
    except BadPatternError:
        return False


def _resolve(path: str, links: Links) -> list[str]:
    """Where a path leads if it is a symlink (one path), or the symlinks that its last part's wildcard matches."""
    folder, _, name = path.rpartition("/")
    if has_wildcard(name):
        found = [f"{folder}/{other}".lstrip("/") for other in links.names(folder) if _matches(name, other)]
    else:
        found = [path]
    targets = []
    for link in found:
        text = links.target(link)
        if text is not None:
            text = clean(text)
            parent = link.rpartition("/")[0]
            targets.append(text if text.startswith("/") else clean(f"/{parent}/{text}"))
    return targets


def _follow(path: str, links: Links, seen: set[str]) -> None:
    todo = [path]
    while todo:
        parts = clean(todo.pop().lstrip("/") or ".").split("/")
        for place in range(1, len(parts) + 1):
            current, rest = "/".join(parts[:place]), "/".join(parts[place:])
            targets = _resolve(current, links) if current != "." else []
            if not targets and rest:
                continue
            if current not in seen:
                seen.add(current)
                todo.extend(clean(f"{target}/{rest}") for target in reversed(targets))
            break


def follow_links(paths: Iterable[str], links: Links) -> tuple[str, ...] | None:
    """The include patterns for a list of asked-for paths, sorted; None where they come to the whole context."""
    seen: set[str] = set()
    for path in paths:
        _follow(path, links, seen)
    kept: list[str] = []
    for path in sorted(seen, key=lambda path: path.encode("utf-8", "surrogateescape")):
        if path == ".":
            return None
        if not (kept and path.startswith(kept[-1] + "/")):
            kept.append(path)
    return tuple(kept)
