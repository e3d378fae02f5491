"""Used, junk or unused: what each part of what is sent is to a build, and the heaviest of what is sent for nothing.

Whole subtrees are decided in one step where nothing below can differ; equal verdicts on equal folders are worked out
once for all builds of a tree.
"""

from __future__ import annotations

from heapq import nlargest
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.builders.sending import SentFolder, total
from ctxsize.model import NOTHING, Class, Kind, Totals, Waste

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ctxsize.builders.junk import JunkRules, JunkState
    from ctxsize.builders.reach import ReachState
    from ctxsize.tree import Directory

    Rows = Sequence[int]

__all__ = ["Classes", "Judge", "Verdict"]

_KEPT = 40
_COUNTED = {Kind.FILE, Kind.SYMLINK}


class Verdict(NamedTuple):
    """What holds for a folder. ``free``: an instruction asks for it by name although it is junk, so none of it is."""

    reach: ReachState
    junk: JunkState
    free: bool = False

    @property
    def klass(self) -> Class:
        """The class of the entry itself."""
        if not self.reach.read:
            return Class.UNUSED
        return Class.JUNK if self.junk.junk and not self.free else Class.USED

    @property
    def settled(self) -> bool:
        """Everything below is of the same class."""
        if not self.reach.settled:
            return False
        return not self.reach.read or self.free or self.junk.settled

    def all_used(self, folder: Directory) -> bool:
        """All of the folder is read and none of it junk, although that had to be looked for."""
        return self.reach.read and self.reach.settled and not self.junk.junk and self.junk.spotless(folder)

    def child(self, name: str, path: str) -> Verdict:
        reach = self.reach.child(name)
        if self.free:
            return Verdict(reach, self.junk, True)
        junk = self.junk.child(name, path)
        return Verdict(reach, junk, reach.named and junk.junk)

    def file(self, name: str, path: str) -> Class:
        """The class of a file in this folder."""
        if self.reach.asks(name):
            return self.child(name, path).klass
        if not self.reach.read:
            return Class.UNUSED
        return Class.JUNK if not self.free and self.junk.file(name, path) else Class.USED


class Classes(NamedTuple):
    """used + junk + unused of a subtree, and the heaviest of its waste. ``pure`` is the class of all of it, if one."""

    used: Totals
    junk: Totals
    unused: Totals
    waste: tuple[Waste, ...] = ()
    pure: Class | None = None


