"""Sizes as people write and read them. Powers of 1000, like Docker's own output; KiB, MiB, … are powers of 1024."""

from __future__ import annotations

import re

from ctxsize.errors import SettingsError

__all__ = ["docker_size", "format_size", "parse_size"]

_PREFIXES = "kMGTPE"
_SIZE = r"(?ia)(\d[\d_]*(?:\.\d+)?|\.\d+)\s*([kmgtpe]?)(i?)(b|bytes?)?"


def parse_size(text: str) -> int:
    """``50 MB``, ``1.5GiB``, ``5000``: in bytes, fractions of a byte cut off. Raises SettingsError."""
    # a number of thousands of digits is refused by int() itself, with an error of its own
    found = re.fullmatch(_SIZE, text.strip()) if len(text) <= 64 else None
    if found is None or (found[3] and not found[2]):
        raise SettingsError(f"{text[:64]!r} is no size", hint="write it as 50 MB, 1.5 GiB or 5000")
    power = _PREFIXES.lower().index(found[2].lower()) + 1 if found[2] else 0
    whole, _, fraction = found[1].replace("_", "").partition(".")
    scale: int = 10 ** len(fraction)
    unit = pow(1024 if found[3] else 1000, power)
    return int((whole or "0") + fraction) * int(unit) // scale


def format_size(size: int) -> str:
    """Three digits and a unit: ``0 B``, ``999 B``, ``1.23 kB``, ``45.6 MB``; a negative size keeps its sign."""
    if size < 0:
        return f"-{format_size(-size)}"
    if size < 1000:
        return f"{size} B"
    value, power = float(size), -1
    while value >= 999.5 and power < len(_PREFIXES) - 1:
        value, power = value / 1000, power + 1
    digits = 2 if value < 9.995 else 1 if value < 99.95 else 0
    return f"{value:.{digits}f} {_PREFIXES[power]}B"


def docker_size(size: int) -> str:
    """As ``transferring context`` prints it: ``123B``, ``32.80kB``; it does not carry over (``1000.00kB``)."""
    if size < 1000:
        return f"{size}B"
    value, power = float(size), -1
    while value >= 1000 and power < len(_PREFIXES) - 1:
        value, power = value / 1000, power + 1
    return f"{value:.2f}{_PREFIXES[power]}B"
