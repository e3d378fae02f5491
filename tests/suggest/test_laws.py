"""The law on random trees, sources and old ignore files: what is read and was sent is sent still, on any tree.

``CTXSIZE_LAW_CASES`` sets how many cases are drawn (each is looked at on several trees).
"""

from __future__ import annotations

import os
from random import Random

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


@pytest.mark.property
def test_an_allow_list_keeps_what_is_read_on_every_tree() -> None:
    random = Random(20261)
    made = 0
    for case in range(CASES):
        sources, lines = random_sources(random), random_old(random)
        try:
            old = rules_of(lines)
        except BadPatternError:
            continue
        today = random_tree(random)
        link = random_path(random, 0, 2)
        root = tree_of({f"link -> {link}": 0} | today)
        rules = allow_list(read_by(sources, TreeLinks(root)), old.patterns)
        if rules is None:
            continue
        made += 1
        new = rules_of(lines_of(rules))
        for files in (today, random_tree(random), random_tree(random)):
            wrong = violations(old, new, sources, files, link)
            assert not wrong, (case, lines, [one.path for one in sources], lines_of(rules), files, link, wrong)
    assert made > CASES / 5


@pytest.mark.property
def test_rules_added_behind_the_user_s_keep_what_is_read_on_every_tree() -> None:
    random = Random(20262)
    added = 0
    for case in range(CASES):
        sources, lines = random_sources(random), random_old(random)
        try:
            old = rules_of(lines)
        except BadPatternError:
            continue
        today = random_tree(random)
        link = random_path(random, 0, 2)
        root = tree_of({f"link -> {link}": 0} | today)
        reading = read_by(sources, TreeLinks(root))
        if reading.whole:
            continue
        entries = list(unread(Sender(ArchiveGate(old), {}).send(root), reading.patterns))
        rules = fewest(entries, reading.patterns, share=random.choice([0.5, 0.99, 1.0]))
        user = [Rule(one.text, one.exception) for one in old.patterns]
        more = lines_of(settled_order([*user, *rules], start=len(user))[len(user) :])
        new = rules_of([*lines, *more])
        added += len(more)
        for files in (today, random_tree(random), random_tree(random)):
            wrong = violations(old, new, sources, files, link)
            assert not wrong, (case, lines, [one.path for one in sources], more, files, link, wrong)
    assert added > CASES
