"""``ctxsize doctor``: what is wrong with the builds and their ignore files, and what to run next."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from ctxsize.commands.declared import flag, text
from ctxsize.commands.deliver import deliver, page
from ctxsize.commands.options import Options, PathArgument, format_option
from ctxsize.commands.progress import progress
from ctxsize.commands.settle import Settled, choose, settle
from ctxsize.errors import CtxsizeError, ExitCode, SettingsError
from ctxsize.formats import FORMATS
from ctxsize.model import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ctxsize.formats.doctor_view import DoctorView
    from ctxsize.model import Finding
    from ctxsize.rules import Rule

__all__ = ["doctor"]

_FAIL_ON = "Exit with 1 from this severity on: error, warning, info or never [default: error, or the configuration's]."
_SELECT = "Only this rule; may be given again."
_IGNORE = "Not this rule; may be given again. A comment '# ctxsize: ignore=RULE' does it for one line."
_NEVER = "never"


def doctor(
    options: Options,
    path: PathArgument = Path(),
    list_: Annotated[bool, flag("--list", help="List the rules and stop.")] = False,
    fail_on: Annotated[str | None, text("--fail-on", metavar="SEVERITY", help=_FAIL_ON)] = None,
    select: Annotated[tuple[str, ...], text("--select", metavar="RULE", help=_SELECT, many=True)] = (),
    ignore: Annotated[tuple[str, ...], text("--ignore", metavar="RULE", help=_IGNORE, many=True)] = (),
    format_: Annotated[str, format_option("doctor")] = "table",
) -> ExitCode:
    """What is wrong: sources that cannot arrive, wrong contexts, rules that do nothing, secrets that are sent."""
    if list_:
        deliver(FORMATS["doctor"][format_](_listing(path), page(options)), options)
        return ExitCode.OK
    # every build has a say in what an ignore file is good for; the choice comes afterwards
    settled = settle(path, options._replace(build=()))
    names = {build.name for build in choose(settled.builds, options.build)} if options.build else None
    limit = _limit(fail_on, settled)
    rules = _chosen(select, (*ignore, *settled.settings.doctor_ignore))
    view = _view(settled, rules, names, options)
    deliver(FORMATS["doctor"][format_](view, page(options)), options)
    return ExitCode.NO if any(_at_least(one, limit) for one in view.findings) else ExitCode.OK


def _view(settled: Settled, rules: Sequence[Rule], names: set[str] | None, options: Options) -> DoctorView:
    from ctxsize.diagnosis.diagnose import diagnose
    from ctxsize.formats.doctor_view import DoctorView
    from ctxsize.rules import judge

    with progress(options.quiet) as counting:
        found = judge(diagnose(settled.request, progress=counting), rules)
    found = tuple(one for one in found if names is None or one.build in names)
    kept = _unsilenced(settled, found)
    return DoctorView(
        root=str(settled.root),
        findings=kept,
        builds=len(settled.builds) if names is None else len(names),
        silenced=len(found) - len(kept),
        problems=settled.problems,
        rules=_summaries(),
        following=() if options.quiet else tuple(dict.fromkeys(_following(kept))),
        verbose=options.verbose,
    )


def _listing(path: Path) -> DoctorView:
    from ctxsize.formats.doctor_view import DoctorView

    return DoctorView(str(path), rules=_summaries(), listing=True)


def _summaries() -> tuple[tuple[str, Severity, str], ...]:
    from ctxsize.rules import RULES

    return tuple((rule.code, rule.severity, rule.summary) for rule in RULES)


def _chosen(select: Iterable[str], ignore: Iterable[str]) -> list[Rule]:
    from ctxsize.rules import RULES

    wanted, unwanted = list(select), list(ignore)
    known = {rule.code for rule in RULES}
    for code in (*wanted, *unwanted):
        if code not in known:
            raise SettingsError(f"no rule is called {code}", hint=_nearest(code, sorted(known)))
    return [rule for rule in RULES if (not wanted or rule.code in wanted) and rule.code not in unwanted]


def _nearest(code: str, known: list[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(code, known, n=1)
    return (f"did you mean {near[0]}? " if near else "") + "ctxsize doctor --list has them all"


def _limit(given: str | None, settled: Settled) -> Severity | None:
    """None for never."""
    if given is None:
        return settled.settings.fail_on
    if given == _NEVER:
        return None
    if given not in set(Severity):
        raise SettingsError(f"--fail-on {given}: no such severity", hint=f"one of {', '.join(Severity)}, {_NEVER}")
    return Severity(given)


def _at_least(finding: Finding, limit: Severity | None) -> bool:
    from ctxsize.rules import at_least

    return limit is not None and at_least(finding, limit)


def _unsilenced(settled: Settled, found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    from ctxsize.rules.silence import silenced

    texts: dict[str, str] = {}
    for file in {one.file for one in found if one.file}:
        try:
            data = settled.repository.read(file)
        except CtxsizeError:
            continue
        texts[file] = (data or b"").decode("utf-8", "replace")
    return silenced(found, texts)


def _following(found: Sequence[Finding]) -> Iterator[str]:
    """The commands worth running next."""
    mismatched = [one for one in found if one.rule == "context-mismatch" and one.severity is Severity.ERROR]
    if len(mismatched) == 1 and mismatched[0].hint:
        yield mismatched[0].hint
    elif mismatched:
        yield "ctxsize fix"
    if any(one.rule in {"secret-in-context", "vcs-in-context", "git-ignored-but-sent"} for one in found):
        yield "ctxsize suggest"
