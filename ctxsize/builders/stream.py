"""What a builder receives, entry by entry, in its order: the one traversal that every count and list is taken from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ctxsize.builders.gates import Gate, Token
    from ctxsize.tree import Directory


class Run(NamedTuple):
    """Files of one folder that follow each other; ``rows`` None stands for the folder itself."""

    folder: Directory
    rows: Sequence[int] | None


class UnreadableFolderError(Exception):
    """A folder that the builder's client has to look into and cannot: the build stops there."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


class _Frame:
    __slots__ = ("folder", "segments", "sent", "token")

    def __init__(self, folder: Directory, token: Token, sent: bool) -> None:
        self.folder = folder
        self.token = token
        self.sent = sent
        self.segments = folder.segments()


class Stream:
    """Iterate over it once; afterwards ``walked`` holds how many entries the client visited.

    Raises UnreadableFolderError, and BadPatternError when a broken pattern is held against an entry.
    """

    def __init__(self, root: Directory, gate: Gate) -> None:
        self._gate = gate
        self._stack = [_Frame(root, gate.start, sent=True)]
        self.walked = root.listed

    def __iter__(self) -> Iterator[Run]:
        gate, stack = self._gate, self._stack
        while stack:
            frame = stack[-1]
            segment = next(frame.segments, None)
            if segment is None:
                stack.pop()
                continue
            start, end, child = segment
            if start < end:
                rows = gate.rows(frame.token, frame.folder, start, end)
                if rows:
                    yield from self._late_parents()
                    yield Run(frame.folder, rows)
            if child is not None:
                yield from self._enter(child, frame.token)

    def _enter(self, child: Directory, token: Token) -> Iterator[Run]:
        passage = self._gate.folder(token, child)
        if passage.kept:
            yield from self._late_parents()
            yield Run(child, None)
        if passage.descends:
            if child.unreadable:
                raise UnreadableFolderError(child.path, child.unreadable)
            self.walked += child.listed
            self._stack.append(_Frame(child, passage.token, passage.kept))

    def _late_parents(self) -> Iterator[Run]:
        """Folders that are sent only because something in them is; the classic archive leaves them out."""
        if self._gate.lazy_parents:
            for frame in self._stack:
                if not frame.sent:
                    frame.sent = True
                    yield Run(frame.folder, None)
