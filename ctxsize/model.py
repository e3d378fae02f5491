"""The values that all layers speak. No behaviour beyond arithmetic, no disk, no terminal.

Paths are ``/``-separated text. Bytes of a file name that are not UTF-8 stand as surrogates
(``os.fsdecode``), so a name always round-trips through ``os.fsencode``.
Sizes are bytes, times are nanoseconds since the epoch.

Values are named tuples wherever nothing speaks against it: Python 3.11 takes 0.1 ms to make such a class and 0.7 ms for
a frozen dataclass, and 70 of those were a third of a small report's time.
"""

# no ``from __future__ import annotations``: each field of a named tuple would be compiled, half a millisecond in all

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

__all__ = [
    "NOTHING", "Assumption", "BuildDefinition", "BuilderName", "Class", "Declaration", "Entry", "Finding",
    "IgnoredBy", "Kind", "Location", "Measurement", "NamedContext", "NamedSent", "Problem", "ReadBy", "Sent",
    "Severity", "Source", "Totals", "Waste",
]


class BuilderName(StrEnum):
    """The two builders whose uploads are measured (contract: ``--builder``)."""

    BUILDKIT = "buildkit"
    ARCHIVE = "archive"


class Class(StrEnum):
    """What an entry that is sent is to the build: read, read but unwanted, or never read."""

    USED = "used"
    JUNK = "junk"
    UNUSED = "unused"


class Kind(StrEnum):
    """What an entry is on the disk."""

    FILE = "file"
    DIR = "dir"
    SYMLINK = "symlink"
    FIFO = "fifo"
    SOCKET = "socket"
    DEVICE = "device"


class Severity(StrEnum):
    """How bad a finding is; ``--fail-on`` names the least that fails the run."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Location(NamedTuple):
    """A line of a file; ``file`` is relative to the repository's root, lines count from 1."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.file}:{self.line}" if self.line else self.file


class Problem(NamedTuple):
    """Something on the disk that could not be read; the run goes on without it."""

    path: str
    message: str


class Assumption(NamedTuple):
    """What was taken for granted because only the registry or the engine could tell.

    ``kind`` is image (what a base image brings), front-end, or empty for anything else.
    """

    message: str
    where: Location | None = None
    kind: str = ""


class Finding(NamedTuple):
    """A verdict of a rule: complete in itself, so that every format can print it."""

    rule: str
    severity: Severity
    message: str
    hint: str | None = None
    file: str | None = None
    line: int | None = None
    build: str | None = None


class Totals(NamedTuple):
    """``files`` counts regular files and symlinks, ``bytes`` sums the sizes of regular files."""

    files: int = 0
    dirs: int = 0
    bytes: int = 0

    def __add__(self, other: "Totals") -> "Totals":  # type: ignore[override]
        return Totals(self.files + other.files, self.dirs + other.dirs, self.bytes + other.bytes)

    def __sub__(self, other: "Totals") -> "Totals":
        return Totals(self.files - other.files, self.dirs - other.dirs, self.bytes - other.bytes)


NOTHING = Totals()


class Entry(NamedTuple):
    """One thing that a builder receives. ``path`` is relative to the context and has no trailing slash."""

    path: str
    kind: Kind
    bytes: int


# --- what a repository asks for -------------------------------------------------------------------


class Declaration(NamedTuple):
    """Where a build is asked for. ``kind`` is compose, inferred, options, … (one per file in ``builds/``)."""

    kind: str
    file: str | None = None
    line: int | None = None
    service: str | None = None
    profiles: tuple[str, ...] = ()
    note: str | None = None


class NamedContext(NamedTuple):
    """A context beside the main one: ``--build-context NAME=VALUE``, compose ``additional_contexts``.

    ``path`` is set for a local folder only, relative to the repository's root like ``BuildDefinition.context``;
    ``kind`` is local, image (docker-image://), layout (oci-layout://), target, service or remote (git, http).
    """

    name: str
    kind: str
    value: str
    path: str | None = None


