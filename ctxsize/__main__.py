"""``ctxsize`` and ``python -m ctxsize``. Answers ``--version`` before anything heavy is imported."""

import gc
import sys
from collections.abc import Sequence
from itertools import takewhile

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    given = sys.argv[1:] if arguments is None else arguments
    if "--version" in takewhile(lambda word: word != "--", given):
        from ctxsize import __version__

        print(f"ctxsize {__version__}")  # noqa: T201
        return 0
    if arguments is None:
        # the process is ours and short: looking for garbage in it, when there is none, takes some 3 % of any report
        gc.set_threshold(100_000, 50, 100)
    try:
        from ctxsize.cli import main as run

        return run(given)
    except KeyboardInterrupt:  # while something is still being imported
        return 130


if __name__ == "__main__":
    sys.exit(main())
