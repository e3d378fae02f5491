"""Ignore patterns exactly as moby/patternmatcher applies them in BuildKit's walk and in the classic archive. Pure."""

from ctxsize.dockerignore.automaton import Automaton, State
from ctxsize.dockerignore.lexical import BadPatternError, clean, go_match
from ctxsize.dockerignore.pattern import Pattern, compile_pattern, compile_patterns
from ctxsize.dockerignore.rules import BrokenPattern, IgnoreRules, matches_one_level

__all__ = [
    "Automaton", "BadPatternError", "BrokenPattern", "IgnoreRules", "Pattern", "State", "clean", "compile_pattern",
    "compile_patterns", "go_match", "matches_one_level",
]  # fmt: skip
