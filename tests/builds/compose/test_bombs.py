"""Files that are made to hurt: refused clearly, or read, in no time."""

from __future__ import annotations

import time

import pytest

from ctxsize.builds.compose import Project, read

SECONDS = 5.0
GOOD = "services:\n  good: {build: .}\n"


def lines(first: str, pattern: str, count: int) -> str:
    return first + "".join(pattern.format(this=n, last=n - 1) for n in range(1, count))


NINE = ", ".join(["*a{last}"] * 9)
ALIASES = lines("x-a0: &a0 [x, x, x]\n", f"x-a{{this}}: &a{{this}} [{NINE}]\n", 30)
MERGES = lines("x-a0: &a0 {a: 1, b: 2}\n", f"x-a{{this}}: &a{{this}} {{{{<<: [{NINE}], k{{this}}: 1}}}}\n", 30)
CHAIN = lines("x-a0: &a0 [x]\n", "x-a{this}: &a{this} [*a{last}]\n", 20_000)
MERGE_CHAIN = lines("x-a0: &a0 {a: 1}\n", "x-a{this}: &a{this} {{<<: *a{last}}}\n", 20_000)

ROWS = [
    # name, text, message
    ("aliases", ALIASES + GOOD, "excessive aliasing"),
    ("aliases in use", ALIASES + "services: {a: {build: {args: *a29}}}\n", "excessive aliasing"),
    ("merges", MERGES + GOOD, "excessive aliasing"),
    ("aliases one in another", CHAIN + GOOD, "nested deeper than 100 levels"),
    ("merges one in another", MERGE_CHAIN + GOOD, "nested deeper than 100 levels"),
    ("brackets", "[" * 200_000, "nested deeper than 100 levels"),
    ("braces", "{a: " * 200_000, "nested deeper than 100 levels"),
    ("dashes", "- " * 100_000, "nested deeper than 100 levels"),
    ("indentation", "".join(" " * n + "a:\n" for n in range(2000)), "nested deeper than 100 levels"),
    ("question marks", "? " * 100_000, "nested deeper than 100 levels"),
    ("many keys", "".join(f"k{n}: v\n" for n in range(150_000)), "more than 100000 values"),
    ("many documents", "---\n{}\n" * 5000, "more than 1000 documents"),
    ("bytes", "# x\n" * 1_200_000, "is not read (the limit is 4194304)"),
    ("NUL", "services: {a: {build: 'a\0b'}}\n", "control characters are not allowed"),
    ("escape sequences", "services: {a: {build: '\x1b[31m'}}\n", "control characters are not allowed"),
]


def problems_of(text: str | bytes) -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    found = read(Project(("compose.yaml",)), load={"compose.yaml": data}.get, environ={})
    return [problem.message for problem in found.problems] + [build.broken for build in found.builds if build.broken]


@pytest.mark.parametrize(("text", "message"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_bombs_are_refused_at_once(text: str, message: str) -> None:
    begun = time.monotonic()
    assert [message in problem for problem in problems_of(text)] == [True]
    assert time.monotonic() - begun < SECONDS


TEMPLATES = [
    ("nested", "${A:-" * 5000 + "}" * 5000, "templates nested deeper than 50 levels"),
    ("open", "${A:-" * 50_000, "invalid interpolation format"),
    ("braces", "${A:-{" * 50_000 + "}", "invalid interpolation format"),
]


@pytest.mark.parametrize(("template", "message"), [row[1:] for row in TEMPLATES], ids=[row[0] for row in TEMPLATES])
def test_endless_templates_are_refused_in_few_words(template: str, message: str) -> None:
    begun = time.monotonic()
    (problem,) = problems_of(f'services:\n  a: {{build: "{template}"}}\n')
    assert message in problem
    assert len(problem) < 400
    assert time.monotonic() - begun < SECONDS


ENCODINGS = [
    # bytes, problems
    ("services: {a: {build: ./ä}}\n".encode("utf-16"), []),
    (b"\xfe\xff" + "services: {a: {build: ./ä}}\n".encode("utf-16-be"), []),
    ("\ufeffservices: {a: {build: ./ä}}\n".encode(), []),
    ("services: {a: {build: ./ä}}\n".encode("utf-16")[:-1], ["yaml: not UTF-16 text: truncated data"]),
    ("services: {a: {build: ./ä}}\n".encode("latin-1"), ["yaml: not UTF-8 text: invalid continuation byte"]),
    (bytes(range(256)) * 50, ["yaml: not UTF-8 text: invalid start byte"]),
]


@pytest.mark.parametrize(("data", "problems"), ENCODINGS)
def test_encodings_are_read_or_refused(data: bytes, problems: list[str]) -> None:
    assert problems_of(data) == problems


def test_files_that_include_each_other_twice_come_to_an_end() -> None:
    files = {f"{n}/c.yaml": f"include: [../{n + 1}/c.yaml, ../{n + 1}/c.yaml]\n".encode() for n in range(60)}
    files |= {"compose.yaml": b"include: [0/c.yaml]\n", "60/c.yaml": b"services: {a: {build: .}}\n"}
    begun = time.monotonic()
    found = read(Project(("compose.yaml",)), load=files.get, environ={})
    assert 0 < len(found.problems) <= 21
    assert "more than 2000 files" in found.problems[0].message
    assert time.monotonic() - begun < SECONDS


def test_a_thousand_services_that_extend_each_other_are_refused() -> None:
    chain = "".join(f"  s{n}: {{extends: s{n + 1}}}\n" for n in range(1000))
    problems = problems_of(f"services:\n{chain}  s1000: {{build: .}}\n")
    assert set(problems) == {"extends nested deeper than 100 levels"}


def test_many_resets_take_no_longer_than_reading_them() -> None:
    keys = ", ".join(f"k{n}: 1" for n in range(10_000))
    resets = "".join(f"        k{n}: !reset\n" for n in range(10_000))
    text = f"services: {{a: {{build: {{args: {{{keys}}}}}}}}}\n---\nservices:\n  a:\n    build:\n      args:\n{resets}"
    begun = time.monotonic()
    found = read(Project(("compose.yaml",)), load={"compose.yaml": text.encode()}.get, environ={})
    assert [build.args for build in found.builds] == [()]
    assert time.monotonic() - begun < SECONDS
