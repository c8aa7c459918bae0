"""The shell in a real browser, by keyboard alone: palette, rows, side panel, keys, saved views."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django import DjangoDbBlocker

from tests.browsing import listening
from tests.exports import write_export
from tests.sample_records import signed_in
from tests.serving import WORDS, served


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    with (
        served(write_export(tmp_path_factory.mktemp("keys")), django_db_blocker),
        listening() as address,
    ):
        yield address


@pytest.fixture(scope="module")
def person(site: str, browser: Browser) -> Iterator[Page]:
    size = {"width": 1440, "height": 900}
    with signed_in(browser, site, "ana", reduced_motion="reduce", viewport=size) as page:
        yield page


@pytest.fixture
def ana(person: Page, site: str) -> Page:
    person.set_viewport_size({"width": 1440, "height": 900})
    person.goto(f"{site}/deals/")
    return person


def _type(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def _focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def test_signing_in_by_keyboard(browser: Browser, site: str) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        page.goto(f"{site}/sign-in/")
        page.keyboard.type("ana")
        page.keyboard.press("Tab")
        page.keyboard.type(WORDS)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{site}/")


def test_g_and_a_letter_go_to_a_page(ana: Page, site: str) -> None:
    _type(ana, "g", "m")
    ana.wait_for_url(f"{site}/metrics/")
    _type(ana, "g", "d")
    ana.wait_for_url(f"{site}/deals/")


def test_a_question_mark_says_what_keys_do(ana: Page, site: str) -> None:
    _type(ana, "?")
    ana.wait_for_url(f"{site}/keyboard/")
    expect(ana.get_by_role("heading", level=1)).to_have_text("What keys do")


def test_a_slash_leads_to_the_search_and_escape_out_of_it(ana: Page) -> None:
    _type(ana, "/")
    assert ana.evaluate("document.activeElement.id") == "search"
    ana.keyboard.type("gm")
    assert ana.locator("#search").input_value() == "gm"
    _type(ana, "Escape")
    assert ana.evaluate("document.activeElement === document.body")


def test_j_and_k_walk_the_rows(ana: Page) -> None:
    rows = ana.locator("[data-row] [data-open]").all_inner_texts()
    _type(ana, "j")
    assert _focused(ana) == rows[0]
    _type(ana, "j", "j", "k")
    assert _focused(ana) == rows[1]


def test_enter_opens_the_row_beside_the_list_and_escape_closes_it(ana: Page, site: str) -> None:
    rows = ana.locator("[data-row] [data-open]").all_inner_texts()
    _type(ana, "j", "Enter")
    panel = ana.get_by_role("complementary")
    expect(panel.get_by_role("heading", level=1)).to_have_text(rows[0])
    expect(ana).to_have_url(re.compile("#panel=/deals/"))
    assert _focused(ana) == rows[0]
    _type(ana, "j")
    expect(panel.get_by_role("heading", level=1)).to_have_text(rows[1])
    _type(ana, "Escape")
    expect(panel).to_be_hidden()
    expect(ana).to_have_url(f"{site}/deals/")
    assert _focused(ana) == rows[1]


def test_of_two_records_the_one_chosen_last_is_shown(ana: Page, site: str) -> None:
    """Though the answer about the first one comes last; and one that was closed stays closed."""
    rows = ana.locator("[data-row] [data-open]").all_inner_texts()
    first = ana.locator("[data-row] [data-open]").first.get_attribute("href")
    held: list[Route] = []
    ana.route(f"**{first}?panel=1", lambda route: held.append(route))
    with ana.expect_request(f"**{first}?panel=1"):
        _type(ana, "j", "Enter")
    _type(ana, "j", "Enter")
    panel = ana.get_by_role("complementary")
    expect(panel.get_by_role("heading", level=1)).to_have_text(rows[1])
    with ana.expect_response(f"**{first}?panel=1"):
        held.pop().continue_()
    ana.wait_for_timeout(100)  # milliseconds, in which it would be put in
    expect(panel.get_by_role("heading", level=1)).to_have_text(rows[1])
    _type(ana, "k")
    ana.wait_for_function("document.querySelector('.side-panel').contains(document.activeElement)")
    _type(ana, "Escape")
    with ana.expect_response(f"**{first}?panel=1"):
        held.pop().continue_()
    ana.wait_for_timeout(100)
    expect(panel).to_be_hidden()
    expect(ana).to_have_url(f"{site}/deals/")
    ana.unroute(f"**{first}?panel=1")


def test_the_address_of_an_open_panel_opens_it_again(ana: Page, site: str) -> None:
    ana.goto("about:blank")
    ana.goto(f"{site}/deals/#panel=/deals/O1/")
    expect(ana.get_by_role("complementary").get_by_role("heading", level=1)).to_have_text("One")


@pytest.mark.parametrize("elsewhere", ["//example.org/", "https://example.org/", "deals/O1/"])
def test_a_panel_shows_nothing_of_another_host(ana: Page, site: str, elsewhere: str) -> None:
    asked: list[str] = []
    ana.on("request", lambda request: asked.append(request.url))
    ana.goto("about:blank")
    ana.goto(f"{site}/deals/#panel={elsewhere}")
    ana.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith(site) and url != "about:blank"] == []
    expect(ana.get_by_role("complementary")).to_have_count(0)


def test_a_form_in_the_panel_stays_in_the_panel(ana: Page, site: str) -> None:
    ana.goto(f"{site}/deals/#panel=/deals/O1/")
    panel = ana.get_by_role("complementary")
    panel.get_by_label("As of").fill("2024-01-15")
    panel.get_by_role("button", name="Show").click()
    expect(panel.get_by_text("as of 15 Jan 2024")).to_be_visible()
    there = re.escape(f"{site}/deals/#panel=/deals/O1/?as_of=2024-01-15")
    expect(ana).to_have_url(re.compile(there))
    _type(ana, "Escape")


def test_on_a_telephone_a_row_is_a_link(ana: Page, site: str) -> None:
    ana.set_viewport_size({"width": 390, "height": 800})
    ana.get_by_role("link", name="One", exact=True).click()
    ana.wait_for_url(f"{site}/deals/O1/")


def test_the_palette_finds_a_record_and_goes_there(ana: Page, site: str) -> None:
    _type(ana, "Control+k")
    ana.keyboard.type("one acorn")
    option = ana.get_by_role("dialog").get_by_role("option", name="One").first
    expect(option).to_have_attribute("aria-selected", "true")
    _type(ana, "Enter")
    ana.wait_for_url(f"{site}/deals/O1/")


def test_the_palette_goes_to_pages_and_remembers_records(ana: Page, site: str) -> None:
    ana.goto(f"{site}/deals/O1/")
    ana.goto(f"{site}/data/")
    _type(ana, "Control+k")
    first = ana.get_by_role("dialog").get_by_role("option").first
    expect(first).to_have_text("One")
    ana.keyboard.type("dfn")
    expect(first).to_contain_text("Definitions")
    expect(first).to_contain_text("G F")
    _type(ana, "Enter")
    ana.wait_for_url(f"{site}/definitions/")


def test_who_types_faster_than_the_server_answers_gets_there_too(ana: Page, site: str) -> None:
    held: list[Route] = []
    ana.goto(f"{site}/deals/")
    ana.route("**/find/?q=", lambda route: held.append(route))
    with ana.expect_request("**/find/?q="):
        _type(ana, "Control+k")
    ana.keyboard.type("definitions")
    _type(ana, "Enter")
    ana.wait_for_timeout(300)  # milliseconds; the palette asks for records after 90
    assert len(held) == 1
    assert ana.url == f"{site}/deals/"
    for route in held:
        route.continue_()
    ana.unroute("**/find/?q=")
    ana.wait_for_url(f"{site}/definitions/")


def test_the_palette_does_things_and_gives_the_focus_back(ana: Page) -> None:
    ana.locator("#search").focus()
    _type(ana, "Control+k", "Escape")
    assert ana.evaluate("document.activeElement.id") == "search"
    for words, dark in (("dark theme", True), ("theme of the", False)):
        _type(ana, "Control+k")
        ana.keyboard.type(words)
        _type(ana, "Enter")
        ana.wait_for_function(
            f"(document.documentElement.dataset.theme === 'dark') === {str(dark).lower()}"
        )


def test_a_view_is_kept_and_deleted_and_comes_back(ana: Page, site: str) -> None:
    ana.goto(f"{site}/deals/?outcome=won")
    _type(ana, "Control+k")
    ana.keyboard.type("save this view")
    _type(ana, "Enter")
    ana.wait_for_url("**/views/?address=**")
    ana.get_by_role("textbox", name="Name").first.focus()
    ana.keyboard.type("Won")
    _type(ana, "Enter")
    ana.wait_for_url(f"{site}/deals/?outcome=won")
    expect(ana.get_by_role("link", name="Won", exact=True)).to_have_attribute(
        "aria-current", "page"
    )
    ana.goto(f"{site}/views/")
    ana.locator("main summary", has_text="Change").first.focus()
    _type(ana, "Enter")
    ana.get_by_role("button", name="Delete Won").focus()
    _type(ana, "Enter")
    expect(ana.get_by_text("The view Won is deleted.")).to_be_visible()
    _type(ana, "z")
    ana.wait_for_url(f"{site}/deals/?outcome=won")
    expect(ana.get_by_role("link", name="Won", exact=True)).to_be_visible()


def test_single_keys_do_nothing_once_they_are_off(ana: Page, site: str) -> None:
    ana.locator("details.account > summary").click()
    ana.get_by_role("group", name="Single keys").get_by_role("button", name="Off").click()
    _type(ana, "j", "g", "m")
    assert ana.url == f"{site}/deals/"
    assert ana.evaluate("document.activeElement === document.body")
    _type(ana, "Control+k")
    expect(ana.get_by_role("dialog")).to_be_visible()
    _type(ana, "Escape")
    ana.locator("details.account > summary").click()
    ana.get_by_role("group", name="Single keys").get_by_role("button", name="On").click()


def test_without_script_the_rail_leads_everywhere_on_a_telephone(
    browser: Browser, site: str, person: Page
) -> None:
    size = {"width": 390, "height": 800}
    with browser.new_context(java_script_enabled=False, viewport=size) as context:  # type: ignore[arg-type]  # a size
        context.add_cookies(person.context.cookies())  # type: ignore[arg-type]  # as they came
        page = context.new_page()
        page.goto(f"{site}/")
        page.locator("details.menu > summary").click()
        page.get_by_role("navigation", name="All pages").get_by_role("link", name="Data").click()
        page.wait_for_url(f"{site}/data/")
        page.get_by_role("link", name="Find or do").click()
        page.get_by_label("Words").fill("one")
        page.get_by_role("button", name="Find").click()
        page.locator(".found").get_by_text("One", exact=True).click()
        page.wait_for_url(f"{site}/deals/O1/")


def test_nothing_that_has_the_focus_is_covered_on_a_telephone(ana: Page, site: str) -> None:
    ana.set_viewport_size({"width": 390, "height": 700})
    ana.goto(f"{site}/metrics/")
    dock = ana.locator(".dock").bounding_box()
    assert dock is not None
    for _ in range(40):
        _type(ana, "Tab")
        box = ana.evaluate(
            "(one => one.closest('.dock') ? null : one.getBoundingClientRect().toJSON())"
            "(document.activeElement)"
        )
        if box and box["height"] < dock["y"]:
            assert box["bottom"] <= dock["y"] + 1, ana.evaluate("document.activeElement.outerHTML")
