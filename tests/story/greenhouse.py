"""The story's layout in our own files: a compose monorepo whose services read a shared folder outside their contexts.

Fourteen services below ``services/``, ``shared/`` at the root, and an unrelated ``src/`` at the root that is there by
accident. ``plant(root)`` makes the broken state; ``plant(root, before=True)`` the one before somebody "optimized" the
contexts: every build in the root's context, everything spelt from there, no ignore file.
"""

from __future__ import annotations

from pathlib import Path

PYTHON, NODE = "python:3.12-alpine", "node:20-alpine"
BASES = (PYTHON, NODE)
SHARED_SCHEMAS = ("plant", "bed", "reading")

# service: how it reads the shared folder in the broken state, and how it did before
PYTHON_SERVICES = {
    "irrigation": ("COPY ../shared/ ./shared/", "COPY shared/ ./shared/"),
    "climate": ("COPY ../shared /app/shared", "COPY shared /app/shared"),
    "lights": ("COPY --chown=1001:1001 ../shared ./shared", "COPY --chown=1001:1001 shared ./shared"),
    "seeds": ('COPY ["../shared/", "./shared/"]', 'COPY ["shared/", "./shared/"]'),
    "sensors": ("COPY ../shared/schemas ./schemas", "COPY shared/schemas ./schemas"),
    "forecast": ("COPY ../shared/*.json ./", "COPY shared/*.json ./"),
    "ledger": ("COPY shared /app/shared", "COPY shared /app/shared"),
    "alerts": ("ADD ../shared /app/shared", "ADD shared /app/shared"),
    "gateway": ("copy ../../shared ./shared", "copy shared ./shared"),
    "planner": (
        "RUN --network=none --mount=type=bind,source=../shared,target=/mnt/shared cp -r /mnt/shared /app/shared",
        "RUN --network=none --mount=type=bind,source=shared,target=/mnt/shared cp -r /mnt/shared /app/shared",
    ),
    "archive": (
        "COPY --chmod=644 \\\n    # what all services agree on\n    ../shared/settings.json \\\n    /app/",
        "COPY --chmod=644 \\\n    # what all services agree on\n    shared/settings.json \\\n    /app/",
    ),
    "soil": ("COPY ../shared/common/ src/extra/ ./lib/", "COPY shared/common/ services/soil/src/extra/ ./lib/"),
    "camera": ("COPY src/../../shared/common ./common", "COPY shared/common ./common"),
}
BROKEN = tuple(PYTHON_SERVICES)
FINE = ("dashboard",)

_BODY = """\
# the {name} service
FROM {base} AS builder
WORKDIR /build
COPY {own}requirements.txt .
RUN --network=none cp requirements.txt installed.txt

FROM {base} AS production
WORKDIR /app
COPY --from=builder /build/installed.txt ./
# its own code, and what it shares with the others
COPY {own}src/ ./src/
{shared}
RUN --network=none mkdir -p /app/logs
CMD ["python", "-m", "src.main"]
"""
_DASHBOARD = """\
FROM node:20-alpine
WORKDIR /app
COPY {own}package.json ./
COPY {own}src ./src
CMD ["node", "src/index.js"]
"""
_COMPOSE_HEAD = """\
# the greenhouse, all of it
name: greenhouse

x-logging: &logging   # the same for everybody
  driver: json-file

services:
  store:
    image: influxdb:2.7
    logging: *logging

"""


def plant(root: Path, *, before: bool = False) -> Path:
    """Writes the repository below ``root``, which must be empty."""
    for name, (broken, rooted) in PYTHON_SERVICES.items():
        own = f"services/{name}/" if before else ""
        text = _BODY.format(name=name, base=PYTHON, own=own, shared=rooted if before else broken)
        _write(root, f"services/{name}/Dockerfile", text)
        _service(root, name)
    _write(root, "services/dashboard/Dockerfile", _DASHBOARD.format(own="services/dashboard/" if before else ""))
    _write(root, "services/dashboard/package.json", '{"name": "dashboard"}\n')
    _write(root, "services/dashboard/src/index.js", "console.log('green')\n")
    _write(root, "services/dashboard/node_modules/left-pad/index.js", "x" * 120_000)
    _write(root, "docker-compose.yml", _COMPOSE_HEAD + _services(before) + "volumes: {}\n")
    _shared(root)
    _around(root)
    return root


def _service(root: Path, name: str) -> None:
    here = f"services/{name}"
    _write(root, f"{here}/requirements.txt", f"{name}==1\n")
    _write(root, f"{here}/src/__init__.py", "")
    _write(root, f"{here}/src/main.py", f"print('{name}')\n" * 40)
    _write(root, f"{here}/src/__pycache__/main.cpython-312.pyc", "p" * 2_500)
    _write(root, f"{here}/tests/fixtures/recording.bin", "t" * 90_000)
    _write(root, f"{here}/README.md", f"# {name}\n" * 50)
    if name == "soil":
        _write(root, f"{here}/src/extra/probe.py", "probe = True\n")
    if name == "irrigation":
        _write(root, f"{here}/.dockerignore", "# our own\n**/*.md\ntests\n!README.md\n")


def _shared(root: Path) -> None:
    _write(root, "shared/settings.json", '{"unit": "litre"}\n')
    _write(root, "shared/common/__init__.py", "")
    _write(root, "shared/common/log.py", "def log(line): print(line)\n" * 30)
    for name in SHARED_SCHEMAS:
        _write(root, f"shared/schemas/{name}.json", f'{{"title": "{name}"}}\n' * 20)


def _around(root: Path) -> None:
    """What lies about in such a repository, the unrelated ``src`` above all."""
    _write(root, "src/__init__.py", "")
    _write(root, "src/main.py", "raise SystemExit('not what you are looking for')\n")
    _write(root, "docs/manual.md", "m" * 300_000)
    _write(root, "data/readings.csv", "1,2,3\n" * 60_000)
    _write(root, ".gitignore", "__pycache__/\nnode_modules/\n")
    _write(root, "ctxsize.toml", '[suggest]\ninclude = "likely"\n')


def _services(before: bool) -> str:
    names = [*PYTHON_SERVICES, *FINE]
    return "".join(_rooted(name) if before else _DECLARED.get(name, _long)(name) for name in names)


def _rooted(name: str) -> str:
    return f"  {name}:\n    build:\n      context: .\n      dockerfile: services/{name}/Dockerfile\n\n"


def _long(name: str) -> str:
    return (
        f"  {name}:\n    build:\n      context: ./services/{name}   # was . once\n      dockerfile: Dockerfile\n"
        f"    logging: *logging\n    restart: unless-stopped\n\n"
    )


def _short(name: str) -> str:
    return f"  {name}:\n    build: ./services/{name}  # short\n    restart: unless-stopped\n\n"


def _flow(name: str) -> str:
    return f"  {name}: {{restart: always, build: {{context: services/{name}, target: production}}}}\n\n"


def _quoted(name: str) -> str:
    return f"  {name}:\n    build:\n      # quoted\n      context: \"./services/{name}\"\n      dockerfile: 'Dockerfile'\n\n"


_DECLARED = {"climate": _short, "lights": _flow, "seeds": _quoted, "dashboard": _short}


def _write(root: Path, path: str, text: str) -> None:
    target = root / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")
