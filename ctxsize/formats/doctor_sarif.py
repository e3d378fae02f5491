"""``doctor`` as SARIF 2.1.0, for code scanning: https://docs.oasis-open.org/sarif/sarif/v2.1.0/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ctxsize import __version__
from ctxsize.formats.check_sarif import uri
from ctxsize.formats.doctor_view import issues
from ctxsize.formats.text import printable
from ctxsize.model import Severity

if TYPE_CHECKING:
    from ctxsize.formats.doctor_view import DoctorView, Issue
    from ctxsize.formats.text import Page

__all__ = ["doctor"]

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}


def doctor(view: DoctorView, page: Page) -> str:
    import json

    codes = [code for code, _, _ in view.rules]
    rules = [_rule(*one) for one in view.rules]
    run = {
        "tool": {"driver": {"name": "ctxsize", "semanticVersion": __version__, "rules": rules}},
        "originalUriBaseIds": {"ROOT": {"description": {"text": "The repository's root."}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(issue, codes) for issue in issues(view)],
        "invocations": [{"executionSuccessful": True}],
    }
    return json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2) + "\n"


def _rule(code: str, severity: Severity, summary: str) -> dict[str, Any]:
    sentence = f"{summary[0].upper()}{summary[1:]}."
    return {"id": code, "shortDescription": {"text": sentence}, "defaultConfiguration": {"level": _LEVEL[severity]}}


def _result(issue: Issue, codes: list[str]) -> dict[str, Any]:
    finding = issue.finding
    text = "\n".join(printable(part) for part in (finding.message, finding.hint) if part)
    return {
        "ruleId": finding.rule,
        "ruleIndex": codes.index(finding.rule),
        "level": _LEVEL[finding.severity],
        "message": {"text": text},
        "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": uri(finding.file or "."), "uriBaseId": "ROOT"},
            "region": {"startLine": finding.line or 1},
        }}],
        "partialFingerprints": {"ctxsize/v1": _print(finding.rule, finding.file, issue.builds)},
    }  # fmt: skip


def _print(*parts: object) -> str:
    """The same finding has the same print from run to run: no lines and no sizes in it."""
    from hashlib import sha256

    return sha256("\0".join(map(str, parts)).encode("utf-8", "surrogateescape")).hexdigest()
