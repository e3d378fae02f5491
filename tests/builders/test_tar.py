"""The classic archive: recorded lengths, and Python's own tarfile where both formats say the same."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctxsize.builders import tar
from tests.builders.uploads import tar_total
from tests.corpus import semantics
from tests.trees import plant_rows

SECOND = 1_000_000_000


@pytest.mark.parametrize("row", semantics("classic_tar_bytes"), ids=lambda row: str(row["bytes"]))
def test_a_tree_makes_a_tar_of_this_length(row: dict[str, Any], tmp_path: Path) -> None:
    assert tar_total(plant_rows(tmp_path, row["tree"])) == row["bytes"]


@pytest.mark.parametrize(
    ("name", "size", "mtime", "link", "length"),
    [
        ("a", 0, 0, "", 512),
        ("a", 1, 0, "", 1024),
        ("a", 512, 0, "", 1024),
        ("a", 513, 0, "", 1536),
        ("é", 0, 0, "", 1536),
        ("n" * 100, 0, 0, "", 512),
        ("n" * 101, 0, 0, "", 1536),
        ("d" * 50 + "/" + "n" * 100, 0, 0, "", 512),
        ("d" * 155 + "/" + "n" * 100, 0, 0, "", 512),
        ("d" * 156 + "/" + "n" * 100, 0, 0, "", 1536),
        ("l", 0, 0, "t" * 100, 512),
        ("l", 0, 0, "t" * 101, 1536),
        ("l", 0, 0, "ü", 1536),
        ("old", 0, -1, "", 1536),
        ("far", 0, 2**33, "", 1536),
        ("last", 0, 2**33 - 1, "", 512),
        ("n" * 600, 0, 0, "", 512 + 1024 + 512),
    ],
)
def test_an_entry_takes_a_pax_header_only_where_a_field_does_not_fit(
    name: str, size: int, mtime: int, link: str, length: int
) -> None:
    assert tar.entry(name.encode(), size, mtime * SECOND, link.encode()) == length


def test_a_file_of_eight_gibibytes_needs_a_pax_header() -> None:
    size = 1 << 33

    assert tar.entry(b"big", size, 0) - tar.entry(b"big", size - 512, 0) == 1024 + 512


def test_a_capability_is_a_record_of_its_own() -> None:
    assert tar.entry(b"ping", 0, 0, capability=20) == 512 + 512 + 512


def written_by_python(name: str, size: int, mtime: int, link: str) -> int:
    """The length of the entry in a PAX archive that Python writes: header, records, data."""
    member = tarfile.TarInfo(name)
    member.size, member.mtime = size, mtime
    if link:
        member.type, member.linkname = tarfile.SYMTYPE, link
    header = member.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")
    return len(header) + tar.padded(size)


# Python calls a name split at a slash "does not fit" in fewer cases than Go, so long names are kept in one part; it
# counts the end of a time as Go does, and writes times as whole numbers when they are.
parts = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=250)
whole_seconds = st.one_of(st.integers(0, 2**33 + 10), st.sampled_from([-1, 2**33 - 1, 2**33]))


@pytest.mark.property
@given(parts, st.integers(0, 5000), whole_seconds, st.one_of(st.just(""), parts))
def test_an_entry_is_as_long_as_tarfile_writes_it(name: str, size: int, mtime: int, link: str) -> None:
    size = 0 if link else size

    assert tar.entry(name.encode(), size, mtime * SECOND, link.encode()) == written_by_python(name, size, mtime, link)


def test_the_archive_ends_in_two_blocks_of_zeros() -> None:
    out = io.BytesIO()
    tarfile.TarFile(fileobj=out, mode="w").close()

    assert out.getvalue()[: tar.TRAILER] == bytes(tar.TRAILER)
