"""The one error root and the exit codes. Errors say what, where, and what to run next."""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process ends with (see the table in the README)."""

    OK = 0
    NO = 1
    USAGE = 2
    FAULT = 3
    INTERRUPTED = 130


class CtxsizeError(Exception):
    """Something the user can mend: ends the run with ``ExitCode.USAGE`` and one clear message.

    ``where`` is a file or ``file:line``; ``hint`` is what to do or run next.
    """

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message


class InputError(CtxsizeError):
    """A file or folder that cannot be read, or whose text cannot be understood."""


class SettingsError(CtxsizeError):
    """A configuration file or command line that contradicts itself or names something unknown."""


class WriteRefusedError(CtxsizeError):
    """Writing would lose or endanger somebody's file, so nothing was written."""
