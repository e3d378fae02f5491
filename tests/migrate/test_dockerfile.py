"""Sources moved in place: every form of COPY, ADD and mounts, and what is refused."""

from __future__ import annotations

import posixpath

import pytest

from ctxsize.dockerfile import needs, parse
from ctxsize.migrate.dockerfile import Moved, source_edits
from ctxsize.migrate.edits import RefusedError, applied

HOME = "services/api"


def rooted(text: str) -> str:
    """As if the context went from services/api to the root, and shared, libs and LICENSE stood at the root."""
    dockerfile = parse(text.encode(), "Dockerfile")
    moves = []
    for reading in needs(dockerfile, lenient=True, every_stage=True).reads:
        top = reading.source.path.partition("/")[0]
        above = top in {"shared", "libs", "LICENSE"}
        path = reading.source.path if above else posixpath.normpath(posixpath.join(HOME, reading.source.path))
        moves.append(Moved(reading, path, HOME))
    return applied(text, source_edits(text, dockerfile, moves))


def named(text: str) -> str:
    """As if shared and libs became named contexts."""
    dockerfile = parse(text.encode(), "Dockerfile")
    moves = []
    for reading in needs(dockerfile, lenient=True, every_stage=True).reads:
        top, _, rest = reading.source.path.partition("/")
        outside = top in {"shared", "libs"}
        moves.append(Moved(reading, rest or "." if outside else reading.source.path or ".", ".", top if outside else None))
    return applied(text, source_edits(text, dockerfile, moves))


# before, with the root as context, with shared as named context
ROWS = [
    ("COPY src/ ./src/", "COPY services/api/src/ ./src/", "COPY src/ ./src/"),
    ("COPY ./src ./src", "COPY services/api/src ./src", "COPY ./src ./src"),
    ("COPY /src ./src", "COPY services/api/src ./src", "COPY /src ./src"),
    ("COPY . .", "COPY services/api/ .", "COPY . ."),
    ("COPY ./ /app/", "COPY services/api/ /app/", "COPY ./ /app/"),
    ("COPY a.txt b.txt /x/", "COPY services/api/a.txt services/api/b.txt /x/", "COPY a.txt b.txt /x/"),
    ("COPY package*.json ./", "COPY services/api/package*.json ./", "COPY package*.json ./"),
    ("COPY ../shared/ ./shared/", "COPY shared/ ./shared/", "COPY --from=shared . ./shared/"),
    ("COPY ../shared /app/shared", "COPY shared /app/shared", "COPY --from=shared . /app/shared"),
    ("COPY ../../shared/lib ./lib", "COPY shared/lib ./lib", "COPY --from=shared lib ./lib"),
    ("COPY shared /app/shared", "COPY shared /app/shared", "COPY --from=shared . /app/shared"),
    ("COPY --chown=a:b ../shared ./shared", "COPY --chown=a:b shared ./shared",
     "COPY --from=shared --chown=a:b . ./shared"),
    ("COPY --link --chmod=755   ../shared/x.sh   /x", "COPY --link --chmod=755   shared/x.sh   /x",
     "COPY --from=shared --link --chmod=755   x.sh   /x"),
    ('COPY ["../shared", "src", "/app/"]', 'COPY ["shared", "services/api/src", "/app/"]', None),
    ('COPY ["../shared/a b", "/app/"]', 'COPY ["shared/a b", "/app/"]', 'COPY --from=shared ["a b", "/app/"]'),
    ('COPY ["my file", "/app/"]', 'COPY ["services/api/my file", "/app/"]', 'COPY ["my file", "/app/"]'),
    ("copy ../shared ./shared", "copy shared ./shared", "copy --from=shared . ./shared"),
    ("COPY --parents a/b.txt c/ /x/", "COPY --parents services/api/./a/b.txt services/api/./c/ /x/",
     "COPY --parents a/b.txt c/ /x/"),
    ("COPY --parents a/./b/c.txt /x/", "COPY --parents services/api/a/./b/c.txt /x/", "COPY --parents a/./b/c.txt /x/"),
    ("COPY --exclude=*.md src /x/", "COPY --exclude=*.md services/api/src /x/", "COPY --exclude=*.md src /x/"),
    ("COPY --from=base /bin/a /bin/a", "COPY --from=base /bin/a /bin/a", "COPY --from=base /bin/a /bin/a"),
    ("ADD data /data", "ADD services/api/data /data", "ADD data /data"),
    ("ADD ../shared /x", "ADD shared /x", "COPY --from=shared . /x"),
    ("ADD https://example.org/a.tgz data /x/", "ADD https://example.org/a.tgz services/api/data /x/",
     "ADD https://example.org/a.tgz data /x/"),
    ("COPY ../shared src ./", "COPY shared services/api/src ./", "COPY --from=shared . ./\nCOPY src ./"),
    ("COPY --chown=1 src ../shared/a ../libs/b x ./",
     "COPY --chown=1 services/api/src shared/a libs/b services/api/x ./",
     "COPY --chown=1 src ./\nCOPY --from=shared --chown=1 a ./\nCOPY --from=libs --chown=1 b ./\nCOPY --chown=1 x ./"),
    ("COPY \\\n  # why\n  src \\\n  ../shared/a \\\n  /x/", "COPY \\\n  # why\n  services/api/src \\\n  shared/a \\\n  /x/", None),
    ("COPY <<EOF src /x/\nsrc is not a source here\nEOF", "COPY <<EOF services/api/src /x/\nsrc is not a source here\nEOF",
     "COPY <<EOF src /x/\nsrc is not a source here\nEOF"),
    ("RUN --mount=type=bind,source=src,target=/x true", "RUN --mount=type=bind,source=services/api/src,target=/x true",
     "RUN --mount=type=bind,source=src,target=/x true"),
    ("RUN --mount=target=/x,src=../shared true", "RUN --mount=target=/x,src=shared true",
     "RUN --mount=target=/x,src=.,from=shared true"),
    ("RUN --mount=type=bind,target=/x true", "RUN --mount=type=bind,target=/x,source=services/api true",
     "RUN --mount=type=bind,target=/x true"),
    ("RUN --mount=type=cache,target=/c --mount=type=tmpfs,target=/t true",
     "RUN --mount=type=cache,target=/c --mount=type=tmpfs,target=/t true",
     "RUN --mount=type=cache,target=/c --mount=type=tmpfs,target=/t true"),
]  # fmt: skip

