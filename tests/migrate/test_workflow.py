"""GitHub workflows: only the context and file of the step in question change."""

from __future__ import annotations

from textwrap import dedent

import pytest

from ctxsize.migrate.edits import RefusedError, applied
from ctxsize.migrate.workflow import step_edits, steps

ROWS = [
    ("both keys", """
        jobs:
          image:
            steps:
              - uses: actions/checkout@v4
              # the image
              - name: build
                uses: docker/build-push-action@v6
                with:
                  context: "./services/api"  # own folder
                  file: services/api/Dockerfile
                  push: true
     """, """
        jobs:
          image:
            steps:
              - uses: actions/checkout@v4
              # the image
              - name: build
                uses: docker/build-push-action@v6
                with:
                  context: "."  # own folder
                  file: services/api/Dockerfile
                  push: true
     """),
    ("no file", """
        jobs: {image: {steps: [{uses: docker/build-push-action@v6, with: {context: services/api, push: true}}]}}
     """, """
        jobs: {image: {steps: [{uses: docker/build-push-action@v6, with: {file: services/api/Dockerfile, context: ., push: true}}]}}
     """),
    ("no context", """
        steps:
          - uses: docker/build-push-action@master
            with:
              # git context
              file: api.Dockerfile
     """, """
        steps:
          - uses: docker/build-push-action@master
            with:
              # git context
              context: .
              file: services/api/Dockerfile
     """),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_a_step_follows_and_nothing_else_changes(before: str, after: str, end: str) -> None:
    text, wanted = (dedent(one).strip().replace("\n", end) for one in (before, after))
    (step,) = steps(text)

    assert applied(text, step_edits(step, ".", "services/api/Dockerfile")) == wanted


def test_expressions_are_refused() -> None:
    (step,) = steps("a: {uses: docker/build-push-action@v6, with: {context: 'x/${{ matrix.a }}'}}")

    with pytest.raises(RefusedError, match="expression"):
        list(step_edits(step, ".", "Dockerfile"))


@pytest.mark.parametrize("text", ["", "- uses: other/action\n  with: {context: .}\n", "a: {uses: 1, with: 2}"])
def test_what_is_no_such_workflow_has_no_steps(text: str) -> None:
    assert steps(text) == ()


@pytest.mark.parametrize("text", ["a: [", "[" * 5000, "a: &a [*a]\nb: *c", "a: \x00"])
def test_what_is_no_yaml_is_refused(text: str) -> None:
    with pytest.raises(RefusedError, match="not YAML"):
        steps(text)
