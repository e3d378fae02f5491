"""Where builds stand in the text: what an edit would cut out, and what it must not touch."""

from __future__ import annotations

import pytest

from ctxsize.builds.compose import NodeMark, ServiceNodes, locate
from ctxsize.errors import InputError

TEXT = """\
# a comment, with é and 🐳
x-build: &build
  context: ./shared
  dockerfile: Dockerfile
x-service: &service
  build: ./inherited
x-unused: &unused
  context: ./unused
services:
  short:
    build: ./short  # why
  quoted:
    build: "./quo ted"
  long:
    image: x
    build:
      context: ./long
      dockerfile: 'docker/Dockerfile'
      additional_contexts:
        shared: ./shared
        other: ./other

    ports: []
  wide:
      build:
            target: dev
  listed:
    build:
      context: .
      additional_contexts:
      - shared=./shared
  flow: {build: {context: ./flow, dockerfile: D}, image: x}
  flow-short: {build: ./flow}
  alias:
    build: *build
  merged:
    build:
      <<: *build
      target: dev
  inheriting:
    <<: *service
    image: x
  anchored: &anchored
    build: ./anchored
  again:
    <<: *anchored
  own-anchor:
    build: &own
      context: ./own
  value:
    build:
      context: &where ./where
      dockerfile: *where
  unbuilt:
    image: x
  block:
    build:
      context: >-
        ./block
      dockerfile_inline: |
        FROM scratch
        COPY . /
      target: x
  empty:
    build: {}
  blank:
    build:
      context:
"""


def found(service: str, text: str = TEXT) -> ServiceNodes:
    nodes = locate(text, service)
    assert nodes is not None
    return nodes


def cut(mark: NodeMark | None, text: str = TEXT) -> str | None:
    return None if mark is None else text[mark.value.start : mark.value.end]


ROWS = [
    # service, short, flow, indent, step, the build's sharing, each key's text and sharing
    ("short", True, False, 6, 2, None, {}),
    ("quoted", True, False, 6, 2, None, {}),
    ("long", False, False, 6, 2, None, {
        "context": ("./long", None), "dockerfile": ("'docker/Dockerfile'", None),
        "additional_contexts": ("shared: ./shared\n        other: ./other", None),
    }),
    ("wide", False, False, 12, 4, None, {"target": ("dev", None)}),
    ("listed", False, False, 6, 2, None, {"context": (".", None), "additional_contexts": ("- shared=./shared", None)}),
    ("flow", False, True, 17, 2, None, {"context": ("./flow", None), "dockerfile": ("D", None)}),
    ("flow-short", True, True, 17, 2, None, {}),
    ("alias", False, False, 2, 2, "alias", {"context": ("./shared", "alias"), "dockerfile": ("Dockerfile", "alias")}),
    ("merged", False, False, 6, 2, None, {
        "target": ("dev", None), "context": ("./shared", "merge"), "dockerfile": ("Dockerfile", "merge"),
    }),
    ("inheriting", True, False, 4, 2, "merge", {}),
    ("anchored", True, False, 6, 2, "anchor", {}),
    ("again", True, False, 6, 2, "merge", {}),
    ("own-anchor", False, False, 6, 2, None, {"context": ("./own", None)}),
    ("value", False, False, 6, 2, None, {"context": ("&where ./where", "anchor"), "dockerfile": ("*where", "alias")}),
    ("empty", False, True, 6, 2, None, {}),
    ("blank", False, False, 6, 2, None, {"context": ("", None)}),
]  # fmt: skip


@pytest.mark.parametrize(("service", "short", "flow", "indent", "step", "shared", "keys"), ROWS)
def test_nodes_as_they_are_written(
    service: str, short: bool, flow: bool, indent: int, step: int, shared: str | None,
    keys: dict[str, tuple[str, str | None]],
) -> None:  # fmt: skip
    nodes = found(service)
    shape = (nodes.short, nodes.flow, nodes.indent, nodes.step, nodes.build.shared)
    assert shape == (short, flow, indent, step, shared)
    assert {name: (cut(mark), mark.shared) for name, mark in nodes.keys.items()} == keys


VALUES = [
    ("short", "./short", "plain", "./short"),
    ("quoted", '"./quo ted"', "double", "./quo ted"),
    ("flow-short", "./flow", "plain", "./flow"),
    ("long", "./long", "plain", "./long"),
    ("own-anchor", "./own", "plain", "./own"),
]


@pytest.mark.parametrize(("service", "written", "style", "text"), VALUES)
def test_the_context_of_a_short_build_is_the_build(service: str, written: str, style: str, text: str) -> None:
    context = found(service).context
    assert context is not None
    assert (cut(context), context.style, context.text) == (written, style, text)


def test_lines_count_from_one_and_columns_from_zero() -> None:
    nodes = found("long")
    assert (nodes.build.key.line, nodes.build.key.column) == (16, 4)
    assert nodes.dockerfile is not None
    assert (nodes.dockerfile.value.line, nodes.dockerfile.value.column) == (18, 18)


@pytest.mark.parametrize("service", ["unbuilt", "nobody", "services", "x-build"])
def test_what_has_no_build_has_no_nodes(service: str) -> None:
    assert locate(TEXT, service) is None


def test_a_line_finds_the_build_that_somebody_extends() -> None:
    nodes = locate(TEXT, "extending", line=11)
    assert nodes is not None
    assert (nodes.service, cut(nodes.build)) == ("extending", "./short")


@pytest.mark.parametrize("change", [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")])
def test_marks_and_line_ends_move_nothing(change: object) -> None:
    assert callable(change)
    text = change(TEXT)
    nodes = found("long", text)
    assert (cut(nodes.context, text), cut(nodes.dockerfile, text)) == ("./long", "'docker/Dockerfile'")
    assert nodes.build.key.line == 16


def test_the_last_document_counts() -> None:
    text = "services: {a: {build: ./one}}\n---\nservices: {a: {build: ./two}}\n"
    assert cut(found("a", text).build, text) == "./two"


def test_tags_are_told() -> None:
    text = "services:\n  a:\n    build: !override\n      context: !reset null\n"
    nodes = found("a", text)
    assert (nodes.build.tag, nodes.keys["context"].tag) == ("!override", "!reset")


def test_text_that_is_no_yaml_is_an_error() -> None:
    with pytest.raises(InputError, match="yaml"):
        locate("services: [", "a")
