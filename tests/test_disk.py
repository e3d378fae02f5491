"""Files are read with care and written all or none."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from pyfakefs.fake_filesystem import FakeFilesystem

from ctxsize import disk
from ctxsize.changes import Change
from ctxsize.disk import read_file, write_all
from ctxsize.errors import InputError, WriteRefusedError
from tests.privileges import unprivileged


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def fail_at(monkeypatch: pytest.MonkeyPatch, *calls: int, error: BaseException | None = None) -> None:
    """Renames of these numbers, from 1, fail."""
    real, count = disk._put, [0]

    def put(path: Path, beside: Path | None) -> None:
        count[0] += 1
        if count[0] in calls:
            raise error or OSError(28, "No space left on device")
        real(path, beside)

    monkeypatch.setattr(disk, "_put", put)


def test_a_file_is_read_and_a_missing_one_is_none(tree: Callable[..., Path]) -> None:
    folder = tree({"a": "text", "link -> a": None, "dangling -> x": None})

    assert read_file(folder / "a") == read_file(folder / "link") == b"text"
    assert read_file(folder / "x") is read_file(folder / "dangling") is read_file(folder / "a" / "b") is None


def test_what_is_no_file_is_refused_without_blocking(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(InputError, match="not a regular file"):
        read_file(tmp_path / "fifo")
    with pytest.raises(InputError, match="is a directory"):
        read_file(tmp_path)
    with pytest.raises(InputError, match="null"):
        read_file(tmp_path / "a\0b")


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    (tmp_path / "big").write_bytes(b"")
    os.truncate(tmp_path / "big", 100 << 20)

    with pytest.raises(InputError, match="larger than"):
        read_file(tmp_path / "big")


def test_files_are_created_replaced_and_removed(tree: Callable[..., Path]) -> None:
    folder = tree({"old": "1", "gone": "2", "sub/": None})
    (folder / "old").chmod(0o640)

    write_all(folder, [Change("old", b"1", b"one"), Change("gone", b"2", None), Change("sub/new", None, b"new")])

    assert contents(folder) == {"old": b"one", "sub/new": b"new"}
    assert stat.S_IMODE((folder / "old").stat().st_mode) == 0o640


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (Change("link", b"1", b"x"), "it is a symlink"),
        (Change("folder", None, b"x"), "it is not a regular file"),
        (Change("readonly", b"1", b"x"), "it is read-only"),
        (Change("../outside", None, b"x"), "it lies outside the repository"),
        (Change("out/new", None, b"x"), "it lies outside the repository"),
        (Change("old", b"2", b"x"), "it has changed meanwhile"),
        (Change("old", None, b"x"), "it has changed meanwhile"),
        (Change("gone", b"1", b"x"), "it is gone"),
        (Change("nowhere/new", None, b"x"), "its folder is read-only or missing"),
        (Change("other/new", None, b"x"), "its folder is read-only or missing"),
        (Change("other/new", b"1", b"x"), "it is gone"),
        (Change("/etc/passwd", None, b"x"), "it lies outside the repository"),
        (Change("..", None, b"x"), "it lies outside the repository"),
        (Change("a\0b", None, b"x"), "null"),
        (Change("n" * 300, None, b"x"), "name too long"),
        (Change("other", b"1", b"x"), "it has changed meanwhile"),
    ],
)
def test_one_refusal_leaves_all_files_alone(tree: Callable[..., Path], change: Change, reason: str) -> None:
    folder = tree({"old": "1", "other": "2", "readonly": "1", "folder/": None, "link -> old": None, "out -> ..": None})
    (folder / "readonly").chmod(0o444)
    before = contents(folder)

    with pytest.raises(WriteRefusedError, match=reason):
        write_all(folder, [Change("other", b"2", b"3"), change])

    assert contents(folder) == before


@pytest.mark.parametrize("fails_at", range(1, 5))
def test_a_rename_that_fails_puts_everything_back(
    tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    folder = tree({"a": "1", "b": "1", "c": "1"})
    fail_at(monkeypatch, fails_at)
    changes = [Change("a", b"1", b"2"), Change("b", b"1", None), Change("c", b"1", b"2"), Change("d", None, b"2")]

    with pytest.raises(WriteRefusedError, match="not written: no space left on device"):
        write_all(folder, changes)

    assert contents(folder) == {"a": b"1", "b": b"1", "c": b"1"}


def test_what_is_taken_back_is_the_very_file(tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tree({"a": "1", "b": "1"})
    before = (folder / "a").stat()
    fail_at(monkeypatch, 2)

    with pytest.raises(WriteRefusedError):
        write_all(folder, [Change("a", b"1", b"2"), Change("b", b"1", b"2")])

    after = (folder / "a").stat()
    assert (after.st_ino, after.st_mtime_ns, after.st_nlink) == (before.st_ino, before.st_mtime_ns, 1)


def test_a_disk_without_second_names_keeps_a_copy(tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    folder = tree({"a": "1", "b": "1"})
    monkeypatch.setattr(os, "link", no_links)
    fail_at(monkeypatch, 2)

    with pytest.raises(WriteRefusedError):
        write_all(folder, [Change("a", b"1", b"2"), Change("b", b"1", b"2")])

    assert contents(folder) == {"a": b"1", "b": b"1"}


def test_what_cannot_be_taken_back_is_said_and_kept(tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tree({"a": "1", "b": "1"})
    fail_at(monkeypatch, 2, 3, 4)

    with pytest.raises(WriteRefusedError, match="written in part") as caught:
        write_all(folder, [Change("a", b"1", b"2"), Change("b", b"1", b"2")])

    found = contents(folder)
    assert (found.pop("a"), found.pop("b")) == (b"2", b"1")
    assert set(found.values()) == {b"1"}
    assert all(str(folder / name) in (caught.value.hint or "") for name in found)


def test_an_interrupt_takes_everything_back(tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tree({"a": "1", "b": "1"})
    fail_at(monkeypatch, 2, error=KeyboardInterrupt())

    with pytest.raises(KeyboardInterrupt):
        write_all(folder, [Change("a", b"1", b"2"), Change("b", b"1", None)])

    assert contents(folder) == {"a": b"1", "b": b"1"}


def test_a_file_that_changes_while_others_are_written_stops_it(
    tree: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tree({"a": "1", "b": "1"})
    real = disk._put

    def put(path: Path, beside: Path | None) -> None:
        (folder / "b").write_bytes(b"somebody's")
        real(path, beside)

    monkeypatch.setattr(disk, "_put", put)
    with pytest.raises(WriteRefusedError, match="changed meanwhile"):
        write_all(folder, [Change("a", b"1", b"2"), Change("b", b"1", b"2")])

    assert contents(folder) == {"a": b"1", "b": b"somebody's"}


def test_the_same_file_twice_is_refused(tree: Callable[..., Path]) -> None:
    folder = tree({"a": "1"})

    with pytest.raises(WriteRefusedError, match="changed meanwhile"):
        write_all(folder, [Change("a", b"1", b"2"), Change("./a", b"1", b"3")])

    assert contents(folder) == {"a": b"1"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can write a file for somebody else")
def test_the_owner_stays(tree: Callable[..., Path]) -> None:
    folder = tree({"a": "1"})
    os.chown(folder / "a", 1234, 1235)

    write_all(folder, [Change("a", b"1", b"2")])

    after = (folder / "a").stat()
    assert (after.st_uid, after.st_gid) == (1234, 1235)


@pytest.mark.parametrize("change", [Change("a", b"1", b"2"), Change("new", None, b"2"), Change("a", b"1", None)])
def test_a_folder_without_permission_stays_as_it_is(open_folder: Path, change: Change) -> None:
    (open_folder / "a").write_bytes(b"1")
    (open_folder / "a").chmod(0o666)

    with unprivileged(), pytest.raises(WriteRefusedError, match=r"permission denied|read-only"):
        write_all(open_folder, [change])

    assert contents(open_folder) == {"a": b"1"}


def test_a_file_without_permission_is_refused_by_its_name(open_folder: Path) -> None:
    (open_folder / "a").write_bytes(b"1")
    (open_folder / "a").chmod(0o600)

    with unprivileged(), pytest.raises(InputError, match="permission denied"):
        read_file(open_folder / "a")
    with unprivileged(), pytest.raises(WriteRefusedError, match="it is read-only"):
        write_all(open_folder, [Change("a", b"1", b"2")])


def test_a_full_disk_leaves_the_old_files(fs: FakeFilesystem) -> None:
    fs.set_disk_usage(4096, "/")
    root = Path("/repository")
    fs.create_file("/repository/a", contents="1")

    with pytest.raises(WriteRefusedError):
        write_all(root, [Change("a", b"1", b"2"), Change("b", None, b"x" * 10_000)])

    assert (root / "a").read_bytes() == b"1"
    assert [path.name for path in root.iterdir()] == ["a"]


def test_a_process_that_is_killed_leaves_whole_files(tree: Callable[..., Path]) -> None:
    folder = tree({"a": "1", "b": "1"})
    child = os.fork()
    if not child:
        real, count = disk._put, [0]

        def put(path: Path, beside: Path | None) -> None:
            count[0] += 1
            if count[0] == 2:
                os._exit(9)
            real(path, beside)

        disk._put = put
        write_all(folder, [Change("a", b"1", b"two"), Change("b", b"1", b"two")])
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9

    assert (folder / "a").read_bytes() == b"two"
    assert (folder / "b").read_bytes() == b"1"
    # what is left beside them is whole, too, and hidden
    assert {path.suffix for path in folder.iterdir() if path.name.startswith(".")} == {".old", ".new"}
