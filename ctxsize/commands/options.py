"""The options that commands share, written once, and what a command and they declare together.

Nothing is interpreted here (see ``settle``).
"""

# no ``from __future__ import annotations``: what is declared below is used at once, and would be text first

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple, get_type_hints

from ctxsize.commands.declared import Option, argument, choice, flag, named, path, text
from ctxsize.errors import ExitCode
from ctxsize.formats import FORMATS
from ctxsize.lazy import Lazy
from ctxsize.model import BuilderName

__all__ = ["Options", "Parameter", "PathArgument", "format_option", "invoked", "parameters"]

PathArgument = Annotated[Path, argument(metavar="[PATH]", help="The repository; with -f the build context.")]
_BUILD = "The builds so named; a glob; may be given again."
_FILE = "One build, described as to docker build: its Dockerfile. PATH is then its context."
_BUILDER = "Whose upload counts [default: buildkit or as configured]."
_BUILDS = Lazy("ctxsize.commands.completion", "build_names")
_NAMED_CONTEXT = "With -f: a named context."
_Texts = tuple[str, ...]


class Options(NamedTuple):
    """What the user typed, uninterpreted."""

    build: Annotated[_Texts, text("--build", metavar="NAME", help=_BUILD, many=True, complete=_BUILDS)] = ()
    builder: Annotated[BuilderName | None, choice("--builder", of=BuilderName, help=_BUILDER)] = None
    file: Annotated[Path | None, path("--file", "-f", metavar="DOCKERFILE", help=_FILE)] = None
    target: Annotated[str | None, text("--target", metavar="STAGE", help="With -f: the stage to build.")] = None
    build_arg: Annotated[_Texts, text("--build-arg", metavar="K=V", help="With -f: a build argument.", many=True)] = ()
    build_context: Annotated[
        _Texts, text("--build-context", metavar="NAME=PATH", help=_NAMED_CONTEXT, many=True)
    ] = ()
    config: Annotated[
        Path | None, path("--config", metavar="FILE", help="Configuration [default: PATH/ctxsize.toml].")
    ] = None
    output: Annotated[
        Path | None, path("--output", "-o", metavar="FILE", help="Write there, not to standard output.")
    ] = None
    quiet: Annotated[bool, flag("--quiet", "-q", help="No remarks, no progress.")] = False
    verbose: Annotated[bool, flag("--verbose", "-v", help="All of every list.")] = False
    no_color: Annotated[bool, flag("--no-color", help="Plain text (also: NO_COLOR).")] = False


def format_option(command: str) -> Option:
    """``--format`` with the choices that ``FORMATS`` has for ``command``; its value is one of their names."""
    names = tuple(FORMATS[command])
    return named("--format", of=names, help=f"[default: {names[0]}]")


class Parameter(NamedTuple):
    """``annotation`` is the declared type with its ``Option``; ``default`` stands where nothing was typed."""

    name: str
    annotation: Any
    default: Any

    @property
    def option(self) -> Option:
        found: Option = self.annotation.__metadata__[0]
        return found


# where a parameter has no default, something has to be typed
REQUIRED = object()


def parameters(run: Callable[..., ExitCode]) -> list[Parameter]:
    """All that the command line of ``run`` may hold: its own parameters, then those behind ``options: Options``."""
    own = get_type_hints(run, include_extras=True)
    names = [name for name in own if name not in {"options", "return"}]
    given = run.__defaults__ or ()
    defaults = dict(zip(names[len(names) - len(given) :], given, strict=True))
    shared = Options.__annotations__
    return [
        *(Parameter(name, own[name], defaults.get(name, REQUIRED)) for name in names),
        *(Parameter(name, shared[name], Options._field_defaults[name]) for name in Options._fields),
    ]


def invoked(run: Callable[..., ExitCode], given: Mapping[str, Any]) -> ExitCode:
    """``run`` with a value for each of its ``parameters``."""
    options = Options(**{name: given[name] for name in Options._fields})
    return run(options=options, **{name: value for name, value in given.items() if name not in Options._fields})
