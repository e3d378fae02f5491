"""Likely rules: gathered from the junk that is sent, and never for what an instruction names."""

from __future__ import annotations

import pytest

from ctxsize.builders.gates import ArchiveGate
from ctxsize.builders.junk import JunkRules, git_paths
from ctxsize.builders.reach import Reach, patterns_of
from ctxsize.builders.sending import Sender
from ctxsize.dockerignore import IgnoreRules
from ctxsize.suggest.likely import Likely, junk_in, likely_rules, merged
from ctxsize.suggest.lines import Rule
from ctxsize.suggest.reading import read_by
from tests.suggest.trees import Files, TreeLinks, source, tree_of

CATALOGUE = [("**/node_modules", "installed packages"), ("**/dist", "build output"), ("**/*.log", "logs")]
TREE = {
    "app.js": 10, "node_modules/x/a.js": 5_000, "web/node_modules/y.js": 700, "dist/app.js": 900, "web/dist/w.js": 300,
    "debug.log": 40, "secret/key": 70,
}  # fmt: skip


NODE, LOGS = (["**/node_modules"], 5_700, True), (["**/*.log"], 40, True)


def likely(
    reads: list[str], files: Files = TREE, git: tuple[str, ...] = (), junk: tuple[str, ...] = ()
) -> list[Likely]:
    root = tree_of(files)
    links = TreeLinks(root)
    sources = [source(path) for path in reads]
    sent = Sender(ArchiveGate(IgnoreRules.of([])), {}).send(root)
    reach = Reach([one for each in sources for one in patterns_of(each, links) or ()], whole="" in reads)
    rules = JunkRules([*CATALOGUE, *((text, "configured") for text in junk)], git_paths(git, "."))
    found = junk_in(sent, reach.start, rules)
    taken_back = [Rule(text[1:]).pattern for text in junk if text.startswith("!")]
    return likely_rules(merged([found]), read_by(sources, links).patterns, taken_back)


def shown(found: list[Likely]) -> list[tuple[list[str], int, bool]]:
    return [([rule.text for rule in one.rules], one.bytes, one.blocked is None) for one in found]


CASES = [
    pytest.param([""], [NODE, (["**/dist"], 1_200, True), LOGS], id="heaviest first"),
    pytest.param(["app.js"], [], id="what is not read is no junk but proven"),
    pytest.param(["", "dist"], [NODE, (["web/dist"], 300, True), LOGS], id="what is named stays"),
    pytest.param(["", "dist/*"], [NODE, (["web/dist"], 300, True), LOGS], id="also if only what is in it is named"),
    pytest.param(["", "*/dist"], [NODE, (["dist/app.js"], 900, True), LOGS], id="a wildcard names too"),
    pytest.param(["web"], [(["**/node_modules"], 700, True), (["**/dist"], 300, True)], id="only where it is copied"),
]


@pytest.mark.parametrize(("reads", "expected"), CASES)
def test_rules_for_junk(reads: list[str], expected: list[tuple[list[str], int, bool]]) -> None:
    assert shown(likely(reads)) == expected


def test_what_git_ignores_is_written_out_by_path() -> None:
    assert shown(likely([""], git=("secret/", "debug.log")))[-2:] == [(["secret"], 70, True), LOGS]


def test_a_pattern_that_the_configuration_takes_back_in_part_is_written_out_by_path() -> None:
    assert (["dist"], 900, True) in shown(likely([""], junk=("!web/dist",)))


def test_a_rule_that_would_take_what_is_named_is_blocked_with_the_reason() -> None:
    found = likely(["", "dist/*"], {"dist/a": 9, "app": 1})
    assert shown(found) == [(["**/dist"], 9, False)]
    assert found[0].blocked == "an instruction asks for such a path by name"


def test_what_is_named_within_junk_stays_and_the_rest_goes() -> None:
    found = likely(["", "a/node_modules/keep"], {"a/node_modules/x": 900, "a/node_modules/keep": 1})
    assert shown(found) == [(["a/node_modules/x"], 900, True)]
