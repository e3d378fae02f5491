"""The context of a Dockerfile that nothing declares, step by step: where its sources are, then what its neighbours say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from ctxsize.builds.inference import Inference
from ctxsize.dockerfile import parse
from ctxsize.model import BuildDefinition, Declaration
from ctxsize.repositories.disk import DiskRepository

ALL = "FROM scratch\nCOPY . .\n"
Files = Mapping[str, str | None]

# builds beside it, and what is said of them
SAME = ("x/Dockerfile", "x")
ROOT = ("x/Dockerfile", ".")
OWN = "most declared builds of the repository have their own folder as context"
TOP = "most declared builds of the repository have the root as context"


def declared(*pairs: tuple[str, str]) -> list[BuildDefinition]:
    """Builds that something declares, as (Dockerfile, context)."""
    return [BuildDefinition(file, Declaration("compose"), context, file) for file, context in pairs]


def inferred(folder: Path, path: str, text: str, *others: tuple[str, str]) -> tuple[str, str]:
    dockerfile = parse(("FROM scratch\n" + text).encode(), path)
    return Inference(DiskRepository(folder), declared(*others)).context(dockerfile)


@pytest.mark.parametrize(
    ("text", "context", "why"),
    [
        # one folder has more of the sources than any other
        ("COPY b/main.py /\n", "a", "1 of its 1 sources exist there"),
        ("COPY src lib /\n", "a", "2 of its 2 sources exist there"),
        ("COPY src/only-root.py src /\n", ".", "2 of its 2 sources exist there"),
        ("COPY lib nothing nowhere /\n", "a", "1 of its 3 sources exist there"),
        ('COPY ["a/b/main.py", "/"]\n', ".", "1 of its 1 sources exist there"),
        ("ADD /lib /\n", "a", "1 of its 1 sources exist there"),
        ("COPY ../lib /\n", "a", "1 of its 1 sources exist there"),
        ("COPY ./lib/ /\n", "a", "1 of its 1 sources exist there"),
        ("RUN --mount=type=bind,source=lib,target=/l true\n", "a", "1 of its 1 sources exist there"),
        # what comes from elsewhere says nothing
        ("COPY --from=busybox src /\nCOPY lib /\n", "a", "1 of its 1 sources exist there"),
        ("ADD https://example.com/src /\nCOPY lib /\n", "a", "1 of its 1 sources exist there"),
        ("COPY <<EOF /x\nsrc\nEOF\nCOPY lib /\n", "a", "1 of its 1 sources exist there"),
        # variables and wildcards
        ("ARG D=lib\nCOPY ${D} /\n", "a", "1 of its 1 sources exist there"),
        ("ARG D\nCOPY li$D /\n", "a", "1 of its 1 sources exist there"),
        ("COPY l?b /\n", "a", "1 of its 1 sources exist there"),
        ("COPY a/*/main.py /\n", ".", "1 of its 1 sources exist there"),
        ("COPY l[i]b /\n", "a", "1 of its 1 sources exist there"),
        ("COPY */main.py [z-a] /\n", "a", "1 of its 2 sources exist there"),
        # it is in all three, so that others have to tell
        ("COPY src /\n", "a/b", OWN),
        # nothing of it is anywhere
        ("COPY target/app.jar /\n", "a/b", "not determined: none of its 1 sources exists"),
        ("COPY *.jar dist /\n", "a/b", "not determined: none of its 2 sources exists"),
    ],
)
def test_the_folder_with_most_of_the_sources_is_the_context(
    tree: Callable[..., Path], text: str, context: str, why: str
) -> None:
    folder = tree({"src/only-root.py": "", "a/lib/x": "", "a/src/x": "", "a/b/main.py": "", "a/b/src/x": ""})

    assert inferred(folder, "a/b/Dockerfile", text, SAME) == (context, why)


@pytest.mark.parametrize(
    ("path", "files", "others", "expected"),
    [
        # an ignore file beside it comes before what the others do
        ("a/Dockerfile", {"a/.dockerignore": ""}, [ROOT], ("a", "its folder has a .dockerignore")),
        ("a/x.Dockerfile", {"a/x.Dockerfile.dockerignore": ""}, [ROOT], ("a", "its folder has a x.Dockerfile.dockerignore")),
        ("a/x.Dockerfile", {"a/y.Dockerfile.dockerignore": "", "a/m": ""}, [ROOT], (".", TOP)),
        ("a/Dockerfile", {"a/m": ""}, [SAME], ("a", OWN)),
        ("a/Dockerfile", {"a/m": ""}, [ROOT, SAME], (".", TOP)),
        ("a/Dockerfile", {"a/m": ""}, [ROOT, SAME, SAME], ("a", OWN)),
        # contexts elsewhere say nothing
        ("a/Dockerfile", {"a/m": ""}, [("x/y/Dockerfile", "x")] * 3 + [ROOT],
         ("a", "nothing tells it from another, so its own folder")),
        # folders that only gather Dockerfiles
        ("docker/Dockerfile", {"docker/entry.sh": ""}, [], (".", "its folder only gathers Dockerfiles")),
        ("deploy/CI/Dockerfile", {"deploy/CI/run.sh": ""}, [], (".", "its folder only gathers Dockerfiles")),
        ("images/Dockerfile.a", {"images/Dockerfile.b": ""}, [], (".", "its folder only gathers Dockerfiles")),
        ("docker/Dockerfile", {"docker/entry.sh": ""}, [SAME], ("docker", OWN)),
        ("a/Dockerfile", {"a/m": ""}, [], ("a", "nothing tells it from another, so its own folder")),
        ("Dockerfile", {"m": ""}, [SAME], (".", "it stands at the root")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("text", ["COPY . .\n", "RUN --mount=target=. make\n", "COPY --from=x a /\nADD ./ /\n"])
def test_where_sources_do_not_tell_the_neighbours_do(
    tree: Callable[..., Path], text: str, path: str, files: Files, others: list[tuple[str, str]], expected: tuple[str, str]
) -> None:
    assert inferred(tree({path: ALL, **files}), path, text, *others) == expected


def test_links_are_there_but_lead_no_further_than_their_names(tree: Callable[..., Path]) -> None:
    folder = tree({"a/Dockerfile": "", "a/link -> ../lib": None, "lib/x": "", "a/dangling -> nowhere": None, "a/up -> ..": None})

    assert inferred(folder, "a/Dockerfile", "COPY link/x dangling up/up /\n")[0] == "a"


def test_only_what_the_last_stage_needs_counts(tree: Callable[..., Path]) -> None:
    folder = tree({"a/Dockerfile": "", "a/one": "", "two": "", "three": ""})
    text = "COPY two three /\nFROM scratch\nCOPY one /\n"

    assert inferred(folder, "a/Dockerfile", text) == ("a", "1 of its 1 sources exist there")


@pytest.mark.parametrize("text", ["RUN true\n", "COPY --from=busybox a /\n", "ADD https://example.com/a /\n", "RUN --mount=type=cache,target=/a true\n"])
def test_a_dockerfile_that_reads_nothing_needs_no_more_than_its_own_folder(tree: Callable[..., Path], text: str) -> None:
    folder = tree({"docker/Dockerfile": "", "x": ""})

    assert inferred(folder, "docker/Dockerfile", text) == ("docker", "it reads nothing, so its own folder")
    assert inferred(folder, "docker/Dockerfile", text, ROOT) == (".", TOP)
