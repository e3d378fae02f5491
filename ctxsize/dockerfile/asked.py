"""What one build asks of its contexts: the answer's values."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ctxsize.dockerfile.instructions import Instruction
    from ctxsize.dockerfile.lines import Word
    from ctxsize.model import Assumption, Source

__all__ = ["Follow", "Needs", "Read"]


class Follow(Enum):
    """What a context is asked for, if it is not a list of paths."""

    UNUSED = "unused"
    WHOLE = "whole"


class Read(NamedTuple):
    """A source, the instruction it comes from, and the place of its word in the Dockerfile (None where no single word
    says it: a mount without ``source=``, or one written in quotes)."""

    source: Source
    instruction: Instruction
    word: Word | None = None


class Needs(NamedTuple):
    """``reads`` of all contexts, in the order of the file; ``stages`` are the labels (name, or index) of the stages
    that are built, ``executed`` their instructions, triggers included."""

    reads: tuple[Read, ...]
    assumptions: tuple[Assumption, ...] = ()
    stages: tuple[str, ...] = ()
    executed: tuple[Instruction, ...] = ()

    @property
    def sources(self) -> tuple[Source, ...]:
        return tuple(read.source for read in self.reads)

    def for_context(self, name: str | None) -> tuple[Source, ...]:
        """The sources that read from the main context (None) or a named one."""
        return tuple(read.source for read in self.reads if read.source.context == name)

    def follow_paths(self, name: str | None) -> Follow | tuple[str, ...]:
        """What BuildKit asks the client for: nothing, everything, or these paths, sorted by their bytes.

        For a named context that several instructions copy from, each of them asks on its own; this is all of it.
        """
        sources = self.for_context(name)
        # a tmpfs mount or a git reference is asked for, but alone it does not make the context be loaded
        if not any(source.reads for source in sources):
            return Follow.UNUSED
        if any(source.whole for source in sources):
            return Follow.WHOLE
        return tuple(sorted({source.path for source in sources}, key=lambda path: path.encode("utf-8", "replace")))
