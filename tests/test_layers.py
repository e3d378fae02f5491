"""The house's one direction: which part may import which. Read the tables; the rest walks the syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "ctxsize"

# text in, text out: no disk, no terminal, no processes
PURE = {"errors", "units", "model", "tree", "changes", "dockerignore", "dockerfile", "builders", "catalogue", "suggest",
        "budget", "rules", "migrate"}  # fmt: skip
# the edges: what touches the disk, a process or a terminal, and what a pure part may therefore never see
EDGES = {"walk", "disk", "git", "settings", "builds", "repositories", "plan", "measure", "listing", "gate", "tightening",
         "diagnosis", "mending", "commands", "formats", "cli"}  # fmt: skip
OUTSIDE = {"subprocess", "tempfile", "shutil", "socket", "glob", "rich", "typer", "click"}

# who alone may import it
ONLY = {
    "typer": {"commands"},
    "rich": {"formats"},
    "yaml": {"builds", "migrate"},
    "commands": {"cli", "commands"},
    "cli": {"__main__"},
    "formats": {"commands", "formats", "cli"},
}
# never, whoever asks: it is typer's own affair which command line library it stands on
NOWHERE = {"click", "pkg_resources", "importlib.metadata"}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def part_of(module: Path) -> str:
    """The part of the house that a file belongs to: ``builders`` for everything below it."""
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(module: Path, *, types_too: bool = False) -> Iterator[str]:
    """The names that a module imports, wherever in it; those only for type checkers are left out unless asked for."""
    tree = ast.parse(module.read_text("utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in for_types and not types_too:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: relative import"
            yield from (
                [f"ctxsize.{alias.name}" for alias in node.names] if node.module == "ctxsize" else [node.module or ""]
            )


def parts_imported(module: Path, *, types_too: bool = False) -> set[str]:
    """Parts of ctxsize by their short name, other packages by the name of the package."""
    found = set()
    for name in imports(module, types_too=types_too):
        package, _, rest = name.partition(".")
        found.add(rest.partition(".")[0] if package == "ctxsize" and rest else package)
    return found


every_module = pytest.mark.parametrize("module", modules(), ids=lambda path: path.relative_to(PACKAGE).as_posix())


@every_module
def test_what_is_pure_stays_away_from_disk_terminal_and_processes(module: Path) -> None:
    if part_of(module) in PURE:
        assert parts_imported(module) & (EDGES | OUTSIDE) == set()


@every_module
def test_what_is_pure_does_not_open_files(module: Path) -> None:
    if part_of(module) in PURE:
        called = {
            node.func.id
            for node in ast.walk(ast.parse(module.read_text("utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert called & {"open", "print", "input", "exec", "eval"} == set()


@every_module
def test_what_few_may_import_few_import(module: Path) -> None:
    part = part_of(module)

    assert [name for name in parts_imported(module) if name in ONLY and part not in ONLY[name]] == []


def test_one_module_knows_the_command_line_library() -> None:
    assert [dotted(module) for module in modules() if "typer" in parts_imported(module, types_too=True)] == [
        "ctxsize.commands.typed"
    ]


@every_module
def test_some_imports_are_nobodys(module: Path) -> None:
    assert set(imports(module, types_too=True)) & NOWHERE == set()


def test_no_part_imports_itself_in_a_circle() -> None:
    """Two parts that import each other when they load could only be read together."""
    edges = {module: at_load(module) for module in modules()}
    names = {dotted(module): module for module in edges}
    graph = {name: {known(target, names) for target in edges[module]} for name, module in names.items()}

    assert [name for name in graph if name in reachable(graph, name)] == []


def dotted(module: Path) -> str:
    return ".".join(("ctxsize", *module.relative_to(PACKAGE).with_suffix("").parts)).removesuffix(".__init__")


def at_load(module: Path) -> set[str]:
    """The ctxsize modules that are imported while this one loads: not those inside functions or for types."""
    found = set()
    for node in ast.parse(module.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("ctxsize"):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def known(name: str, modules: dict[str, Path]) -> str:
    """``ctxsize.units.format_size`` is in ``ctxsize.units``."""
    return name if name in modules else name.rpartition(".")[0]


def reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    todo = set(graph[start])
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo |= graph.get(name, set())
    return seen
