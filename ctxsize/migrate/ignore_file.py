"""An ignore file's rules moved to a context further up, with the same meaning for the folder that they were made for.

Facts: moby/patternmatcher; a pattern that starts with ``**`` followed by text is an "ends in" test and needs a slash
once something stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ctxsize.dockerignore.parse import read_ignore_lines
from ctxsize.migrate.edits import RefusedError

__all__ = ["named_file", "rebased"]


def rebased(data: bytes, prefix: str, file: str, others: Iterable[str] = ()) -> bytes:
    """The text of ``<Dockerfile>.dockerignore`` for a context in which the old one is the folder ``prefix``.

    Comments and empty lines stay; ``others`` are the paths outside the folder that the build reads, which are let
    through, all else outside of it is not. Raises RefusedError for a line that would lose its meaning.
    """
    end = "\r\n" if b"\r\n" in data else "\n"
    lines = [
        f"# The rules of {file}, for the context above it: only what this build reads is sent.",
        "*",
        *(f"!{_literal(path)}" for path in (prefix, *others)),
    ]
    lines += _moved(data, prefix, file)
    return (end.join(lines) + end).encode("utf-8", "surrogateescape")


def _moved(data: bytes, prefix: str, file: str) -> Iterable[str]:
    patterns = {line.number: line for line in read_ignore_lines(data, file)}
    written = data.removeprefix(b"\xef\xbb\xbf").split(b"\n")
    for number, raw in enumerate(written, 1):
        text = raw.removesuffix(b"\r").decode("utf-8", "surrogateescape")
        line = patterns.get(number)
        if line is not None:
            yield from _rule(line.pattern, prefix, number)
        elif text.startswith("#") or (not text.strip() and number < len(written)):
            yield text


def _rule(pattern: str, prefix: str, number: int) -> Iterable[str]:
    exception, text = pattern.startswith("!"), pattern.removeprefix("!")
    if text in {".", "/", ""} or text == ".." or text.startswith("../"):
        return
    mark, prefix = "!" if exception else "", _literal(prefix)
    if text.startswith("**") and not text.startswith("**/") and text != "**":
        # "**x" is any path that ends in x; further in, ** must stand alone to mean any folders
        rest = text[2:]
        if re.search(r"[*?\[\\/]", rest):
            raise RefusedError(f"{pattern} cannot be moved into {prefix}/ with the same meaning", number)
        yield f"{mark}{prefix}/**/*{rest}"
        return
    yield f"{mark}{prefix}/{text}"


def _literal(path: str) -> str:
    """A path as a pattern that matches it and nothing else."""
    return re.sub(r"([*?\[\]\\])", r"\\\1", path)


def named_file(junk: Iterable[str]) -> bytes:
    """A first ignore file for a shared folder that becomes a named context."""
    lines = ["# What nobody wants in an image; this folder is a build context of its own.", *junk, ".dockerignore"]
    return ("\n".join(lines) + "\n").encode()
