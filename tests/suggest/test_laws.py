"""The law on random trees, sources and old ignore files: what is read and was sent is sent still, on any tree.

``CTXSIZE_LAW_CASES`` sets how many cases are drawn (each is looked at on several trees).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from random import Random
from typing import NamedTuple

import pytest

from ctxsize.builders.gates import ArchiveGate
from ctxsize.builders.sending import Sender
from ctxsize.dockerignore import BadPatternError, IgnoreRules, go_match
from ctxsize.model import Source
from ctxsize.suggest.allowing import allow_list
from ctxsize.suggest.fewest import fewest
from ctxsize.suggest.lines import Rule, lines_of
from ctxsize.suggest.order import settled_order
from ctxsize.suggest.reading import read_by
from ctxsize.suggest.unread import unread
from ctxsize.tree import Directory
from tests.suggest.trees import TreeLinks, archive, asked_for, buildkit, read_by_copy, source, tree_of

CASES = int(os.environ.get("CTXSIZE_LAW_CASES", "400"))
NAMES = ["a", "b", "c", "ab", "x.py", "y.md", "node_modules", "[z]", "a b", "!q", "#h"]
ODD = ["[^b]", "a**", "a**b", "x\\.py", "[a-c]*", "{a}"]
WILD = ["*", "a*", "*.py", "?", "[ab]", "*b", "[a-c]", "x.p[y]", "**"]


def random_path(random: Random, wild: float, most: int = 4) -> str:
    parts = [random.choice(WILD if random.random() < wild else NAMES[:8]) for _ in range(random.randint(1, most))]
    return "/".join(parts)


def random_tree(random: Random, count: int = 25) -> dict[str, int]:
    files: dict[str, int] = {}
    for _ in range(count):
        path = "/".join(random.choice(NAMES) for _ in range(random.randint(1, 4)))
        if random.random() < 0.1:
            path += "/"
        files[path] = random.randint(0, 3000)
    return files


def random_sources(random: Random) -> list[Source]:
    found = [source(random_path(random, 0.25, 3)) for _ in range(random.randint(1, 3))]
    if random.random() < 0.2:
        found.append(source(random.choice(["link", "link/a", "l*/b", "*k"])))
    if random.random() < 0.15:
        found.append(source("", kind="tmpfs", reads=False))
    if random.random() < 0.05:
        found.append(source(""))
    return found


def through_link(path: str, target: str) -> list[str]:
    """What else is read by a source that may lead through the tree's symlink."""
    first, _, rest = path.partition("/")
    return ["link", f"{target}/{rest}".rstrip("/")] if path and go_match(first, "link") else []


def random_old(random: Random) -> list[str]:
    lines = []
    for _ in range(random.choice([0, 1, 2, 3, 4, 6])):
        path = random_path(random, 0.3, 3)
        if random.random() < 0.1:
            path = "/".join([*path.split("/")[1:], random.choice(ODD)])
        form = random.random()
        path = "**/" + path if form < 0.2 else "/" + path + "/" if form < 0.3 else path
        lines.append(("!" if random.random() < 0.35 else "") + path + random.choice(["", "", "", "/**", "/*"]))
    return (["*"] if random.random() < 0.2 else []) + lines


def rules_of(lines: list[str]) -> IgnoreRules:
    rules = IgnoreRules.parse("\n".join(lines).encode(), ".dockerignore")
    if rules.broken:
        raise BadPatternError(rules.broken.message)
    return rules


def violations(
    old: IgnoreRules, new: IgnoreRules, sources: list[Source], files: dict[str, int], link: str
) -> list[str]:
    """What breaks the law on one tree; ``link`` is where the tree's symlink leads."""
    root = tree_of({f"link -> {link}": 0} | files)
    asked = asked_for(sources)
    before, empty_before = buildkit(root, old, asked)
    after, empty_after = buildkit(root, new, asked)
    behind = [*sources, *(source(path) for one in sources for path in through_link(one.path, link))]
    read = {path for path in before | archive(root, old) if any(read_by_copy(one, path) for one in behind)}
    found = [f"buildkit loses {path}" for path in sorted(before & read - after)]
    found += [f"buildkit gains {path}" for path in sorted(after - before)]
    found += [f"buildkit empties {path}" for path in sorted((empty_after & read) ^ (empty_before & read))]
    return found + [f"archive loses {path}" for path in sorted(archive(root, old) & read - archive(root, new))]


class Drawn(NamedTuple):
    """A case: the ignore ``lines`` of today (``old`` in rules), a build's sources, and a tree with a symlink in it."""

    number: int
    random: Random
    sources: list[Source]
    lines: list[str]
    old: IgnoreRules
    today: dict[str, int]
    link: str

    @property
    def root(self) -> Directory:
        return tree_of({f"link -> {self.link}": 0} | self.today)

    def prove(self, lines: list[str]) -> None:
        """Holds the law against ignore lines that are to replace today's, on today's tree and on others."""
        new = rules_of(lines)
        for files in (self.today, random_tree(self.random), random_tree(self.random)):
            wrong = violations(self.old, new, self.sources, files, self.link)
            sources = [one.path for one in self.sources]
            assert not wrong, (self.number, self.lines, sources, lines, files, self.link, wrong)


def cases(seed: int) -> Iterator[Drawn]:
    random = Random(seed)
    for number in range(CASES):
        sources, lines = random_sources(random), random_old(random)
        try:
            old = rules_of(lines)
        except BadPatternError:
            continue
        yield Drawn(number, random, sources, lines, old, random_tree(random), random_path(random, 0, 2))


@pytest.mark.property
def test_an_allow_list_keeps_what_is_read_on_every_tree() -> None:
    made = 0
    for case in cases(20261):
        rules = allow_list(read_by(case.sources, TreeLinks(case.root)), case.old.patterns)
        if rules is None:
            continue
        made += 1
        case.prove(lines_of(rules))
    assert made > CASES / 5


@pytest.mark.property
def test_rules_added_behind_the_user_s_keep_what_is_read_on_every_tree() -> None:
    added = 0
    for case in cases(20262):
        reading = read_by(case.sources, TreeLinks(case.root))
        if reading.whole:
            continue
        entries = list(unread(Sender(ArchiveGate(case.old), {}).send(case.root), reading.patterns))
        rules = fewest(entries, reading.patterns, share=case.random.choice([0.5, 0.99, 1.0]))
        user = [Rule(one.text, one.exception) for one in case.old.patterns]
        more = lines_of(settled_order([*user, *rules], start=len(user))[len(user) :])
        added += len(more)
        case.prove([*case.lines, *more])
    assert added > CASES
