"""The options that commands share, written once: a frozen dataclass whose fields are typer's declarations.

``flattened`` turns ``run(path, options: Options, …)`` into the flat signature that typer reads. Nothing is
interpreted here (see ``settle``).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, field, fields
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from ctxsize.errors import ExitCode
from ctxsize.formats import FORMATS
from ctxsize.model import BuilderName

__all__ = ["Options", "PathArgument", "flattened", "format_option"]


def _builds(ctx: typer.Context, incomplete: str) -> Iterator[str]:
    from ctxsize.commands.completion import build_names

    # behind an option that is still without its value, PATH is not yet taken for what it is
    given = {**ctx.params, "path": ctx.args[0]} if ctx.args and "path" in ctx.params else ctx.params
    yield from build_names(given, incomplete)


PathArgument = Annotated[
    Path, typer.Argument(metavar="[PATH]", help="The repository; with -f the build context.", show_default=False)
]
_BUILD = "The builds so named; a glob; may be given again."
_FILE = "One build, described as to docker build: its Dockerfile. PATH is then its context."


@dataclass(frozen=True, slots=True)
class Options:
    """What the user typed, uninterpreted. Field types and defaults are what typer shows and parses."""

    build: Annotated[
        list[str], typer.Option("--build", metavar="NAME", help=_BUILD, autocompletion=_builds, show_default=False)
    ] = field(default_factory=list)
    builder: Annotated[
        BuilderName | None, typer.Option("--builder", help="Whose upload counts [default: buildkit or as configured].")
    ] = None
    file: Annotated[Path | None, typer.Option("--file", "-f", metavar="DOCKERFILE", help=_FILE)] = None
    target: Annotated[str | None, typer.Option("--target", metavar="STAGE", help="With -f: the stage to build.")] = None
    build_arg: Annotated[
        list[str], typer.Option("--build-arg", metavar="K=V", help="With -f: a build argument.", show_default=False)
    ] = field(default_factory=list)
    build_context: Annotated[
        list[str],
        typer.Option("--build-context", metavar="NAME=PATH", help="With -f: a named context.", show_default=False),
    ] = field(default_factory=list)
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="Configuration [default: PATH/ctxsize.toml].")
    ] = None
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write there, not to standard output.")
    ] = None
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No remarks, no progress.")] = False
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="All of every list.")] = False
    no_color: Annotated[bool, typer.Option("--no-color", help="Plain text (also: NO_COLOR).")] = False


def format_option(command: str) -> Any:
    """``--format`` with the choices that ``FORMATS`` has for ``command``; its value is one of their names."""
    names = tuple(FORMATS[command])

    def parse(value: str) -> str:
        if value not in names:
            raise typer.BadParameter(f"{value!r} is not one of {', '.join(names)}.")
        return value

    return typer.Option(
        "--format", parser=parse, metavar="|".join(names), help=f"[default: {names[0]}]", show_default=False,
        autocompletion=lambda: list(names),
    )  # fmt: skip


def flattened(run: Callable[..., ExitCode]) -> Callable[..., None]:
    """``run`` with its ``options: Options`` spread into single parameters, ending in ``typer.Exit``."""

    @wraps(run)
    def command(**given: Any) -> None:
        options = Options(**{one.name: given.pop(one.name) for one in fields(Options)})
        raise typer.Exit(run(**given, options=options))

    own = inspect.signature(run, eval_str=True).parameters.values()
    spread = [one.replace(kind=inspect.Parameter.KEYWORD_ONLY) for one in own if one.name != "options"]
    signature = inspect.Signature([*spread, *_parameters()])
    command.__signature__ = signature  # type: ignore[attr-defined]
    command.__annotations__ = {name: one.annotation for name, one in signature.parameters.items()}
    return command


def _parameters() -> Iterator[inspect.Parameter]:
    hints = get_type_hints(Options, include_extras=True)
    for one in fields(Options):
        default = one.default_factory() if one.default_factory is not MISSING else one.default
        yield inspect.Parameter(one.name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=hints[one.name])
