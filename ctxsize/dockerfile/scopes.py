"""Which variables have which values where: the file's own arguments, and those of a stage.

Follows ``dockerfile2llb``: ENV and ARG write into one table in the order of the file, and the later one wins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ctxsize.dockerfile.instructions import Instruction

__all__ = ["DEFAULT_PATH", "DEFAULT_PLATFORM", "Arguments", "assign", "platform_arguments"]

DEFAULT_PLATFORM = "linux/amd64"
# every stage has a PATH, whatever its image says
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

_MACHINES = {"x86_64": "amd64", "x86-64": "amd64", "aarch64": "arm64", "armhf": "arm", "armel": "arm", "i386": "386"}
_NO_VARIABLES = {"BUILDKIT_SBOM_SCAN_CONTEXT", "BUILDKIT_SBOM_SCAN_STAGE"}


def platform_arguments(platform: str, stage: str) -> dict[str, str]:
    """The predefined arguments of a build on and for ``platform``; ``stage`` is the target's name."""
    system, _, rest = platform.partition("/")
    machine, _, variant = rest.partition("/")
    machine = _MACHINES.get(machine, machine)
    if machine == "arm":
        variant = variant or "v7"
    elif machine == "arm64" and variant == "v8":
        variant = ""
    full = "/".join(part for part in (system, machine, variant) if part)
    values = {"PLATFORM": full, "OS": system, "OSVERSION": "", "ARCH": machine, "VARIANT": variant}
    found = {f"{side}{key}": value for side in ("BUILD", "TARGET") for key, value in values.items()}
    return {**found, "TARGETSTAGE": stage or "default"}


class Arguments:
    """``given`` are the build's own (``--build-arg``), ``known`` those of the file's global scope, predefined too."""

    def __init__(self, given: Mapping[str, str], predefined: Mapping[str, str]) -> None:
        self.given = given
        self.known = {name: given.get(name, value) for name, value in predefined.items()}

    def declare(self, instruction: Instruction, expand: Callable[[str], str]) -> None:
        """An ARG before the first FROM."""
        for name, default in instruction.pairs:
            value = self.given.get(name)
            if value is None and default is not None:
                value = expand(default)
            if value is not None:
                self.known[name] = value

    def enter(self, instruction: Instruction, variables: dict[str, str], expand: Callable[[str], str]) -> None:
        """An ARG of a stage: the build's value, else its own default, else the file's."""
        for name, default in instruction.pairs:
            value = self.given.get(name)
            if value is None:
                value = expand(default) if default is not None else self.known.get(name)
            if value is not None and name not in _NO_VARIABLES:
                variables[name] = value


def assign(instruction: Instruction, variables: dict[str, str], expand: Callable[[str], str]) -> None:
    """An ENV: all of it is expanded with the variables before it."""
    fresh = {expand(name): expand(value or "") for name, value in instruction.pairs}
    variables.update(fresh)
