"""Makes trees in a monorepo's shape, the same ones every time: sparse files, nothing fetched.

    python benchmarks/trees.py FOLDER [--files 100000]
"""

from __future__ import annotations

import argparse
import os
import random
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["EXCEPTIONS", "TYPICAL", "dockerfile", "ignore_lines", "make"]

FILES_OF_A_SERVICE = 4_740
FILES_OF_GIT = 256 * 20

# the 28 lines that ``docker init`` writes, and five that monorepos add
TYPICAL = """\
**/.DS_Store
**/__pycache__
**/.venv
**/.classpath
**/.dockerignore
**/.env
**/.git
**/.gitignore
**/.project
**/.settings
**/.toolstarget
**/.vs
**/.vscode
**/*.*proj.user
**/*.dbmdl
**/*.jfm
**/bin
**/charts
**/docker-compose*
**/compose.y*ml
**/Dockerfile*
**/node_modules
**/npm-debug.log
**/obj
**/secrets.dev.yaml
**/values.dev.yaml
LICENSE
README.md
**/*.pyc
**/dist
docs
services/*/fixtures
!services/service-000/fixtures
""".splitlines()
EXCEPTIONS = ["!**/.env.example", "!services/*/docs/openapi"]


def ignore_lines(kind: str) -> list[str]:
    """The ignore lists that are compared: none, typical (33 lines), wildexc (35) or many (320).

    The many are what grows where a long ``.gitignore`` was copied: a third endings, a third names, a third paths.
    """
    shapes = ("**/*.gen{:02}", "**/cache-{:02}*", "out/{:02}/*.o")
    many = [shape.format(number) for number in range(96) for shape in shapes]
    return {
        "none": [],
        "typical": TYPICAL,
        "wildexc": [*TYPICAL, *EXCEPTIONS],
        "many": [*TYPICAL[:15], *many[: 320 - len(TYPICAL)], *TYPICAL[15:]],
    }[kind]


def dockerfile(number: int | None = None) -> str:
    """One build that copies everything, or the one of a service."""
    if number is None:
        return "FROM scratch\nCOPY . .\n"
    return f"FROM scratch\nCOPY shared ./shared\nCOPY services/service-{number:03} .\n"


def make(root: Path, files: int) -> int:
    """Fills ``root`` with about ``files`` files; the number made."""
    chance = random.Random(20_260)
    made = 0
    services = max(1, (files - FILES_OF_GIT) // FILES_OF_A_SERVICE) if files > FILES_OF_GIT else 1
    for folder, names in _folders(services):
        path = root / folder
        path.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        for name in names:
            if made < files:
                _sparse(name, int(chance.lognormvariate(7.5, 1.6)), descriptor)
                made += 1
        os.close(descriptor)
    return made


def _sparse(name: str, size: int, folder: int) -> None:
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644, dir_fd=folder)
    os.ftruncate(descriptor, size)
    os.close(descriptor)


def _folders(services: int) -> Iterator[tuple[str, list[str]]]:
    yield ".", ["README.md", "CHANGELOG.md", "Makefile", "package.json", "package-lock.json", ".env", ".env.example"]
    yield from _many("shared/lib", 10, 20, "ts")
    yield from _many("docs/guide", 10, 20, "md")
    for number in range(services):
        yield from _service(f"services/service-{number:03}")
    for number in range(256):
        yield f".git/objects/{number:02x}", [f"{other:038x}" for other in range(20)]


def _service(root: str) -> Iterator[tuple[str, list[str]]]:
    yield root, ["package.json", "tsconfig.json", "README.md", "service.toml", ".env.example", "debug.log"]
    yield from _many(f"{root}/src/feature", 40, 22, "ts")
    yield from _many(f"{root}/tests/unit", 12, 20, "py")
    yield from _many(f"{root}/docs/openapi", 2, 5, "yaml")
    yield from _many(f"{root}/fixtures/case", 4, 10, "json")
    yield from _many(f"{root}/dist/chunk", 10, 30, "js")
    yield from _many(f"{root}/src/feature-000/__pycache__/v", 1, 30, "pyc")
    for number in range(180):
        yield from _package(f"{root}/node_modules/package-{number:03}", nested=number % 30 == 0)
    for number in range(40):
        yield from _many(f"{root}/.venv/lib/python3.12/site-packages/wheel{number:02}/part", 1, 16, "py")


def _package(root: str, *, nested: bool) -> Iterator[tuple[str, list[str]]]:
    yield root, ["package.json", "README.md", "LICENSE", "index.js"]
    yield f"{root}/lib", [f"module-{number}.js" for number in range(7)]
    yield f"{root}/dist", [f"bundle-{number}.js" for number in range(3)]
    if nested:
        for number in range(3):
            yield from _package(f"{root}/node_modules/inner-{number}", nested=False)


def _many(stem: str, folders: int, files: int, suffix: str) -> Iterator[tuple[str, list[str]]]:
    for number in range(folders):
        yield f"{stem}-{number:03}", [f"part-{other:03}.{suffix}" for other in range(files)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--files", type=int, default=100_000)
    given = parser.parse_args()
    print(make(given.folder, given.files), "files")


if __name__ == "__main__":
    main()
