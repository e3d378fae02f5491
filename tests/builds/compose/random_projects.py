"""Random small projects in which everything is merged with everything: files, documents, extends, include, anchors,
resets. The same seed gives the same project."""

from __future__ import annotations

import random

from tests.builds.compose.cases import Case

_NAMES = ("a", "b", "c")
_TEXTS = (
    "x", "'${SET}'", "'${UNSET:-y}'", "'$SET-z'", "'${UNSET}'", "1", "true", "0x1F", "1.50", "007", "~", "''", "5e3",
)  # fmt: skip
_CONTEXTS = (".", "./x", "../up", "x/../y", "${SET}", "/abs", "https://h/r.git", "~/h", "./x/")
_TAGS = ("", "", "", "", "", "!reset ", "!override ")


def random_project(seed: int) -> Case:
    """A project at the root with an override now and then, and files beside it that it extends and includes."""
    chance = random.Random(seed)
    return _without_tags(_project(chance, seed)) if seed % 2 else _project(chance, seed, within=False)


def _without_tags(case: Case) -> Case:
    """Compose 2.40 (compose-go 2.9) heeds a tag in a service that extends another one of the same file, or is extended
    there, or does not, as the order falls (mended in compose-go 2.10, f63fde4): so a project has either."""
    files = {path: text.replace("!reset ", "").replace("!override ", "") for path, text in case.files.items()}
    return Case(case.name, files, case.environment)


def _project(chance: random.Random, seed: int, *, within: bool = True) -> Case:
    files = {
        "compose.yaml": _file(chance, ("common/base.yml",), within=within),
        "common/base.yml": _file(chance, (), within=within),
        "sub/inner.yml": _file(chance, (), prefix="i", within=within),
    }
    if chance.random() < 0.5:
        files["compose.override.yaml"] = _file(chance, ("common/base.yml",), within=within)
    if chance.random() < 0.3:
        files["compose.yaml"] += "---\n" + _file(chance, (), within=within)
    if chance.random() < 0.4:
        files["compose.yaml"] = "include: [sub/inner.yml]\n" + files["compose.yaml"]
    if chance.random() < 0.3:
        files[".env"] = "SET=file\nA=from-env-file\n"
    environment = {"SET": "env"} if chance.random() < 0.5 else {}
    return Case(f"seed {seed}", files, environment)


def _file(chance: random.Random, extended: tuple[str, ...], prefix: str = "", *, within: bool) -> str:
    """``within`` lets services extend others of the file."""
    anchor = f"x-{chance.random()}: &build {_build(chance, 'flow')}\n" if chance.random() < 0.4 else ""
    names = chance.sample(_NAMES, chance.randint(1, len(_NAMES)) if extended or prefix else len(_NAMES))
    services = ""
    for place, name in enumerate(names):
        services += _service(chance, prefix, name, names[:place] if within else [], extended, anchored=bool(anchor))
    return f"{anchor}services:\n{services}"


def _service(
    chance: random.Random, prefix: str, name: str, earlier: list[str], extended: tuple[str, ...], *, anchored: bool
) -> str:
    """A service that may extend an earlier one: circles, and most bases that are not there, would only be refused."""
    lines = ["    image: i\n"]
    if extended and chance.random() < 0.3:
        lines.append(f"    extends: {{file: {chance.choice(extended)}, service: {chance.choice(_NAMES)}}}\n")
    elif earlier and chance.random() < 0.5:
        lines.append(f"    extends: {{service: {prefix}{chance.choice(earlier)}}}\n")
    if chance.random() < 0.2:
        lines.append(f"    profiles: {_tag(chance)}[{chance.choice('pq')}]\n")
    if chance.random() < 0.15:
        lines.append("    platform: linux/arm64\n")
    if anchored and chance.random() < 0.3:
        lines.append("    build: *build\n")
    elif chance.random() < 0.8:
        lines.append(f"    build: {_tag(chance)}{_build(chance, chance.choice(('short', 'flow', 'flow')))}\n")
    return f"  {prefix}{name}:\n{''.join(lines)}"


def _build(chance: random.Random, form: str) -> str:
    if form == "short":
        return f"'{chance.choice(_CONTEXTS)}'"
    parts = []
    for key, write in _KEYS.items():
        if chance.random() < 0.4:
            parts.append(f"{key}: {_tag(chance)}{write(chance)}")
    return "{" + ", ".join(parts) + "}"


def _tag(chance: random.Random) -> str:
    return chance.choice(_TAGS)


def _args(chance: random.Random) -> str:
    names = chance.sample("ABCD", chance.randint(0, 3))
    if chance.random() < 0.5:
        return "{" + ", ".join(f"{name}: {_tag(chance)}{chance.choice((*_TEXTS, ''))}" for name in names) + "}"
    return "[" + ", ".join(f"'{name}{chance.choice(('', '=', '=1', '=${SET}'))}'" for name in names) + "]"


def _contexts(chance: random.Random) -> str:
    names = chance.sample("uvw", chance.randint(0, 2))
    if chance.random() < 0.5:
        return "{" + ", ".join(f"{name}: {_tag(chance)}'{chance.choice(_CONTEXTS)}'" for name in names) + "}"
    return "[" + ", ".join(f"'{name}={chance.choice(_CONTEXTS)}'" for name in names) + "]"


_KEYS = {
    "context": lambda chance: f"'{chance.choice(_CONTEXTS)}'",
    "dockerfile": lambda chance: chance.choice(("D", "../D", "'${SET}'", "''")),
    "target": lambda chance: chance.choice(("t", "'${UNSET:-u}'")),
    "args": _args,
    "additional_contexts": _contexts,
    "platforms": lambda chance: chance.choice(("[linux/amd64]", "[linux/arm64, linux/amd64]", "[]")),
}
