"""Sources of a Dockerfile pointed at another place, in place: words, JSON arrays, mounts; all else stays as it is.

``Moved`` says for one source where it reads from afterwards: a path in the main context, or in a named one. What holds
variables or odd characters is refused, as is what cannot be said in one instruction and would need thought.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.migrate.edits import Edit, RefusedError, line_starts

if TYPE_CHECKING:
    from ctxsize.dockerfile import Dockerfile, Instruction, Word
    from ctxsize.dockerfile import Read as Reading

__all__ = ["Moved", "source_edits"]

_SAFE = re.compile(r"[^\s\"'\\$,]+\Z")
_ARCHIVE = re.compile(r"(?i)\.(tar|tgz|tbz2?|txz|tar\.\w+|gz|bz2|xz|zst)\Z")
_ONLY_ADD = {"checksum", "keep-git-dir", "unpack"}


class Moved(NamedTuple):
    """One read and its new place. ``path`` is relative to the context it is read from, ``.`` for all of that; ``home``
    is what the source's own folder is called there (for ``--parents``); ``context`` None is the main context."""

    reading: Reading
    path: str
    home: str = "."
    context: str | None = None


def source_edits(text: str, dockerfile: Dockerfile, moves: Iterable[Moved]) -> tuple[Edit, ...]:
    """The edits of one Dockerfile's ``text`` (decoded as its reader does). Raises RefusedError."""
    _refuse_triggers(dockerfile)
    groups: dict[tuple[int, str], list[Moved]] = {}
    for move in moves:
        instruction = move.reading.instruction
        groups.setdefault((instruction.line, instruction.keyword), []).append(move)
    editor = _Editor(text)
    edits: list[Edit] = []
    for group in groups.values():
        instruction = group[0].reading.instruction
        edits += editor.mounts(group) if instruction.keyword == "RUN" else editor.copies(instruction, group)
    return tuple(dict.fromkeys(edits))


def _refuse_triggers(dockerfile: Dockerfile) -> None:
    for one in dockerfile.instructions:
        inner = one.inner
        mounted = inner is not None and any(mount.type == "bind" and not mount.origin for mount in inner.mounts)
        if inner is not None and (mounted or (inner.keyword in {"COPY", "ADD"} and inner.flag("from") is None)):
            raise RefusedError(f"{one.text} is carried out in other builds", one.line)


class _Editor:
    def __init__(self, text: str) -> None:
        self._text = text
        self._starts = line_starts(text)

    # --- COPY and ADD ----------------------------------------------------------------------------

    def copies(self, instruction: Instruction, group: Sequence[Moved]) -> Iterator[Edit]:
        contexts = dict.fromkeys(move.context for move in group)
        for move in group:
            _refuse_odd(move, instruction)
        if contexts == {None: None}:
            yield from (edit for move in group if (edit := self._word(move, instruction)) is not None)
        elif len(contexts) == 1 and len(group) == len(instruction.words) - 1:
            yield self._keyword(instruction, group)
            yield from (edit for move in group if (edit := self._word(move, instruction)) is not None)
        else:
            yield self._apart(instruction, group)

    def _word(self, move: Moved, instruction: Instruction) -> Edit | None:
        source, word = move.reading.source, move.reading.word
        if word is None:
            raise RefusedError(f"{instruction.text}: its source cannot be told apart", instruction.line)
        new = _spelt(move)
        if move.context is None and _same(new, source.path, source.word, parents=source.parents):
            return None
        start, end = self._span(word)
        return Edit(start, end, json.dumps(new, ensure_ascii=False)[1:-1] if instruction.json else new)

    def _keyword(self, instruction: Instruction, group: Sequence[Moved]) -> Edit:
        """``COPY`` becomes ``COPY --from=NAME``; ADD of plain files is the same as COPY."""
        start = self._starts[instruction.line - 1]
        found = re.compile(r"[ \t\ufeff]*(\w+)").match(self._text, start)
        if found is None or found[1].upper() != instruction.keyword:
            raise RefusedError(f"{instruction.text}: its keyword cannot be told apart", instruction.line)
        keyword = _from_keyword(found[1], instruction, group)
        return Edit(found.start(1), found.end(1), f"{keyword} --from={group[0].context}")

    def _apart(self, instruction: Instruction, group: Sequence[Moved]) -> Edit:
        """Sources of several contexts need an instruction each, in the same order."""
        where, said = instruction.line, instruction.text
        if instruction.json or instruction.line != instruction.end_line or len(group) != len(instruction.words) - 1:
            raise RefusedError(f"{said} reads from several contexts at once: give each an instruction first", where)
        first, last = self._span(instruction.words[0])[0], self._span(instruction.words[-1])
        line = self._starts[where - 1]
        found = re.compile(r"([ \t\ufeff]*)(\w+)([ \t]+)").match(self._text, line)
        if found is None:
            raise RefusedError(f"{said}: its keyword cannot be told apart", where)
        flags, target = self._text[found.end() : first], self._text[slice(*last)]
        parts = []
        for context, moves in _runs(group):
            keyword = found[2] if context is None else f"{_from_keyword(found[2], instruction, moves)} --from={context}"
            words = " ".join(_spelt(move) for move in moves)
            parts.append(f"{keyword} {flags}{words} {target}")
        return Edit(found.start(2), last[1], f"\n{found[1].lstrip(chr(0xFEFF))}".join(parts))

    # --- mounts ----------------------------------------------------------------------------------

    def mounts(self, group: Sequence[Moved]) -> Iterator[Edit]:
        for move in group:
            instruction, source, word = move.reading.instruction, move.reading.source, move.reading.word
            if source.kind != "bind":
                continue
            _refuse_odd(move, instruction)
            new = _spelt(move).rstrip("/") or "."
            origin = f",from={move.context}" if move.context else ""
            if word is not None:
                if origin or not _same(new, source.path, source.word, parents=False):
                    yield Edit(*self._span(word), new + origin)
            elif origin or new not in {".", ""}:
                yield self._without_source(instruction, new, origin)

    def _without_source(self, instruction: Instruction, new: str, origin: str) -> Edit:
        """A mount that names no source gets one, if its flag is written plainly."""
        bare = [one for one in instruction.mounts if one.type == "bind" and not one.origin and one.source is None]
        if len(bare) != 1:
            raise RefusedError(f"{instruction.text}: its mount cannot be told apart", instruction.line)
        start, end = self._span(bare[0].word)
        flag = self._text[start:end]
        if re.search(r"[\"'\\\s]", flag):
            raise RefusedError(f"{instruction.text}: its mount is quoted", instruction.line)
        return Edit(end, end, f",source={new}{origin}")

    def _span(self, word: Word) -> tuple[int, int]:
        return self._starts[word.line - 1] + word.start, self._starts[word.end_line - 1] + word.end


