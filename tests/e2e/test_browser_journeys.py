"""The day's work by keyboard alone: a case is answered, a document approved, an insight opened."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django import DjangoDbBlocker

from tests.agreeing import CENTRAL, somebody
from tests.browsing import listening
from tests.exports import write_export
from tests.sample_records import sample_records, signed_in
from tests.serving import WORDS, served, workspace
from wald.actions import documents
from wald.kernel.policy import Role
from wald.records.stores.users import create_user

_WIDE = {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[str, dict[str, object]]]:
    export = write_export(tmp_path_factory.mktemp("journeys"))
    with served(export, django_db_blocker), listening() as address:
        create_user("fin", WORDS, Role.FINANCE, database="default")
        keys = sample_records()
        yield address, {**keys, "waiting": _handed_in()}


def _handed_in() -> int:
    """Let Ana hand in a second version of the policy."""
    at, ana = datetime.now(UTC), somebody("ana")
    text = CENTRAL.replace("2026-01-01", "2027-01-01").replace("0.30", "0.25")
    written = documents.draft(actor=ana, workspace=workspace(), text=text, at=at).version
    documents.submit(
        actor=ana,
        workspace=workspace(),
        version_id=written.version_id,
        revision=written.revision,
        at=at,
    )
    return written.version_id


@pytest.fixture
def ana(site: tuple[str, dict[str, object]], browser: Browser) -> Iterator[Page]:
    with signed_in(browser, site[0], "ana", viewport=_WIDE, reduced_motion="reduce") as page:
        yield page


@pytest.fixture
def fin(site: tuple[str, dict[str, object]], browser: Browser) -> Iterator[Page]:
    with signed_in(browser, site[0], "fin", viewport=_WIDE, reduced_motion="reduce") as page:
        yield page


def _tab_to(page: Page, words: str) -> None:
    """Press Tab until what has the focus is called so."""
    for _ in range(120):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "(one => one.labels?.[0]?.textContent || one.ariaLabel || one.textContent)"
            "(document.activeElement).trim()"
        )
        if name == words:
            return
    raise AssertionError(f"Tab never leads to {words!r}")


def test_from_the_inbox_to_a_comment_beside_the_list(
    ana: Page, site: tuple[str, dict[str, object]]
) -> None:
    ana.keyboard.press("g")
    ana.keyboard.press("i")
    ana.wait_for_url(f"{site[0]}/cases/")
    ana.keyboard.press("j")
    ana.keyboard.press("Enter")
    panel = ana.get_by_role("complementary").first
    expect(panel.get_by_role("heading", level=1)).to_contain_text("Ask the North")
    _tab_to(ana, "Comment")
    ana.keyboard.type("They cannot try it first.")
    ana.keyboard.press("Tab")
    ana.keyboard.press("Enter")
    expect(panel.locator(".events").get_by_text("They cannot try it first.")).to_be_visible()
    there = re.escape(f"{site[0]}/cases/#panel=/cases/{site[1]['case']}/")
    expect(ana).to_have_url(re.compile(there))
    ana.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def test_from_the_palette_to_an_approval(fin: Page, site: tuple[str, dict[str, object]]) -> None:
    fin.keyboard.press("Control+k")
    fin.keyboard.type("discounts")
    fin.get_by_role("dialog").get_by_role("option", name="discounts").first.wait_for()
    fin.keyboard.press("Enter")
    fin.wait_for_url(f"{site[0]}/documents/approval_policy/discounts/")
    _tab_to(fin, "Version 2")
    fin.keyboard.press("Enter")
    expect(fin.locator(".side-panel h1")).to_contain_text("Version 2")
    _tab_to(fin, "Approve")
    fin.keyboard.press("Enter")
    expect(fin.get_by_text("approved by fin").first).to_be_visible()


def test_cases_are_chosen_with_x_and_taken_back_with_z(
    ana: Page, site: tuple[str, dict[str, object]]
) -> None:
    ana.goto(f"{site[0]}/cases/")
    expect(ana.get_by_label("With the chosen")).to_be_hidden()
    ana.keyboard.press("j")
    ana.keyboard.press("x")
    expect(ana.get_by_label("With the chosen")).to_be_visible()
    ana.keyboard.press("x")
    expect(ana.get_by_label("With the chosen")).to_be_hidden()


def test_a_text_is_checked_while_it_is_written(
    ana: Page, site: tuple[str, dict[str, object]]
) -> None:
    ana.goto(f"{site[0]}/documents/new/?type=approval_policy")
    text = ana.get_by_label("Text")
    text.fill("document: approval_policy\nname: discounts\ncontent:\n  rules: 7\n")
    said = ana.locator("#text-checked")
    expect(said).to_contain_text("rules")
    expect(text).to_have_attribute("aria-invalid", "true")
    text.fill(CENTRAL.replace("2026-01-01", "2027-06-01"))
    expect(said).to_contain_text("Nothing is wrong with this text.")
    expect(text).not_to_have_attribute("aria-invalid", "true")


def test_what_is_written_in_a_panel_is_not_lost_without_a_question(
    ana: Page, site: tuple[str, dict[str, object]]
) -> None:
    ana.goto(f"{site[0]}/cases/")
    ana.keyboard.press("j")
    ana.keyboard.press("Enter")
    panel = ana.get_by_role("complementary").first
    panel.get_by_label("Comment").fill("Half a sentence")
    ana.once("dialog", lambda dialog: dialog.dismiss())
    ana.keyboard.press("Escape")
    ana.keyboard.press("Escape")
    expect(panel.get_by_label("Comment")).to_have_value("Half a sentence")
    ana.once("dialog", lambda dialog: dialog.accept())
    ana.keyboard.press("Escape")
    expect(panel).to_be_hidden()
