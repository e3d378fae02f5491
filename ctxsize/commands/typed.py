"""The typer app, made of what the commands declare: for the help, the shell's completion, and what is wrong.

Help and errors stay plain (``rich_markup_mode=None``): rich would cost as much time as everything else together.
"""

from __future__ import annotations

from functools import wraps
from inspect import Parameter as Signed
from inspect import Signature
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ctxsize.commands import COMMANDS
from ctxsize.commands.options import REQUIRED, Parameter, invoked, parameters

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ctxsize.commands.declared import Option
    from ctxsize.errors import ExitCode

__all__ = ["app", "run"]

_ABOUT = "What each docker build really uploads, why, and how to make it small without breaking the build."


def run(words: Sequence[str]) -> int:
    """The exit code, once typer has shown a help or an error, or has run a command."""
    try:
        typer.main.get_command(app(words[0] if words else None)).main(args=list(words), prog_name="ctxsize")
    except SystemExit as end:
        # typer ends a broken pipe with 1, which would read as "the answer is no"
        if isinstance(end.__context__, BrokenPipeError):
            raise end.__context__ from None
        return end.code if isinstance(end.code, int) else 0
    return 0


def app(only: str | None = None) -> typer.Typer:
    """The command line, with one command alone where it is known which will run: the others are not imported."""
    made = typer.Typer(
        name="ctxsize",
        help=_ABOUT,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback()(_everywhere)
    for name, command in COMMANDS.items():
        if name == only or only not in COMMANDS:
            made.command(name)(_flat(command.load()))
    return made


def _everywhere(
    # answered by __main__ before typer is imported; here for the help text and the shell's completion
    version: bool = typer.Option(False, "--version", help="Show the version and exit."),
) -> None:
    pass


def _flat(run: Callable[..., ExitCode]) -> Callable[..., None]:
    """``run`` with the signature that typer reads, ending in ``typer.Exit``."""
    declared = parameters(run)
    many = {one.name for one in declared if one.option.many}

    @wraps(run)
    def command(**given: Any) -> None:
        raise typer.Exit(invoked(run, {name: tuple(value) if name in many else value for name, value in given.items()}))

    signature = Signature([_signed(one) for one in declared])
    command.__signature__ = signature  # type: ignore[attr-defined]
    command.__annotations__ = {name: one.annotation for name, one in signature.parameters.items()}
    return command


def _signed(one: Parameter) -> Signed:
    option = one.option
    kind = list[str] if option.many else one.annotation.__origin__
    default: Any = Signed.empty if one.default is REQUIRED else list(one.default) if option.many else one.default
    return Signed(one.name, Signed.KEYWORD_ONLY, default=default, annotation=Annotated[kind, _information(option)])


def _information(option: Option) -> Any:
    if not option.names:
        return typer.Argument(metavar=option.metavar, help=option.help, show_default=False)
    names = [f"{name}/{option.off}" if option.off else name for name in option.names]
    return typer.Option(
        *names, metavar=option.metavar, help=option.help, min=option.least, autocompletion=_offering(option),
        parser=_parser(option), show_default=not option.many and not option.offered,
    )  # fmt: skip


def _parser(option: Option) -> Callable[[str], str] | None:
    if not option.offered:
        return None

    def parse(value: str) -> str:
        if value not in option.offered:
            raise typer.BadParameter(f"{value!r} is not one of {', '.join(option.offered)}.")
        return value

    return parse


def _offering(option: Option) -> Callable[..., list[str]] | None:
    complete = option.complete
    if complete is None:
        return (lambda: list(option.offered)) if option.offered else None

    def offered(ctx: typer.Context, incomplete: str) -> list[str]:
        # behind an option that is still without its value, PATH is not yet taken for what it is
        given = {**ctx.params, "path": ctx.args[0]} if ctx.args and "path" in ctx.params else ctx.params
        return list(complete(given, incomplete))

    return offered
