"""Names are data, whatever they hold; figures read the same everywhere; bars never lie by much."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctxsize.formats.line import Line, width_of
from ctxsize.formats.text import Page, bar, counted, percent, plain, printable, render, shares

# every character that os.fsdecode can make, lone bytes (surrogates) among them
NAMES = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.characters(min_codepoint=0xDC80, max_codepoint=0xDCFF)))


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("src/app.py", "src/app.py"),
        ("日本語 é", "日本語 é"),
        ("a\nb\tc\rd", r"a\nb\tc\rd"),
        ("\x1b[31mred\x1b[0m", r"\x1b[31mred\x1b[0m"),
        ("bell\a null\0 del\x7f", r"bell\x07 null\x00 del\x7f"),
        ("c1 \x9b31m", r"c1 \u009b31m"),
        ("bad \udcff\udcfe", r"bad \xff\xfe"),
        ("right\u202eexe.txt", r"right\u202eexe.txt"),
        ("zero\u200bwidth, no\u00a0break, soft\u00adhyphen", r"zero\u200bwidth, no\u00a0break, soft\u00adhyphen"),
        ("tag \U000e0041", r"tag \U000e0041"),
        ("[red]rich[/red] <b>html</b> %s {0} | `x`", "[red]rich[/red] <b>html</b> %s {0} | `x`"),
    ],
)
def test_a_name_is_spelt_out_where_it_is_invisible_or_active(name: str, shown: str) -> None:
    assert printable(name) == shown


@given(NAMES)
def test_no_name_breaks_a_line_or_an_encoder(name: str) -> None:
    shown = printable(name)

    assert shown.isprintable()
    assert shown.splitlines() == ([shown] if shown else [])
    assert shown.encode().decode() == shown


@given(NAMES)
def test_json_keeps_a_name_but_for_bytes_that_are_no_text(name: str) -> None:
    kept = plain(name)

    assert json.loads(json.dumps(kept).encode("ascii")) == kept
    assert kept == "".join(f"\\x{ord(char) - 0xDC00:02x}" if "\udc80" <= char <= "\udcff" else char for char in name)


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(0, 0, "–"), (0, 5, "0 %"), (1, 1000, "<1 %"), (1, 2, "50 %"), (999, 1000, ">99 %"), (7, 7, "100 %"), (3, 0, "–")],
)
def test_a_share_is_0_or_100_percent_only_if_it_is_exactly_that(part: int, whole: int, shown: str) -> None:
    assert percent(part, whole) == shown


@pytest.mark.parametrize(
    ("number", "shown"), [(0, "0 files"), (1, "1 file"), (2, "2 files"), (12345, "12,345 files")]
)
def test_nouns_agree_with_their_number(number: int, shown: str) -> None:
    assert counted(number, "file") == shown


@pytest.mark.parametrize(
    ("part", "drawn", "ascii_drawn"),
    [(0, "", ""), (1, "▏", "#"), (500, "█████", "#####"), (563, "█████▋", "######"), (1000, "█" * 10, "#" * 10),
     (2000, "█" * 10, "#" * 10)],
)  # fmt: skip
def test_a_bar_shows_anything_that_is_there(part: int, drawn: str, ascii_drawn: str) -> None:
    assert bar(part, 1000, 10, Page()) == drawn
    assert bar(part, 1000, 10, Page(unicode=False)) == ascii_drawn


@pytest.mark.parametrize(
    ("waste", "sent", "drawn"),
    [
        (0, 0, ("", "")),
        (0, 1000, ("", "░" * 10)),
        (1000, 1000, ("█" * 10, "")),
        (750, 1000, ("████████", "░░")),
        (250, 500, ("██", "░░░")),  # half of the heaviest, half of it waste: round(2.5) is 2
        (1, 1, ("▏", "")),
        (0, 1, ("", "░")),
    ],
)
def test_a_build_is_drawn_beside_the_heaviest(waste: int, sent: int, drawn: tuple[str, str]) -> None:
    assert shares(waste, sent, 1000, 10, Page()) == drawn


@given(st.data(), st.booleans())
def test_bars_stay_within_their_width(data: st.DataObject, unicode: bool) -> None:
    most = data.draw(st.integers(1, 10**15))
    sent = data.draw(st.integers(0, most))
    waste = data.draw(st.integers(0, sent))
    page = Page(unicode=unicode)

    for drawn in (bar(sent, most, 10, page), "".join(shares(waste, sent, most, 10, page))):
        assert len(drawn) <= 10
        assert bool(drawn) == (sent > 0)


def test_colours_are_laid_over_the_same_text() -> None:
    def lines() -> list[Line]:
        return [Line("a ", "bold").append("[b]", "red").append_text(Line("日本", "dim")), Line(), Line("end  ")]

    assert render(lines(), Page()) == "a [b]日本\n\nend\n"
    assert render(lines(), Page(color=True)) == (
        "\x1b[1ma \x1b[0m\x1b[1;31m[b]\x1b[0m\x1b[1;2m日本\x1b[0m\n\nend\n"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "drawn"),
    [
        (Line("a", "red"), "\x1b[31ma\x1b[0m"),
        (Line("a"), "a"),
        (Line("a", "bold red"), "\x1b[1;31ma\x1b[0m"),
        (Line("", "bold red").append("b", "default"), "\x1b[1;39mb\x1b[0m"),  # the inner colour wins, bold stays
        (Line("a", "dim").append("b", "cyan").append("c"), "\x1b[2ma\x1b[0m\x1b[2;36mb\x1b[0m\x1b[2mc\x1b[0m"),
        (Line().append_text(Line("a", "red").append("b", "dim")), "\x1b[31ma\x1b[0m\x1b[2;31mb\x1b[0m"),
        (Line("a", "red").append("  ", "dim").append(" "), "\x1b[31ma\x1b[0m"),
        (Line("  a  ", "dim"), "\x1b[2m  a\x1b[0m"),
        (Line("   "), ""),
    ],
)
def test_a_style_is_laid_over_the_style_around_it(line: Line, drawn: str) -> None:
    assert line.colored() == drawn


def test_width_is_counted_in_columns_of_a_terminal() -> None:
    assert [width_of(text) for text in ("abc", "日本", "é", "e\u0301", "–", "", "█▏░")] == [3, 4, 1, 1, 1, 0, 3]
