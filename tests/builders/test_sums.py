"""Files in bulk cost what they cost one by one: the sums of a folder against the wire's and the tar's own words."""

from __future__ import annotations

import os
import stat
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctxsize.builders import tar, wire
from ctxsize.builders.sums import PLAIN_PATH, columns_of, of_plain, plain_modes
from ctxsize.tree import Directory

NOW = 1_790_000_000_000_000_000
# where a number takes a byte more, a file a packet more, an entry a block more
EDGES = [edge + step for edge in (1, 128, 512, 16_384, 32_768, 65_536, 2_097_152, 1 << 32) for step in (-1, 0, 1)]
SIZES = st.one_of(st.sampled_from(EDGES), st.integers(0, 40_000), st.integers(0, (1 << 33) - 1))
NAMES = st.one_of(st.text("abcdefgh.-_", min_size=1, max_size=30), st.sampled_from(["n" * 99, "n" * 100, "n" * 101]))
FILES = st.dictionaries(NAMES, SIZES, min_size=1, max_size=12)
# where a path is longer than one field of the old header, takes a byte more, or no longer fits its two fields
LONG = ["x" * length for length in (PLAIN_PATH - 31, 92, 99, 100, 101, 110, 120, 126, 127, 128, 154, 155, 156, 200)]
FOLDERS = st.sampled_from(["", "a", "some/folder", *LONG, "y" * 60 + "/" + "z" * 90])


def folder_of(path: str, files: dict[str, int]) -> Directory:
    folder = Directory(path, stat.S_IFDIR | 0o755, NOW)
    folder.fill(list(files), array("q", files.values()), columns_of, (0, 0, 0, 0))
    return folder


@given(FOLDERS, FILES, st.sampled_from(sorted(plain_modes(everything=True))))
def test_a_plain_file_costs_what_wire_and_tar_say(path: str, files: dict[str, int], mode: int) -> None:
    folder = folder_of(path, files)
    paths = [folder.path_of(name) for name in files]

    assert [list(column) for column in folder.columns] == [
        [wire.regular_file(len(one), mode, NOW, size) for one, size in zip(paths, files.values(), strict=True)],
        [wire.packets(size) for size in files.values()],
        [tar.entry(os.fsencode(one), size, NOW) for one, size in zip(paths, files.values(), strict=True)],
    ]


@given(FOLDERS, FILES)
def test_the_sums_of_a_folder_are_those_of_its_files(path: str, files: dict[str, int]) -> None:
    found = of_plain(path, "\0".join(files), list(files.values()))

    assert found == (sum(files.values()), *map(sum, folder_of(path, files).columns))


@pytest.mark.parametrize(
    ("mode", "by_anybody", "by_root"),
    [
        (stat.S_IFREG | 0o644, True, True),
        (stat.S_IFREG | 0o777, True, True),
        (stat.S_IFREG | 0o600, False, True),
        (stat.S_IFREG | 0o044, False, False),  # a byte less to send
        (stat.S_IFREG | 0o4755, False, False),  # two bytes more
        (stat.S_IFLNK | 0o777, False, False),
        (stat.S_IFIFO | 0o644, False, False),
        (stat.S_IFDIR | 0o755, False, False),
    ],
)
def test_plain_is_what_surely_can_be_read_and_takes_two_bytes(mode: int, by_anybody: bool, by_root: bool) -> None:
    assert (mode in plain_modes(everything=False), mode in plain_modes(everything=True)) == (by_anybody, by_root)
