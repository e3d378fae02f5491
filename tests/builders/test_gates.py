"""Which entries pass to which builder: small trees, a list of patterns, and what arrives in order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given

from ctxsize.builders.costs import TarCount, WireCount, archive_bytes, buildkit_bytes
from ctxsize.builders.opening import refused_files
from ctxsize.builders.sending import SentFolder
from ctxsize.dockerignore import IgnoreRules
from tests.builders.uploads import archive, buildkit, names, wire_total
from tests.dockerignore.plainly import patterns
from tests.trees import plant

TREE = """
    a/b/x
    a/b/y.md
    a/c
    empty/
    top
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plant(tmp_path_factory.mktemp("tree"), TREE)


@pytest.mark.parametrize(
    ("ignore", "buildkit_gets", "classic_gets"),
    [
        ("", "a/ a/b/ a/b/x a/b/y.md a/c empty/ top", "a/ a/b/ a/b/x a/b/y.md a/c empty/ top"),
        ("*", "", ""),
        ("a", "empty/ top", "empty/ top"),
        ("a/*", "a/ empty/ top", "a/ empty/ top"),
        ("a/**", "a/ empty/ top", "a/ empty/ top"),
        ("* !a/b/x", "a/ a/b/ a/b/x", "a/b/x"),
        ("* !a/b", "a/ a/b/ a/b/x a/b/y.md", "a/b/ a/b/x a/b/y.md"),
        ("* !**/*.md", "a/ a/b/ a/b/y.md", ""),
        ("a !a/*/x", "a/ a/b/ a/b/x empty/ top", "empty/ top"),
        ("a !a/c", "a/ a/c empty/ top", "a/c empty/ top"),
        ("**/b", "a/ a/c empty/ top", "a/ a/c empty/ top"),
        ("empty", "a/ a/b/ a/b/x a/b/y.md a/c top", "a/ a/b/ a/b/x a/b/y.md a/c top"),
    ],
)
def test_an_ignore_list_lets_these_through(ignore: str, buildkit_gets: str, classic_gets: str, folder: Path) -> None:
    found = " ".join(names(buildkit(folder, ignore.split()))), " ".join(names(archive(folder, ignore.split())))

    assert found == (buildkit_gets, classic_gets)


@pytest.mark.parametrize(
    ("asked", "ignore", "sent"),
    [
        (["top"], "", "top"),
        (["a"], "", "a/ a/b/ a/b/x a/b/y.md a/c"),
        (["a/b/x"], "", "a/ a/b/ a/b/x"),
        (["*/c"], "", "a/ a/c"),
        (["**/x"], "", "a/ a/b/ a/b/x"),
        (["a"], "**/*.md", "a/ a/b/ a/b/x a/c"),
        (["nothing"], "", ""),
        (["empty", "top"], "top", "empty/"),
        ([], "", ""),
    ],
)
def test_buildkit_sends_what_is_asked_for_and_not_ignored(
    asked: list[str], ignore: str, sent: str, folder: Path
) -> None:
    assert " ".join(names(buildkit(folder, ignore.split(), follow=asked))) == sent


@pytest.mark.parametrize(
    ("ignore", "emptied"),
    [
        (["*", "!a/b/x", "a"], ("a/b/x",)),
        (["a/b", "!a/b/x", "a/b"], ("a/b/x",)),
        (["*", "!a/b/x"], ()),
        (["**", "!a/b", "a/b/y.md"], ()),
        ([], ()),
    ],
)
def test_a_file_that_is_announced_and_then_refused_arrives_empty(
    ignore: list[str], emptied: tuple[str, ...], tree: Callable[..., Path]
) -> None:
    assert wire_total(tree("a/b/x 10\na/b/y.md 10\nempty-already"), ignore)[1] == emptied


# --- the sums against the entries one by one --------------------------------------------------------


def one_by_one(sent: SentFolder, rules: IgnoreRules) -> tuple[int, int]:
    """(wire, tar) counted entry after entry."""
    wire, tar = WireCount(refused_files(sent, rules)), TarCount()
    for at, rows in sent.runs():
        for count in (wire, tar):
            if rows is None:
                count.folder(at)
            else:
                for row in rows:
                    count.files(at, [row])
    return wire.bytes, tar.bytes


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Enough entries for packet numbers of one and two bytes, and files of more than one packet."""
    files = {
        f"{folder}/{name}{place:03}": 37 * place
        for folder in ("a", "a/b", "ab", "é")
        for name in "ab."
        for place in range(40)
    }
    return plant(
        tmp_path_factory.mktemp("crowd"), {**files, "a/big": 100_000, "b/x": 32_768, "l -> a": None, "a b/-": 1}
    )


@pytest.mark.property
@given(patterns())
def test_sums_of_subtrees_are_sums_of_entries(crowd: Path, written: list[str]) -> None:
    rules = IgnoreRules.of(written)

    sent = buildkit(crowd, written)

    assert (buildkit_bytes(sent, refused_files(sent, rules))[0], archive_bytes(sent)) == one_by_one(sent, rules)


@pytest.mark.property
@given(patterns())
def test_entries_come_in_the_order_of_their_bytes_and_once(crowd: Path, written: list[str]) -> None:
    for found in (names(buildkit(crowd, written)), names(archive(crowd, written))):
        keys = [[part.encode() for part in name.rstrip("/").split("/")] for name in found]
        assert keys == sorted(keys)
        assert len(set(found)) == len(found)


@pytest.mark.property
@given(patterns())
def test_buildkit_never_sends_an_entry_without_its_folders(crowd: Path, written: list[str]) -> None:
    found = set(names(buildkit(crowd, written)))

    parents = {f"{name.rstrip('/').rpartition('/')[0]}/" for name in found if "/" in name.rstrip("/")}
    assert parents <= found


@pytest.mark.property
@given(patterns().filter(lambda written: not any("!" in one for one in written)))
def test_without_exceptions_both_builders_get_the_same(crowd: Path, written: list[str]) -> None:
    assert names(buildkit(crowd, written)) == names(archive(crowd, written))


@pytest.mark.property
@given(patterns())
def test_what_is_sent_is_what_the_walk_lets_through(crowd: Path, written: list[str]) -> None:
    """BuildKit's client sees every entry that its list keeps in, wherever it lies, unless a folder above is skipped."""
    rules = IgnoreRules.of(written)

    everything = [name for name in names(buildkit(crowd)) if not name.endswith("/")]
    sent = {name for name in names(buildkit(crowd, written)) if not name.endswith("/")}

    assert sent <= {name for name in everything if not rules.excludes(name)}
