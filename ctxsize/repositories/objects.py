"""Git's objects through its command line, without a checkout: refs, trees and blobs. Nothing is ever written.

Raises InputError that says what is missing and what to run: no git, no repository, no such ref, a shallow or partial
clone. Paths are relative to the work tree's top, with surrogates for bytes that are not UTF-8.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from subprocess import CompletedProcess

__all__ = ["PARTIAL", "Place", "TreeEntry", "attributes", "blobs", "commit_time", "is_shallow", "last_change",
           "place", "resolve", "run", "staged", "tree"]  # fmt: skip

_CALM = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
_PLACES = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"}
PARTIAL = "this is a partial clone; fetch what is missing with: git fetch --refetch --no-filter"
_FULL_HISTORY = "fetch all of the history: git fetch --unshallow, or fetch-depth: 0 for actions/checkout"


class Place(NamedTuple):
    """Where a folder stands in git: the work tree's ``top`` and the folder's path below it (``.`` for the top)."""

    top: Path
    prefix: str


class TreeEntry(NamedTuple):
    """A file, symlink or submodule of a tree: git's mode, the object's name, the blob's size in bytes."""

    path: str
    mode: int
    object: str
    size: int = 0


def run(
    root: Path, *arguments: str, stdin: bytes = b"", environ: Mapping[str, str] | None = None
) -> CompletedProcess[bytes]:
    """``git`` in ``root``, whatever its exit code. Raises InputError where there is no git."""
    import subprocess

    command = ["git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", *arguments]
    own = {**_inherited(root), **_CALM, **(environ or {})}
    try:
        return subprocess.run(command, cwd=root, input=stdin, capture_output=True, check=False, env=own)
    except FileNotFoundError:
        hint = "install git, or compare with a baseline file"
        raise InputError("git is not installed", where=str(root), hint=hint) from None


def _inherited(root: Path) -> dict[str, str]:
    """The environment. In a hook git says where its repository is but not where the work tree's top is, so that every
    folder looks like one; the folder itself knows better."""
    folders = (root, *root.parents)
    known = any((folder / ".git").exists() for folder in folders)
    return {name: value for name, value in os.environ.items() if not (known and name in _PLACES)}


def place(root: Path) -> Place:
    """Raises InputError where ``root`` is in no work tree, or git refuses to trust it."""
    found = run(root, "rev-parse", "--show-toplevel", "--show-prefix")
    if found.returncode:
        raise InputError(_first_line(found.stderr), where=str(root), hint=_untrusted(found.stderr, root))
    top, _, rest = os.fsdecode(found.stdout).partition("\n")
    return Place(Path(top), rest.rstrip("\n").rstrip("/") or ".")


def _untrusted(stderr: bytes, root: Path) -> str:
    if b"dubious ownership" in stderr:
        return f"trust it with: git config --global --add safe.directory {root}"
    return "a git ref can only be compared inside a git repository; without one use a baseline file"


def resolve(root: Path, ref: str) -> str:
    """The commit that ``ref`` names; ``REF...`` is the commit where HEAD left REF. Raises InputError."""
    if ref.endswith("...") and ref != "...":
        return _merge_base(root, ref.removesuffix("..."))
    found = run(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}")
    if found.returncode:
        raise InputError(f"no commit is named {ref}", where=str(root), hint=_missing(root, ref))
    return found.stdout.decode().strip()


def _merge_base(root: Path, ref: str) -> str:
    there = resolve(root, ref)
    found = run(root, "merge-base", there, "HEAD")
    if found.returncode:
        hint = _FULL_HISTORY if is_shallow(root) else f"compare with {ref} itself"
        raise InputError(f"HEAD and {ref} have no common commit here", where=str(root), hint=hint)
    return found.stdout.decode().strip()


