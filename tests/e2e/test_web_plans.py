"""A compensation plan on the pages of documents: checked while it is written, and as a form."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.agreeing import agreeing, signed_in
from tests.plan_texts import TEXT
from wald.records.stores import documents as store

FORM = "/documents/versions/1/form/"


@pytest.fixture(autouse=True)
def people(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with agreeing(django_db_blocker):
        yield


def test_the_linter_warns_while_somebody_writes_and_keeps_nothing_back() -> None:
    ana = signed_in("ana")
    steep = TEXT.replace("tiers:\n", "method: whole\n        tiers:\n", 1)
    found = ana.post("/documents/check/", {"text": steep}).json()
    assert found["problems"] == []
    first = found["warnings"][0]
    assert first["what"].startswith("A cliff of ")
    assert first["line"] == 14
    assert ana.post("/documents/check/", {"text": TEXT}).json()["warnings"] == []
    page = ana.post("/documents/new/", {"text": steep, "do": "check"}).content.decode()
    assert "It may not be meant so:" in page
    assert ana.post("/documents/new/", {"text": steep, "do": "save"}).status_code == 302


def test_the_form_shows_tiers_and_chooses_the_kind_of_a_new_component() -> None:
    ana = signed_in("ana")
    ana.post("/documents/new/", {"text": TEXT, "do": "save"})
    page = ana.get(FORM).content.decode()
    assert 'name="content.components.0.tiered_rate.tiers.2.rate" value="0.08"' in page
    assert "flat_rate" not in page, "the form shows the component in use"
    more = ana.post(FORM, {"text": TEXT, "revision": "1", "do": "add:content.components"})
    text = text_in(more.content.decode())
    assert 'value="flat_rate"' in more.content.decode()
    at = "content.components.2"
    sent = {"text": text, "revision": "1", f"take:{at}": "flat_rate"}
    sent |= {f"{at}.key": "base", f"{at}.measure": "revenue"}
    taken = ana.post(FORM, sent | {"do": "take:content.components.2"}).content.decode()
    assert 'name="content.components.2.flat_rate.rate"' in taken
    last = {"text": text_in(taken), "revision": "1", "content.components.2.flat_rate.rate": "0.01"}
    assert ana.post(FORM, last | {"do": "save"}).status_code == 302
    kept = store.find_version(1, database="default")
    assert kept is not None
    assert "# the one that matters" in kept.text
    assert "rate: 0.01" in kept.text


def test_a_problem_of_a_term_is_said_beside_its_field() -> None:
    ana = signed_in("ana")
    ana.post("/documents/new/", {"text": TEXT, "do": "save"})
    name = "content.components.0.tiered_rate.tiers.2.rate"
    page = ana.post(FORM, {"text": TEXT, "revision": "1", name: "8", "do": "save"})
    assert page.status_code == 400
    assert f'id="about_{name}"' in page.content.decode()


def text_in(page: str) -> str:
    """Return the text that the form carries."""
    from html import unescape

    return unescape(page.split('name="text" value="')[1].split('">')[0])
