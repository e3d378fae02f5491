"""However a context is walked, the answers are the same: alone, in forked workers, for several builds at once."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ctxsize import walk
from ctxsize.measure import Request, measure
from ctxsize.model import BuildDefinition, BuilderName, Declaration, Measurement
from ctxsize.repositories.disk import DiskRepository
from ctxsize.walk import sharing, workers
from tests.corpus import EngineCase, engine_cases, lay_out
from tests.engine.generator import random_case

BUILDKIT, ARCHIVE = BuilderName
# builds of the same context, with an ignore list of their own, with none, and with the context's
OTHERS = {
    "docs.Dockerfile": "FROM scratch\nCOPY docs /\n",
    "docs.Dockerfile.dockerignore": "*\n!docs\n**/*.log\n",
    "all.Dockerfile": "FROM scratch\nCOPY . .\n",
    "all.Dockerfile.dockerignore": "",
    "src.Dockerfile": "FROM scratch\nCOPY src /\n",
}
on_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="workers are forked on Linux only")
every_way = pytest.mark.parametrize(
    ("forked", "others"),
    [
        pytest.param(False, ["docs"], id="with rules that differ"),
        pytest.param(False, ["all"], id="with none"),
        pytest.param(False, ["src", "docs", "all"], id="with several"),
        pytest.param(True, [], id="forked", marks=on_linux),
        pytest.param(True, ["src", "docs"], id="forked, with several", marks=on_linux),
    ],
)


def laid_out(case: EngineCase, folder: Path) -> Path:
    (folder / "case").mkdir(parents=True)
    lay_out(case, folder / "case")
    for name, text in OTHERS.items():
        (folder / name).write_text(text)
    return folder


def measured(case: EngineCase, folder: Path, others: list[str]) -> Measurement:
    """The case's own build, among ``others`` whose Dockerfiles stand beside the context."""
    options = Declaration("options")
    beside = [BuildDefinition(name, options, "case", f"{name}.Dockerfile") for name in others]
    own = BuildDefinition("own", options, "case", f"case/{case.dockerfile}", target=case.target,
                          args=tuple(case.args.items()))  # fmt: skip
    return measure(Request(DiskRepository(folder), (*beside, own))).measurements[-1]


@contextmanager
def walking(*, forked: bool) -> Iterator[list[int]]:
    """Alone, or with every walk sharing out whatever it can; yields the numbers of jobs that were shared out."""
    jobs: list[int] = []
    real = workers.share_out

    def counted(number: int, *given: object) -> Iterator[bytes]:
        jobs.append(number)
        return real(number, *given)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CTXSIZE_WORKERS", "2" if forked else "1")
        patch.setattr(walk, "LOOK_AHEAD_AFTER", 2)
        patch.setattr(sharing, "_WORTH", 0)
        patch.setattr(sharing, "_JOBS", 1)
        patch.setattr(workers, "share_out", counted)
        yield jobs


@every_way
def test_every_way_gives_what_the_engine_received(tmp_path: Path, forked: bool, others: list[str]) -> None:
    wrong = []
    with walking(forked=forked) as jobs:
        for case in engine_cases():
            found = measured(case, laid_out(case, tmp_path / case.id), others).builders
            assert found is not None
            bytes_of = {name: (found[name].transfer_bytes, sorted(found[name].emptied)) for name in BuilderName}
            expect = {BUILDKIT: (case.expect["buildkit"]["bytes"], sorted(case.expect["buildkit"]["emptied"] or ())),
                      ARCHIVE: (case.expect["archive"]["bytes"], [])}  # fmt: skip
            if bytes_of != expect:
                wrong.append((case.id, bytes_of, expect))
    assert wrong == []
    assert len(jobs) > 400 if forked else not jobs


@pytest.mark.property
@every_way
@given(seed=some.integers(1, 10**9))
def test_every_way_gives_all_that_one_walk_gives(
    tmp_path_factory: pytest.TempPathFactory, forked: bool, others: list[str], seed: int
) -> None:
    case = random_case(seed)
    folder = laid_out(case, tmp_path_factory.mktemp("way") / "r")

    with walking(forked=False):
        alone = measured(case, folder, [])
    with walking(forked=forked):
        assert measured(case, folder, others) == alone
