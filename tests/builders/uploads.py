"""What builders receive of a folder on the disk, for given pattern lists: the tests' way through the layers."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ctxsize.builders.costs import archive_bytes, buildkit_bytes
from ctxsize.builders.gates import ArchiveGate, BuildkitGate, Gate
from ctxsize.builders.links import follow_links
from ctxsize.builders.opening import refused_files
from ctxsize.builders.sending import Sender, SentFolder
from ctxsize.dockerignore import IgnoreRules, compile_patterns
from ctxsize.repositories.disk import DiskLinks
from ctxsize.walk import scan


def send(folder: Path, gate: Gate) -> SentFolder:
    return Sender(gate, {}).send(scan(folder).root)


def names(sent: SentFolder) -> list[str]:
    """Every entry in the order it is sent; folders end in a slash."""
    found: list[str] = []
    for folder, rows in sent.runs():
        found += [f"{folder.path}/"] if rows is None else [folder.path_of(folder.names[row]) for row in rows]
    return found


def buildkit(
    folder: Path,
    exclude: Iterable[str] = (),
    *,
    include: Iterable[str] | None = None,
    follow: Iterable[str] | None = None,
) -> SentFolder:
    """``include`` are patterns, ``follow`` paths whose links are followed first; None asks for everything."""
    if follow is not None:
        include = follow_links(follow, DiskLinks(folder))
    wanted = None if include is None else compile_patterns(include)
    return send(folder, BuildkitGate(IgnoreRules.of(exclude), wanted))


def archive(folder: Path, exclude: Iterable[str] = ()) -> SentFolder:
    return send(folder, ArchiveGate(IgnoreRules.of(exclude)))


def wire_total(folder: Path, exclude: Iterable[str] = ()) -> tuple[int, tuple[str, ...]]:
    """(bytes of the transfer, files that arrive empty)."""
    sent = buildkit(folder, exclude)
    return buildkit_bytes(sent, refused_files(sent, IgnoreRules.of(exclude)))


def tar_total(folder: Path, exclude: Iterable[str] = ()) -> int:
    return archive_bytes(archive(folder, exclude))
