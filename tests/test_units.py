"""Sizes as people write them, as we print them, as Docker prints them."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ctxsize.errors import SettingsError
from ctxsize.units import docker_size, format_size, parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 0), ("5000", 5000), ("5_000", 5000), ("12 B", 12), ("1 kB", 1000), ("1K", 1000), ("1KiB", 1024), ("50 MB", 50_000_000),
     ("1.5GiB", 1_610_612_736), (".5 mb", 500_000), (" 2 gb ", 2_000_000_000), ("1.9999 kB", 1999), ("3 bytes", 3)],
)  # fmt: skip
def test_sizes_are_read(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "MB", "5 XB", "-5", "5 iB", "1,5 MB", "5 MB each", "five", "1e9", "٣", "9" * 5000])
def test_nonsense_is_refused(text: str) -> None:
    with pytest.raises(SettingsError, match="is no size"):
        parse_size(text)


@pytest.mark.parametrize(
    ("size", "ours", "dockers"),
    [(0, "0 B", "0B"), (999, "999 B", "999B"), (1000, "1.00 kB", "1.00kB"), (32_805, "32.8 kB", "32.80kB"),
     (999_999, "1.00 MB", "1000.00kB"), (123_456_789, "123 MB", "123.46MB"), (9_996, "10.0 kB", "10.00kB")],
)  # fmt: skip
def test_sizes_are_printed(size: int, ours: str, dockers: str) -> None:
    assert (format_size(size), docker_size(size)) == (ours, dockers)


@given(some.integers(0, 10**20))
def test_what_is_printed_reads_as_nearly_the_same(size: int) -> None:
    assert abs(parse_size(format_size(size)) - size) <= size * 0.006


@given(some.text(max_size=100))
def test_any_text_is_a_size_or_refused(text: str) -> None:
    with suppress(SettingsError):
        assert parse_size(text) >= 0
