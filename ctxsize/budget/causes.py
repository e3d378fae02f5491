"""What made the difference between two lists of what is sent: paths that were added or grew, folded to folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["ADDED", "GREW", "Cause", "changes", "grown_parts", "parts_of", "shrunk"]

ADDED, GREW = "added", "grew"
_PARTS = 12


class Cause(NamedTuple):
    """A path (a folder ends in ``/``) with the bytes and files that it brought; ``change`` is added or grew.

    ``example`` is the heaviest file of it, the one to ask about.
    """

    path: str
    bytes: int
    change: str
    files: int = 1
    example: str = ""


def changes(before: Mapping[str, int], after: Mapping[str, int]) -> tuple[Cause, ...]:
    """From file → size on both sides; the largest first. A folder that sent nothing before is one cause."""
    known = _folders(before)
    folded: dict[str, list[str]] = {}
    grown: list[Cause] = []
    for path, size in after.items():
        earlier = before.get(path)
        if earlier is None:
            folded.setdefault(_highest_new(path, known), []).append(path)
        elif size > earlier:
            grown.append(Cause(path, size - earlier, GREW, 0, path))
    added = [_added(path, files, after) for path, files in folded.items()]
    return tuple(sorted([*added, *grown], key=lambda one: (-one.bytes, -one.files, one.path)))


def _added(path: str, files: list[str], sizes: Mapping[str, int]) -> Cause:
    example = min(files, key=lambda file: (-sizes[file], file))
    return Cause(path, sum(sizes[file] for file in files), ADDED, len(files), example)


def _folders(paths: Iterable[str]) -> set[str]:
    """Every folder above any of the paths."""
    found: set[str] = set()
    for path in paths:
        folder = path.rpartition("/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition("/")[0]
    return found


def _highest_new(path: str, known: set[str]) -> str:
    """The topmost folder above a new file from which nothing was sent, else the file itself."""
    place = path.find("/")
    while place >= 0:
        if path[:place] not in known:
            return path[: place + 1]
        place = path.find("/", place + 1)
    return path


def shrunk(before: Mapping[str, int], after: Mapping[str, int]) -> int:
    """The bytes that are sent no more: with the causes they make up the whole difference."""
    return sum(max(size - after.get(path, 0), 0) for path, size in before.items())


# --- against figures only -----------------------------------------------------------------------------


def parts_of(sizes: Mapping[str, int], most: int = _PARTS) -> dict[str, int]:
    """At most ``most`` disjoint folders and files that hold the most bytes, the heaviest split up as far as it goes."""
    below: dict[str, dict[str, int]] = {}
    for path, size in sizes.items():
        _count(path, size, below)
    parts = dict(below.get("", {}))
    while True:
        heaviest = max((path for path in parts if path in below), key=lambda path: (parts[path], path), default=None)
        if heaviest is None or len(parts) - 1 + len(below[heaviest]) > most:
            break
        del parts[heaviest]
        parts |= below[heaviest]
    chosen = sorted(parts, key=lambda path: (-parts[path], path))[:most]
    return {path: parts[path] for path in chosen if parts[path]}


def _count(path: str, size: int, below: dict[str, dict[str, int]]) -> None:
    """Adds a file to the totals of every folder above it."""
    folder = ""
    for name in path.split("/")[:-1]:
        inner = below.setdefault(folder, {})
        folder += f"{name}/"
        inner[folder] = inner.get(folder, 0) + size
    below.setdefault(folder, {})[path] = size


def grown_parts(before: Mapping[str, int], whole: int, after: Mapping[str, int]) -> tuple[Cause, ...]:
    """The causes where only some parts of what was sent before are known, and that ``whole`` bytes were sent.

    A path outside of all known parts was added if it is larger than everything that is not known; else it grew.
    """
    now: dict[str, dict[str, int]] = {}
    for path, size in after.items():
        part = next((part for part in before if path == part or (part.endswith("/") and path.startswith(part))), None)
        now.setdefault(part or _outside(path, before), {})[path] = size
    unknown = max(whole - sum(before.values()), 0)
    causes = []
    for part, files in now.items():
        total = sum(files.values())
        example = min(files, key=lambda file: (-files[file], file))
        if part in before and total > before[part]:
            causes.append(Cause(part, total - before[part], GREW, len(files), example))
        elif part not in before and total > unknown:
            causes.append(Cause(part, total - unknown, ADDED if not unknown else GREW, len(files), example))
    return tuple(sorted(causes, key=lambda one: (-one.bytes, one.path)))


def _outside(path: str, parts: Mapping[str, int]) -> str:
    """The topmost folder above a path that holds none of the parts, else the path."""
    place = path.find("/")
    while place >= 0:
        if not any(part.startswith(path[: place + 1]) for part in parts):
            return path[: place + 1]
        place = path.find("/", place + 1)
    return path
