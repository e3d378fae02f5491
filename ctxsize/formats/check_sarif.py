"""``check`` as SARIF 2.1.0, for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ctxsize import __version__
from ctxsize.budget.limits import Level
from ctxsize.formats.check_gitlab import fingerprint, place
from ctxsize.formats.check_view import TITLES, issues, reasons
from ctxsize.formats.text import printable

if TYPE_CHECKING:
    from ctxsize.budget.judge import Verdict, Violation
    from ctxsize.formats.check_view import CheckView
    from ctxsize.formats.text import Page

__all__ = ["check", "uri"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVEL = {Level.ERROR: "error", Level.WARN: "warning"}


def check(view: CheckView, page: Page) -> str:
    import json

    rules = list(TITLES)
    run = {
        "tool": {"driver": {
            "name": "ctxsize",
            "semanticVersion": __version__,
            "rules": [_rule(name) for name in rules],
        }},
        "originalUriBaseIds": {"ROOT": {"description": {"text": "The repository's root."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(*pair, view, rules) for pair in issues(view)],
        "invocations": [{
            "executionSuccessful": True,
            "toolExecutionNotifications": [
                {"level": "warning", "message": {"text": printable(f"{verdict.name}: {verdict.error}")}}
                for verdict in view.verdicts if verdict.error
            ],
        }],
    }  # fmt: skip
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(name: str) -> dict[str, Any]:
    sentence = TITLES[name][0].upper() + TITLES[name][1:] + "."
    return {"id": name, "shortDescription": {"text": sentence}, "defaultConfiguration": {"level": "error"}}


def _result(verdict: Verdict, violation: Violation, view: CheckView, rules: list[str]) -> dict[str, Any]:
    file, line = place(verdict, violation)
    text = [f"{verdict.name}: {violation.message}", *reasons(violation, view.verbose)]
    text += [violation.hint] if violation.hint else []
    return {
        "ruleId": violation.budget,
        "ruleIndex": rules.index(violation.budget),
        "level": _LEVEL[violation.level],
        "message": {"text": "\n".join(map(printable, text))},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": uri(file), "uriBaseId": "ROOT"},
            "region": {"startLine": line},
        }}],
        "partialFingerprints": {"ctxsize/v1": fingerprint(verdict, violation)},
    }  # fmt: skip


def uri(path: str) -> str:
    """A path as a relative reference; bytes that are not UTF-8 are escaped as they are."""
    from urllib.parse import quote

    # a colon in the first part would make it a scheme
    return quote(path.encode("utf-8", "surrogateescape"), safe="/")
