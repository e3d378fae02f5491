"""BuildKit's wire: recorded totals, and laws that tie the fast sums to the packets they stand for."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctxsize.builders import wire
from tests.builders.uploads import wire_total
from tests.corpus import semantics
from tests.trees import plant_rows


@pytest.mark.parametrize("row", semantics("wire_bytes"), ids=lambda row: str(row["transferring_context_bytes"]))
def test_a_tree_costs_what_fsutil_sent(row: dict[str, Any], tmp_path: Path) -> None:
    assert wire_total(plant_rows(tmp_path, row["tree"])) == (row["transferring_context_bytes"], ())


@pytest.mark.parametrize(
    ("number", "length"),
    [(0, 1), (1, 1), (127, 1), (128, 2), (16_383, 2), (16_384, 3), (2**63 - 1, 9), (-1, 10), (-(2**62), 10)],
)
def test_a_varint_takes_a_byte_for_seven_bits(number: int, length: int) -> None:
    assert wire.varint(number) == length


def test_zero_and_empty_fields_are_left_out() -> None:
    assert (wire.numeric(0), wire.text(0), wire.numeric(1), wire.text(1)) == (0, 0, 2, 3)


@pytest.mark.parametrize(
    ("mode", "go"),
    [
        (stat.S_IFREG | 0o644, 0o644),
        (stat.S_IFDIR | 0o755, 1 << 31 | 0o755),
        (stat.S_IFLNK | 0o777, 1 << 27 | 0o777),
        (stat.S_IFIFO | 0o600, 1 << 25 | 0o600),
        (stat.S_IFBLK | 0o600, 1 << 26 | 0o600),
        (stat.S_IFCHR | 0o600, 1 << 26 | 1 << 21 | 0o600),
        (stat.S_IFSOCK | 0o755, 0o755),
        (stat.S_IFREG | 0o4755, 1 << 23 | 0o755),
        (stat.S_IFREG | 0o2755, 1 << 22 | 0o755),
        (stat.S_IFDIR | 0o1777, 1 << 31 | 1 << 20 | 0o777),
    ],
)
def test_modes_are_go_file_modes(mode: int, go: int) -> None:
    assert wire.go_mode(mode) == go


@pytest.mark.parametrize(
    ("size", "packets"),
    [(0, (2, 1)), (1, (2 + 3 + 2, 2)), (32_768, (2 + 32_772 + 2, 2)), (32_769, (2 + 32_772 + 2 + 3 + 2, 3))],
)
def test_content_comes_in_chunks_and_an_end(size: int, packets: tuple[int, int]) -> None:
    assert wire.content_packets(size) == packets


lengths = st.one_of(st.integers(1, 300), st.integers(16_000, 17_000))
times = st.one_of(st.integers(-(2**62), 2**63 - 1), st.sampled_from([0, 1, 2**56 - 1, 2**56, 1_700_000_000 * 10**9]))
sizes = st.one_of(st.integers(0, 200), st.integers(16_000, 70_000), st.integers(0, 2**40))


@pytest.mark.property
@given(lengths, st.integers(0, 0o7777), times, sizes)
def test_the_short_cut_for_plain_files_is_its_two_packets(length: int, bits: int, mtime_ns: int, size: int) -> None:
    mode = stat.S_IFREG | bits

    packets = wire.stat_packet(length, mode, mtime_ns, size) + wire.content_packets(size)[0]

    assert wire.regular_file(length, mode, mtime_ns, size) == packets


@pytest.mark.property
@given(sizes)
def test_content_is_never_smaller_than_the_file(size: int) -> None:
    cost, packets = wire.content_packets(size)

    assert packets == -(-size // wire.CHUNK) + 1
    assert size < cost <= size + 6 * packets