class BuildDefinition(NamedTuple):
    """One ``docker build``. Paths are relative to the repository's root and may climb out of it with ``..``.

    ``context`` is ``.`` for the root itself; with ``remote`` it is the URL as written (or ``-`` for stdin).
    ``dockerfile`` is None when the text is ``inline`` or the context is remote. ``args`` holds only arguments
    that have a value. A definition that cannot be built at all says why in ``broken`` (with ``declared`` for where).
    """

    name: str
    declared: Declaration
    context: str
    dockerfile: str | None
    remote: bool = False
    inline: str | None = None
    target: str | None = None
    args: tuple[tuple[str, str], ...] = ()
    contexts: tuple[NamedContext, ...] = ()
    platforms: tuple[str, ...] = ()
    broken: str | None = None

    def renamed(self, name: str) -> "BuildDefinition":
        return self._replace(name=name)


# --- what an instruction reads --------------------------------------------------------------------


class Source(NamedTuple):
    """One source word of COPY or ADD, or one RUN --mount, of a reachable stage, that reads from a context.

    ``word`` is as written, ``path`` is what the builder asks for: expanded, cleaned, clamped to the context,
    without a leading slash; ``""`` is the whole context. ``context`` is None for the main context, else the name.
    ``line``/``end_line`` delimit the instruction in the Dockerfile (from 1). ``instruction`` is the keyword
    (COPY, ADD, RUN), ``text`` the instruction as one line for messages.
    ``kind`` is copy, add, bind or tmpfs. A tmpfs mount makes BuildKit ask for everything but reads nothing:
    ``reads`` is False then, and also for words that are asked for in vain (ADD of a git reference).
    ``parents`` is COPY --parents (``path`` is then a pattern with a real ``**``), ``excludes`` its --exclude patterns.
    ``unset`` names variables that expanded to nothing because nobody set them.
    ``climbs`` tells that the word left the context (``..``) and was clamped.
    """

    word: str
    path: str
    line: int
    end_line: int
    instruction: str
    text: str
    kind: str = "copy"
    context: str | None = None
    stage: str | None = None
    reads: bool = True
    parents: bool = False
    excludes: tuple[str, ...] = ()
    unset: tuple[str, ...] = ()
    climbs: bool = False

    @property
    def whole(self) -> bool:
        return self.path == ""


class IgnoredBy(NamedTuple):
    """The line of an ignore file that decided that a path is not sent."""

    file: str
    line: int
    pattern: str


class ReadBy(NamedTuple):
    """An instruction that reads a path."""

    file: str
    line: int
    instruction: str


# --- what a build sends ---------------------------------------------------------------------------


class Sent(NamedTuple):
    """What one builder uploads for one build. used + junk + unused = sent.

    ``transfer_bytes`` is the builder's own number, to the byte; None when it asks for no context at all.
    ``walked`` counts the entries that the builder's client visits to find out.
    ``emptied`` are files that arrive with 0 bytes although they are not empty; ``error`` is the message with
    which the builder stops before or while sending (a broken pattern, an unreadable folder).
    """

    builder: BuilderName
    sent: Totals
    used: Totals
    junk: Totals
    unused: Totals
    transfer_bytes: int | None
    walked: int = 0
    emptied: tuple[str, ...] = ()
    error: str | None = None

    @property
    def waste(self) -> Totals:
        return self.junk + self.unused


class NamedSent(NamedTuple):
    """What BuildKit uploads from one local named context."""

    name: str
    path: str
    ignore_file: str | None
    sent: Sent


class Waste(NamedTuple):
    """A folder (``path`` ends in ``/``) or file that is sent for nothing; ``why`` names the catalogue's reason.

    In a Measurement ``path`` is relative to the repository's root.
    """

    path: str
    klass: Class
    totals: Totals
    why: str | None = None


class Measurement(NamedTuple):
    """The one value that report, suggest, check, doctor and fix read. ``builders`` is None for a remote context."""

    build: BuildDefinition
    ignore_file: str | None
    builders: Mapping[BuilderName, Sent] | None
    heaviest: tuple[Waste, ...] = ()
    named: tuple[NamedSent, ...] = ()
    sources: tuple[Source, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
