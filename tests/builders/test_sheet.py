"""A sheet sums up any subtree as its folders add up one by one, whatever stands in it."""

from __future__ import annotations

import os
import stat
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from hypothesis import given
from hypothesis import strategies as some

from ctxsize.builders import tar, wire
from ctxsize.builders.sheet import Sheet
from ctxsize.builders.sums import Whole, whole_of
from ctxsize.dockerignore import IgnoreRules
from ctxsize.model import Kind
from ctxsize.tree import Directory, Odd

if TYPE_CHECKING:
    from ctxsize.builders.sheet import Found

NOW = 1_790_000_000_000_000_000
TIMES = some.sampled_from([NOW, 0, wire.EARLY - 1, wire.EARLY, tar.LATE])
EDGES = [edge + step for edge in (1, 128, 512, 16_384, 32_768, 65_536, 1 << 21, 1 << 33, 1 << 62) for step in (-1, 0, 1)]
SIZES = some.one_of(some.integers(0, 40_000), some.sampled_from(EDGES))
NAMES = some.one_of(some.text("abc.", min_size=1, max_size=6), some.sampled_from(["é", "n" * 60, "n" * 97, "\udcff"]))
XATTRS = some.sampled_from([(), (), ((13, 7),)])
PASSES, BLOCKS = IgnoreRules.of([]).walk.start, IgnoreRules.of(["*"]).walk.start.child("x", "x")
STATES = some.sampled_from([PASSES, BLOCKS, None])
ODD = Odd(Kind.FIFO, stat.S_IFIFO | 0o644, NOW, 0, inode=7)


@some.composite
def sheets(draw: some.DrawFn, path: str = "", depth: int = 3) -> Sheet:
    """A folder's sheet: plain files, files with an odd one among them, subfolders on it, walked apart, or gone."""
    sheet = Sheet()
    _draw(draw, sheet, path, depth, draw(STATES))
    return sheet


def _draw(draw: some.DrawFn, sheet: Sheet, path: str, depth: int, state: object) -> None:
    number = sheet.put_off(path)
    names = sorted(draw(some.sets(NAMES, max_size=3)), key=os.fsencode)
    here = cast("os.stat_result", SimpleNamespace(st_mode=stat.S_IFDIR | 0o755, st_mtime_ns=draw(TIMES)))
    sheet.write(number, path, here, draw(some.integers(0, 9)), _files(draw, path, names), draw(XATTRS) if path else ())
    if state is not None:
        sheet.passed[number] = state  # type: ignore[assignment]
    if draw(some.integers(0, 9)) == 0:
        sheet.unreadable[number] = path, "permission denied"
    names = some.one_of(some.text("xyz", min_size=1, max_size=40), some.sampled_from(["l" * 99, "m" * 120]))
    for name in draw(some.lists(names, unique=True, max_size=2)) if depth else ():
        inner = f"{path}/{name}" if path else name
        how = draw(some.sampled_from(["here", "here", "apart", "gone"]))
        if how == "here":
            _draw(draw, sheet, inner, depth - 1, state)
        else:
            sheet.put_in(sheet.put_off(inner), (draw(sheets(inner, depth - 1)), 0) if how == "apart" else None)
    sheet.close(number, draw(some.sampled_from([0, 0, 5])))


def _files(draw: some.DrawFn, path: str, names: list[str]) -> Found:
    sizes, text = [draw(SIZES) for _ in names], "\0".join(names)
    if not names or draw(some.booleans()):
        return text, sizes, {}, {}
    return text, sizes, {0: (700, 3, 1024)}, {0: ODD}


def taken_apart(folder: Directory) -> Directory:
    """Every folder as it stands for itself, without its sheet."""
    for one in folder.walk():
        one.forget_sums()
    return folder


def wholes(folder: Directory) -> dict[str, Whole]:
    return {one.path: whole_of(one) for one in folder.walk()}


@given(sheets())
def test_a_sheet_tells_what_its_folders_add_up_to(sheet: Sheet) -> None:
    folder = sheet.directory()
    assert folder is not None

    told = wholes(folder)

    assert told == wholes(taken_apart(folder))


@given(sheets())
def test_the_sums_of_files_are_those_of_their_columns(sheet: Sheet) -> None:
    folder = sheet.directory()
    assert folder is not None

    assert [one.totals() for one in folder.walk()] == [
        (sum(one.sizes), *map(sum, one.columns)) for one in folder.walk()
    ]