class Judge:
    """Classifies what is sent. ``memory`` is shared by all builds of one tree; ``junk`` must be the tree's."""

    def __init__(self, junk: JunkRules, memory: dict[object, Classes]) -> None:
        self._junk = junk
        self._memory = memory

    def classify(self, sent: SentFolder, reach: ReachState) -> Classes:
        """The classes of a whole context; the waste is sorted, heaviest first."""
        found = self._known(sent, Verdict(reach, self._junk.start))
        return Classes(found.used, found.junk, found.unused, tuple(_heaviest(found.waste)), found.pure)

    def runs(self, sent: SentFolder, reach: ReachState) -> Iterator[tuple[Directory, Rows | None, Class]]:
        """Every entry in the order it is sent, with its class: rows of one folder, or None for the folder itself."""
        todo = [self._own(sent, Verdict(reach, self._junk.start))]
        while todo:
            for what in todo[-1]:
                if isinstance(what[0], SentFolder):
                    todo.append(self._own(*what))
                    break
                yield what
            else:
                todo.pop()

    def _own(
        self, sent: SentFolder, verdict: Verdict
    ) -> Iterator[tuple[Directory, Rows | None, Class] | tuple[SentFolder, Verdict]]:
        if sent.itself:
            found = self._known(sent, verdict)
            yield sent.folder, None, _of_folder(verdict, {Class.USED: found.used, Class.JUNK: found.junk})
        for rows, below in sent.parts:
            yield from self._in_order(sent.folder, rows, verdict)
            if below is not None:
                yield below, verdict.child(below.folder.name, below.folder.path)

    def _in_order(
        self, folder: Directory, rows: Rows, verdict: Verdict
    ) -> Iterator[tuple[Directory, Rows | None, Class]]:
        found = dict(self._sorted(folder, rows, verdict))
        if len(found) == 1:
            yield folder, rows, next(iter(found))
            return
        of_row = {row: klass for klass, chosen in found.items() for row in chosen}
        for row in rows:
            yield folder, (row,), of_row[row]

    def _known(self, sent: SentFolder, verdict: Verdict) -> Classes:
        # a settled verdict needs no junk state, an unread one neither: fewer keys, more builds that share
        alike = verdict.settled or verdict.all_used(sent.folder)
        key = (id(sent), verdict.klass if alike else verdict)
        found = self._memory.get(key)
        if found is None:
            found = self._memory[key] = self._all(sent, verdict) if alike else self._apart(sent, verdict)
        return found

    def _all(self, sent: SentFolder, verdict: Verdict) -> Classes:
        klass = verdict.klass
        totals = Totals(sent.files, sent.dirs, sent.bytes)
        waste = (Waste(f"{sent.folder.path}/", klass, totals, self._why(verdict)),) if klass is not Class.USED else ()
        return _of(klass, totals, waste)

    def _why(self, verdict: Verdict) -> str | None:
        return self._junk.why(verdict.junk) if verdict.klass is Class.JUNK else None

    def _apart(self, sent: SentFolder, verdict: Verdict) -> Classes:
        sums = dict.fromkeys(Class, NOTHING)
        waste: list[Waste] = []
        for rows, below in sent.parts:
            for klass, chosen in self._sorted(sent.folder, rows, verdict):
                sums[klass] += _count(sent.folder, chosen)
                waste += self._files(sent.folder, chosen, klass, verdict)
            if below is not None:
                part = self._known(below, verdict.child(below.folder.name, below.folder.path))
                sums = {Class.USED: sums[Class.USED] + part.used, Class.JUNK: sums[Class.JUNK] + part.junk,
                        Class.UNUSED: sums[Class.UNUSED] + part.unused}  # fmt: skip
                waste += part.waste
        if sent.itself:
            sums[_of_folder(verdict, sums)] += Totals(dirs=1)
        return self._rolled_up(sent, verdict, sums, waste)

    def _rolled_up(self, sent: SentFolder, verdict: Verdict, sums: dict[Class, Totals], waste: list[Waste]) -> Classes:
        """A folder that is waste as a whole stands for everything in it."""
        present = [klass for klass in Class if sums[klass] != NOTHING]
        pure = present[0] if len(present) == 1 else None
        if pure in {Class.JUNK, Class.UNUSED} and sent.folder.path:
            waste = [Waste(f"{sent.folder.path}/", pure, sums[pure], self._common_why(verdict, waste))]
        kept = waste if len(waste) <= 2 * _KEPT else _heaviest(waste)
        return Classes(sums[Class.USED], sums[Class.JUNK], sums[Class.UNUSED], tuple(kept), pure)

    def _common_why(self, verdict: Verdict, waste: list[Waste]) -> str | None:
        own = self._why(verdict)
        reasons = {one.why for one in waste}
        return own or (reasons.pop() if len(reasons) == 1 else None)

    def _sorted(self, folder: Directory, rows: Rows, verdict: Verdict) -> Iterator[tuple[Class, Rows]]:
        """The rows of a folder by class."""
        if not rows:
            return
        if verdict.settled:
            yield verdict.klass, rows
            return
        if verdict.reach.read and verdict.reach.settled:
            yield from self._junk_apart(folder, rows, verdict.junk)
            return
        prefix = f"{folder.path}/" if folder.path else ""
        found: dict[Class, list[int]] = {}
        for row in rows:
            name = folder.names[row]
            found.setdefault(verdict.file(name, prefix + name), []).append(row)
        if len(found) == 1:
            yield next(iter(found)), rows
        else:
            yield from found.items()

    def _junk_apart(self, folder: Directory, rows: Rows, state: JunkState) -> Iterator[tuple[Class, Rows]]:
        """Of files that are all read: this is nearly all that is ever asked."""
        junk = state.files(folder, rows)
        if not junk:
            yield Class.USED, rows
        elif len(junk) == len(rows):
            yield Class.JUNK, rows
        else:
            apart = set(junk)
            yield Class.JUNK, junk
            yield Class.USED, [row for row in rows if row not in apart]

    def _files(self, folder: Directory, rows: Rows, klass: Class, verdict: Verdict) -> list[Waste]:
        if klass is Class.USED:
            return []
        heaviest = nlargest(_KEPT, rows, key=folder.sizes.__getitem__) if len(rows) > _KEPT else rows
        return [self._file(folder, row, klass, verdict) for row in heaviest]

    def _file(self, folder: Directory, row: int, klass: Class, verdict: Verdict) -> Waste:
        name = folder.names[row]
        path = folder.path_of(name)
        why = self._why(verdict.child(name, path)) if klass is Class.JUNK else None
        return Waste(path, klass, _count(folder, [row]), why)


def _of_folder(verdict: Verdict, below: Mapping[Class, Totals]) -> Class:
    """A folder that nobody reads is still needed on the way to what is read."""
    if not verdict.reach.read and (below[Class.USED] != NOTHING or below[Class.JUNK] != NOTHING):
        return Class.USED
    return verdict.klass


def _of(klass: Class, totals: Totals, waste: tuple[Waste, ...]) -> Classes:
    return Classes(
        totals if klass is Class.USED else NOTHING,
        totals if klass is Class.JUNK else NOTHING,
        totals if klass is Class.UNUSED else NOTHING,
        waste,
        klass,
    )


def _count(folder: Directory, rows: Rows) -> Totals:
    files = len(rows)
    if folder.odd:
        files -= sum(odd.kind not in _COUNTED for row, odd in folder.odd.items() if row in rows)
    return Totals(files, 0, total(folder.sizes, rows))


def _heaviest(waste: Sequence[Waste]) -> list[Waste]:
    return nlargest(_KEPT, waste, key=lambda one: (one.totals.bytes, one.totals.files, one.totals.dirs))
