"""What a build may read on other machines than this one, and builds whose Dockerfile cannot be taken at its word.

A path with ``$TARGETARCH`` in it is another one on another machine, and the ignore file is everybody's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ctxsize.dockerfile import needs, parse
from ctxsize.errors import CtxsizeError

if TYPE_CHECKING:
    from ctxsize.dockerfile import Needs
    from ctxsize.model import BuildDefinition, Source

__all__ = ["PLATFORMS", "all_sources", "as_far_as_known", "doubt"]

PLATFORMS = (
    "linux/amd64", "linux/arm64", "linux/arm/v7", "linux/arm/v6", "linux/386", "linux/ppc64le", "linux/s390x",
    "linux/riscv64", "linux/mips64le", "linux/loong64", "windows/amd64",
)  # fmt: skip
_DEPENDS = re.compile(rb"(?:TARGET|BUILD)(?:PLATFORM|OS|ARCH|VARIANT)")
_FOREIGN = re.compile(r"the front end |the image \S*onbuild\S* brings", re.IGNORECASE)


def all_sources(build: BuildDefinition, here: Needs, text: bytes, context: str | None) -> tuple[Source, ...]:
    """What is read of a context on any machine that may build it: ``here``, and where the text depends on the machine
    on every platform, or on those that the build is declared for."""
    found = dict.fromkeys(here.for_context(context))
    if not _DEPENDS.search(text):
        return tuple(found)
    names = [one.name for one in build.contexts]
    for platform in build.platforms or PLATFORMS:
        try:
            there = needs(parse(text), target=build.target, args=dict(build.args), contexts=names, platform=platform)
        except CtxsizeError:
            continue
        found |= dict.fromkeys(there.for_context(context))
    return tuple(found)


def as_far_as_known(build: BuildDefinition, text: bytes) -> Needs | None:
    """What a build reads that cannot be done as described, for want of an argument say: what nobody set may be
    anything. None if the text is no Dockerfile."""
    names = [one.name for one in build.contexts]
    try:
        return needs(parse(text), target=build.target, args=dict(build.args), contexts=names, lenient=True)
    except CtxsizeError:
        return None


def doubt(found: Needs) -> str | None:
    """Why the instructions may not be all that is read: a front end that is not Docker's, an image made for ONBUILD."""
    return next((one.message for one in found.assumptions if _FOREIGN.match(one.message)), None)
