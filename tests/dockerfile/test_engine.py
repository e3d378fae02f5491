"""Dockerfiles against the real engine: what it refuses and how it says so, and how much it is sent for the others."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctxsize.dockerfile import DockerfileError, needs, parse
from ctxsize.measure import Request, measure
from ctxsize.model import BuildDefinition, BuilderName, Declaration, Measurement, NamedContext
from ctxsize.repositories.disk import DiskRepository
from tests.conftest import Engine
from tests.engine.truth import cold_folder, transferred

pytestmark = pytest.mark.engine

E = "FROM scratch\n"
REFUSED = [
    "", "# only a remark\n", "FORM scratch\n", f"COPY a b\n{E}", "ARG X\n", f"{E}ENV a\n", f"{E}ENV a=1 b\n", f"{E}ENV =x\n",
    f'{E}COPY ["a",1]\n', f"{E}COPY a\n", f"{E}COPY --form=x a b\n", f"{E}COPY --link=x a b\n", f"{E}COPY --link= a b\n",
    f"{E}COPY --from a b\n", f"{E}COPY --chown=a --chown=b a b\n", f"{E}COPY <<E /x\nhi\n", f"{E}COPY a <<E\nhi\nE\n",
    "FROM a b\n", "FROM scratch as 1x\n", "FROM --platform=$X scratch\n", f"# escape=x\n{E}", f"# escape=`\n# escape=`\n{E}",
    f"{E}RUN --mount=type=bnd,target=/x true\n", f"{E}RUN --mount=sorce=a,target=/x true\n", f"{E}RUN --mount=target true\n",
    f"{E}RUN --mount=from=$x,target=/x true\n", f"{E}RUN --mount=target=/ true\n", f"{E}RUN --mount=target=/x,size=3 true\n",
    f"{E}RUN --mount=target=/x,mode=0777 true\n", f"{E}RUN --mount=target=/x,ro=maybe true\n", f"{E}RUN --network=x true\n",
    f"{E}RUN --mount=type=secret true\n", f"{E}RUN --mount=type=cache,target=/x,sharing=foo true\n",
    f"{E}COPY --from=$X a /\n", f"{E}COPY --from=3 a /\n", f"{E}COPY --from=-1 a /\n", "FROM scratch as x\nCOPY --from=x a /\n",
    "FROM scratch as x\nCOPY --from=y a /\nFROM scratch as y\nFROM x\n",
    "FROM scratch as x\nCOPY --from=y a /\nFROM scratch as y\nCOPY --from=x a /\n",
    "FROM scratch as x\nRUN --mount=from=y,target=/y true\nFROM scratch as y\nFROM x\n",
    "FROM $X\n", "FROM Base\n", "FROM a..b\n", f"{E}ONBUILD FROM x\n", f"{E}ONBUILD ONBUILD RUN x\n", f"{E}ONBUILD\n",
    "FROM scratch as a\nONBUILD FOO x\nFROM a\n", "FROM scratch as a\nONBUILD COPY a\nFROM a\n",
    f"{E}COPY https://e.com/a /x\n", f"{E}COPY git@github.com:a/b.git /x\n", f"{E}ADD --checksum=x a /x\n",
    f"{E}ARG\n", f"{E}ARG =3\n", f"ARG X='a\n{E}", f"{E}SHELL foo\n", f"{E}SHELL []\n", f"{E}HEALTHCHECK FOO\n", f"{E}CMD --foo x\n",
    f'{E}COPY "a b" /x/\n', f"{E}COPY ${{a /x\n", f"{E}COPY ${{}} /x\n", f"{E}COPY ${{a?no}} /x\n", f"{E}COPY ${{a!}} /x\n",
    f"{E}COPY ${{a#\\x}} /x\n", f"{E}COPY ${{a/x}} /x\n", f"{E}COPY 'a /x\n", f"{E}LABEL a=it's\n", f"{E}COPY <<E /x\n${{a?no}}\nE\n",
    f"{E}\\\n", f"{E}RUN <<E <<F\nfoo\nE\n", f"{E}{'x' * 70_000}",
]  # fmt: skip
ASKED = [
    "COPY a /x\n", "COPY . /x\n", "COPY ../src /x\n", "COPY s*/x /y/\n", "COPY $U/ /x\n", "COPY ${U:-src}/x /x\n", "COPY ${U+src} a /x/\n",
    "ENV V=/opt/src/x\nCOPY ${V#/opt/} /x\n", "ENV V=src/x.md\nCOPY ${V%.md} /x\n", "ENV V=src-x\nCOPY ${V/-/\\/} /x\n",
    "ENV V=aXbXc\nCOPY ${V%%X*} ${V##*X} /x/\n", "RUN --mount=type=tmpfs,target=/t x\n",
    "COPY a /\nRUN --mount=type=tmpfs,target=/t x\n", "COPY a /\nRUN --mount=type=tmpfs,source=src,target=/t x\n",
    "RUN --mount=target=/s x\n", 'RUN --mount="source=src,target=/s" x\n', "RUN --mount=SOURCE=src,DST=/s x\n",
    "FROM scratch AS p\nCOPY src /src\nFROM scratch\nCOPY a /\nRUN --mount=type=tmpfs,from=p,target=/t x\n",
    "COPY src /src\nFROM scratch\nCOPY --from=0 <<E /x\nhi\nE\n", "ARG TARGETSTAGE\nCOPY src/$TARGETSTAGE /x\n",
    'COPY ["a b", "/x/"]\n', "COPY a\\ b /x/\n", "COPY \"a\" 'b' /x/\n", "COPY a \\\n# no\n\n  b /x/\n", "COPY a \u00a0b /x/\n",
    "\u00a0COPY a /x/\n", "ENV A=a\nENV A=b B=$A\nCOPY $B /x\n", "ARG A=a B=$A\nCOPY $B /x\n", "ENV A='a'\"\"\nCOPY $A /x\n",
    "COPY -- a /x\n", "COPY a<<b a /x/\n", "RUN echo '<<E'\nCOPY a /x\n", "RUN echo \"it's <<E\nCOPY a /x\n",
    'RUN ["x", "<<E"]\nCOPY a /x\n', "RUN x <<E <<-F\nCOPY a /x\nE\n\tCOPY b /\n\tF\nCOPY src /x\n", "ONBUILD RUN <<E\nCOPY a\nE\nCOPY b /x\n",
    'COPY << "E" /x\nE\nCOPY a /y\n', "COPY caf\u00e9 /x\n", "COPY a \\\\\nCOPY b /x\n", "COPY src/\\\nx /x\n", "COPY github.com/a/b /x\n",
]  # fmt: skip
NAMED = [
    "FROM scratch\nCOPY --from=lib foo /x\n", "FROM lib\n", "FROM lib AS l\nFROM scratch\nCOPY --from=l foo /x\n",
    "FROM lib AS l\nCOPY a /a\nFROM scratch\nCOPY --from=l foo /x\n", "FROM lib AS l\nRUN x\nFROM scratch\nCOPY --from=l foo /x\n",
    "FROM scratch AS lib\nCOPY a /a\nFROM lib\nCOPY b /b\n", "FROM scratch\nRUN --mount=from=lib,source=deep,target=/x x\n",
    "FROM scratch\nCOPY a /\nRUN --mount=type=tmpfs,from=lib,target=/x x\n",
    "FROM scratch\nCOPY --from=docker.io/library/lib:latest bar /x\n", "FROM scratch\nRUN --mount=type=cache,from=lib,target=/x x\n",
    "FROM lib AS l\nWORKDIR /w\nFROM l\nCOPY a /a\n", "FROM scratch\nCOPY a /\n",
]  # fmt: skip
FILES = {"a": "hello", "b": "bee", "src/x": "xx", "src/y.md": "md", "src/default": "d", "a b": "sp", "caf\u00e9": "c",
         "github.com/a/b": "git", "unrelated/big": "u" * 5000}  # fmt: skip
LIBRARY = {"foo": "foofoo", "bar": "barbarbar", "deep/z": "zzzzzzzzz"}


def lay(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def said(stderr: str) -> str:
    """The engine's message without what the client puts in front."""
    last = [line for line in stderr.splitlines() if line.startswith("ERROR: ")][-1]
    return last.removeprefix("ERROR: ").removeprefix("failed to build: ").removeprefix("failed to solve: ")


