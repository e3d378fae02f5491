"""What stands below the numbers of a report: errors, findings, assumptions, unreadable paths, and what to run next.

The same remark of many builds is one line that says of how many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ctxsize.formats.labels import LABEL, surely
from ctxsize.formats.line import Line
from ctxsize.formats.text import Page, counted, printable
from ctxsize.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ctxsize.formats.views import ReportView
    from ctxsize.model import Finding, Measurement, NamedSent

__all__ = ["Note", "collected", "following", "notes"]

_STYLE = {"error": "bold red", "warning": "yellow", "info": "cyan", "assumed": "dim", "unread": "yellow"}
# the builder cannot even begin; the same is then a problem of the repository
_NO_CONTEXT = "unable to prepare context: "
_MOST = 6
_MOST_ERRORS = 12


class Note(NamedTuple):
    """``word`` is error, warning, info, assumed or unread; ``where`` a file, ``file:line`` or path."""

    word: str
    where: str | None
    message: str
    hint: str | None = None


# true of nearly every build, so it is said once
_IMAGES = Note(
    "assumed", None, "base images bring no ONBUILD instructions and no variables that paths use (-v names them)"
)
_INFERRED = Note(
    "assumed", None, "contexts of Dockerfiles that nothing declares are inferred (-v says from what, -f overrules it)"
)


def notes(view: ReportView, page: Page) -> Iterator[Line]:
    found = collected(view)
    shown = found if view.verbose else _limited(found, _MOST_ERRORS if view.brief else len(found))
    if found:
        yield Line()
    for note, builds in shown.items():
        yield from _lines(note, builds, len(view.measurements), page)
    if len(shown) < len(found):
        yield Line(f"{'':9}and {counted(len(found) - len(shown), 'more remark')} (-v shows all)", "dim")


def collected(view: ReportView) -> dict[Note, tuple[str, ...]]:
    """Every note once, worst first, with the builds that it is about (none for the repository's problems)."""
    found: dict[Note, list[str]] = {}
    for one in view.measurements:
        if view.brief and one.build.declared.kind == "inferred" and surely(one):
            found.setdefault(_INFERRED, []).append(one.build.name)
        for note in _of(one, view.verbose):
            names = found.setdefault(note, [])
            if one.build.name not in names:
                names.append(one.build.name)
    missing = {context for one in view.measurements for context in _missing(one)}
    for problem in view.problems:
        if (problem.path, _NO_CONTEXT + problem.message) not in missing:
            found.setdefault(Note("unread", problem.path, problem.message), [])
    order = list(_STYLE)
    kept = [note for note in found if note.word == "error" or not view.quiet]
    return {note: tuple(found[note]) for note in sorted(kept, key=lambda note: order.index(note.word))}


def _of(one: Measurement, verbose: bool) -> Iterator[Note]:
    yield from _stops(one)
    for named in one.named:
        yield from _named(named)
    for finding in one.findings:
        if _follows(finding, one):
            continue
        where = f"{finding.file}:{finding.line}" if finding.file and finding.line else finding.file
        yield Note(finding.severity.value, where, finding.message, finding.hint)
    for assumption in one.assumptions:
        if assumption.kind == "image" and not verbose:
            yield _IMAGES
        else:
            yield Note("assumed", str(assumption.where) if assumption.where else None, assumption.message)
    for problem in one.problems:
        yield Note("unread", problem.path, problem.message)


def _missing(one: Measurement) -> Iterator[tuple[str, str]]:
    """(path, error) of the contexts that are not there."""
    contexts = [(one.build.context, sent) for sent in (one.builders or {}).values()]
    for path, sent in [*contexts, *((named.path, named.sent) for named in one.named)]:
        if sent.error and sent.error.startswith(_NO_CONTEXT):
            yield path, sent.error


def _stops(one: Measurement) -> Iterator[Note]:
    """Why a builder stops, unless a finding says so; what stops both is said once."""
    said = {finding.message for finding in one.findings}
    stopped: dict[str, list[str]] = {}
    for name, sent in (one.builders or {}).items():
        if sent.error and sent.error not in said:
            stopped.setdefault(sent.error, []).append(LABEL[name])
    for error, names in stopped.items():
        who = f"the {names[0]} builder stops: " if len(names) == 1 else ""
        where = one.build.context if error.startswith(_NO_CONTEXT) else None
        yield Note(Severity.ERROR.value, where, who + error)


def _follows(finding: Finding, one: Measurement) -> bool:
    """A Dockerfile in a context that is not there cannot be there either."""
    gone = any(path == one.build.context for path, _ in _missing(one))
    return gone and finding.rule == "build-fails" and (finding.file or "").startswith(f"{one.build.context}/")


def _named(named: NamedSent) -> Iterator[Note]:
    sent, where = named.sent, f"named context {named.name}"
    if sent.error:
        at = f" ({named.path})" if sent.error.startswith(_NO_CONTEXT) else ""
        yield Note(Severity.ERROR.value, where + at, sent.error)
    if sent.emptied:
        some = ", ".join(sent.emptied[:3]) + (", …" if len(sent.emptied) > 3 else "")
        yield Note(Severity.ERROR.value, where, f"{counted(len(sent.emptied), 'file')} would arrive empty: {some}")


def _limited(found: dict[Note, tuple[str, ...]], errors: int) -> dict[Note, tuple[str, ...]]:
    """So many errors; of every other kind the first few."""
    kept: dict[Note, tuple[str, ...]] = {}
    count: dict[str, int] = {}
    for note, builds in found.items():
        count[note.word] = count.get(note.word, 0) + 1
        if count[note.word] <= (errors if note.word == "error" else _MOST):
            kept[note] = builds
    return kept


def _lines(note: Note, builds: tuple[str, ...], of: int, page: Page) -> Iterator[Line]:
    head = f"{note.word:9}"
    body = ": ".join(printable(part) for part in (note.where, note.message) if part)
    if builds and of > 1:
        body += f" ({_about(builds, of)})"
    first = True
    for text in [body, *([f"hint: {printable(note.hint)}"] if note.hint else [])]:
        for piece in _wrapped(text, page, len(head)):
            line = Line(head if first else " " * len(head), _STYLE[note.word])
            yield line.append(piece, "dim" if text is not body else "default")
            first = False


def _about(builds: tuple[str, ...], of: int) -> str:
    if len(builds) == of:
        return "in every build"
    if len(builds) > 3:
        return f"in {len(builds)} of {of} builds"
    return "in " + ", ".join(map(printable, builds))


def _wrapped(text: str, page: Page, used: int) -> list[str]:
    if page.width is None:
        return [text]
    from textwrap import wrap

    # a path must stay in one piece, so that it can be copied
    return wrap(text, max(20, page.width - used), break_long_words=False, break_on_hyphens=False) or [""]


def following(view: ReportView) -> Iterable[Line]:
    if not view.following:
        return
    yield Line()
    for position, command in enumerate(view.following):
        yield Line("Next:  " if position == 0 else " " * 7, "dim").append(printable(command), "cyan")
