"""Pages in a real browser: on a telephone, by keyboard, without script, asking no other host."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect
from pytest_django import DjangoDbBlocker

from tests.browsing import listening
from tests.exports import write_export
from tests.serving import WORDS, served

_PAGES = (
    "/",
    "/?as_of=2024-02-15",
    "/metrics/",
    "/metrics/win_rate/?by=region",
    "/metrics/stage_conversion/",
    "/metrics/win_rate/?where=regio = 1",
    "/deals/",
    "/deals/O1/",
    "/data/",
    "/data/loads/{load}/",
    "/data/loads/{load}/undo/",
    "/definitions/",
    "/nothing/",
)


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    with (
        served(write_export(tmp_path_factory.mktemp("browser")), django_db_blocker),
        listening() as address,
    ):
        yield address


@pytest.fixture(scope="module")
def session(site: str, browser: Browser) -> list[dict[str, object]]:
    """Return Ana's cookies: signing in is slow by design, so she does it once."""
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site}/sign-in/")
        page.get_by_label("User name").fill("ana")
        page.get_by_label("Password").fill(WORDS)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{site}/")
        return list(context.cookies())  # type: ignore[arg-type]  # a dict with known keys


@pytest.fixture
def ana(context: BrowserContext, site: str, session: list[dict[str, object]]) -> Page:
    context.add_cookies(session)  # type: ignore[arg-type]  # as they came
    return context.new_page()


@pytest.fixture(scope="module")
def addresses(site: str, browser: Browser, session: list[dict[str, object]]) -> list[str]:
    """Return every page, with the number that the load has got."""
    with browser.new_context() as context:
        context.add_cookies(session)  # type: ignore[arg-type]  # as they came
        page = context.new_page()
        page.goto(f"{site}/data/")
        load = page.get_by_role("link", name=re.compile(r"^Load \d")).first.get_attribute("href")
        number = (load or "").strip("/").split("/")[-1]
        return [site + path.format(load=number) for path in _PAGES]


def _wider_than_the_screen(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth;
            if (document.documentElement.scrollWidth <= width) return [];
            return [...document.querySelectorAll('body *')]
                .filter((one) => one.getBoundingClientRect().right > width + 1)
                .map((one) => `${one.tagName}.${one.className}`);
        }"""
    )
    return found


@pytest.mark.parametrize("width", [320, 768])
def test_no_page_scrolls_sideways(ana: Page, addresses: list[str], width: int) -> None:
    ana.set_viewport_size({"width": width, "height": 800})
    for address in addresses:
        ana.goto(address)
        assert _wider_than_the_screen(ana) == [], address


def test_pages_ask_no_other_host_and_break_no_rule(
    ana: Page, site: str, addresses: list[str]
) -> None:
    asked: list[str] = []
    said: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # An answer of 400 or 404 is told there as well; it is what these addresses ask for.
        if message.type in ("error", "warning") and "status of 40" not in message.text:
            said.append(f"{ana.url}: {message.text}")

    def note(request: Request) -> None:
        asked.append(request.url)

    ana.on("console", hear)
    ana.on("request", note)
    for address in addresses:
        ana.goto(address)
    assert [url for url in asked if not url.startswith(site)] == []
    assert said == []


def test_every_field_has_a_name_and_every_page_one_heading(ana: Page, addresses: list[str]) -> None:
    for address in addresses:
        ana.goto(address)
        nameless = ana.evaluate(
            """() => [...document.querySelectorAll('input:not([type=hidden]), select, textarea')]
                .filter((one) => !one.labels.length && !one.ariaLabel).map((one) => one.name)"""
        )
        assert nameless == [], address
        assert ana.locator("h1").count() == 1, address
        assert ana.locator("main").count() == 1, address


def test_the_home_page_is_one_screen(ana: Page, site: str) -> None:
    ana.set_viewport_size({"width": 1440, "height": 900})
    ana.goto(f"{site}/")
    assert ana.evaluate("document.documentElement.scrollHeight") <= 900


def test_the_first_stop_of_the_keyboard_leads_to_the_content(ana: Page, site: str) -> None:
    ana.goto(f"{site}/")
    ana.keyboard.press("Tab")
    link = ana.get_by_role("link", name="Skip to content")
    assert link.evaluate("one => one === document.activeElement")
    assert link.bounding_box() is not None
    ana.keyboard.press("Enter")
    assert ana.evaluate("document.activeElement.id") == "main"


def test_what_has_the_focus_is_seen(ana: Page, site: str) -> None:
    ana.goto(f"{site}/deals/")
    for _ in range(12):
        ana.keyboard.press("Tab")
        outline = ana.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline not in ("none", ""), ana.evaluate("document.activeElement.outerHTML")


def test_a_note_opens_by_keyboard_and_closes_with_escape(ana: Page, site: str) -> None:
    ana.goto(f"{site}/metrics/")
    mark = ana.locator("details.note > summary").first
    sheet = ana.locator("details.note > .sheet").first
    mark.focus()
    ana.keyboard.press("Enter")
    expect(sheet).to_be_visible()
    ana.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    assert mark.evaluate("one => one === document.activeElement")


def test_addresses_stay_short(ana: Page, site: str) -> None:
    ana.goto(f"{site}/deals/")
    ana.locator("#outcome").select_option("won")
    ana.get_by_role("button", name="Show").click()
    ana.wait_for_url("**/deals/?**")
    assert ana.url == f"{site}/deals/?outcome=won"


def test_the_theme_changes_in_place_and_stays(ana: Page, site: str) -> None:
    ana.goto(f"{site}/deals/")
    dark = "getComputedStyle(document.body).backgroundColor === 'rgb(18, 20, 19)'"
    assert not ana.evaluate(dark)
    ana.locator("details.account > summary").click()
    ana.get_by_role("button", name="Dark").click()
    ana.wait_for_function(dark)
    assert ana.url == f"{site}/deals/"
    ana.goto(f"{site}/data/")
    assert ana.evaluate(dark)


def test_the_system_s_theme_is_followed(ana: Page, site: str) -> None:
    ana.emulate_media(color_scheme="dark")
    ana.goto(f"{site}/")
    assert ana.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(18, 20, 19)"


def test_everything_works_without_script(
    browser: Browser, site: str, session: list[dict[str, object]]
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        context.add_cookies(session)  # type: ignore[arg-type]  # as they came
        page = context.new_page()
        page.goto(f"{site}/deals/")
        page.locator("#outcome").select_option("won")
        page.get_by_role("button", name="Show").click()
        expect(page.locator("tbody tr")).to_have_count(2)
        page.locator("details.account > summary").click()
        page.get_by_role("button", name="Dark").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        page.get_by_role("link", name="One", exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text("One")


def test_a_load_is_taken_back_with_two_clicks_and_a_sentence(ana: Page, site: str) -> None:
    ana.goto(f"{site}/data/")
    ana.get_by_role("link", name=re.compile(r"^Load \d")).first.click()
    ana.get_by_role("link", name="Take back").click()
    ana.get_by_role("link", name="Keep it").click()
    ana.wait_for_url(re.compile(r"/data/loads/\d+/$"))
    expect(ana.get_by_role("link", name="Take back")).to_be_visible()
