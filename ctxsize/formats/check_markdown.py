"""``check`` as GitHub-flavoured Markdown, for a pull request's comment or ``$GITHUB_STEP_SUMMARY``.

The first line is a hidden marker by which a comment can be found and replaced. Every cell is escaped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.budget.judge import Status
from ctxsize.budget.limits import Level
from ctxsize.formats.check_view import CheckView, delta, folded, headline, named, reasons
from ctxsize.formats.markdown import code, escaped, rows
from ctxsize.formats.text import counted
from ctxsize.units import docker_size, format_size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ctxsize.budget.judge import Verdict
    from ctxsize.formats.text import Page

__all__ = ["MARKER", "check"]

MARKER = "<!-- ctxsize check -->"
_HEAD = ("", "build", "files", "sent", "docker says", "change", "before")
_RIGHT = (False, False, True, True, True, True, True)
_SIGN = {"fails": "❌", "warns": "⚠️", "error": "❔", "fine": "✅", "gone": "➖"}
# GitHub cuts a comment off at 65,536 characters
_ROWS_AT_MOST = 100


def check(view: CheckView, page: Page) -> str:
    told = [verdict for verdict in view.verdicts if _worth_a_row(verdict)]
    folded = [verdict for verdict in view.verdicts if not _worth_a_row(verdict)]
    against = f", compared with {code(view.against)}" if view.against else ""
    sign = _SIGN["fine" if view.ok else "fails"]
    parts = [MARKER, f"### {sign} docker build contexts", f"**{_text(headline(view))}**{against}"]
    parts += [_table(told), *_violations(view), _folded(folded, view), _problems(view)]
    return "\n\n".join(part for part in parts if part) + "\n"


def _worth_a_row(verdict: Verdict) -> bool:
    changed = verdict.status in {Status.NEW, Status.REMOVED, Status.GREW, Status.SHRANK}
    return bool(verdict.violations or verdict.error or verdict.renamed or changed)


def _table(verdicts: Sequence[Verdict]) -> str:
    if not verdicts:
        return ""
    lines = list(rows(_HEAD, _RIGHT, [_row(verdict) for verdict in verdicts[:_ROWS_AT_MOST]]))
    if len(verdicts) > _ROWS_AT_MOST:
        lines.append(f"\nand {counted(len(verdicts) - _ROWS_AT_MOST, 'more build')}")
    return "\n".join(lines)


def _row(verdict: Verdict) -> list[str]:
    name = code(verdict.name) + (f" (was {code(verdict.renamed)})" if verdict.renamed else "")
    before = format_size(verdict.baseline.total.bytes) if verdict.baseline else ""
    change = _text(delta(verdict))
    if verdict.sent is None:
        return [_sign(verdict), name, "", "cannot be measured" if verdict.error else "", "", change, before]
    total = verdict.sent.total
    says = "–" if total.transfer is None else docker_size(total.transfer)
    return [_sign(verdict), name, f"{total.files:,}", format_size(total.bytes), says, change, before]


def _sign(verdict: Verdict) -> str:
    if verdict.fails:
        return _SIGN["fails"]
    if verdict.violations:
        return _SIGN["warns"]
    if verdict.error:
        return _SIGN["error"]
    return _SIGN["gone"] if verdict.measurement is None else _SIGN["fine"]


def _violations(view: CheckView) -> Iterator[str]:
    found = list(folded(view))
    for verdicts, violation in found[:_ROWS_AT_MOST]:
        sign = _SIGN["fails" if violation.level is Level.ERROR else "warns"]
        where = f" ({code(str(violation.where))})" if violation.where else ""
        lines = [f"{sign} **{code(named(verdicts))}** {_text(violation.message)}{where}"]
        lines += [f"\n> {_text(violation.hint)}\n"] if violation.hint else []
        lines += [f"- {_text(line)}" for line in reasons(violation, view.verbose)]
        yield "\n".join(lines)
    if len(found) > _ROWS_AT_MOST:
        yield f"and {counted(len(found) - _ROWS_AT_MOST, 'more finding')}"


def _folded(verdicts: Sequence[Verdict], view: CheckView) -> str:
    if not verdicts:
        return ""
    what = "unchanged" if view.against else "fine"
    summary = f"<summary>{counted(len(verdicts), 'build')} {what}</summary>"
    return f"<details>{summary}\n\n{_table(verdicts)}\n\n</details>"


def _problems(view: CheckView) -> str:
    lines = [f"- not compared: {code(problem.path)}: {_text(problem.message)}" for problem in view.problems]
    lines += [f"- cannot be measured: {code(one.name)}: {_text(one.error)}" for one in view.verdicts if one.error]
    return "\n".join(lines)


def _text(text: str) -> str:
    """Escaped, and nobody is told: GitHub looks for names behind an @ after it has undone all escapes."""
    return escaped(text).replace("\\@", "@<!-- -->")