def is_shallow(root: Path) -> bool:
    return run(root, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"


def _missing(root: Path, ref: str) -> str:
    """What to do about a ref that is not here: it was never fetched, or it is spelt differently."""
    remote, _, branch = ref.partition("/")
    known = run(root, "for-each-ref", "--format=%(refname:short)").stdout.decode("utf-8", "replace").split()
    if is_shallow(root):
        fetch = f"git fetch --depth=1 {remote} {branch}:refs/remotes/{ref}" if branch else "git fetch --unshallow"
        return f"this is a shallow clone; run {fetch}, or set fetch-depth: 0 for actions/checkout"
    from difflib import get_close_matches

    near = get_close_matches(ref, known, n=1)
    if near:
        return f"did you mean {near[0]}?"
    return f"run git fetch {remote} {branch}" if branch else "git branch --all lists what is there"


def tree(root: Path, commit: str) -> tuple[TreeEntry, ...]:
    """Every file of a commit with its size, submodules as they are. Raises InputError for a partial clone."""
    found = run(root, "ls-tree", "-r", "-l", "-z", "--full-tree", commit)
    if found.returncode:
        raise InputError(_first_line(found.stderr), where=commit, hint=PARTIAL)
    return tuple([_entry(record) for record in os.fsdecode(found.stdout).split("\0") if record])


def _entry(record: str) -> TreeEntry:
    head, _, path = record.partition("\t")
    mode, _, name, size = head.split()
    if size == "BAD":
        raise InputError("its content is missing", where=path, hint=PARTIAL)
    return TreeEntry(path, int(mode, 8), name, 0 if size == "-" else int(size))


def staged(root: Path) -> tuple[TreeEntry, ...]:
    """What git tracks now: the index, without sizes."""
    found = run(root, "ls-files", "--stage", "-z", "--full-name", "--", ":/")
    if found.returncode:
        raise InputError(_first_line(found.stderr), where=str(root))
    # "mode name stage", a tab and the path
    records = [record.partition("\t") for record in os.fsdecode(found.stdout).split("\0") if record]
    return tuple([TreeEntry(path, int(head[:6], 8), head[7:-2]) for head, _, path in records])


def blobs(root: Path, names: Iterable[str]) -> dict[str, bytes]:
    """The contents of objects, by name; objects that are not there are left out."""
    wanted = list(dict.fromkeys(names))
    if not wanted:
        return {}
    output = run(root, "cat-file", "--batch", stdin="".join(f"{name}\n" for name in wanted).encode()).stdout
    found: dict[str, bytes] = {}
    start = 0
    while start < len(output):
        end = output.index(b"\n", start)
        head = output[start:end].split()
        if len(head) != 3:
            start = end + 1
            continue
        size = int(head[2])
        found[head[0].decode()] = output[end + 1 : end + 1 + size]
        start = end + 2 + size
    return found


def commit_time(root: Path, commit: str) -> int:
    """When a commit was made, in nanoseconds."""
    text = run(root, "show", "-s", "--format=%ct", commit).stdout.decode().strip()
    return int(text or 0) * 1_000_000_000


def last_change(root: Path, path: str) -> str | None:
    """The commit that last changed a file (relative to ``root``), None where history does not tell."""
    if is_shallow(root):
        return None
    found = run(root, "log", "-1", "--format=%H", "--", f":(literal){path}")
    return found.stdout.decode().strip() or None if not found.returncode else None


def attributes(root: Path, commit: str, paths: Iterable[str], names: Iterable[str]) -> dict[str, dict[str, str]]:
    """What a commit's ``.gitattributes`` say: path → attribute → value; unspecified ones are left out.

    They are read through a throw-away index, because git's own option for it is younger than the gits people run.
    """
    from tempfile import TemporaryDirectory

    stdin = b"".join(os.fsencode(path) + b"\0" for path in paths)
    with TemporaryDirectory(prefix="ctxsize-") as folder:
        environ = {"GIT_INDEX_FILE": str(Path(folder, "index"))}
        top = place(root).top
        if run(top, "read-tree", commit, environ=environ).returncode:
            return {}
        found = run(top, "check-attr", "--cached", "-z", "--stdin", *names, stdin=stdin, environ=environ)
    fields = iter(os.fsdecode(found.stdout).split("\0"))
    answers: dict[str, dict[str, str]] = {}
    for path, name, value in zip(fields, fields, fields, strict=False):
        if value != "unspecified":
            answers.setdefault(path, {})[name] = value
    return answers


def _first_line(stderr: bytes) -> str:
    lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[0].removeprefix("fatal: ").removeprefix("error: ") if lines else "git failed without a word"
