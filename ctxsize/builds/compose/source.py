"""One compose file, parsed once: its documents, and the text of its ``name:``. Knows nothing of merging."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.builds.compose.document import Node, decode, documents
from ctxsize.builds.compose.values import Document, convert
from ctxsize.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["MAX_LOADS", "Files", "Source"]

# a set of files that includes itself over and over is no project
MAX_LOADS = 2000


class Source(NamedTuple):
    """``roots`` and ``documents`` run in parallel."""

    file: str
    roots: tuple[Node, ...]
    documents: tuple[Document, ...]

    @property
    def empty(self) -> bool:
        return not any(document.root.value for document in self.documents)

    def names(self) -> Iterator[str]:
        """The project names that it gives, in order."""
        for document in self.documents:
            if isinstance(document.root.value, dict):
                name = document.root.value.get("name")
                if name is not None and isinstance(name.value, str) and name.value:
                    yield name.value


class Files:
    """The files that a project reads, each of them parsed once."""

    def __init__(self, load: Callable[[str], bytes | None]) -> None:
        self.load = load
        self.known: dict[str, Source | InputError] = {}
        self.asked = 0

    def source(self, file: str) -> Source:
        """Raises InputError for a file that is missing, unreadable, no YAML, a bomb or no mapping."""
        self.asked += 1
        if self.asked > MAX_LOADS:
            raise InputError(f"more than {MAX_LOADS} files are included or extended", where=file)
        if file not in self.known:
            try:
                self.known[file] = self.parsed(file)
            except InputError as error:
                self.known[file] = error
        found = self.known[file]
        if isinstance(found, InputError):
            raise found
        return found

    def parsed(self, file: str) -> Source:
        data = self.load(file)
        if data is None:
            raise InputError("no such file", where=file)
        roots = documents(decode(data, file), file)
        converted = []
        for root in roots:
            document = convert(root, file)
            if not isinstance(document.root.value, dict):
                raise InputError("top-level object must be a mapping", where=f"{file}:{root.line}")
            converted.append(document)
        return Source(file, tuple(roots), tuple(converted))
