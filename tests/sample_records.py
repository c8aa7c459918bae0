"""Records of every noun, so that each page has something to show; and a person in a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from playwright.sync_api import Browser, Page

from tests.serving import ANA, WORDS, workspace
from wald.actions.views import save_view
from wald.queries.loads import all_loads


def sample_records() -> dict[str, object]:
    """Make one of each and return their keys by noun."""
    at = datetime.now(UTC)
    place = workspace()
    save_view(
        actor=ANA, workspace=place, name="Won", address="/deals/?outcome=won", at=at, is_shared=True
    )
    return {"load": all_loads(actor=ANA, workspace=place)[0].load_id}


@contextmanager
def signed_in(browser: Browser, site: str, name: str, **options: object) -> Iterator[Page]:
    """Open a page of a browser in which somebody has signed in."""
    with browser.new_context(**options) as context:  # type: ignore[arg-type]  # Playwright's own
        page = context.new_page()
        page.goto(f"{site}/sign-in/")
        page.get_by_label("User name").fill(name)
        page.get_by_label("Password").fill(WORDS)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{site}/")
        yield page
