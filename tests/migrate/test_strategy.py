"""Which context a strategy gives, what the named ones are called, and which strategy the figures speak for."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from ctxsize.dockerfile import needs, parse
from ctxsize.migrate.edits import Edit, RefusedError, applied
from ctxsize.migrate.pricing import Price, recommended
from ctxsize.migrate.strategy import Site, StrategyName, laid_out
from ctxsize.model import BuilderName

KIT, ARCHIVE = BuilderName.BUILDKIT, BuilderName.ARCHIVE


def a_site(places: Sequence[str], *, home: str = "services/api", head: str = "FROM scratch", folders: str = "") -> Site:
    text = f"{head}\n" + "".join(f"COPY x{number} /\n" for number, _ in enumerate(places))
    parsed = parse(text.encode())
    reads = [one for one in needs(parsed).reads if one.source.context is None]
    return Site(f"{home}/Dockerfile", text, parsed, (), home, tuple(zip(reads, places, strict=True)),
                frozenset(folders.split()))  # fmt: skip


ROOTS = [
    (["services/api/src", "shared"], "."), (["services/api/src"], "services/api"), (["services/lib"], "services"),
    (["services/api-lib"], "services"), (["services/api/a", "services/b/c"], "services"),
]  # fmt: skip


@pytest.mark.parametrize(("places", "context"), ROOTS)
def test_the_root_strategy_climbs_no_higher_than_needed(places: Sequence[str], context: str) -> None:
    assert laid_out(a_site(places), StrategyName.ROOT).context == context


NAMES = [
    (["shared"], "FROM scratch", "shared", [("shared", "shared")]),
    (["shared/lib/x.py", "shared/y"], "FROM scratch", "", [("shared", "shared")]),
    (["VERSION"], "FROM scratch", "", [("root", ".")]),
    (["*.json"], "FROM scratch", "", [("root", ".")]),
    (["services/lib/x"], "FROM scratch", "", [("lib", "services/lib")]),
    (["services/common.py"], "FROM scratch", "", [("services", "services")]),
    (["My Libs/x"], "FROM scratch", "", [("my-libs", "My Libs")]),
    (["shared/x", "services/shared/y"], "FROM scratch", "", [("shared", "shared"), ("shared-files", "services/shared")]),
    (["node/x"], "FROM node:20", "", [("node-files", "node")]),
    (["base/x"], "FROM scratch AS base", "", [("base-files", "base")]),
    (["context/x"], "FROM scratch", "", [("context-files", "context")]),
]


@pytest.mark.parametrize(("places", "head", "folders", "contexts"), NAMES)
def test_named_contexts_get_names_that_mean_nothing_else(
    places: Sequence[str], head: str, folders: str, contexts: list[tuple[str, str]]
) -> None:
    assert laid_out(a_site(places, head=head, folders=folders), StrategyName.NAMED).contexts == tuple(contexts)


def a_price(strategy: StrategyName, kit: int | None, archive: int | None = 1, mended: int = 3, **more: str) -> Price:
    return Price(strategy, tightened={KIT: kit, ARCHIVE: archive}, mended=mended, **more)  # type: ignore[arg-type]


ROOT, NAMED, VENDOR = StrategyName.ROOT, StrategyName.NAMED, StrategyName.VENDOR
CHOICES = [
    ("least", [a_price(ROOT, 1000), a_price(NAMED, 100, None)], KIT, NAMED),
    ("about the same", [a_price(ROOT, 1000), a_price(NAMED, 990, None)], KIT, ROOT),
    ("the builder decides", [a_price(ROOT, 1000), a_price(NAMED, 100, None)], ARCHIVE, ROOT),
    ("one mends more", [a_price(ROOT, 10, mended=2), a_price(NAMED, 1000, None)], KIT, NAMED),
    ("one fails", [a_price(ROOT, 10, failure="no"), a_price(NAMED, 1000, None)], KIT, NAMED),
    ("vendor is never recommended", [a_price(VENDOR, 1)], KIT, None),
    ("nothing can be mended", [a_price(ROOT, 1, mended=0)], KIT, None),
]


@pytest.mark.parametrize(("prices", "builder", "expected"), [row[1:] for row in CHOICES], ids=[row[0] for row in CHOICES])
def test_the_figures_decide(prices: list[Price], builder: BuilderName, expected: StrategyName | None) -> None:
    found = recommended(prices, builder)

    assert (found[0] if found else None) is expected


def test_edits_are_made_from_the_left_and_never_meet() -> None:
    assert applied("abcdef", [Edit(4, 5, "E"), Edit(0, 1, "A"), Edit(2, 2, "-"), Edit(2, 2, "-")]) == "Ab-cdEf"
    with pytest.raises(RefusedError, match="same place"):
        applied("abc", [Edit(0, 2, "x"), Edit(1, 3, "y")])
