"""What instructions read, as patterns for all trees and as an allow-list."""

from __future__ import annotations

import pytest

from ctxsize.suggest.globs import touches
from ctxsize.suggest.reading import read_by
from tests.suggest.trees import Files, TreeLinks, source, tree_of

ALLOWED = [
    pytest.param(["src", "package.json"], {}, ("package.json", "src"), id="plain paths"),
    pytest.param(["src", "src/a"], {}, ("src",), id="what lies in another is said already"),
    pytest.param(["package*.json"], {}, ("package*.json",), id="a wildcard at the root stays"),
    pytest.param(["services/*/package.json"], {}, ("services",), id="a literal folder for a wildcard below it"),
    pytest.param(["conf/*.yml"], {}, ("conf",), id="also for the last part"),
    pytest.param(["cwallet.ss[o]"], {}, ("cwallet.sso",), id="a class of one"),
    pytest.param(["a[12]/b"], {}, ("a1/b", "a2/b"), id="a class of few"),
    pytest.param(["*/x"], {}, None, id="a wildcard folder at the root cannot be said for all builders"),
    pytest.param(["[^a]x"], {}, None, id="a class that may match more than one part of a path"),
    pytest.param(["a{b}"], {}, ("a{b}",), id="braces are plain"),
    pytest.param(["#a", "!b"], {}, ("!b", "#a"), id="names that look like comments and exceptions"),
    pytest.param(["dir/ lead"], {}, ("dir/ lead",), id="white space within"),
    pytest.param(["dir/trail "], {}, ("dir",), id="a name that no line can hold"),
    pytest.param(["cfg"], {"cfg -> shared/c": 0}, ("cfg", "shared/c"), id="a link and its target"),
    pytest.param(["cur/app"], {"cur -> rel/1": 0}, ("cur", "rel/1/app"), id="a link on the way"),
    pytest.param(["a/l"], {"a/l -> ../b": 0, "b -> c": 0}, ("a/l", "b", "c"), id="a chain of links"),
    pytest.param(["*.cfg"], {"x.cfg -> conf/x": 0}, ("*.cfg", "conf/x", "x.cfg"), id="links that a wildcard matches"),
    pytest.param(["d/*/x"], {"d/l -> ../t": 0}, ("d", "t/x"), id="links among folders that a wildcard matches"),
    pytest.param(["loop"], {"loop -> loop": 0}, ("loop",), id="a link to itself"),
    pytest.param(["[z]/docs"], {"[z]/docs -> ../a": 0}, ("a", "z/docs"), id="a link where the name reads like the class"),
    pytest.param(["out"], {"out -> ../../etc": 0}, ("etc", "out"), id="a link out of the context is clamped"),
]


@pytest.mark.parametrize(("reads", "files", "expected"), ALLOWED)
def test_an_allow_list_is_literal_wherever_it_can_be(
    reads: list[str], files: Files, expected: tuple[str, ...] | None
) -> None:
    reading = read_by([source(path) for path in reads], TreeLinks(tree_of(files)))
    assert reading.allow == expected
    assert not reading.whole


WHOLE = [
    pytest.param({"path": ""}, True, id="the context itself"),
    pytest.param({"path": "", "kind": "tmpfs", "reads": False}, False, id="tmpfs asks for all and reads nothing"),
    pytest.param({"path": "", "kind": "bind"}, True, id="a mount without a source"),
    pytest.param({"path": "a*", "kind": "bind"}, True, id="a mount whose source looks like a pattern"),
    pytest.param({"path": "[z]/b", "kind": "bind"}, True, id="a mount of a folder with brackets in its name"),
    pytest.param({"path": "src", "kind": "bind"}, False, id="a mount of a folder"),
    pytest.param({"path": "-app.jar", "word": "$NAME-app.jar", "unset": ("NAME",)}, True, id="unset at the front"),
    pytest.param({"path": "jars/-app.jar", "word": "jars/$N-app.jar", "unset": ("N",)}, False, id="unset in a folder"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "whole"), WHOLE)
def test_what_reads_the_whole_context(given: dict[str, object], whole: bool) -> None:

    path, word = str(given.pop("path")), str(given.pop("word", "x"))
    one = source(path, **given)._replace(word=word)
    assert read_by([one], TreeLinks(tree_of({}))).whole is whole


def test_a_variable_that_nobody_set_may_become_anything_below_the_plain_part_of_the_word() -> None:

    one = source("scripts/-entry.sh", unset=("SCOPE",))._replace(word="./scripts/${SCOPE}-entry.sh")
    reading = read_by([one], TreeLinks(tree_of({})))
    assert reading.allow == ("scripts",)
    assert any(touches(pattern, "scripts/web-entry.sh") for pattern in reading.patterns)


def test_a_link_to_the_context_itself_reads_everything() -> None:
    assert read_by([source("all")], TreeLinks(tree_of({"all -> .": 0}))).whole


def test_a_read_everything_still_knows_what_is_named_besides() -> None:
    reading = read_by([source(""), source("dist")], TreeLinks(tree_of({})))
    assert reading.whole
    assert [pattern.text for pattern in reading.patterns] == ["dist"]
