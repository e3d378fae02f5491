"""The services of a project as Compose merges them: files, documents, ``extends``, ``include``, resets.

Of a service only what shapes its build is kept. One that cannot be read becomes a ``Fault`` in its place, so that it
takes no other down. Follows compose-go 2.9 (``loader``), but for one rule of 2.10: a service that is both included
and declared is merged, where 2.9 refuses.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, Any, NamedTuple

from ctxsize.builds.compose.canonical import canonical_service
from ctxsize.builds.compose.document import MAX_DEPTH
from ctxsize.builds.compose.merge import Fault, merge_service, merge_services, without
from ctxsize.builds.compose.places import is_remote_file, located
from ctxsize.builds.compose.templating import Filler, faults_beside_services
from ctxsize.builds.compose.values import Document, Item
from ctxsize.builds.compose.variables import default_env_file, with_env_files
from ctxsize.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ctxsize.builds.compose.source import Files

__all__ = ["KEPT", "Scope", "ServiceReader", "Services"]

KEPT = ("build", "extends", "platform", "profiles")

Services = dict[str, Item]

# errors of includes that are told of one project
_ENOUGH = 20


class Scope(NamedTuple):
    """A set of files that share a project folder and variables. ``trail`` holds the files that led here."""

    folder: str
    variables: Mapping[str, str]
    trail: tuple[str, ...]
    bases: dict[str, tuple[Services, Document]]


class ServiceReader:
    """Reads one project. What goes wrong beside the services themselves is collected in ``errors``."""

    def __init__(self, files: Files, environ: Mapping[str, str]) -> None:
        self.files = files
        self.environ = environ
        self.errors: list[InputError] = []

    def read(self, paths: tuple[str, ...], scope: Scope) -> Services:
        """The services of the files laid over one another."""
        merged: Services = {}
        for path in paths:
            try:
                source = self.files.source(path)
            except InputError as error:
                self.errors.append(error)
                continue
            inner = Scope(scope.folder, scope.variables, (*scope.trail, path), scope.bases)
            for root, document in zip(source.roots, source.documents, strict=True):
                self.errors.extend(faults_beside_services(root, KEPT, scope.variables, path))
                merged = self.lay_over(merged, document, inner)
        return merged

    def lay_over(self, merged: Services, document: Document, scope: Scope) -> Services:
        filler = Filler(scope.variables)
        own = self.own(document, filler, scope, scope.folder)
        for name in own:
            own[name] = self.extended(name, own, document, scope, ())
        merged = without(merged, ("services",), document.resets)
        own = self.with_included(own, document, filler, scope)
        return merge_services(merged, own)

    # --- one document --------------------------------------------------------------------------------

    def own(self, document: Document, filler: Filler, scope: Scope, folder: str) -> Services:
        """What the document itself says of each service, its paths seen from the root."""
        services = document.root.value.get("services")
        if services is None or services.value is None:
            return {}
        if not isinstance(services.value, dict):
            self.errors.append(InputError("services must be a mapping", where=services.where))
            return {}
        return {name: self.one(name, item, filler, folder) for name, item in services.value.items()}

    def one(self, name: str, item: Item, filler: Filler, folder: str) -> Item:
        path = f"services.{name}"
        if not isinstance(item.value, dict):
            return Item(Fault(f"{path} must be a mapping", built=False), item.file, item.line)
        kept = {key: child for key, child in item.value.items() if key in KEPT}
        try:
            filled = {key: filler.fill(child, f"{path}.{key}") for key, child in kept.items()}
            return canonical_service(Item(filled, item.file, item.line), path, folder, self.environ.get("HOME"))
        except InputError as error:
            return _faulty(error, kept.get("build", item), built="build" in kept)

    # --- extends -------------------------------------------------------------------------------------

    def extended(
        self, name: str, services: Services, document: Document, scope: Scope, trail: tuple[tuple[str, str], ...]
    ) -> Item:
        """The service with its bases underneath; ``trail`` are the (file, service) pairs that led here."""
        service = services[name]
        if isinstance(service.value, Fault) or "extends" not in service.value:
            return service
        try:
            merged = self.over_its_base(name, services, document, scope, trail)
        except InputError as error:
            own = service.value.get("build")
            merged = _faulty(error, own or service.value["extends"], built=own is not None)
        services[name] = merged
        return merged

    def over_its_base(
        self, name: str, services: Services, document: Document, scope: Scope, trail: tuple[tuple[str, str], ...]
    ) -> Item:
        service = services[name]
        extends = service.value["extends"]
        file, reference = _reference(name, extends)
        base_services, base_document = services, document
        if file is not None:
            base_services, base_document = self.base_file(file, extends, scope)
        if reference not in base_services:
            place = f" in {posixpath.normpath(file)}" if file else ""
            message = f'cannot extend service "{name}": service "{reference}" not found{place}'
            raise InputError(message, where=extends.where)
        step = (service.file, name)
        if len(trail) > MAX_DEPTH:
            raise InputError(f"extends nested deeper than {MAX_DEPTH} levels", where=extends.where)
        if step in trail:
            chain = " extends ".join(f"{one} in {posixpath.normpath(path)}" for path, one in (*trail, step))
            raise InputError(f"circular reference: {chain}", where=extends.where)
        base = self.extended(reference, base_services, base_document, scope, (*trail, step))
        if isinstance(base.value, Fault):
            raise InputError(base.value.message, where=base.where)
        base = without({name: base}, ("services",), document.resets)[name]
        merged = merge_service(base, service)
        return Item({key: value for key, value in merged.value.items() if key != "extends"}, service.file, service.line)

    def base_file(self, file: str, extends: Item, scope: Scope) -> tuple[Services, Document]:
        """The raw services of a file that something extends, their paths relative to that file."""
        if file not in scope.bases:
            if is_remote_file(file):
                raise InputError(f"{file} would have to be fetched, which is not done here", where=extends.where)
            try:
                source = self.files.source(file)
            except InputError as error:
                raise InputError(f"cannot extend from {error}", where=extends.where) from None
            services: Services = {}
            for document in source.documents:
                services = without(services, ("services",), document.resets)
                own = self.own(document, Filler(scope.variables), scope, posixpath.dirname(file))
                services = merge_services(services, own)
            if not source.documents:
                raise InputError(f"cannot extend from {file}: no services section", where=extends.where)
            scope.bases[file] = (services, source.documents[-1])
        return scope.bases[file]

    # --- include -------------------------------------------------------------------------------------

    def with_included(self, own: Services, document: Document, filler: Filler, scope: Scope) -> Services:
        """The document's services over those that it includes."""
        include = document.root.value.get("include")
        if include is None or include.value is None:
            return own
        if not isinstance(include.value, list):
            self.errors.append(InputError("`include` must be a list", where=include.where))
            return own
        for entry in include.value:
            try:
                own = merge_services(self.included(filler.fill(entry, "include[]"), scope), own)
            except InputError as error:
                if len(self.errors) < _ENOUGH:
                    self.errors.append(error)
        return own

    def included(self, entry: Item, scope: Scope) -> Services:
        """The services of one entry: a project of its own, with defaults filled in. Raises InputError."""
        long = entry.value if isinstance(entry.value, dict) else {"path": entry}
        home = self.environ.get("HOME")
        files = [self.include_file(path, scope) for path in _words(long.get("path"), entry)]
        if not files:
            raise InputError("include.path is required", where=entry.where)
        folder = posixpath.dirname(files[0])
        chosen = _words(long.get("project_directory"), entry)
        if chosen and chosen[0].value:
            folder = located(chosen[0].value, scope.folder, home)
        env_files = tuple(posixpath.normpath(located(path.value, scope.folder, home))
                          for path in _words(long.get("env_file"), entry))  # fmt: skip
        missing = next((file for file in env_files if self.files.load(file) is None), None)
        if missing is not None:
            raise InputError(f"couldn't find env file {missing}", where=entry.where)
        env_files = env_files or default_env_file(folder, {}, self.files.load)
        variables, errors = with_env_files(scope.variables, env_files, self.files.load)
        self.errors.extend(errors)
        services = self.read(tuple(files), Scope(folder, variables, scope.trail, {}))
        return {name: _with_context(service, folder) for name, service in services.items()}

    def include_file(self, path: Item, scope: Scope) -> str:
        if is_remote_file(path.value):
            raise InputError(f"{path.value} would have to be fetched, which is not done here", where=path.where)
        file = posixpath.normpath(located(path.value, scope.folder, self.environ.get("HOME")))
        if file in scope.trail or len(scope.trail) > MAX_DEPTH:
            chain = " include ".join((*scope.trail, file))
            raise InputError(f"include cycle detected: {chain}", where=path.where)
        try:
            self.files.source(file)
        except InputError as error:
            if error.where == file:
                raise InputError(f"cannot include {error}", where=path.where) from None
            raise
        return file


