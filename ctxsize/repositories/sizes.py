"""The sizes of files in a commit, asked for in bulk, ahead of time where it can be foreseen which will be needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.repositories import objects

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["MISSING", "Sizes"]

MISSING = -1


class Sizes:
    """By the objects' names in bytes."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: dict[bytes, int] = {}
        self._asked: list[tuple[list[bytes], objects.Asked]] = []

    def foresee(self, names: Iterable[bytes]) -> None:
        """Begins to ask for what is not known."""
        new = [name for name in dict.fromkeys(names) if name not in self._known]
        if new:
            text = b"".join(new).hex("\n", len(new[0]))
            self._asked.append((new, objects.sizes(self._root, text.encode())))

    def of(self, names: Sequence[bytes]) -> list[int]:
        """In the order of the names; ``MISSING`` for an object that is not here."""
        self._collect()
        self.foresee(names)
        self._collect()
        return list(map(self._known.__getitem__, names))

    def _collect(self) -> None:
        asked, self._asked = self._asked, []
        for names, question in asked:
            answer = question.answer()
            lines = answer.stdout.decode().splitlines()
            if len(lines) != len(names):
                # it tried to fetch what is missing, and could not
                raise objects.IncompleteError(str(self._root), objects.first_line(answer.stderr))
            self._known.update(zip(names, _numbers(lines), strict=True))


def _numbers(lines: list[str]) -> list[int]:
    try:
        return list(map(int, lines))
    except ValueError:
        # "NAME missing"
        return [int(line) if line.isdigit() else MISSING for line in lines]
