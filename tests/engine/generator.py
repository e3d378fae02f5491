"""Random builds: a tree, ignore files and a Dockerfile that fit together often enough to be interesting.

What would take a real engine down is left out: a pattern whose regular expression Go refuses (``\\R``, ``[b-a]``).
"""

from __future__ import annotations

import random

from tests.corpus import EngineCase

FOLDERS = [
    "src", "src/app", "src/app/deep", "docs", "docs/api", "build", "node_modules/left-pad", ".git/objects",
    ".cache", "services/api", "services/web/src", "vendor/x.y", "tests/unit", "données", "Dir", "a b", "lib-x",
]  # fmt: skip
NAMES = [
    "main.py", "README.md", "package.json", "package-lock.json", "a", "b.txt", ".env", "Makefile", "index.js",
    "x.log", "file1", "file2", "UPPER.TXT", "é.txt", "with space.txt", "[odd].txt", "star*.txt",
]  # fmt: skip
SIZES = [0, 1, 120, 127, 128, 5_000, 16_384, 32_768, 32_769, 70_000]
PATTERNS = [
    "*", "**", "*.md", "**/*.md", "docs", "docs/api", "/docs", "docs/", "src/app", "src/*", "src/**", "**/src",
    "**/.env", ".git", "node_modules", "**/node_modules", "*.log", "**/x.log", "[a-f]*", "[^a-s]*", "?", "file?",
    "build", "build/**", "services/*/src", "services/**/index.js", "**/deep", "d*/a*", "données", "a b", ".*",
    "Dockerfile*", ".dockerignore", "src/app/deep/main.py", "**/main.py", "docs/api/README.md", "../src", "./docs",
    "**/*.txt", "**.txt", "do**", "src/../docs", "\\[odd\\].txt", "vendor/?.?", "star\\*.txt", "lib-*",
]  # fmt: skip
SOURCES = [
    ".", "./", "/", "src", "src/", "/src", "./src/app", "docs docs/api", "*.md", "package*.json", "src/*",
    "s*/app", "*/app", "**/main.py", "src/**/main.py", "services/*/src", "../src", "src/../docs",
    "README.md Makefile", ".env", "nope*.x", "file[12]", "link", "src/link", "docs/link/", "*/link", "$P",
    "$P/app", "${P:-docs}", "${UNSET}/", "données", "é.txt", "$WHERE/api", "src/link/deep", "build", "vendor/x.y",
]  # fmt: skip
TARGETS = [
    "src", "../docs", ".", "/src/app", "nowhere", "../../..", "link", "deep", "../src/app", "./a", "docs/api",
]  # fmt: skip


def random_case(seed: int) -> EngineCase:
    rng = random.Random(seed)
    # times of this case alone, so that the engine's copy of it can be told from other builds'
    now = (1_600_000_000 + rng.randrange(10**8)) * 10**9 + rng.randrange(10**9)
    dockerfile = rng.choice(["Dockerfile"] * 4 + ["docker/app.Dockerfile", "src/Dockerfile", "dev.dockerfile"])
    text, args, target = _dockerfile(rng)
    files = [(dockerfile, text, now + 1)]
    if rng.random() < 0.75:
        files.append((".dockerignore", _ignore_file(rng), now + 2))
    if rng.random() < 0.15:
        files.append((f"{dockerfile}.dockerignore", _ignore_file(rng), now + 3))
    taken = {path for path, _, _ in files}
    tree = [row for row in _tree(rng, now) if row[1] not in taken]
    return EngineCase(f"seed{seed}", tree, files, now, dockerfile, args, target, {})


def _tree(rng: random.Random, now: int) -> list[list[object]]:
    folders = rng.sample(FOLDERS, rng.randint(2, 9))
    paths = {f"{folder}/{name}" for folder in folders for name in rng.sample(NAMES, rng.randint(0, 5))}
    paths |= set(rng.sample(NAMES, rng.randint(2, 8)))
    rows: list[list[object]] = [
        ["f", path, rng.choice(SIZES), rng.choice([0o644, 0o755, 0o600, 0o444]), now + rng.choice([0, 1, 10**9, 12345])]
        for path in sorted(paths)
    ]
    for folder in [*folders, ""]:
        if rng.random() < 0.25:
            rows.append(["l", f"{folder}/link".lstrip("/"), rng.choice(TARGETS), now])
    for folder in folders:
        rows.append(["d", folder, rng.choice([0o755, 0o775, 0o700]), now + rng.randrange(10**9)])
    if rng.random() < 0.3:
        rows.append(["d", "empty/inner", 0o755, now])
    return rows


def _ignore_file(rng: random.Random) -> str:
    lines = []
    for _ in range(rng.randint(1, 8)):
        pattern = rng.choice(PATTERNS)
        lines.append(rng.choice(["", "", "", "!"]) + pattern + rng.choice(["", "", "", " ", "\r"]))
        if rng.random() < 0.1:
            lines.append(rng.choice(["# a comment", "", "   ", " # not a comment"]))
    return rng.choice(["", "", "\ufeff"]) + "\n".join(lines) + rng.choice(["\n", ""])


def _dockerfile(rng: random.Random) -> tuple[str, dict[str, str], str | None]:
    stages = rng.randint(1, 3)
    lines = [f"ARG WHERE={rng.choice(['docs', 'services'])}"] if rng.random() < 0.3 else []
    for stage in range(stages):
        base = "scratch" if stage == 0 or rng.random() < 0.6 else f"s{stage - 1}"
        lines += [f"FROM {base} {rng.choice(['AS', 'as'])} s{stage}", *_preamble(rng)]
        lines += [_instruction(rng, stage) for _ in range(rng.randint(1, 3))]
    args = {name: rng.choice(["src", "docs", "."]) for name in ("P", "WHERE") if rng.random() < 0.3}
    target = f"s{rng.randrange(stages)}" if rng.random() < 0.25 else None
    return "\n".join(lines) + "\n", args, target


def _preamble(rng: random.Random) -> list[str]:
    choices = ["ARG P", "ARG P=src", "ENV P=docs", "ARG WHERE", "WORKDIR /w", 'LABEL a="b"', "# a comment", ""]
    return rng.sample(choices, rng.randint(0, 3))


def _instruction(rng: random.Random, stage: int) -> str:
    source = rng.choice(SOURCES)
    words = ", ".join(f'"{word}"' for word in source.split())
    forms = {
        f"{rng.choice(['COPY', 'COPY', 'copy', 'ADD'])} {_flags(rng)}{source} /out/": 55,
        f'COPY [{words}, "/json/"]': 10,
        f"COPY \\\n  # between the lines\n  {source} \\\n  /out/": 8,
        f"RUN --network=none --mount={_mount(rng)} true": 10,
        f"COPY <<EOF {source} /here/\nCOPY nothing /x\nEOF": 6,
        f"COPY --from={rng.choice([f's{stage - 1}', str(stage - 1)])} / /from/": 8 if stage else 0,
        "ONBUILD COPY . /later/": 4,
    }
    return rng.choices(list(forms), list(forms.values()))[0]


def _flags(rng: random.Random) -> str:
    return rng.choice(["", "", "", "", "--chown=1:1 ", "--chmod=644 ", "--link "])


def _mount(rng: random.Random) -> str:
    source = rng.choice(["src", "/docs", ".", "package.json", "${P}", "src/link"])
    forms = ["type=bind,source=S,target=/m", "source=S,target=/m", "type=bind,target=/m", "type=tmpfs,target=/m",
             "type=cache,target=/m", "type=bind,src=S,dst=/m,ro"]  # fmt: skip
    return rng.choice(forms).replace("=S,", f"={source},")
