"""Forked workers: all jobs answered, or left to the caller; and a walk that is shared out finds what one walk finds."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ctxsize import walk
from ctxsize.dockerignore import IgnoreRules
from ctxsize.tree import Directory, Tree, Wanted
from ctxsize.walk import sharing, workers

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="workers are forked on Linux only")


def told(numbers: Iterator[int]) -> bytes:
    return b"".join(bytes([number]) * 1000 for number in numbers)


def test_every_job_is_done_once_here_or_elsewhere() -> None:
    here: list[int] = []

    answers = list(workers.share_out(200, told, here.extend, 3))

    elsewhere = [number for answer in answers for number in answer]
    assert all(elsewhere.count(number) == 1000 for number in set(elsewhere))
    assert sorted([*here, *set(elsewhere)]) == list(range(200))


@pytest.mark.parametrize("last_words", [b"", b"\5\0\0\0\0\0\0\0half"], ids=["silent", "in the middle of its answer"])
def test_a_worker_that_dies_leaves_its_jobs_to_the_caller(last_words: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, tell = os.pipe()
    done, lost = set[int](), set[int]()

    def die(answer: int, _: bytes) -> None:
        os.write(answer, last_words)
        os._exit(9)

    def work(numbers: Iterator[int]) -> bytes:
        os.write(tell, bytes([next(numbers)]))
        return b"all of it"

    def here(numbers: Iterator[int]) -> None:
        lost.update(os.read(taken, 1))
        done.update(numbers)

    monkeypatch.setattr(workers, "_write", die)
    answered = list(workers.share_out(6, work, here, 2))
    os.close(taken)
    os.close(tell)

    assert (answered, len(lost)) == ([], 1)
    assert done == set(range(6)) - lost


def test_there_is_one_worker_where_another_thread_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CTXSIZE_WORKERS", "4")
    assert workers.count() == 4

    monkeypatch.setattr(workers, "alone", lambda: False)
    assert workers.count() == 1


def _flat(folder: Directory) -> Any:
    columns = [list(column) for column in (folder.sizes, folder.wire, folder.packets, folder.tar)]
    return (folder.path, folder.mode, folder.mtime_ns, folder.names, columns, folder.odd, folder.listed,
            folder.unreadable, folder.passed is not None,
            [(row, _flat(child)) for row, child in folder.folders])  # fmt: skip


@pytest.mark.parametrize("lines", [[], ["**/b*", "!d3/b1", "d5", "**/sub/*.x"], ["*", "!**/a*"]])
def test_a_shared_out_walk_finds_the_same(
    tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, lines: list[str]
) -> None:
    folder = tree({f"d{one}/{two}": 10 * one for one in range(9) for two in ("a", "b1", "b2", "sub/y.x", "sub/dé/z")})
    (folder / "d1" / "link").symlink_to("a")
    os.link(folder / "d2" / "a", folder / "d7" / "a2")

    def walked(count: int) -> Tree:
        monkeypatch.setenv("CTXSIZE_WORKERS", str(count))
        return walk.scan(folder, Wanted((IgnoreRules.of(lines).walk.start,)))

    jobs = list[int]()
    real = workers.share_out
    monkeypatch.setattr(workers, "share_out", lambda number, *given: jobs.append(number) or real(number, *given))

    alone = walked(1)
    monkeypatch.setattr(walk, "LOOK_AHEAD_AFTER", 3)
    monkeypatch.setattr(sharing, "_WORTH", 0)
    monkeypatch.setattr(sharing, "_JOBS", 1)
    for count in (2, 3):
        shared = walked(count)
        assert _flat(shared.root) == _flat(alone.root)
        assert (shared.entries, shared.problems) == (alone.entries, alone.problems)
    assert len(jobs) == 2


def test_the_one_folder_that_holds_nearly_everything_is_split_too(
    tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tree({
        **{f"a/{one}/x": 1 for one in range(30)}, **{f"z/{one}/{two}/x": 1 for one in range(3) for two in range(9)},
    })  # fmt: skip
    monkeypatch.setenv("CTXSIZE_WORKERS", "2")
    monkeypatch.setattr(walk, "LOOK_AHEAD_AFTER", 3)
    monkeypatch.setattr(sharing, "_WORTH", 0)
    monkeypatch.setattr(sharing, "_JOBS", 8)
    shared: list[str] = []
    real = sharing.Sharing._share_out

    def listed(own: sharing.Sharing, jobs: list[sharing.Job]) -> set[int]:
        shared.extend(job.path for job in jobs)
        return real(own, jobs)

    monkeypatch.setattr(sharing.Sharing, "_share_out", listed)

    assert walk.scan(folder).entries == 2 + 2 * 30 + 3 + 2 * 27
    assert {path for path in shared if path.startswith("z")} == {f"z/{one}/{two}" for one in range(3) for two in range(9)}


def test_a_lost_answer_is_walked_again(tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tree({f"d{one}/f{two}": 1 for one in range(40) for two in range(3)})
    monkeypatch.setenv("CTXSIZE_WORKERS", "2")
    monkeypatch.setattr(walk, "LOOK_AHEAD_AFTER", 3)
    monkeypatch.setattr(sharing, "_WORTH", 0)
    real = workers.share_out
    monkeypatch.setattr(workers, "share_out", lambda *given: list(real(*given))[1:])

    assert walk.scan(folder).entries == 40 * 4


@pytest.mark.parametrize(
    ("files", "worth", "shared"),
    [
        # of 200 folders one is seen, with 3 files: there may be 800 entries
        ({f"d{one:03}/f{two}": 1 for one in range(200) for two in range(3)}, 500, True),
        ({f"d{one:03}/f{two}": 1 for one in range(200) for two in range(3)}, 100_000, False),
        # of 2 folders one is seen: little is expected, until much has been seen
        ({"a/f1": 1, "a/f2": 1, **{f"b/{one}/c/f": 1 for one in range(50)}}, 120, True),
        ({"a/f1": 1, "a/f2": 1, **{f"b/{one}/c/f": 1 for one in range(50)}}, 160, False),
    ],
)
def test_a_walk_is_shared_out_where_much_is_expected_or_has_been_seen(
    files: dict[str, int], worth: int, shared: bool, tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tree(files)
    monkeypatch.setenv("CTXSIZE_WORKERS", "2")
    monkeypatch.setattr(walk, "LOOK_AHEAD_AFTER", 3)
    monkeypatch.setattr(sharing, "_WORTH", worth)
    jobs = list[int]()
    real = workers.share_out
    monkeypatch.setattr(workers, "share_out", lambda number, *given: jobs.append(number) or real(number, *given))

    walk.scan(folder)

    assert bool(jobs) is shared


def test_what_was_seen_alone_and_what_was_shared_out_are_one_tree(
    tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    # a narrow beginning: little is expected until much has been seen
    folder = tree({"a/x": 1, **{f"b/{one}/{two}/f": one for one in range(9) for two in range(9)}})
    alone = _flat(walk.scan(folder).root)
    monkeypatch.setenv("CTXSIZE_WORKERS", "2")
    monkeypatch.setattr(walk, "LOOK_AHEAD_AFTER", 2)
    monkeypatch.setattr(sharing, "_WORTH", 30)
    monkeypatch.setattr(sharing, "_JOBS", 2)
    monkeypatch.setattr(sharing.Sharing, "_is_much_left", lambda *_: False)
    jobs = list[int]()
    real = workers.share_out
    monkeypatch.setattr(workers, "share_out", lambda number, *given: jobs.append(number) or real(number, *given))

    assert _flat(walk.scan(folder).root) == alone
    assert jobs
