"""A git repository whose history a test writes: files in, commits out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
_QUIET = {
    "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@b",
    "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@b", "GIT_ALLOW_PROTOCOL": "file",
}  # fmt: skip
Files = Mapping[str, bytes | str | int | None]


class History:
    """``root`` is the work tree. A file is given as bytes, text, a number of bytes, or None to remove it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, check: bool = True) -> str:
        environ = {**os.environ, **_QUIET}
        run = ["git", *arguments]
        done = subprocess.run(run, cwd=self.root, env=environ, capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, done.stderr
        return done.stdout.strip()

    def write(self, files: Files) -> None:
        for name, content in files.items():
            path = self.root / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            data = b"x" * content if isinstance(content, int) else content
            path.write_bytes(data.encode() if isinstance(data, str) else data)

    def commit(self, files: Files, message: str = "change") -> str:
        """Writes the files and commits everything; the commit's name."""
        self.write(files)
        self.git("add", "-A", "-f", ".")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    def checkout(self, ref: str, into: Path) -> Path:
        """The files of a commit as git itself writes them, in a folder without ``.git``."""
        into.mkdir(parents=True)
        self.git(f"--work-tree={into}", "checkout", "-q", "-f", ref, "--", ".")
        self.git("reset", "-q")
        return into


def copy_of_project(into: Path) -> Path:
    """This project's own files, without what building and running it leaves behind."""
    into.mkdir()
    for name in ("ctxsize", "pyproject.toml", "LICENSE", "README.md", ".pre-commit-hooks.yaml"):
        source = PROJECT / name
        if source.is_dir():
            shutil.copytree(source, into / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif source.exists():
            shutil.copy(source, into / name)
    return into


@pytest.fixture(scope="session")
def package_index(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A package index that pip can install from, or a skip that says why."""
    folder = tmp_path_factory.mktemp("index")
    run = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), "humanize"]
    done = subprocess.run(run, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"pip reaches no package index: {done.stderr.strip().splitlines()[-1]}")
