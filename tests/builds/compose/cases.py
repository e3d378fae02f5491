"""The projects of ``cases.txt``: their files, their environment, and the build sections that Compose 2.40.3 gave them.

    python -m tests.builds.compose.cases

asks the ``docker compose`` at hand again and writes what it says into ``expected.json``.
"""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ctxsize.builds.compose import Project, projects
from tests.builds.compose import against_docker

HERE = Path(__file__).parent
ROOT = Path("/root-of/repository")
HOME = "/home-of/user"


@dataclass(frozen=True)
class Case:
    """``files`` by path; the first project among them is the one that is read."""

    name: str
    files: dict[str, str]
    environment: dict[str, str]

    @property
    def project(self) -> Project:
        canonical = [project for project in projects(self.files) if Path(project.files[0]).stem == "compose"]
        return min(canonical, key=lambda project: project.folder.count("/") if project.folder else -1)

    def load(self, path: str) -> bytes | None:
        return self.files[path].encode() if path in self.files else None

    def environ(self, root: Path) -> dict[str, str]:
        folder = root / self.project.folder
        return against_docker.environment(folder, {"HOME": HOME, **self.environment})

    def plant(self, root: Path) -> Path:
        for path, text in self.files.items():
            file = root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8", newline="")
        return root


def cases(name: str = "cases.txt") -> list[Case]:
    """``=== name`` opens a case, ``--- path`` a file of it; ``--- environment`` holds NAME=value lines."""
    found = []
    text = (HERE / name).read_text(encoding="utf-8").removesuffix("\n")
    for part in f"\n{text}".split("\n=== ")[1:]:
        title, *pieces = (part + "\n").split("\n--- ")
        files = {piece.partition("\n")[0]: piece.partition("\n")[2] for piece in pieces}
        lines = files.pop("environment", "").splitlines()
        found.append(Case(title.strip(), files, dict(line.split("=", 1) for line in lines if line)))
    return found


def docker_answer(case: Case, *options: str) -> tuple[against_docker.Sections | None, str]:
    """What Compose makes of the case, as if it stood in ROOT; None and its words if it refuses."""
    with tempfile.TemporaryDirectory() as name:
        root = case.plant(Path(name).resolve() / ROOT.name)
        answer = against_docker.docker_config(root, case.project, case.environ(root), *options)
        if answer.returncode != 0:
            return None, answer.stderr.strip()
        sections = against_docker.docker_sections(root, case.project, answer.stdout)
        moved: against_docker.Sections = json.loads(json.dumps(sections).replace(str(root.parent), str(ROOT.parent)))
        return moved, ""


def expected() -> dict[str, Any]:
    answers: dict[str, Any] = json.loads((HERE / "expected.json").read_text(encoding="utf-8"))
    return answers


def main() -> int:
    answers = {}
    for case in cases():
        answers[case.name], refusal = docker_answer(case)
        if refusal:
            sys.exit(f"{case.name}: {refusal}")
    (HERE / "expected.json").write_text(json.dumps(answers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
