"""Nasty compose files: only the wanted lines change, and what cannot be edited safely is refused with its reason."""

from __future__ import annotations

from textwrap import dedent

import pytest

from ctxsize.builds.compose import locate
from ctxsize.errors import InputError
from ctxsize.migrate.compose import Wanted, build_edits, scalar
from ctxsize.migrate.edits import RefusedError, applied

ROOT = Wanted(".", "services/api/Dockerfile")
NAMED = Wanted(contexts=(("shared", "./shared"),))


def edited(text: str, wanted: Wanted = ROOT, service: str = "api") -> str:
    nodes = locate(text, service)
    assert nodes is not None
    return applied(text, build_edits(text, nodes, wanted))


def document(text: str) -> str:
    return dedent(text).lstrip("\n")


# what it is about, before, after
ROOTED = [
    ("long", """
        services:
          api:
            build:
              context: ./services/api
              dockerfile: Dockerfile
     """, """
        services:
          api:
            build:
              context: .
              dockerfile: services/api/Dockerfile
     """),
    ("comments and quotes", """
        services:
          # the api
          api:
            build:
              context: "./services/api"   # was . once
              # keep this
              dockerfile: 'Dockerfile'    # and this
              target: prod
     """, """
        services:
          # the api
          api:
            build:
              context: "."   # was . once
              # keep this
              dockerfile: 'services/api/Dockerfile'    # and this
              target: prod
     """),
    ("no dockerfile", """
        services:
          api:
            build:
              context: services/api  # here
              args: {A: 1}
     """, """
        services:
          api:
            build:
              context: .  # here
              dockerfile: services/api/Dockerfile
              args: {A: 1}
     """),
    ("short", """
        services:
          api:
            build: ./services/api  # here
            image: api
     """, """
        services:
          api:
            build:  # here
              context: .
              dockerfile: services/api/Dockerfile
            image: api
     """),
    ("short, quoted, four columns", """
        services:
            api:
                build: './services/api'
                image: api
     """, """
        services:
            api:
                build:
                    context: '.'
                    dockerfile: services/api/Dockerfile
                image: api
     """),
    ("short, on its own line", """
        services:
          api:
            build:
              ./services/api
            image: api
     """, """
        services:
          api:
            build:
              context: .
              dockerfile: services/api/Dockerfile
            image: api
     """),
    ("flow", """
        services:
          api: {image: api, build: {context: ./services/api, target: prod}}  # one line
          web: {build: ./web}
     """, """
        services:
          api: {image: api, build: {context: ., dockerfile: services/api/Dockerfile, target: prod}}  # one line
          web: {build: ./web}
     """),
    ("short in flow", """
        services: {api: {build: ./services/api}, web: {build: web}}
     """, """
        services: {api: {build: {context: ., dockerfile: services/api/Dockerfile}}, web: {build: web}}
     """),
    ("anchors elsewhere", """
        x-env: &env {A: 1}
        services:
          api:
            environment: *env
            build: {context: ./services/api, dockerfile: Dockerfile}
            <<: {restart: always}
     """, """
        x-env: &env {A: 1}
        services:
          api:
            environment: *env
            build: {context: ., dockerfile: services/api/Dockerfile}
            <<: {restart: always}
     """),
    ("a merged context is overruled by an own one", """
        x-build: &build
          context: ./services/api
        services:
          api:
            build:
              <<: *build
              target: prod
     """, """
        x-build: &build
          context: ./services/api
        services:
          api:
            build:
              context: .
              dockerfile: services/api/Dockerfile
              <<: *build
              target: prod
     """),
    ("several documents", """
        services:
          web: {build: ./services/api}
        ---
        services:
          api:
            build: {context: ./services/api}
     """, """
        services:
          web: {build: ./services/api}
        ---
        services:
          api:
            build: {context: ., dockerfile: services/api/Dockerfile}
     """),
    ("tabs where YAML takes them", """
        services:
          api:
            ports:
            - "80:80"\t# web
            build:\t# y
              context:\t./services/api\t# z
     """, """
        services:
          api:
            ports:
            - "80:80"\t# web
            build:\t# y
              context:\t.\t# z
              dockerfile: services/api/Dockerfile
     """),
    ("other letters before it", """
        # größer — 日本語
        services:
          api: {build: {context: ./services/api}, labels: {a: "ü"}}
     """, """
        # größer — 日本語
        services:
          api: {build: {context: ., dockerfile: services/api/Dockerfile}, labels: {a: "ü"}}
     """),
    ("right already", """
        services:
          api: {build: {context: ., dockerfile: services/api/Dockerfile}}
     """, """
        services:
          api: {build: {context: ., dockerfile: services/api/Dockerfile}}
     """),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), [row[1:] for row in ROOTED], ids=[row[0] for row in ROOTED])
def test_context_and_dockerfile_are_rewritten_and_nothing_else(before: str, after: str) -> None:
    assert edited(document(before)) == document(after)


