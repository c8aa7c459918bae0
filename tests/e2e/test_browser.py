"""The browser that page tests use starts, and is the machine's own."""

from playwright.sync_api import Page


def test_a_page_is_shown_and_read(page: Page) -> None:
    page.set_content("<h1>Pulse</h1>")
    assert page.get_by_role("heading").inner_text() == "Pulse"
