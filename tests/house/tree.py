"""Where things stand in the repository, for the promises that hold over all of it."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "src" / "wald"
DOCS = ROOT / "docs"

# One new thing is one new file: package, the constant it defines, the folder of its doc pages.
EXTENSIONS = (
    ("wald.facts.metrics", "METRIC", "metrics"),
    ("wald.connectors.sources", "CONNECTOR", "connectors"),
    ("wald.agreements", "DOCUMENT", "agreements"),
    ("wald.cases.kinds", "CASE", "cases"),
    ("wald.actions.work.kinds", "JOB", "work"),
    ("wald.heart.compensation.components", "COMPONENT", "compensation"),
    ("wald.brain.forecasters", "FORECASTER", "forecast"),
    ("wald.heart.hygiene.rules", "RULE", "hygiene"),
    ("wald.brain.detectors", "DETECTOR", "insights"),
)

_NOT_OURS = {".venv", ".uv", ".git", "var", "node_modules", "dist", "build"}


def files(*patterns: str, under: Path = ROOT) -> list[Path]:
    """Return the files of the repository that match a pattern, without caches and workspaces."""
    found = (path for pattern in patterns for path in under.rglob(pattern))
    return sorted(
        path
        for path in found
        if path.is_file() and not _NOT_OURS.intersection(path.relative_to(ROOT).parts)
    )


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def extension_files(package: str) -> list[Path]:
    folder = ROOT / "src" / Path(*package.split("."))
    return sorted(path for path in folder.glob("*.py") if path.name != "__init__.py")


def project() -> dict[str, object]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text())


def commands(page: Path, program: str) -> list[str]:
    """Return the lines of a page's code blocks and code words that call `program`."""
    text = re.sub(r" *\\\n\s*", " ", page.read_text())  # a line that goes on on the next
    fences = re.findall(r"```\w*\n(.*?)```", text, re.DOTALL)
    prose = re.sub(r"```\w*\n.*?```", "", text, flags=re.DOTALL)
    indented = re.findall(r"^    +(\S.*)$", prose, re.MULTILINE)
    words = re.findall(r"`([^`\n]+)`", prose)
    lines = [*indented, *words, *(line.strip() for block in fences for line in block.splitlines())]
    return [line for line in lines if line.split(" ")[0] == program and " " in line]
