"""Would these paths be sent? Asked of the very gates and rules that measure, over a tree of files that are made up."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from ctxsize.builders.gates import ArchiveGate, BuildkitGate
from ctxsize.builders.links import follow_links
from ctxsize.dockerignore import BadPatternError, compile_patterns
from ctxsize.model import BuilderName
from ctxsize.plan import Planner
from ctxsize.tree import Directory

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ctxsize.builders.gates import Gate, Token
    from ctxsize.builders.links import Links
    from ctxsize.dockerignore import IgnoreRules
    from ctxsize.measure import Request
    from ctxsize.plan import Plan

__all__ = ["would_be_sent"]

_FOLDER = stat.S_IFDIR | 0o755
_SOME_TIME = 1_700_000_000_000_000_000


def would_be_sent(
    request: Request, asked: Mapping[str, Iterable[str]], builders: Mapping[str, BuilderName]
) -> dict[str, set[str]]:
    """Build → those of the files asked about (relative to its context) that its builder would send if they existed.

    Builds without a context of their own are left out.
    """
    planner, memory = Planner(request.repository), dict[object, set[str]]()
    found: dict[str, set[str]] = {}
    for build in request.builds:
        if not (build.remote or build.broken):
            plan, builder, paths = planner.plan(build), builders[build.name], tuple(asked.get(build.name, ()))
            rules = plan.rules if builder is BuilderName.BUILDKIT else plan.archive_rules
            follow = plan.needs.follow_paths(None) if plan.needs else None
            key = (build.context, builder, id(rules), follow, paths)
            if key not in memory:
                memory[key] = _sent(plan, builder, planner.links(build.context), paths)
            found[build.name] = memory[key]
    return found


def _sent(plan: Plan, builder: BuilderName, links: Links, paths: Iterable[str]) -> set[str]:
    try:
        gate = _buildkit(plan, links) if builder is BuilderName.BUILDKIT else _archive(plan)
        sent = set(_let_through(gate, gate.start, _imagined(paths))) if gate else set()
        if builder is BuilderName.BUILDKIT:
            _open(plan.rules, sent)
    except BadPatternError:
        # the builder stops when it meets such a file
        return set()
    return sent


def _buildkit(plan: Plan, links: Links) -> BuildkitGate | None:
    """None where no context is asked for at all. Raises BadPatternError."""
    from ctxsize.dockerfile import Follow

    follow = plan.needs.follow_paths(None) if plan.needs else Follow.UNUSED
    if plan.rules.broken or follow is Follow.UNUSED:
        return None
    followed = None if isinstance(follow, Follow) else follow_links(follow, links)
    return BuildkitGate(plan.rules, None if followed is None else compile_patterns(followed))


def _archive(plan: Plan) -> ArchiveGate | None:
    return None if plan.archive_rules.broken else ArchiveGate(plan.archive_rules)


def _let_through(gate: Gate, token: Token, folder: Directory) -> Iterator[str]:
    names = folder.names
    for row in gate.rows(token, folder, 0, len(names)) if names else ():
        yield folder.path_of(names[row])
    for _, child in folder.folders:
        passage = gate.folder(token, child)
        if passage.descends:
            yield from _let_through(gate, passage.token, child)


def _open(rules: IgnoreRules, paths: Iterable[str]) -> None:
    """The client asks its rules once more when it opens a file, which may be when it meets a pattern that is wrong."""
    if rules.has_exceptions and any(pattern.is_wrong for pattern in rules.patterns):
        for path in paths:
            rules.excludes(path, opening=True)


# --- files that are made up ---------------------------------------------------------------------------


def _imagined(paths: Iterable[str]) -> Directory:
    """A tree of nothing but names."""
    nested: dict[str, object] = {}
    for path in paths:
        _put(nested, path.split("/"))
    root = Directory("", _FOLDER, _SOME_TIME)
    _fill(root, nested)
    return root


def _put(folder: dict[str, object], parts: Sequence[str]) -> None:
    for name in parts[:-1]:
        below = folder.setdefault(_folder(name), {})
        assert isinstance(below, dict)
        folder = below
    folder[parts[-1]] = None


def _folder(name: str) -> str:
    # ``.env`` is asked about as a file and as a folder, and no tree holds both under one name
    return name + "/"


def _fill(directory: Directory, nested: Mapping[str, object]) -> None:
    for name in sorted(nested, key=os.fsencode):
        below = nested[name]
        if isinstance(below, dict):
            child = Directory(directory.path_of(name.removesuffix("/")), _FOLDER, _SOME_TIME)
            directory.folders.append((len(directory.names), child))
            _fill(child, below)
        else:
            directory.names.append(name)