HEAD = "# syntax=docker/dockerfile:1\nFROM base AS base\nFROM base\n"


@pytest.mark.parametrize(("before", "after"), [row[:2] for row in ROWS], ids=[row[0] for row in ROWS])
def test_sources_follow_the_context_to_the_root(before: str, after: str) -> None:
    assert rooted(f"{HEAD}{before}\n# src\nCMD src") == f"{HEAD}{after}\n# src\nCMD src"


@pytest.mark.parametrize(("before", "after"), [(row[0], row[2]) for row in ROWS], ids=[row[0] for row in ROWS])
def test_sources_outside_are_read_from_a_named_context(before: str, after: str | None) -> None:
    if after is None:
        with pytest.raises(RefusedError, match="several contexts"):
            named(f"{HEAD}{before}\n")
    else:
        assert named(f"{HEAD}{before}\n# src\n") == f"{HEAD}{after}\n# src\n"


@pytest.mark.parametrize("before", [row[0] for row in ROWS if "EOF" not in row[0]])
def test_line_ends_stay_what_they_are(before: str) -> None:
    text = f"{HEAD}{before}\n".replace("\n", "\r\n")

    assert "\n" not in rooted(text).replace("\r\n", "")


def test_stages_that_no_target_needs_are_moved_too() -> None:
    assert rooted("FROM a AS dev\nCOPY src /src\nFROM b\nCOPY lib /lib\n") == (
        "FROM a AS dev\nCOPY services/api/src /src\nFROM b\nCOPY services/api/lib /lib\n"
    )


REFUSED_AT_ROOT = [
    ("ARG D=src\nCOPY $D /x", "made of variables"),
    ("COPY ${NOWHERE}/x /x", "made of variables"),
    ("COPY --parents ../shared/a /x/", "--parents"),
    ("ONBUILD COPY src /src", "other builds"),
    ("ONBUILD RUN --mount=source=src,target=/x true", "other builds"),
    ('RUN --mount="type=bind,target=/x" true', "quoted|told apart"),
]


@pytest.mark.parametrize(("text", "reason"), REFUSED_AT_ROOT)
def test_what_cannot_be_moved_safely_is_refused(text: str, reason: str) -> None:
    with pytest.raises(RefusedError, match=reason):
        rooted(f"FROM base\n{text}\n")


def test_add_of_an_archive_is_not_made_a_copy() -> None:
    with pytest.raises(RefusedError, match="ADD unpacks"):
        named("FROM base\nADD ../shared/a.tar.gz /x\n")
