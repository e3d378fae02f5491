"""From configuration, comments and catalogue to what is demanded of each build."""

from __future__ import annotations

from pathlib import Path

import pytest

from ctxsize.budget.assertions import Assertion
from ctxsize.budget.limits import Budget, Growth, Level
from ctxsize.errors import SettingsError
from ctxsize.gate.demands import demanded
from ctxsize.measure import Request
from ctxsize.model import BuildDefinition, BuilderName, Declaration, Location
from ctxsize.repositories.disk import DiskRepository
from ctxsize.settings import Settings

TEXT = "FROM scratch\n# ctxsize: max=20MB, growth=5 kB\nRUN <<EOF\n# ctxsize: max=1\nEOF\n"


def request(root: Path, **changes: str) -> Request:
    given = {"dockerfile": "Dockerfile", **changes}
    build = BuildDefinition("api", Declaration("compose", "compose.yml", 3), ".", **given)
    return Request(DiskRepository(root), (build,), builder=BuilderName.ARCHIVE)


def test_a_comment_is_nearer_than_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(TEXT)
    settings = Settings(limits={"max_bytes": 1, "max_files": 7}, builds=(("a*", {"level": Level.WARN}),))
    demand = demanded(settings, request(tmp_path))
    expected = Budget(max_bytes=20_000_000, max_files=7, max_growth=(Growth(bytes=5_000),), level=Level.WARN,
                      where=Location("Dockerfile", 2))  # fmt: skip
    assert demand.budget("api") == expected
    assert (demand.budget("web"), demand.builder_of("api")) == (Budget(), BuilderName.ARCHIVE)


def test_an_inline_dockerfile_has_comments_too(tmp_path: Path) -> None:
    demand = demanded(Settings(), request(tmp_path, inline=TEXT))
    assert demand.budget("api").where == Location("Dockerfile", 2)


@pytest.mark.parametrize("text", [None, b"\0\xff\n", b"RUN <<EOF\n# ctxsize: max=1\n"])
def test_a_dockerfile_that_cannot_be_read_demands_nothing(tmp_path: Path, text: bytes | None) -> None:
    if text is not None:
        (tmp_path / "Dockerfile").write_bytes(text)
    assert demanded(Settings(limits={"max_files": 1}), request(tmp_path)).budget("api") == Budget(max_files=1)


def test_a_comment_that_means_nothing_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\n\n# ctxsize: max_byte=1\n")
    with pytest.raises(SettingsError, match="max_byte is no budget") as caught:
        demanded(Settings(), request(tmp_path))
    assert (caught.value.where, caught.value.hint) == ("Dockerfile:3", "did you mean max_bytes?")


def test_secrets_are_watched_out_of_the_box(tmp_path: Path) -> None:
    assertions = demanded(Settings(), request(tmp_path)).assertions["api"]
    env = next(one for one in assertions if one.pattern == "**/.env.*")
    assert (env.secret, env.level, "**/.env.example" in env.but) == (True, Level.WARN, True)


def test_what_is_demanded_stands_before_what_is_only_watched(tmp_path: Path) -> None:
    settings = Settings(must_exclude=("**/.env", "!x/.env"), must_include=("src",))
    first, second, *rest = demanded(settings, request(tmp_path)).assertions["api"]
    assert first == Assertion("**/.env", ("x/.env",))
    assert second == Assertion("src", include=True)
    assert "**/.env" not in {one.pattern for one in rest}


def test_who_silences_the_finding_silences_the_warning(tmp_path: Path) -> None:
    assert demanded(Settings(doctor_ignore=("secret-in-context",)), request(tmp_path)).assertions == {}
