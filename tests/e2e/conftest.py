"""A browser for the tests that look at pages as a person does."""

import pytest

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
