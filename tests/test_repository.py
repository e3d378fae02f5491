"""The one door to the disk: files, folders and kinds, asked by paths that may lead anywhere."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ctxsize.errors import InputError
from ctxsize.model import Kind
from ctxsize.repositories.disk import DiskRepository

MakeTree = Callable[..., Path]


@pytest.fixture
def repository(tree: MakeTree) -> DiskRepository:
    root = tree(
        {
            "a.txt": "text",
            "sub/b": "b",
            "empty/": None,
            "link -> a.txt": None,
            "dir -> sub": None,
            "dangling -> no": None,
        }
    )
    os.mkfifo(root / "fifo")
    return DiskRepository(root)


@pytest.mark.parametrize(
    ("path", "content"),
    [("a.txt", b"text"), ("sub/b", b"b"), ("./sub/../a.txt", b"text"), ("link", b"text"), ("dir/b", b"b"),
     ("nothing", None), ("sub/nothing", None), ("dangling", None), ("../tree/a.txt", b"text")],
)  # fmt: skip
def test_a_file_is_its_bytes_or_none(repository: DiskRepository, path: str, content: bytes | None) -> None:
    assert repository.read(path) == content


@pytest.mark.parametrize("path", ["sub", "fifo", "."])
def test_what_is_no_file_is_an_error_and_never_waits(repository: DiskRepository, path: str) -> None:
    with pytest.raises(InputError):
        repository.read(path)


@pytest.mark.parametrize(
    ("path", "kind"),
    [("a.txt", Kind.FILE), ("sub", Kind.DIR), (".", Kind.DIR), ("link", Kind.FILE), ("dir", Kind.DIR),
     ("fifo", Kind.FIFO), ("dangling", None), ("nothing", None), ("a\0b", None)],
)  # fmt: skip
def test_a_kind_is_what_a_link_leads_to(repository: DiskRepository, path: str, kind: Kind | None) -> None:
    assert repository.kind(path) == kind


def test_a_folder_lists_names_without_following_links(repository: DiskRepository) -> None:
    found = dict(repository.names("."))

    assert (found["sub"], found["dir"], found["link"], found["a.txt"]) == (
        Kind.DIR,
        Kind.SYMLINK,
        Kind.SYMLINK,
        Kind.FILE,
    )
    assert set(found) == {"a.txt", "sub", "empty", "link", "dir", "dangling", "fifo"}


@pytest.mark.parametrize("path", ["nothing", "a.txt", "empty"])
def test_what_cannot_be_listed_lists_nothing(repository: DiskRepository, path: str) -> None:
    assert list(repository.names(path)) == []


def test_a_context_is_walked_from_where_it_is(repository: DiskRepository) -> None:
    assert repository.scan("sub").root.names == ["b"]


@pytest.mark.parametrize("context", ["nothing", "a.txt"])
def test_a_context_that_is_no_folder_is_an_error(repository: DiskRepository, context: str) -> None:
    with pytest.raises(InputError):
        repository.scan(context)


def test_links_are_relative_to_their_context(repository: DiskRepository) -> None:
    assert (repository.links(".").target("dir"), repository.links("sub").target("dir")) == ("sub", None)
