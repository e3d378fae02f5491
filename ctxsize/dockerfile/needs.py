"""What the instructions that a target needs read from each context, and what BuildKit asks the client for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ctxsize.dockerfile.conversion import Conversion

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ctxsize.dockerfile.asked import Needs
    from ctxsize.dockerfile.stages import Dockerfile

__all__ = ["needs"]


def needs(
    dockerfile: Dockerfile,
    *,
    path: str | None = None,
    target: str | None = None,
    args: Mapping[str, str] | None = None,
    contexts: Iterable[str] = (),
    lenient: bool = False,
    platform: str | None = None,
    every_stage: bool = False,
) -> Needs:
    """What one build of a Dockerfile reads.

    ``path`` names the file in messages, ``contexts`` are the names of the named contexts. ``lenient`` never raises:
    an unset variable is ``*``, an odd instruction is left out. ``platform`` (``linux/arm64``) is the one that the
    build runs on and for; without it ``linux/amd64`` is taken and said so where it matters. ``every_stage`` takes all
    stages instead of those that the target needs. Raises DockerfileError with BuildKit's words.
    """
    work = Conversion(dockerfile, path or dockerfile.name, args or {}, contexts, lenient=lenient, platform=platform)
    return work.run(target, every_stage=every_stage)