@pytest.mark.parametrize("text", REFUSED)
def test_what_the_engine_refuses_is_refused_in_its_words(engine: Engine, tmp_path: Path, text: str) -> None:
    folder = cold_folder(tmp_path)
    lay(folder, FILES)
    (tmp_path / "Dockerfile").write_text(text)

    done = engine.run("build", "--progress=rawjson", "-f", str(tmp_path / "Dockerfile"), str(folder))

    assert done.returncode != 0
    with pytest.raises(DockerfileError) as caught:
        needs(parse(text.encode()))
    assert caught.value.message == said(done.stderr)


def measured(folder: Path, name: str, contexts: tuple[NamedContext, ...] = ()) -> Measurement:
    build = BuildDefinition("b", Declaration("options"), name, "Dockerfile", contexts=contexts)
    return measure(Request(DiskRepository(folder), (build,))).measurements[0]


def sent(measurement: Measurement) -> dict[str | None, int]:
    """Bytes of the main context (None) and of each named one, where they are asked for."""
    assert measurement.builders is not None
    counts = {None: measurement.builders[BuilderName.BUILDKIT].transfer_bytes}
    counts.update({one.name: one.sent.transfer_bytes for one in measurement.named})  # type: ignore[misc]
    return {name: count for name, count in counts.items() if count is not None}


@pytest.mark.parametrize("text", ASKED)
def test_the_engine_is_sent_what_the_instructions_ask_for(engine: Engine, tmp_path: Path, text: str) -> None:
    folder = cold_folder(tmp_path)
    lay(folder, FILES)
    (tmp_path / "Dockerfile").write_text(f"{E}{text}")

    done = engine.run("build", "--progress=rawjson", "--no-cache", "--network=none", "-f", str(tmp_path / "Dockerfile"),
                      str(folder))  # fmt: skip

    assert sent(measured(tmp_path, folder.name)) == transferred(done.stderr)


@pytest.mark.parametrize("text", NAMED)
def test_a_named_context_is_sent_what_is_asked_of_it(engine: Engine, tmp_path: Path, text: str) -> None:
    folder, library = cold_folder(tmp_path), cold_folder(tmp_path)
    lay(folder, FILES)
    lay(library, LIBRARY)
    (tmp_path / "Dockerfile").write_text(text)

    done = engine.run("build", "--progress=rawjson", "--no-cache", "--network=none", "-f", str(tmp_path / "Dockerfile"),
                      "--build-context", f"lib={library}", str(folder))  # fmt: skip

    contexts = (NamedContext("lib", "local", str(library), library.name),)
    assert sent(measured(tmp_path, folder.name, contexts)) == transferred(done.stderr)
