"""Questions to git through its command line, without a checkout: places, refs, sizes, the index. Nothing is written.

Raises InputError that says what is missing and what to run: no git, no repository, no such ref, a shallow clone; and
IncompleteError for a partial one. Paths are relative to the work tree's top, with surrogates for bytes that are not
UTF-8.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.errors import CtxsizeError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from io import BufferedRandom
    from subprocess import Popen

__all__ = ["PARTIAL", "Asked", "Change", "IncompleteError", "Place", "attributes", "blobs", "changes", "command",
           "compared", "first_line", "is_shallow", "last_change", "merge_base", "missing", "place", "run",
           "sizes"]  # fmt: skip

_CALM = {"GIT_OPTIONAL_LOCKS": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
_PLACES = {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY"}
_PIPED = 1 << 16
PARTIAL = "this is a partial clone; fetch what is missing with: git fetch --refetch --no-filter"
_FULL_HISTORY = "fetch all of the history: git fetch --unshallow, or fetch-depth: 0 for actions/checkout"


class Place(NamedTuple):
    """Where a folder stands in git: the work tree's ``top`` and the folder's path below it (``.`` for the top)."""

    top: Path
    prefix: str


class IncompleteError(CtxsizeError):
    """An object that is needed is not here. No InputError: what is not measured for that reason is no finding about
    one build, it ends the run."""

    def __init__(self, where: str, message: str = "its content is missing") -> None:
        super().__init__(message, where=where, hint=PARTIAL)


class Change(NamedTuple):
    """A path at which the index is not what the commit is: the mode there, 0 for nothing."""

    path: str
    mode: int


class Answer(NamedTuple):
    """What a git command printed."""

    returncode: int
    stdout: bytes
    stderr: bytes


class Asked:
    """A git command that runs while we do something else: what it prints waits in a file that has no name."""

    def __init__(
        self, root: Path, *arguments: str, stdin: bytes = b"", environ: Mapping[str, str] | None = None
    ) -> None:
        self._output = _nameless()
        self._process: Popen[bytes] | None = None
        with _nameless() as given:
            given.write(stdin)
            given.seek(0)
            self._process = command(root, *arguments, stdin=given, stdout=self._output, environ=environ)

    def answer(self) -> Answer:
        """Waits for the command to end; to be asked for once."""
        assert self._process is not None
        process, self._process = self._process, None
        _, stderr = process.communicate()
        with self._output as output:
            output.seek(0)
            return Answer(process.returncode, output.read(), stderr)

    def __del__(self) -> None:
        """Nobody wants to know any more."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
        self._output.close()


def _nameless() -> BufferedRandom:
    if hasattr(os, "memfd_create"):
        with suppress(OSError):
            return open(os.memfd_create("ctxsize"), "w+b")  # noqa: PTH123
    from tempfile import TemporaryFile

    return TemporaryFile()


def command(
    root: Path, *arguments: str, stdin: BufferedRandom | int, stdout: BufferedRandom | int,
    stderr: int | None = None, environ: Mapping[str, str] | None = None,
) -> Popen[bytes]:  # fmt: skip
    """``git`` in ``root``, started. Raises InputError where there is no git."""
    import subprocess

    full = ["git", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false", *arguments]
    own = {**_inherited(root), **_CALM, **(environ or {})}
    said = subprocess.PIPE if stderr is None else stderr
    try:
        return subprocess.Popen(full, _PIPED, cwd=root, stdin=stdin, stdout=stdout, stderr=said, env=own)
    except FileNotFoundError:
        hint = "install git, or compare with a baseline file"
        raise InputError("git is not installed", where=str(root), hint=hint) from None


def run(root: Path, *arguments: str, stdin: bytes = b"", environ: Mapping[str, str] | None = None) -> Answer:
    """``git`` in ``root``, whatever its exit code. Raises InputError where there is no git."""
    return Asked(root, *arguments, stdin=stdin, environ=environ).answer()


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
        raise InputError(first_line(found.stderr), where=str(root), hint=_untrusted(found.stderr, root))
    top, _, rest = os.fsdecode(found.stdout).partition("\n")
    return Place(Path(top), rest.rstrip("\n").rstrip("/") or ".")


def _untrusted(stderr: bytes, root: Path) -> str:
    if b"dubious ownership" in stderr:
        return f"trust it with: git config --global --add safe.directory {root}"
    return "a git ref can only be compared inside a git repository; without one use a baseline file"


def merge_base(root: Path, commit: str, ref: str) -> str:
    """The commit where HEAD left ``commit``, which was called ``ref``. Raises InputError."""
    found = run(root, "merge-base", commit, "HEAD")
    if found.returncode:
        hint = _FULL_HISTORY if is_shallow(root) else f"compare with {ref} itself"
        raise InputError(f"HEAD and {ref} have no common commit here", where=str(root), hint=hint)
    return found.stdout.decode().strip()


def missing(root: Path, ref: str) -> InputError:
    """There is no such ref: what to do about it."""
    return InputError(f"no commit is named {ref}", where=str(root), hint=_missing(root, ref))


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


def changes(root: Path, asked: Asked) -> list[Change]:
    """Where the index is not what the commit is that ``compared`` asked about."""
    found = asked.answer()
    if found.returncode:
        raise InputError(first_line(found.stderr), where=str(root))
    # ":old new object object status", and the path
    fields = iter(os.fsdecode(found.stdout).split("\0"))
    told = [(head, path) for head, path in zip(fields, fields, strict=False)]
    conflicts = _unmerged(root) if any(head.endswith("U") for head, _ in told) else {}
    return [Change(path, conflicts.get(path, int(head[8:14], 8))) for head, path in told]


def compared(root: Path, commit: str) -> Asked:
    """Begins to ask where the index is not what the commit is. Files that are only intended to be added count."""
    return Asked(root, "diff-index", "--cached", "--raw", "-z", "--no-renames", "--ignore-submodules=none",
                 "--ita-visible-in-index", commit, "--")  # fmt: skip


def _unmerged(root: Path) -> dict[str, int]:
    """The paths in conflict with one of their modes: of those no other command tells."""
    found = run(root, "ls-files", "--unmerged", "-z", "--full-name", "--", ":/")
    records = [record.partition("\t") for record in os.fsdecode(found.stdout).split("\0") if record]
    return {path: int(head[:6], 8) for head, _, path in records}


def sizes(root: Path, names: bytes) -> Asked:
    """Begins to ask for the sizes of objects, one name a line: a line for each, "… missing" for what is not here."""
    return Asked(root, "cat-file", "--batch-check=%(objectsize)", "--buffer", stdin=names + b"\n")


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


def first_line(stderr: bytes) -> str:
    """What git says is wrong."""
    lines = [line for line in stderr.decode("utf-8", "replace").splitlines() if line.strip()]
    return lines[0].removeprefix("fatal: ").removeprefix("error: ") if lines else "git failed without a word"