def _faulty(error: InputError, place: Item, *, built: bool) -> Item:
    """What stands for a service that cannot be read: the error, at the place that the error names."""
    file, _, line = (error.where or "").rpartition(":")
    if file == place.file and line.isdecimal():
        return Item(Fault(error.message, built), file, int(line))
    message = str(error) if error.where else error.message
    return Item(Fault(message, built), place.file, place.line)


def _reference(name: str, extends: Item) -> tuple[str | None, str]:
    """The file, if another one is named, and the service."""
    service: Any = extends.value.get("service")
    file = extends.value.get("file")
    if service is None or not isinstance(service.value, str):
        raise InputError(f"extends.{name}.service is required", where=extends.where)
    return (posixpath.normpath(file.value) if file is not None and file.value else None), service.value


def _words(item: Item | None, entry: Item) -> list[Item]:
    """A string or a list of strings, as a list."""
    if item is None or item.value is None:
        return []
    words = item.value if isinstance(item.value, list) else [item]
    if any(not isinstance(word.value, str) for word in words):
        raise InputError("include: a path must be a string", where=entry.where)
    return words


def _with_context(service: Item, folder: str) -> Item:
    if isinstance(service.value, Fault) or "build" not in service.value:
        return service
    build = service.value["build"]
    if build.value is None or "context" in build.value:
        return service
    context = Item(located(".", folder, None), build.file, build.line)
    long = Item({"context": context, **build.value}, build.file, build.line)
    return Item({**service.value, "build": long}, service.file, service.line)
