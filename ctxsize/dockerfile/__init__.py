"""The Dockerfile as BuildKit reads it, and what its instructions read from the contexts. Pure."""

from ctxsize.dockerfile.instructions import Flag, Instruction, Mount
from ctxsize.dockerfile.lines import DockerfileError, Word
from ctxsize.dockerfile.needs import Follow, Needs, needs
from ctxsize.dockerfile.stages import Comment, Dockerfile, Stage, parse

__all__ = [
    "Comment", "Dockerfile", "DockerfileError", "Flag", "Follow", "Instruction", "Mount", "Needs", "Stage", "Word",
    "needs", "parse",
]  # fmt: skip
