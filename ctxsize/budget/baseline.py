"""The baseline file: a head with the schema, then one line of JSON a build, sorted by name.

Lines stand for themselves (no commas, no nesting), so that git merges two branches that touched different builds, and
``merge=union`` merges the rest. Text in, text out.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from ctxsize.budget.figures import Figures, Identity, Upload
from ctxsize.errors import InputError
from ctxsize.model import BuilderName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["SCHEMA", "Baseline", "Recorded", "dump", "is_newer", "parse", "renewed"]

SCHEMA = "ctxsize.baseline/1"
_FAMILY = "ctxsize.baseline/"
_AGAIN = "write it anew with: ctxsize check --update"
# field of ``Figures`` → key
_KEYS = {"files": "files", "dirs": "dirs", "bytes": "bytes", "transfer": "transfer_bytes", "walked": "walked",
         "waste": "waste"}  # fmt: skip


class Recorded(NamedTuple):
    """One build's line. ``parts`` are the heaviest folders and files that made up a builder's upload, by size."""

    name: str
    identity: Identity
    uploads: Mapping[BuilderName, Upload]
    parts: Mapping[BuilderName, Mapping[str, int]] = MappingProxyType({})


class Baseline(NamedTuple):
    """Builds by name."""

    builds: Mapping[str, Recorded]


def dump(builds: Iterable[Recorded]) -> str:
    """The file's text; the same builds give the same text, whatever their order."""
    import json

    lines = [{"schema": SCHEMA}, *(_line(one) for one in sorted(builds, key=lambda one: one.name))]
    return "".join(json.dumps(line, separators=(", ", ": ")) + "\n" for line in lines)


def _line(one: Recorded) -> dict[str, Any]:
    head: dict[str, Any] = {"build": one.name, "dockerfile": one.identity.dockerfile, "context": one.identity.context}
    if one.identity.target is not None:
        head["target"] = one.identity.target
    names = [name for name in BuilderName if name in one.uploads]
    return head | {name.value: _upload(one.uploads[name], one.parts.get(name, {})) for name in names}


def _upload(upload: Upload, parts: Mapping[str, int]) -> dict[str, Any]:
    named = {name: _numbers(figures) for name, figures in sorted(upload.named.items())}
    more = {"named": named, "parts": dict(sorted(parts.items()))}
    return _numbers(upload.main) | {key: value for key, value in more.items() if value}


def _numbers(figures: Figures) -> dict[str, int | None]:
    return {key: getattr(figures, name) for name, key in _KEYS.items()}


def parse(data: bytes, file: str) -> Baseline:
    """Raises InputError with the line for anything that is not a baseline of a schema that is known here."""
    if not data.strip():
        raise InputError("the baseline is empty", where=file, hint=_AGAIN)
    lines = [(number, line) for number, line in enumerate(data.split(b"\n"), 1) if line.strip()]
    _check_schema(_object(*lines[0], file), f"{file}:{lines[0][0]}")
    builds: dict[str, Recorded] = {}
    for number, line in lines[1:]:
        where = f"{file}:{number}"
        recorded = _recorded(_object(number, line, file), where)
        if recorded.name in builds and builds[recorded.name] != recorded:
            raise InputError(f"{recorded.name} stands here twice, with different numbers", where=where, hint=_AGAIN)
        builds[recorded.name] = recorded
    return Baseline(builds)


def _object(number: int, line: bytes, file: str) -> dict[str, Any]:
    import json

    where = f"{file}:{number}"
    if line.startswith((b"<<<<<<<", b"=======", b">>>>>>>")):
        raise InputError("a merge conflict is not resolved", where=where, hint=f"keep either side, then {_AGAIN}")
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise InputError("this is no baseline of ctxsize", where=where, hint=_AGAIN)
    return found


def is_newer(data: bytes) -> bool:
    """Whether a newer ctxsize wrote this baseline."""
    import json

    try:
        head = json.loads(data.split(b"\n", 1)[0])
    except (ValueError, RecursionError):
        return False
    return isinstance(head, dict) and _other_schema(head.get("schema"))


def _other_schema(schema: Any) -> bool:
    known = isinstance(schema, str) and schema.startswith(_FAMILY) and schema.removeprefix(_FAMILY).isdecimal()
    return known and schema != SCHEMA


def _check_schema(head: dict[str, Any], where: str) -> None:
    schema = head.get("schema")
    if schema == SCHEMA:
        return
    if _other_schema(schema):
        message = f"the baseline has schema {schema}, and this ctxsize knows {SCHEMA}"
        raise InputError(message, where=where, hint="a newer ctxsize wrote it: update ctxsize")
    raise InputError("the first line must name the schema", where=where, hint=f'{{"schema": "{SCHEMA}"}}, or {_AGAIN}')


def _recorded(line: dict[str, Any], where: str) -> Recorded:
    try:
        name, identity = line["build"], Identity(line["dockerfile"], line["context"], line.get("target"))
        if not isinstance(name, str) or not isinstance(identity.context, str):
            raise TypeError
        builders = {builder: line[builder.value] for builder in BuilderName if builder.value in line}
        uploads = {builder: _uploaded(numbers) for builder, numbers in builders.items()}
        parts = {builder: _parts(numbers["parts"]) for builder, numbers in builders.items() if "parts" in numbers}
    except (KeyError, TypeError, AttributeError):
        raise InputError("this line describes no build", where=where, hint=_AGAIN) from None
    return Recorded(name, identity, uploads, parts)


def _uploaded(numbers: dict[str, Any]) -> Upload:
    named = {name: _figures(theirs) for name, theirs in numbers.get("named", {}).items()}
    return Upload(_figures(numbers), named)


def _figures(numbers: dict[str, Any]) -> Figures:
    transfer = numbers[_KEYS["transfer"]]
    plain = {name: _number(numbers[key]) for name, key in _KEYS.items() if name != "transfer"}
    return Figures(**plain, transfer=None if transfer is None else _number(transfer))


def _parts(parts: dict[str, Any]) -> dict[str, int]:
    return {path: _number(size) for path, size in parts.items()}


def _number(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(value)
    return value


def renewed(old: Recorded | None, new: Recorded, *, ratchet: bool = False) -> Recorded:
    """The line to keep: the new figures, the old ones of builders that were not measured anew, and in ratchet mode
    those of builders that send more than they did."""
    if old is None:
        return new
    both = {name: upload for name, upload in new.uploads.items() if ratchet and name in old.uploads}
    grew = {name for name, upload in both.items() if upload.total.bytes > old.uploads[name].total.bytes}
    taken = {name: upload for name, upload in new.uploads.items() if name not in grew}
    kept = {name: parts for name, parts in new.parts.items() if name not in grew}
    return Recorded(new.name, new.identity, {**old.uploads, **taken}, {**old.parts, **kept})
