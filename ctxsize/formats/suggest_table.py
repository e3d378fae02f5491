"""``suggest`` for people: the diff, what every build sends before and after, what was held back, and advice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.formats.diffs import diff
from ctxsize.formats.line import Line
from ctxsize.formats.text import Page, counted, percent, printable, render
from ctxsize.model import BuilderName
from ctxsize.units import format_size

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ctxsize.formats.suggest_view import SuggestView
    from ctxsize.model import Sent
    from ctxsize.suggest.suggestion import Advice, Suggestion, Weighed

__all__ = ["changed", "instead_of", "suggest", "together", "total", "verdict"]

_LABEL = {BuilderName.BUILDKIT: "BUILDKIT", BuilderName.ARCHIVE: "CLASSIC"}
_MOST = 8
_STYLES = {"+": "green", "-": "red", "@": "cyan"}


def suggest(view: SuggestView, page: Page) -> str:
    return render(_lines(view), page)


def _lines(view: SuggestView) -> Iterator[Line]:
    found = view.suggestion
    yield from _diff(found)
    yield Line(verdict(view), "bold")
    yield from _savings(view)
    yield from _kept_back(view)
    yield from _advice(view)
    for path, reason in found.refused:
        yield _noted("refused", f"{printable(path)}: {printable(reason)}", "bold red")
    for note in found.notes if view.verbose else found.notes[:_MOST]:
        yield _noted("note", printable(note), "dim")
    if found.files and not view.written and not view.quiet:
        yield Line()
        yield Line("Next:  ", "dim").append("ctxsize suggest --write", "cyan")


def verdict(view: SuggestView) -> str:
    """One sentence on what there is to write, or was written."""
    files = counted(len(view.suggestion.files), "ignore file")
    if view.suggestion.files:
        return f"{files} written." if view.written else f"{files} to write."
    if view.suggestion.refused:
        return "Nothing can be written."
    return "Nothing to write: no proven rule would make an upload smaller."


def _diff(found: Suggestion) -> Iterator[Line]:
    for line in diff(found.files).split("\n")[:-1]:
        head = line.startswith(("--- ", "+++ "))
        yield Line(printable(line.removesuffix("\r")), "bold" if head else _STYLES.get(line[:1], ""))
    if found.files:
        yield Line()


# --- savings ----------------------------------------------------------------------------------------


def _savings(view: SuggestView) -> Iterator[Line]:
    """Builds that send less afterwards, a column for each builder, the asked-for one first."""
    order = sorted(BuilderName, key=lambda name: name is not view.builder)
    rows = [(one.name, [changed(one, name) for name in order]) for one in view.suggestion.builds]
    if not view.verbose:
        rows = [row for row in rows if any(_moves(cell) for cell in row[1])]
    if not rows:
        return
    table = [("BUILD", [_LABEL[name] for name in order]), *rows]
    widths = [max(len(printable(name)) for name, _ in table)] + [
        max(len(cells[place]) for _, cells in table) for place in range(len(order))
    ]
    yield Line()
    for place, (name, cells) in enumerate(table):
        line = "  ".join(cell.ljust(width) for cell, width in zip([printable(name), *cells], widths, strict=True))
        yield Line(line.rstrip(), "dim" if place == 0 else "")


def _moves(cell: str) -> bool:
    return "→" in cell


def changed(one: Weighed, builder: BuilderName) -> str:
    """``12 MB → 1 MB (92 % less)``; one size where nothing changes, ``–`` where nothing is sent from here."""
    if one.before is None or one.after is None:
        return "–"
    before, after = _bytes(one.before, builder), _bytes(one.after, builder)
    if before == after and one.before[builder].sent.files == one.after[builder].sent.files:
        return format_size(before)
    word = "less" if after <= before else "more"
    return f"{format_size(before)} → {format_size(after)} ({percent(abs(before - after), before)} {word})"


def _bytes(builders: Mapping[BuilderName, Sent], builder: BuilderName) -> int:
    return builders[builder].sent.bytes


# --- the rest ---------------------------------------------------------------------------------------


def _kept_back(view: SuggestView) -> Iterator[Line]:
    held = sorted(view.suggestion.kept_back, key=lambda one: -one.bytes)
    shown = held if view.verbose else held[:_MOST]
    if not held:
        return
    yield Line()
    yield Line("Held back", "bold")
    for one in shown:
        size = Line(f"  {format_size(one.bytes):>9}  ")
        yield size.append(printable(one.rule), "yellow").append(f"  {printable(one.reason)}")
    yield from _more(len(held) - len(shown))


def _advice(view: SuggestView) -> Iterator[Line]:
    advice = sorted(together(view.suggestion.advice).items(), key=lambda pair: -pair[0].bytes)
    shown = advice if view.verbose else advice[:_MOST]
    if not advice:
        return
    yield Line()
    yield Line("What no ignore file can do", "bold")
    for one, builds in shown:
        head = f"  {', '.join(map(printable, builds))}: {printable(one.file)}:{one.line} "
        yield Line(head).append(printable(one.instruction), "yellow").append(f" reads all {format_size(one.bytes)}")
        if one.instead:
            yield Line(f"    narrower: {instead_of(one, view.verbose)}", "dim")
    yield from _more(len(advice) - len(shown))


def together(advice: Iterable[Advice]) -> dict[Advice, list[str]]:
    """The same advice for several builds, said once; the value are the builds."""
    found: dict[Advice, list[str]] = {}
    for one in advice:
        found.setdefault(one._replace(build=""), []).append(one.build)
    return found


def instead_of(one: Advice, verbose: bool = False) -> str:
    """``src/ 1 MB, package.json 2 kB and 3 more (12 kB)``."""
    shown = one.instead if verbose else one.instead[:6]
    rest = one.instead[len(shown) :]
    parts = ", ".join(f"{printable(each.path)} {format_size(each.bytes)}" for each in shown)
    more = f" and {len(rest)} more ({format_size(sum(each.bytes for each in rest))})" if rest else ""
    return parts + more


def _more(count: int) -> Iterable[Line]:
    return [Line(f"  and {count} more (-v shows all)", "dim")] if count > 0 else []


def _noted(word: str, message: str, style: str) -> Line:
    return Line(f"{word:9}", style).append(message, "default")


def total(builds: Sequence[Weighed], builder: BuilderName) -> tuple[int, int]:
    """All bytes before and after."""
    both = [(one.before, one.after) for one in builds if one.before and one.after]
    return sum(_bytes(before, builder) for before, _ in both), sum(_bytes(after, builder) for _, after in both)
