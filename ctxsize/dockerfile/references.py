"""Names of images as Docker compares them: ``alpine`` is ``docker.io/library/alpine:latest``.

Named contexts are looked up by the same names. Follows ``github.com/distribution/reference``.
"""

from __future__ import annotations

import re

__all__ = ["BadNameError", "normal_name"]

_PART = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_HOST = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = rf"(?:{_HOST}(?:\.{_HOST})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_REFERENCE = re.compile(
    rf"(?:{_DOMAIN}/)?{_PART}(?:/{_PART})*(?P<tag>:\w[\w.-]{{0,127}})?"
    r"(?P<digest>@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?\Z",
    re.ASCII,
)


class BadNameError(Exception):
    """A name that is no image's, in Docker's words."""


def normal_name(name: str) -> str:
    """The full name, with registry and tag. Raises BadNameError."""
    if re.fullmatch("[a-f0-9]{64}", name):
        raise BadNameError(f"invalid repository name ({name}), cannot specify 64-byte hexadecimal strings")
    domain, rest = _split(name)
    path = rest.split(":")[0]
    if path != path.lower():
        raise BadNameError(f"invalid reference format: repository name ({path}) must be lowercase")
    full = f"{domain}/{rest}"
    found = _REFERENCE.match(full)
    if found is None:
        raise BadNameError("invalid reference format")
    return full if found["tag"] or found["digest"] else f"{full}:latest"


def _split(name: str) -> tuple[str, str]:
    domain, slash, rest = name.partition("/")
    local = not any(sign in domain for sign in ".:") and domain != "localhost" and domain == domain.lower()
    if not slash or local:
        domain, rest = "docker.io", name
    if domain == "index.docker.io":
        domain = "docker.io"
    return domain, f"library/{rest}" if domain == "docker.io" and "/" not in rest else rest