@pytest.mark.parametrize(("before", "after"), [row[1:] for row in ROOTED], ids=[row[0] for row in ROOTED])
def test_line_ends_stay_what_they_are(before: str, after: str) -> None:
    assert edited(document(before).replace("\n", "\r\n")) == document(after).replace("\n", "\r\n")


@pytest.mark.parametrize("before", [row[1] for row in ROOTED], ids=[row[0] for row in ROOTED])
def test_a_second_time_changes_nothing(before: str) -> None:
    once = edited(document(before))

    assert edited(once) == once


def test_a_byte_order_mark_and_a_missing_line_end_stay() -> None:
    before = "\ufeffservices:\n  api:\n    build: ./services/api"
    after = "\ufeffservices:\n  api:\n    build:\n      context: .\n      dockerfile: services/api/Dockerfile"

    assert edited(before) == after


CONTEXTS = [
    ("a new key", """
        services:
          api:
            build:
              context: ./services/api
              dockerfile: Dockerfile  # own
     """, """
        services:
          api:
            build:
              context: ./services/api
              dockerfile: Dockerfile  # own
              additional_contexts:
                shared: ./shared
     """),
    ("short", """
        services:
          api:
            build: ./services/api
     """, """
        services:
          api:
            build:
              context: ./services/api
              additional_contexts:
                shared: ./shared
     """),
    ("to others", """
        services:
          api:
            build:
              context: ./services/api
              additional_contexts:
                base: docker-image://alpine  # pinned
     """, """
        services:
          api:
            build:
              context: ./services/api
              additional_contexts:
                shared: ./shared
                base: docker-image://alpine  # pinned
     """),
    ("to a list", """
        services:
          api:
            build:
              additional_contexts:
                - base=docker-image://alpine
              context: ./services/api
     """, """
        services:
          api:
            build:
              additional_contexts:
                - shared=./shared
                - base=docker-image://alpine
              context: ./services/api
     """),
    ("in flow", """
        services: {api: {build: {context: ./services/api, additional_contexts: {base: ./b}}}}
     """, """
        services: {api: {build: {context: ./services/api, additional_contexts: {shared: ./shared, base: ./b}}}}
     """),
    ("a list in flow", """
        services:
          api:
            build:
              context: ./services/api
              additional_contexts: ["base=./b"]
     """, """
        services:
          api:
            build:
              context: ./services/api
              additional_contexts: [shared=./shared, "base=./b"]
     """),
    ("a new key in flow", """
        services: {api: {build: ./services/api}}
     """, """
        services: {api: {build: {context: ./services/api, additional_contexts: {shared: ./shared}}}}
     """),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), [row[1:] for row in CONTEXTS], ids=[row[0] for row in CONTEXTS])
def test_a_named_context_is_added_and_nothing_else(before: str, after: str) -> None:
    assert edited(document(before), NAMED) == document(after)


REFUSED = [
    ("a variable", "services: {api: {build: {context: '${DIR:-./services/api}'}}}", "made of variables"),
    ("a short variable", "services: {api: {build: $DIR}}", "made of variables"),
    ("an alias", "x-b: &b {context: ./a}\nservices: {api: {build: *b}}", "shared"),
    ("an anchor others use", "services:\n  api:\n    build: &b\n      context: ./a\n  web:\n    build: *b\n", "anchor"),
    ("an anchored service", "services:\n  api: &a\n    build: ./a\n  web:\n    <<: *a\n", "anchor"),
    ("a merged build", "x-a: &a {build: ./a}\nservices:\n  api:\n    <<: *a\n", "<<"),
    ("an anchored value", "services:\n  api:\n    build: {context: &c ./a}\n  web:\n    build: {context: *c}\n", "anchor"),
    ("a block scalar", "services:\n  api:\n    build:\n      context: >-\n        ./a\n", "folded"),
    ("a tag", "services:\n  api:\n    build:\n      context: !override ./a\n", "tag"),
    ("over two lines", "services:\n  api:\n    build:\n      context: ./a\n        b\n", "several lines"),
]


@pytest.mark.parametrize(("text", "reason"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED])
def test_what_cannot_be_edited_safely_is_refused(text: str, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        edited(text)


def test_a_tab_right_behind_a_dash_is_no_yaml_for_compose_either() -> None:
    with pytest.raises(InputError, match="cannot start any token"):
        edited('services:\n  api:\n    ports:\n    -\t"80:80"\n    build: ./services/api\n')


SCALARS = [
    (".", "plain", "."), ("a/b-c_1", "plain", "a/b-c_1"), ("a b", "plain", "'a b'"), ("it's", "plain", "'it''s'"),
    ("yes", "plain", "'yes'"), ("1.5", "plain", "'1.5'"), ("a$b", "plain", "'a$$b'"), ('a"b', "double", '"a\\"b"'),
    ("- a", "plain", "'- a'"), ("a: b", "plain", "'a: b'"), ("a #b", "plain", "'a #b'"), ("", "plain", "''"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "style", "expected"), SCALARS)
def test_a_value_is_quoted_where_yaml_would_read_something_else(value: str, style: str, expected: str) -> None:
    assert scalar(value, style) == expected
