"""A browser for tests that look at pages as a person does; records for those that load."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from pytest_django import DjangoDbBlocker

from wald.actions.workspace import close_workspace, open_workspace

# Nothing a page shows needs another host, so the browser may not call one either.
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@pytest.fixture(scope="session")
def browser_type_launch_args(
    browser_type_launch_args: dict[str, object], chromium: str
) -> dict[str, object]:
    """Start the machine's own Chromium; Playwright downloads none."""
    return {**browser_type_launch_args, "executable_path": chromium, "args": list(_FLAGS)}


@pytest.fixture(scope="module")
def records(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let a test open workspaces of its own, each with a record database in its folder."""
    with django_db_blocker.unblock():
        yield


@pytest.fixture(scope="module")
def new_workspace(tmp_path_factory: pytest.TempPathFactory, records: None) -> Path:
    """Return a workspace in which nothing is loaded, to be copied: making one takes a while."""
    home = tmp_path_factory.mktemp("new") / "home"
    close_workspace(open_workspace(home))
    return home


@pytest.fixture
def home(new_workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a workspace of the test's own; the `wald` command takes it for its home."""
    home = copytree(new_workspace, tmp_path / "home")
    monkeypatch.setenv("WALD_HOME", str(home))
    return home
