"""What the instructions of some builds read of one context, on any tree: as patterns, and as an allow-list.

Wider than what is read today, never narrower: a variable that nobody set may become anything, a class of characters
may hold any of them, a symlink on the way is followed. ``builders.reach`` has the patterns for measuring.
"""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from ctxsize.builders.links import follow_links, has_wildcard
from ctxsize.builders.reach import exactly, patterns_of
from ctxsize.dockerignore.lexical import BadPatternError, clean, go_match
from ctxsize.dockerignore.pattern import compile_pattern
from ctxsize.suggest.lines import line_of, literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ctxsize.builders.links import Links
    from ctxsize.dockerignore.pattern import Pattern
    from ctxsize.model import Source

__all__ = ["Reading", "read_by"]

# a class of plain characters can only become one of them
_CLASS = re.compile(r"\[([A-Za-z0-9_.]+)\]")
_MOST_NAMES = 8
_MOST_FOLDERS = 5_000
# what ends the part of a source word that is the same whatever a variable holds
_UNSURE = re.compile(r"[$'\"\\*?\[\]]")


class Reading(NamedTuple):
    """``patterns`` match what is read (each with everything below); ``whole``: all of the context is, and the patterns
    are what is asked for by name besides.

    ``allow`` are pattern texts that let all of it through, literal ones wherever a literal can; None where no list of
    exceptions can say it in every builder. ``links`` are symlinks on the way, with where they lead today.
    """

    patterns: tuple[Pattern, ...] = ()
    whole: bool = False
    allow: tuple[str, ...] | None = ()
    links: tuple[tuple[str, str], ...] = ()

    @property
    def wild(self) -> tuple[str, ...]:
        """The exceptions that make BuildKit's client look into every ignored folder."""
        return tuple(text for text in self.allow or () if not literal(text))


def read_by(sources: Iterable[Source], links: Links) -> Reading:
    """The union of what the sources read. Sources that are only asked for (``reads`` False) do not count."""
    patterns: dict[tuple[str, object], Pattern] = {}
    allow: dict[str, None] | None = {}
    found_links: dict[str, str] = {}
    whole = False
    for given, source in [(asking, one) for asking in sources if asking.reads for one in _definite(asking)]:
        followed = None if _unclear(source) else _followed(source.path, links, found_links)
        asked = follow_links([given.path], links) if source.path != given.path else ()
        if followed is None or asked is None:
            whole = True
            continue
        # what the client is asked for on top, because links stand where a name reads like the class
        followed = (*followed, *(path for path in asked if path != given.path))
        for path in followed:
            read = patterns_of(source._replace(path=path), links) or ()
            patterns |= {(each.text, each.components): each for each in (*read, *_exact(path))}
        allow = _allowed(followed, allow)
    texts = None if allow is None or whole else tuple(sorted(allow))
    return Reading(tuple(patterns.values()), whole, _outermost(texts), tuple(found_links.items()))


def _exact(path: str) -> tuple[Pattern, ...]:
    return (exactly(path),) if literal(path) else ()


def _definite(source: Source) -> Iterator[Source]:
    """The source with its variables widened and its small classes spelt out."""
    if source.unset:
        yield source._replace(path=_head_of_word(source.word), parents=False)
        return
    classes = _CLASS.findall(source.path)
    if source.kind == "bind" or "\\" in source.path or not classes or _many(classes):
        yield source
        return
    pieces = _CLASS.split(source.path)
    choices = [sorted(set(piece)) if place % 2 else [piece] for place, piece in enumerate(pieces)]
    for names in product(*choices):
        yield source._replace(path="".join(names))


def _many(classes: Iterable[str]) -> bool:
    count = 1
    for members in classes:
        count *= len(set(members))
    return count > _MOST_NAMES


def _head_of_word(word: str) -> str:
    """The folders of a word as written that come before the first part that may vary; ``""`` is everything."""
    kept: list[str] = []
    for part in word.split("/"):
        if _UNSURE.search(part):
            break
        kept.append(part)
    else:
        kept = kept[:-1]
    head = clean("/" + "/".join(kept)).lstrip("/")
    return "" if head == "." else head


def _unclear(source: Source) -> bool:
    # the source of a mount is a plain path, but the client asks for it as a pattern
    return source.whole or (source.kind == "bind" and not literal(source.path))


# --- the allow-list ---------------------------------------------------------------------------------


def _allowed(paths: Iterable[str], allow: dict[str, None] | None) -> dict[str, None] | None:
    for path in paths:
        text = _allowing(path)
        if text is None or allow is None:
            return None
        allow[text] = None
    return allow


def _allowing(path: str) -> str | None:
    """The literal path, else the literal folder above the first wildcard, else a wildcard of the context's own names.

    A wildcard behind a folder would do for BuildKit, but the builders that look into an ignored folder only where an
    exception's text begins with it would miss what it matches.
    """
    if literal(path) and line_of(path, exception=True):
        return path
    head = path
    while head and not (literal(head) and line_of(head, exception=True)):
        head = head.rpartition("/")[0]
    if head:
        return head
    return _wild_name(path) if "/" not in path else None


def _wild_name(name: str) -> str | None:
    text = re.sub(r"\*+", "*", name)
    try:
        pattern = compile_pattern(text)
    except BadPatternError:
        return None
    known = pattern is not None and pattern.components is not None
    return text if known and text != "*" and line_of(text, exception=True) else None


def _outermost(texts: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """Without what lies below another."""
    if texts is None:
        return None
    return tuple(one for one in texts if not any(one.startswith(f"{other}/") for other in texts))


# --- symlinks ---------------------------------------------------------------------------------------


def _followed(path: str, links: Links, seen: dict[str, str]) -> tuple[str, ...] | None:
    """The path, what BuildKit's client adds to it, and every link on the way with what is behind it; None: everything.

    The client does not resolve links below a wildcard, though the copy may follow them, so they are looked up here.
    """
    asked = follow_links([path], links)
    if asked is None:
        return None
    found = dict.fromkeys([path, *asked])
    todo = [path]
    looked: set[str] = set()
    while todo:
        parts = todo.pop()
        if parts in looked or len(looked) > _MOST_FOLDERS:
            continue
        looked.add(parts)
        for link, behind in _links_on(parts.split("/"), links, seen):
            if not behind:
                return None
            found |= dict.fromkeys([link, behind])
            todo.append(behind)
    return tuple(found)


def _links_on(parts: list[str], links: Links, seen: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each link that a path meets first, with the path behind it (``""``: the context itself)."""
    todo = [("", 0)]
    looked = 0
    while todo and looked < _MOST_FOLDERS:
        folder, place = todo.pop()
        looked += 1
        for name in _names(parts[place], folder, links):
            current = f"{folder}/{name}" if folder else name
            target = links.target(current)
            if target is not None:
                seen[current] = target
                start = target if target.startswith("/") else f"{folder}/{target}"
                yield current, clean("/" + "/".join([start, *parts[place + 1 :]])).strip("/")
            elif place + 1 < len(parts):
                todo.append((current, place + 1))


def _names(part: str, folder: str, links: Links) -> Iterable[str]:
    if not has_wildcard(part):
        return [part.replace("\\", "")]
    try:
        return [name for name in links.names(folder) if go_match(part, name)]
    except BadPatternError:
        return []
