"""What gets installed: pinned with hashes, from no address, run as it was tested."""

import re
from pathlib import Path

import pytest

from tests.house.tree import DOCS, ROOT, files, name, project

LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
_PIN = re.compile(r"^([a-z0-9-]+)==(\S+)", re.MULTILINE)


def _pins(lock: str) -> set[tuple[str, str]]:
    return set(_PIN.findall((ROOT / "requirements" / f"{lock}.txt").read_text()))


def _direct() -> set[str]:
    """Return the packages that pyproject.toml names, as the registry writes them."""
    table = project()
    wanted = [*table["project"]["dependencies"]]  # type: ignore[index]
    for names in table["project"]["optional-dependencies"].values():  # type: ignore[index]
        wanted += names
    for names in table["dependency-groups"].values():  # type: ignore[attr-defined]
        wanted += [one for one in names if isinstance(one, str)]
    return {re.match(r"[\w.-]+", one)[0].lower().replace("_", "-") for one in wanted}  # type: ignore[index]


@pytest.mark.parametrize("lock", LOCKS, ids=name)
def test_every_pin_has_its_hashes(lock: Path) -> None:
    text = lock.read_text().replace("\\\n", " ")
    bare = [line for line in text.splitlines() if line.strip() and "--hash=sha256:" not in line]
    assert bare == []


@pytest.mark.parametrize(
    "file",
    [*LOCKS, ROOT / "pyproject.toml", ROOT / "Makefile", ROOT / ".ci/run", *files("scripts/*")],
    ids=name,
)
def test_what_installs_names_no_address(file: Path) -> None:
    assert re.findall(r"\S*://\S*|--(?:extra-)?index\S*|\w+ @ \S+", file.read_text()) == []


def test_running_gets_the_versions_that_were_tested() -> None:
    assert _pins("run") - _pins("dev") == set()


def test_everything_asked_for_is_locked() -> None:
    assert _direct() - {package for package, _ in _pins("dev")} == set()


def test_no_solver_that_breaks_another_is_locked() -> None:
    """highspy and ortools cannot be imported in one process."""
    assert "highspy" not in {package for package, _ in _pins("dev")}


def test_every_library_has_its_reason_written_down() -> None:
    page = (DOCS / "decisions" / "0011-the-libraries-we-build-on.md").read_text().lower()
    listed = set(re.findall(r"^\| ([a-z][a-z0-9-]*) \|", page, re.MULTILINE)) - {"library"}
    assert listed == _direct()
