"""What nobody wants in an image, as data."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["JUNK", "Junk"]


@dataclass(frozen=True, slots=True)
class Junk:
    """``patterns`` are written as in an ignore file."""

    name: str
    patterns: tuple[str, ...]
    why: str
    example: str
    counter_example: str
    ecosystem: str


JUNK = (
    Junk("node_modules", ("**/node_modules",), "installed packages", "node_modules/a.js", "src/modules/a.js", "node"),
    Junk(".git", ("**/.git",), "history", ".git/HEAD", ".github/x.yml", "vcs"),
    Junk("__pycache__", ("**/__pycache__", "**/*.pyc"), "bytecode", "a/__pycache__/x.pyc", "a/x.py", "python"),
)
