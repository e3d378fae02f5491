"""``python -m ctxsize.example DIR``: writes the small monorepo that the README's first command measures.

A web shop in compose: shared code, four services, two contexts, and what piles up around them: installed packages,
history, caches, a database dump. Sources are real text; what is only heavy is written as empty space, so that a few
megabytes cost nothing. The same bytes, modes and times every time.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["FILES", "HEAVY", "main", "write"]

_MTIME_NS = 1_767_225_600_000_000_000  # the first second of 2026

FILES = {
    "compose.yaml": """\
name: shop
services:
  api:
    build: { context: ., dockerfile: services/api/Dockerfile }
  worker:
    build:
      context: .
      dockerfile: services/worker/Dockerfile
      target: runtime
  web:
    build: ./services/web
  reports:
    build: ./services/reports
  db:
    image: postgres:17
""",
    ".dockerignore": """\
# does not reach services/web/node_modules: without **/ a pattern is about the top folder
node_modules
*.log
""",
    ".gitignore": "node_modules/\n.venv/\n__pycache__/\n.pytest_cache/\n.env\ndata/dumps/\ndist/\n",
    ".env": "POSTGRES_PASSWORD=not-a-real-one\n",
    ".git/HEAD": "ref: refs/heads/main\n",
    ".git/config": "[core]\n\trepositoryformatversion = 0\n\tbare = false\n",
    ".git/refs/.keep": "",
    "README.md": "# Shop\n\nFour services and the code they share.\n",
    "shared/shoplib/__init__.py": '"""What all services know: money and events."""\n',
    "shared/shoplib/money.py": "def cents(euros: float) -> int:\n    return round(euros * 100)\n",
    "shared/shoplib/events.py": 'ORDERED = "ordered"\nPAID = "paid"\nSENT = "sent"\n',
    "shared/pyproject.toml": '[project]\nname = "shoplib"\nversion = "1.0"\n',
    "services/api/Dockerfile": """\
FROM python:3.13-slim
WORKDIR /app
COPY services/api/requirements.txt .
RUN pip install -r requirements.txt
COPY shared/ shared/
COPY services/api/src/ src/
CMD ["python", "-m", "src.main"]
""",
    "services/api/requirements.txt": "fastapi==0.115.6\nuvicorn==0.34.0\n",
    "services/api/src/__init__.py": "",
    "services/api/src/main.py": 'from shoplib.money import cents\n\nprint("listening", cents(1.5))\n',
    "services/api/src/orders.py": "from shoplib.events import ORDERED\n\nSTATES = [ORDERED]\n",
    "services/api/tests/test_orders.py": "def test_states():\n    assert True\n",
    "services/worker/Dockerfile": """\
FROM python:3.13-slim AS base
WORKDIR /app
FROM base AS runtime
COPY . .
CMD ["python", "services/worker/run.py"]
FROM base AS docs
COPY docs/ docs/
""",
    "services/worker/run.py": 'from shoplib.events import PAID\n\nprint("waiting for", PAID)\n',
    "services/web/Dockerfile": """\
FROM node:22-slim
WORKDIR /web
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build
""",
    "services/web/package.json": '{"name": "web", "private": true, "scripts": {"build": "vite build"}}\n',
    "services/web/package-lock.json": '{"name": "web", "lockfileVersion": 3, "packages": {}}\n',
    "services/web/src/index.tsx": 'import { Shop } from "./shop";\n\nexport default Shop;\n',
    "services/web/src/shop.tsx": "export const Shop = () => <main>Shop</main>;\n",
    "services/reports/Dockerfile": """\
FROM python:3.13-slim
WORKDIR /app
COPY shared/shoplib shoplib
COPY services/reports/report.py .
CMD ["python", "report.py"]
""",
    "services/reports/report.py": 'from shoplib.money import cents\n\nprint("sold for", cents(99.0))\n',
    "docs/architecture.md": "# Architecture\n\nOrders go through the queue.\n",
}

HEAVY = {
    ".git/objects/pack/pack-5d3f.pack": 1_600_000,
    "data/dumps/orders-2025-12.sql": 3_200_000,
    "docs/diagrams/overview.psd": 840_000,
    ".pytest_cache/v/cache/nodeids": 4_100,
    "shared/shoplib/__pycache__/money.cpython-313.pyc": 1_900,
    "services/api/.venv/lib/python3.13/site-packages/uvicorn.whl": 610_000,
    "services/api/.venv/lib/python3.13/site-packages/fastapi.whl": 930_000,
    "services/web/dist/assets/index-4f1c.js": 260_000,
    "services/web/dist/assets/index-4f1c.js.map": 710_000,
    **{f"services/web/node_modules/{name}/index.js": size for name, size in {
        "react": 82_000, "react-dom": 410_000, "vite": 520_000, "typescript": 1_050_000, "esbuild": 640_000,
    }.items()},
    **{f"services/web/node_modules/lodash/_part{part:02}.js": 2_300 + 37 * part for part in range(60)},
}  # fmt: skip


def write(folder: Path) -> int:
    """Writes the example and returns how many files it has. Raises FileExistsError if other files are there."""
    _refuse_others(folder)
    for path, text in FILES.items():
        _file(folder / path).write_text(text, "utf-8", newline="\n")
    for path, size in HEAVY.items():
        os.truncate(_file(folder / path), size)
    for entry in sorted(folder.rglob("*"), reverse=True):
        entry.chmod(0o755 if entry.is_dir() else 0o644)
        os.utime(entry, ns=(_MTIME_NS, _MTIME_NS))
    return len(FILES) + len(HEAVY)


def _refuse_others(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(f"{folder} is no folder")
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_symlink() or not (path.is_dir() or name in FILES or name in HEAVY):
            raise FileExistsError(f"{folder} holds something else: {name}")


def _file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def main(arguments: list[str]) -> int:
    """The command line; returns the exit code."""
    if len(arguments) != 1 or arguments[0].startswith("-"):
        sys.stderr.write("usage: python -m ctxsize.example DIR\n")
        return 2
    try:
        count = write(Path(arguments[0]))
    except OSError as error:
        sys.stderr.write(f"error: {error}\n  hint: name a new folder\n")
        return 2
    size = sum(HEAVY.values()) + sum(len(text.encode()) for text in FILES.values())
    sys.stdout.write(f"wrote {arguments[0]}: {count} files, {size / 1e6:.1f} MB\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
