"""The Dockerfile as BuildKit reads it, and what its instructions read from the contexts. Pure.

``parse`` gives a ``Dockerfile`` (stages, instructions, comments, words with their places), ``needs`` what one build
of it reads. Facts: BuildKit's ``frontend/dockerfile``, and Docker Engine 28.5 where the two were compared.
"""

from ctxsize.dockerfile.asked import Follow, Needs, Read
from ctxsize.dockerfile.faults import DockerfileError
from ctxsize.dockerfile.instructions import Fault, Flag, Instruction
from ctxsize.dockerfile.lines import Heredoc, Word
from ctxsize.dockerfile.mounts import Mount
from ctxsize.dockerfile.needs import needs
from ctxsize.dockerfile.stages import Comment, Dockerfile, Stage, parse

__all__ = [
    "Comment", "Dockerfile", "DockerfileError", "Fault", "Flag", "Follow", "Heredoc", "Instruction", "Mount", "Needs",
    "Read", "Stage", "Word", "needs", "parse",
]  # fmt: skip