def _runs(group: Sequence[Moved]) -> Iterator[tuple[str | None, list[Moved]]]:
    """Neighbours that read from the same context."""
    run: list[Moved] = []
    for move in group:
        if run and run[-1].context != move.context:
            yield run[-1].context, run
            run = []
        run.append(move)
    yield run[-1].context, run


def _refuse_odd(move: Moved, instruction: Instruction) -> None:
    source = move.reading.source
    if "$" in source.word:
        raise RefusedError(f"{instruction.text}: the path {source.word} is made of variables", instruction.line)
    if source.parents and (source.climbs or move.context is not None):
        raise RefusedError(f"{instruction.text}: --parents would copy other folders' names", instruction.line)
    changed = move.context is not None or not _same(_spelt(move), source.path, source.word, parents=source.parents)
    if changed and not instruction.json and not _SAFE.match(_spelt(move)):
        raise RefusedError(f"{instruction.text}: {source.word} needs quoting", instruction.line)
    if changed and instruction.json and re.search(r"[\\$\"']", move.path):
        raise RefusedError(f"{instruction.text}: {source.word} needs quoting", instruction.line)


def _from_keyword(written: str, instruction: Instruction, group: Sequence[Moved]) -> str:
    """COPY, in the letters of what stands there. ADD can become COPY only where it does nothing more."""
    if instruction.keyword == "COPY":
        return written
    special = [flag.name for flag in instruction.flags if flag.name in _ONLY_ADD]
    archive = [move.reading.source.word for move in group if _ARCHIVE.search(move.reading.source.path)]
    if special or archive:
        raise RefusedError(f"{instruction.text}: ADD unpacks and fetches, COPY --from does not", instruction.line)
    return "copy" if written.islower() else "COPY"


def _spelt(move: Moved) -> str:
    """The new source word: a folder keeps its slash, ``--parents`` keeps what it copies the names of."""
    word = move.reading.source.word.strip("\"'")
    if move.reading.source.parents:
        tail = word.lstrip("/").removeprefix("./") or "."
        if move.home == ".":
            return word
        # what stands before /./ is not copied into the image
        return f"{move.home}/{tail}" if "/./" in f"/{tail}" and not word.startswith("./") else f"{move.home}/./{tail}"
    if move.path in {".", ""}:
        return "."
    ends = word.endswith(("/", "/.", "/..")) or word in {"", ".", ".."}
    return f"{move.path}/" if ends else move.path


def _same(new: str, path: str, word: str, *, parents: bool) -> bool:
    """Whether the builder would be asked for the same as before; a word that climbs is never left as it is."""
    if parents:
        return new == word
    return new.rstrip("/").removeprefix("./") in {path, path or "."} and ".." not in word.split("/")
