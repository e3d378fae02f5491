r"""The JSON that other programs read: key names, nulls and order as the contract fixes them.

Pure ASCII on the wire, so that no terminal acts on a name; bytes of a name that are not UTF-8 stand as the
text ``\xNN``. Keys may be added within a schema number, never renamed or dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ctxsize.formats.text import Page, plain
from ctxsize.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ctxsize.formats.views import ExplainView, LsView, ReportView
    from ctxsize.listing import ExplainedBuild
    from ctxsize.model import (
        Assumption,
        BuildDefinition,
        Entry,
        Finding,
        Location,
        Measurement,
        NamedContext,
        NamedSent,
        Problem,
        Sent,
        Totals,
    )

__all__ = ["dumps", "explain", "finding", "ls", "place", "problems", "report", "sent_totals", "totals"]


def report(view: ReportView, page: Page) -> str:
    return dumps({
        "schema": "ctxsize.report/1",
        "root": view.root,
        "builds": [_build(measurement) for measurement in view.measurements],
        "problems": problems(view.problems),
    })


def ls(view: LsView, page: Page) -> str:
    head: dict[str, Any] = {
        "schema": "ctxsize.ls/1", "build": view.build, "builder": view.builder.value, "set": view.which,
    }  # fmt: skip
    if view.which == "sent":
        head["transfer_bytes"] = view.transfer_bytes
    return _one_a_line(head, "entries", view.entries)


def explain(view: ExplainView, page: Page) -> str:
    return dumps({
        "schema": "ctxsize.explain/1",
        "paths": [
            {"path": path, "exists": path not in view.missing, "builds": [_explained(one) for one in builds]}
            for path, builds in view.paths
        ],
    })


def dumps(value: dict[str, Any]) -> str:
    """``value`` as indented ASCII JSON that ends in a newline; every text in it made encodable."""
    import json

    return json.dumps(_encodable(value), indent=2) + "\n"


def _one_a_line(head: dict[str, Any], key: str, entries: Iterable[Entry]) -> str:
    """``dumps(head | {key: entries})`` with an entry a line, put together by hand because entries are many."""
    from json.encoder import encode_basestring_ascii as quoted

    body = ",\n    ".join([
        f'{{"path": {quoted(plain(_path(entry)))}, "kind": "{entry.kind.value}", "bytes": {entry.bytes}}}'
        for entry in entries
    ])
    if not body:
        return dumps(head | {key: []})
    return f'{dumps(head)[:-3]},\n  "{key}": [\n    {body}\n  ]\n}}\n'


def totals(value: Totals) -> dict[str, Any]:
    return {"files": value.files, "dirs": value.dirs, "bytes": value.bytes}


def sent_totals(value: Sent) -> dict[str, Any]:
    return totals(value.sent) | {"transfer_bytes": value.transfer_bytes}


def finding(value: Finding) -> dict[str, Any]:
    return {
        "rule": value.rule, "severity": value.severity.value, "message": value.message, "hint": value.hint,
        "file": value.file, "line": value.line,
    }  # fmt: skip


def place(where: Location | None) -> dict[str, Any]:
    return {"file": where.file if where else None, "line": where.line if where else None}


def problems(found: Iterable[Problem]) -> list[dict[str, str]]:
    return [{"path": one.path, "message": one.message} for one in found]


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {key: _encodable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_encodable(item) for item in value]
    return value


def _build(measurement: Measurement) -> dict[str, Any]:
    build, builders = measurement.build, measurement.builders
    return {
        "name": build.name,
        "declared": _declared(build),
        "dockerfile": build.dockerfile,
        "context": build.context,
        "target": build.target,
        "profiles": build.declared.profiles,
        "ignore_file": measurement.ignore_file,
        "builders": None if builders is None else {name.value: _sent(sent) for name, sent in builders.items()},
        "heaviest": [
            {"path": waste.path, "class": waste.klass.value, "files": waste.totals.files, "bytes": waste.totals.bytes,
             "why": waste.why}
            for waste in measurement.heaviest
        ],
        "named_contexts": _named_contexts(measurement),
        "assumptions": [_assumption(one) for one in measurement.assumptions],
        "findings": [finding(one) for one in measurement.findings],
        "problems": problems(measurement.problems),
        "error": build.broken,
    }  # fmt: skip


def _declared(build: BuildDefinition) -> dict[str, Any]:
    declared = build.declared
    return {"kind": declared.kind, "file": declared.file, "line": declared.line, "note": declared.note}


def _sent(sent: Sent) -> dict[str, Any]:
    return {
        "sent": sent_totals(sent),
        "used": totals(sent.used),
        "junk": totals(sent.junk),
        "unused": totals(sent.unused),
        "walked": sent.walked,
        "emptied": sent.emptied,
        "error": sent.error,
    }


def _named_contexts(measurement: Measurement) -> list[dict[str, Any]]:
    measured = {named.name: named for named in measurement.named}
    return [_named(context, measured.get(context.name)) for context in measurement.build.contexts]


def _named(context: NamedContext, named: NamedSent | None) -> dict[str, Any]:
    return {
        "name": context.name,
        "kind": context.kind,
        "value": context.value,
        "path": context.path,
        "ignore_file": named.ignore_file if named else None,
        "buildkit": _sent(named.sent) if named else None,
    }


def _assumption(assumption: Assumption) -> dict[str, Any]:
    return {"message": assumption.message, **place(assumption.where)}


def _path(entry: Entry) -> str:
    return entry.path + "/" if entry.kind is Kind.DIR else entry.path


def _explained(one: ExplainedBuild) -> dict[str, Any]:
    by = one.ignored_by
    return {
        "build": one.build,
        "sent": one.sent,
        "class": one.klass.value if one.klass else None,
        "ignored_by": {"file": by.file, "line": by.line, "pattern": by.pattern} if by else None,
        "read_by": [{"file": read.file, "line": read.line, "instruction": read.instruction} for read in one.read_by],
        "error": one.error,
    }
