"""What the shell offers after ``--build``: the names of the builds, found in silence."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

__all__ = ["build_names"]


def build_names(given: Mapping[str, Any], incomplete: str) -> list[str]:
    """Never raises: a shell that completes has nowhere to show an error."""
    try:
        from ctxsize import settings
        from ctxsize.builds import discover
        from ctxsize.repositories.disk import DiskRepository

        root = Path(os.path.abspath(given.get("path") or given.get("root") or "."))
        loaded = settings.load(root, None)
        found = discover(DiskRepository(root), exclude=loaded.exclude, contexts=loaded.contexts, environ=os.environ)
    except Exception:
        return []
    return [build.name for build in found.builds if build.name.startswith(incomplete)]
