"""Go's lexical rules that the ignore file inherits: path cleaning, white space, ``filepath.Match``.

Facts: Go's path/filepath (POSIX) and unicode packages, as run by moby/patternmatcher.
"""

from __future__ import annotations

# unicode.IsSpace; Python's str.strip() would also take U+001C..U+001F
GO_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


class BadPatternError(ValueError):
    """``syntax error in pattern``: what Go calls ErrBadPattern."""


def trim(text: str) -> str:
    return text.strip(GO_SPACE)


def clean(path: str) -> str:
    """``filepath.Clean`` on POSIX: one slash, no ``.``, ``..`` resolved, no trailing slash, ``.`` for nothing."""
    rooted = path.startswith("/")
    parts: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part != ".." or not rooted:
            parts.append(part)
    return ("/" if rooted else "") + "/".join(parts) or "."


def split_chunk(pattern: str) -> tuple[bool, str, str]:
    """The next ``*``-separated chunk: (stars before it, chunk, the rest). A ``*`` in a class does not separate."""
    body = pattern.lstrip("*")
    in_class, at = False, 0
    while at < len(body):
        char = body[at]
        if char == "\\":
            at += 1
        elif char == "[":
            in_class = True
        elif char == "]":
            in_class = False
        elif char == "*" and not in_class:
            break
        at += 1
    return len(body) < len(pattern), body[:at], body[at:]


def _class_char(chunk: str, at: int) -> tuple[str, int]:
    """One (maybe escaped) character of a class and the index behind it; a class may not end right after it."""
    if at >= len(chunk) or chunk[at] in "-]":
        raise BadPatternError("syntax error in pattern")
    if chunk[at] == "\\":
        at += 1
        if at >= len(chunk):
            raise BadPatternError("syntax error in pattern")
    if at + 1 >= len(chunk):
        raise BadPatternError("syntax error in pattern")
    return chunk[at], at + 1


def read_class(chunk: str, at: int) -> tuple[bool, list[tuple[str, str]], int]:
    """The class whose ``[`` stands before ``at``: (negated, ranges, index behind ``]``)."""
    negated = chunk[at : at + 1] == "^"
    at += negated
    ranges: list[tuple[str, str]] = []
    while not (ranges and chunk[at : at + 1] == "]"):
        low, at = _class_char(chunk, at)
        high = low
        if chunk[at] == "-":
            high, at = _class_char(chunk, at + 1)
        ranges.append((low, high))
    return negated, ranges, at + 1


def _match_chunk(chunk: str, text: str) -> str | None:
    """What is left of ``text`` behind the chunk, or None; the whole chunk is validated in any case."""
    rest: str | None = text
    at = 0
    while at < len(chunk):
        char, at = chunk[at], at + 1
        head = rest[:1] if rest else ""
        fits = bool(head)
        if char == "[":
            negated, ranges, at = read_class(chunk, at)
            fits = fits and any(low <= head <= high for low, high in ranges) != negated
        elif char == "?":
            fits = fits and head != "/"
        else:
            if char == "\\":
                if at >= len(chunk):
                    raise BadPatternError("syntax error in pattern")
                char, at = chunk[at], at + 1
            fits = head == char
        rest = rest[1:] if fits and rest else None
    return rest


def _match_later(chunk: str, text: str, last: bool) -> str | None:
    """The star before ``chunk`` swallows one or more characters, never a slash."""
    for skip, char in enumerate(text):
        if char == "/":
            break
        rest = _match_chunk(chunk, text[skip + 1 :])
        if rest is not None and not (last and rest):
            return rest
    return None


def go_match(pattern: str, name: str) -> bool:
    """``filepath.Match``. Raises BadPatternError, like Go only for the chunks that it comes to look at."""
    while pattern:
        star, chunk, pattern = split_chunk(pattern)
        if star and not chunk:
            return "/" not in name
        rest = _match_chunk(chunk, name)
        if rest is None or (rest and not pattern):
            rest = _match_later(chunk, name, not pattern) if star else None
        if rest is None:
            return False
        name = rest
    return not name
