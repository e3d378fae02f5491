"""Ignore files that ctxsize makes are kept out of every image that could get them."""

from __future__ import annotations

import pytest

from ctxsize.suggest.reading import Reading, read_by
from ctxsize.suggest.slips import Governed, missing_exclusions
from tests.suggest.trees import TreeLinks, source, tree_of


def reading(*paths: str) -> Reading:
    return read_by([source(path) for path in paths], TreeLinks(tree_of({})))


CASES = [
    pytest.param(".", reading(""), None, ["svc/a.dockerignore"], id="everything is copied"),
    pytest.param(".", reading("svc"), None, ["svc/a.dockerignore"], id="its folder is copied"),
    pytest.param(".", reading("svc/*.dockerignore"), None, ["svc/a.dockerignore"], id="a wildcard matches it"),
    pytest.param(".", reading("src"), None, [], id="something else is copied"),
    pytest.param(".", reading("svc"), b"svc\n", [], id="the list keeps it out already"),
    pytest.param(".", reading("svc"), b"svc/a.dockerignore\n!svc/*\n", ["svc/a.dockerignore"], id="the list has it"),
    pytest.param("svc", reading(""), None, ["a.dockerignore"], id="seen from its own context"),
    pytest.param("other", reading(""), None, [], id="another context"),
]


@pytest.mark.parametrize(("context", "read", "text", "expected"), CASES)
def test_which_exclusions_are_missing(context: str, read: Reading, text: bytes | None, expected: list[str]) -> None:
    one = Governed("list", context, read, "api")
    found = missing_exclusions([one], ["svc/a.dockerignore"], {"list": text})
    assert found == [(one, inner) for inner in expected]
