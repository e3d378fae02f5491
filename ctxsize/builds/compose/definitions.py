"""A merged service to a ``BuildDefinition``: the checks of Compose's schema, defaults, args from the environment.

Follows compose-go 2.9 (``schema``, ``normalize``, ``validate``).
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any, NamedTuple

from ctxsize.builds.compose.merge import Fault, unique
from ctxsize.builds.compose.places import from_root, is_local
from ctxsize.builds.compose.values import Item, Timestamp, printed
from ctxsize.errors import InputError
from ctxsize.model import BuildDefinition, Declaration, NamedContext

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

__all__ = ["Definer"]

_TEXTS = ("context", "dockerfile", "dockerfile_inline", "isolation", "network", "target")
_LISTS = ("cache_from", "cache_to", "entitlements", "platforms", "tags")
_OTHERS = (
    "additional_contexts", "args", "extra_hosts", "labels", "no_cache", "privileged", "provenance", "pull", "sbom",
    "secrets", "shm_size", "ssh", "ulimits",
)  # fmt: skip
_KNOWN = frozenset((*_TEXTS, *_LISTS, *_OTHERS))
_KINDS = {"service:": "service", "target:": "target", "docker-image://": "image", "oci-layout://": "layout"}


class Definer(NamedTuple):
    """``folder`` is the project's, which a build without a context builds."""

    folder: str
    variables: Mapping[str, str]
    root: Path | None = None

    def define(self, name: str, service: Item) -> BuildDefinition | InputError | None:
        """None for a service that is not built, an error for one of which nobody can tell whether it is."""
        if isinstance(service.value, Fault):
            if not service.value.built:
                return InputError(service.value.message, where=service.where)
            declared = Declaration("compose", service.file, service.line, name)
            return self.broken(name, declared, service.value.message)
        build = service.value.get("build")
        if build is None:
            return None
        declared = Declaration("compose", build.file, build.line, name, _profiles(service))
        try:
            _check(build, f"services.{name}.build")
            return self.defined(name, declared, build, service.value.get("platform"))
        except InputError as error:
            return self.broken(name, declared, error.message)

    def broken(self, name: str, declared: Declaration, message: str) -> BuildDefinition:
        return BuildDefinition(name, declared, self.folder or ".", None, broken=message)

    def defined(self, name: str, declared: Declaration, build: Item, platform: Item | None) -> BuildDefinition:
        def text(key: str) -> str:
            item = build.value.get(key)
            return item.value if item is not None else ""

        if text("dockerfile") and text("dockerfile_inline"):
            message = f'service "{name}" declares mutually exclusive dockerfile and dockerfile_inline'
            raise InputError(message, where=build.where)
        written = text("context")
        remote = not is_local(written)
        context = written if remote else from_root(written or self.folder, self.root)
        named = [child.value for child in _children(build, "platforms")]
        if not named and platform is not None and isinstance(platform.value, str) and platform.value:
            named = [platform.value]
        return BuildDefinition(
            name, declared, context,
            None if remote or text("dockerfile_inline") else self.dockerfile(context, text("dockerfile")),
            remote=remote,
            inline=text("dockerfile_inline") or None,
            target=text("target") or None,
            args=self.args(build.value.get("args"), f"services.{name}.build.args"),
            contexts=tuple(self.named(key, item.value) for key, item in _pairs(build, "additional_contexts")),
            platforms=tuple(named),
        )  # fmt: skip

    def dockerfile(self, context: str, name: str) -> str:
        return from_root(posixpath.join(context, name or "Dockerfile"), self.root)

    def named(self, name: str, value: str) -> NamedContext:
        if is_local(value):
            path = from_root(value or self.folder, self.root)
            return NamedContext(name, "local", path, path)
        kind = next((kind for prefix, kind in _KINDS.items() if value.startswith(prefix)), "remote")
        return NamedContext(name, kind, value)

    def args(self, item: Item | None, path: str) -> tuple[tuple[str, str], ...]:
        """An argument without a value takes that of the variable of its name, and is dropped if there is none."""
        if item is None:
            return ()
        pairs = _from_mapping(item.value, path) if isinstance(item.value, dict) else _from_list(item, path)
        values = {key: self.variables.get(key) if value is None else value for key, value in pairs.items()}
        return tuple((key, value) for key, value in values.items() if value is not None)


def _from_mapping(mapping: dict[str, Item], path: str) -> dict[str, str | None]:
    for key, child in mapping.items():
        if isinstance(child.value, dict | list | Timestamp):
            raise InputError(f"{path}.{key} must be a string, a number, a boolean or null", where=child.where)
    return {key: None if child.value is None else printed(child.value) for key, child in mapping.items()}


def _from_list(item: Item, path: str) -> dict[str, str | None]:
    pairs: dict[str, str | None] = {}
    for word in unique(item.value, path):
        key, equals, value = word.value.partition("=")
        if key and key[-1].isspace():
            raise InputError(f"{path}: environment variable {key} is declared with a trailing space", where=word.where)
        pairs[key] = value if equals else None
    return pairs


def _profiles(service: Item) -> tuple[str, ...]:
    item = service.value.get("profiles")
    words = item.value if item is not None and isinstance(item.value, list) else []
    return tuple(dict.fromkeys(printed(word.value) for word in words))


def _children(build: Item, key: str) -> list[Item]:
    item = build.value.get(key)
    return item.value if item is not None else []


def _pairs(build: Item, key: str) -> list[tuple[str, Item]]:
    item = build.value.get(key)
    return list(item.value.items()) if item is not None else []


def _check(build: Item, path: str) -> None:
    """Raises InputError for a build that Compose's schema refuses."""
    if build.value is None:
        raise InputError(f"{path} must be a string or a mapping", where=build.where)
    checks: dict[str, tuple[Callable[[Any], bool], str]] = {
        **dict.fromkeys(_TEXTS, (_is_text, "a string")),
        **dict.fromkeys(_LISTS, (_is_list_of_text, "a list of strings")),
        "args": (lambda value: isinstance(value, dict | list), "a mapping or a list"),
    }
    for key, item in build.value.items():
        if key not in _KNOWN and not key.startswith("x-"):
            raise InputError(f"{path}: additional properties '{key}' not allowed", where=item.where)
        accepts, wanted = checks.get(key, (lambda value: True, ""))
        if not accepts(item.value):
            raise InputError(f"{path}.{key} must be {wanted}", where=item.where)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and not isinstance(value, Timestamp)


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(child.value) for child in value)
