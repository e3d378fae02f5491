"""``ls`` for people, for pipes and for programs."""

from __future__ import annotations

import json
import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctxsize.formats import FORMATS, Page
from ctxsize.formats.tree import Folder, fold
from ctxsize.formats.views import LsView
from ctxsize.model import BuilderName, Entry, Kind
from tests.formats.report_examples import ENTRIES
from tests.formats.test_text import NAMES

text, as_json = FORMATS["ls"]["text"], FORMATS["ls"]["json"]
VIEW = LsView("api", BuilderName.BUILDKIT, "sent", ENTRIES, 8_123)
HOSTILE = (
    Entry("new\nline", Kind.DIR, 0),
    Entry("new\nline/\x1b[31mred", Kind.FILE, 5),
    Entry("new\nline/\udcff", Kind.SYMLINK, 0),
    Entry("pipe", Kind.FIFO, 0),
)


def test_a_path_a_line_folders_with_a_slash() -> None:
    assert text(VIEW, Page()) == """\
Dockerfile
node_modules/
node_modules/a/
node_modules/a/big.js
node_modules/b/
node_modules/b/i.js
node_modules/link
src/
src/app.py
src/x.py
src/y.py
"""


def test_names_alone_do_for_a_list() -> None:
    view = VIEW._replace(entries=(), paths=iter(["b/", "b/\n"]))

    assert text(view, Page()) == "b/\nb/\\n\n"


def test_hostile_names_take_one_line_each() -> None:
    view = VIEW._replace(entries=HOSTILE)

    assert text(view, Page(40, color=True)) == "new\\nline/\nnew\\nline/\\x1b[31mred\nnew\\nline/\\xff\npipe\n"


@given(st.lists(NAMES.filter(lambda name: name and "\0" not in name), unique=True))
def test_raw_names_round_trip_between_nul_bytes(names: list[str]) -> None:
    raw = text(VIEW._replace(entries=(), paths=names, nul=True), Page())

    assert [os.fsdecode(name) for name in os.fsencode(raw).split(b"\0")] == [*map(os.fsdecode, map(os.fsencode, names)), ""]


def test_sizes_stand_before_the_names() -> None:
    assert text(VIEW._replace(long=True, entries=(*ENTRIES[:4], *HOSTILE)), Page()) == """\
    300 B  Dockerfile
        –  node_modules/
        –  node_modules/a/
  5.90 MB  node_modules/a/big.js
        –  new\\nline/
      5 B  new\\nline/\\x1b[31mred
  symlink  new\\nline/\\xff
     fifo  pipe
"""


@pytest.mark.parametrize(
    ("depth", "page", "drawn"),
    [
        (0, Page(), "  8.00 MB  100 %  ██████████  api: sent (buildkit)  7 files\n"),
        (1, Page(), """\
  8.00 MB  100 %  ██████████  api: sent (buildkit)  7 files
  6.00 MB   75 %  ███████▌    ├─ node_modules/  3 files
  2.00 MB   25 %  ██▌         ├─ src/  3 files
    300 B   <1 %  ▏           └─ Dockerfile
"""),
        (9, Page(59, unicode=False), """\
  8.00 MB  100 %  api: sent (buildkit)  7 files
  6.00 MB   75 %  |- node_modules/  3 files
  5.90 MB   74 %  |  |- a/  1 file
  5.90 MB   74 %  |  |  `- big.js
   100 kB    1 %  |  |- b/  1 file
   100 kB    1 %  |  |  `- i.js
      0 B    0 %  |  `- link
  2.00 MB   25 %  |- src/  3 files
  2.00 MB   25 %  |  |- app.py
    500 B   <1 %  |  |- x.py
    200 B   <1 %  |  `- y.py
    300 B   <1 %  `- Dockerfile
"""),
    ],
)  # fmt: skip
def test_a_tree_is_drawn_heaviest_first(depth: int, page: Page, drawn: str) -> None:
    assert text(VIEW._replace(depth=depth), page) == drawn


def test_a_tree_of_nothing_is_its_title() -> None:
    assert text(VIEW._replace(entries=(), depth=2), Page()) == "      0 B      –              api: sent (buildkit)  0 files\n"


PATHS = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map("/".join)


@given(st.dictionaries(PATHS, st.integers(0, 10**12)))
def test_a_folder_weighs_what_is_in_it(files: dict[str, int]) -> None:
    folders = {"/".join(path.split("/")[:depth]) for path in files for depth in range(1, path.count("/") + 1)}
    kept = {path: size for path, size in files.items() if path not in folders}
    root = fold([Entry(path, Kind.FILE, size) for path, size in kept.items()])

    assert (root.files, root.bytes) == (len(kept), sum(kept.values()))
    assert weighed(root) == (root.files, root.bytes)


def weighed(folder: Folder) -> tuple[int, int]:
    inner = [weighed(below) for below in folder.folders.values()]
    assert inner == [(below.files, below.bytes) for below in folder.folders.values()]
    return (len(folder.leaves) + sum(files for files, _ in inner),
            sum(entry.bytes for entry in folder.leaves) + sum(size for _, size in inner))  # fmt: skip


def test_the_json_has_an_entry_a_line() -> None:
    assert as_json(VIEW._replace(entries=HOSTILE), Page(40)) == r"""{
  "schema": "ctxsize.ls/1",
  "build": "api",
  "builder": "buildkit",
  "set": "sent",
  "transfer_bytes": 8123,
  "entries": [
    {"path": "new\nline/", "kind": "dir", "bytes": 0},
    {"path": "new\nline/\u001b[31mred", "kind": "file", "bytes": 5},
    {"path": "new\nline/\\xff", "kind": "symlink", "bytes": 0},
    {"path": "pipe", "kind": "fifo", "bytes": 0}
  ]
}
"""


@pytest.mark.parametrize(
    ("which", "transfer", "head"),
    [
        ("sent", None, {"set": "sent", "transfer_bytes": None, "entries": []}),
        ("junk", None, {"set": "junk", "entries": []}),
    ],
)
def test_the_transfer_is_told_of_what_is_sent_alone(which: str, transfer: int | None, head: dict[str, Any]) -> None:
    found = json.loads(as_json(VIEW._replace(entries=(), which=which, transfer_bytes=transfer), Page()))

    assert found == {"schema": "ctxsize.ls/1", "build": "api", "builder": "buildkit", **head}


@given(st.lists(NAMES))
def test_any_name_is_ascii_and_json(names: list[str]) -> None:
    written = as_json(VIEW._replace(entries=tuple(Entry(name, Kind.FILE, 1) for name in names)), Page())

    assert written.isascii()
    assert len(json.loads(written)["entries"]) == len(names)
