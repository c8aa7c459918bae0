"""No page has a fault that axe finds: both themes, on the narrowest screen and on a desk's."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page
from pytest_django import DjangoDbBlocker

from tests.browsing import listening
from tests.exports import write_export
from tests.sample_pages import NOT_LOOKED_AT, SAMPLES, names
from tests.sample_records import sample_records, signed_in
from tests.serving import served

_WIDTHS = (1280, 320)
_NARROW = 64  # pixels
_EVERYTHING = {"resultTypes": ["violations"], "rules": {"target-size": {"enabled": True}}}
# Another theme is other colours and nothing else: tests/unit/test_colours.py.
_COLOURS = {"resultTypes": ["violations"], "runOnly": ["color-contrast", "link-in-text-block"]}


@pytest.fixture(scope="module")
def site(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[tuple[str, dict[str, object]]]:
    with (
        served(write_export(tmp_path_factory.mktemp("axe")), django_db_blocker),
        listening() as address,
    ):
        yield address, sample_records()


@pytest.fixture(scope="module")
def ana(site: tuple[str, dict[str, object]], browser: Browser) -> Iterator[Page]:
    with signed_in(browser, site[0], "ana", reduced_motion="reduce") as page:
        yield page


def _faults(page: Page, options: dict[str, object]) -> list[str]:
    found = page.evaluate("options => axe.run(options)", options)["violations"]
    return [
        f"{one['id']}: {node['html'][:200]} {node['failureSummary']}"
        for one in found
        for node in one["nodes"]
    ]


def _faults_in_both_themes(page: Page) -> list[str]:
    page.emulate_media(color_scheme="dark")
    found = _faults(page, _COLOURS)
    page.emulate_media(color_scheme="light")
    return found + _faults(page, _EVERYTHING)


def _squeezed(page: Page) -> list[str]:
    """Return the fields that nobody could write in: seen, and narrower than a few letters."""
    found: list[str] = page.evaluate(
        """narrow => [...document.querySelectorAll(
            'textarea, input:not([type=hidden], [type=checkbox], [type=radio])')]
            .filter(one => one.checkVisibility({visibilityProperty: true}))
            .filter(one => one.getBoundingClientRect().width < narrow)
            .map(one => `${one.name} is ${one.getBoundingClientRect().width} pixels wide`)""",
        _NARROW,
    )
    return found


def test_every_page_has_a_sample() -> None:
    unknown = [name for name in names() if name not in SAMPLES and name not in NOT_LOOKED_AT]
    assert unknown == [], "add an address to tests/sample_pages.py"
    assert [name for name in SAMPLES if name not in set(names())] == []


@pytest.mark.parametrize("name", SAMPLES)
def test_a_page_has_no_fault_and_never_scrolls_sideways(
    name: str, ana: Page, site: tuple[str, dict[str, object]]
) -> None:
    faults: dict[str, list[str]] = {}
    for address in SAMPLES[name]:
        ana.goto(site[0] + address.format(**site[1]))
        ana.evaluate(AXE_SCRIPT)
        for width in _WIDTHS:
            ana.set_viewport_size({"width": width, "height": 900})
            found = _faults_in_both_themes(ana)
            if ana.evaluate("document.documentElement.scrollWidth") > width:
                found.append("it scrolls sideways")
            found += _squeezed(ana)
            if found:
                faults[f"{address} at {width}"] = found
    assert faults == {}


def test_the_palette_and_the_side_panel_are_as_good(
    ana: Page, site: tuple[str, dict[str, object]]
) -> None:
    ana.set_viewport_size({"width": 1440, "height": 900})
    ana.goto(f"{site[0]}/deals/")
    ana.evaluate(AXE_SCRIPT)
    ana.keyboard.press("Control+k")
    ana.get_by_role("combobox", name="Find or do").fill("one")
    ana.get_by_role("dialog").get_by_role("option", name="One").first.wait_for()
    assert _faults_in_both_themes(ana) == []
    ana.keyboard.press("Escape")
    ana.keyboard.press("j")
    ana.keyboard.press("Enter")
    ana.get_by_role("complementary").get_by_role("heading", level=1).wait_for()
    assert _faults_in_both_themes(ana) == []
