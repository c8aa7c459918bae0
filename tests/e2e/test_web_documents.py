"""A document on its pages: written, checked, submitted, decided by somebody else, compared."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from tests.agreeing import CENTRAL, OVERRIDE, agreeing, approved, signed_in
from tests.browsing import shell_queries
from wald.records.stores import documents as store


@pytest.fixture(autouse=True)
def people(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with agreeing(django_db_blocker):
        yield


def read(person: Client, address: str, **sent: str) -> str:
    answer = person.post(address, sent, follow=True) if sent else person.get(address)
    return answer.content.decode()


def test_an_empty_list_says_what_to_do() -> None:
    assert "Write the first one" in read(signed_in("ana"), "/documents/")
    rae = read(signed_in("rae"), "/documents/")
    assert "Write the first one" not in rae
    assert "Nothing is agreed here yet" in rae


def test_a_document_is_written_submitted_and_approved_by_somebody_else() -> None:
    ana, fin = signed_in("ana"), signed_in("fin")
    assert "document: approval_policy" in read(ana, "/documents/new/?type=approval_policy")
    page = read(ana, "/documents/new/", text=CENTRAL, do="save")
    assert "Submit for approval" in page
    page = read(ana, "/documents/versions/1/submit/", revision="1")
    assert "You wrote on it" in page
    page = read(ana, "/documents/versions/1/approve/", revision="1")
    assert "somebody else has to decide" in page
    page = read(fin, "/documents/versions/1/approve/", revision="1")
    assert "It is approved and holds from 1 January 2026." in page
    page = read(fin, "/documents/approval_policy/discounts/?on=2026-03-01")
    assert "regional_director approves discounts above" in page
    assert "15 %" in page


def test_every_problem_is_shown_with_its_line_and_the_text_is_kept() -> None:
    bad = CENTRAL.replace("0.15", "much").replace("approver: finance", "aprover: finance")
    ana = signed_in("ana")
    for do in ("check", "save"):
        page = read(ana, "/documents/new/", text=bad, do=do)
        assert "line 12" in page
        assert "did you mean approver?" in page
        assert "discount_above: much" in page
    assert store.documents_like(database="default") == ()


def test_the_editor_is_answered_as_json_while_somebody_writes() -> None:
    bad = CENTRAL.replace("0.15", "much")
    (one,) = signed_in("ana").post("/documents/check/", {"text": bad}).json()["problems"]
    assert (one["line"], one["where"]) == (12, "rules[0].discount_above")
    good = signed_in("rae").post("/documents/check/", {"text": CENTRAL}).json()
    assert good["problems"] == []
    assert "finance approves discounts above 30 %" in good["changes"]


def test_lines_that_a_browser_sends_are_kept_as_they_were() -> None:
    ana = signed_in("ana")
    read(ana, "/documents/new/", text=CENTRAL.replace("\n", "\r\n"), do="save")
    found = store.find_version(1, database="default")
    assert found is not None
    assert found.text == CENTRAL
    assert ana.get("/documents/versions/1/text.yaml").content == CENTRAL.encode()


def test_a_form_changes_a_value_and_keeps_the_comments() -> None:
    ana = signed_in("ana")
    read(ana, "/documents/new/", text=CENTRAL, do="save")
    page = read(ana, "/documents/versions/1/form/")
    assert 'name="content.rules.0.discount_above" value="0.15"' in page
    sent = {"text": CENTRAL, "revision": "1", "content.rules.0.discount_above": "0.18"}
    page = read(ana, "/documents/versions/1/form/", do="save", **sent)
    assert "revision 2" in page
    found = store.find_version(1, database="default")
    assert found is not None
    assert found.text == CENTRAL.replace("discount_above: 0.15", "discount_above: 0.18")


def test_a_form_adds_and_removes_entries_without_script() -> None:
    ana = signed_in("ana")
    read(ana, "/documents/new/", text=CENTRAL, do="save")
    sent = {"text": CENTRAL, "revision": "1"}
    page = read(ana, "/documents/versions/1/form/", do="add:content.rules", **sent)
    assert 'name="content.rules.2.name"' in page
    assert "Nothing stands here" in page
    page = read(ana, "/documents/versions/1/form/", do="remove:content.rules.1", **sent)
    assert 'name="content.rules.1.name"' not in page


def test_a_form_says_a_problem_beside_its_field() -> None:
    ana = signed_in("ana")
    read(ana, "/documents/new/", text=CENTRAL, do="save")
    sent = {"text": CENTRAL, "revision": "1", "content.rules.0.discount_above": "a lot: yes"}
    page = read(ana, "/documents/versions/1/form/", do="save", **sent)
    assert 'id="about_content.rules.0.discount_above"' in page
    assert "is not a number" in page
    assert "a lot: yes" in page


def test_who_edits_what_changed_meanwhile_is_told_and_keeps_the_text() -> None:
    ana = signed_in("ana")
    read(ana, "/documents/new/", text=CENTRAL, do="save")
    edit = "/documents/versions/1/edit/"
    read(ana, edit, text=CENTRAL.replace("0.15", "0.14"), revision="1", do="save")
    mine = CENTRAL.replace("0.15", "0.13")
    answer = ana.post(edit, {"text": mine, "revision": "1", "do": "save"})
    assert answer.status_code == 409
    assert "has changed since you read it" in answer.content.decode()
    assert "discount_above: 0.13" in answer.content.decode()


def test_sending_back_asks_for_a_reason_that_the_writer_reads() -> None:
    ana, fin = signed_in("ana"), signed_in("fin")
    read(ana, "/documents/new/", text=CENTRAL, do="save")
    read(ana, "/documents/versions/1/submit/", revision="1")
    back = "/documents/versions/1/return/"
    assert "Say why" in read(fin, back, revision="1", reason=" ")
    assert "It is sent back" in read(fin, back, revision="1", reason="Too generous")
    assert "Too generous" in read(ana, "/documents/versions/1/")


def test_a_unit_starts_from_what_it_may_change() -> None:
    approved(CENTRAL, "2026-01-01")
    new = "/documents/new/?type=approval_policy&name=discounts&unit=EMEA"
    page = read(signed_in("lou"), new)
    assert "discount_above: 0.15  # from 0.05 up to 0.20" in page
    assert "approver" not in page.partition("<textarea")[2].partition("</textarea")[0]


def test_an_override_is_shown_beside_what_is_central() -> None:
    approved(CENTRAL, "2026-01-01")
    approved(OVERRIDE, "2026-01-02", by="lou")
    page = read(signed_in("rae"), "/documents/approval_policy/discounts/?unit=EMEA&on=2026-03-01")
    assert "version 1 of EMEA" in page
    assert '<span class="tag info">local</span>' in page
    assert "version 1 of the organization" in page


def test_a_link_to_the_document_of_a_unit_leads_to_its_page() -> None:
    approved(CENTRAL, "2026-01-01")
    answer = signed_in("rae").get("/documents/approval_policy/discounts@EMEA/DACH/")
    assert answer["Location"] == "/documents/approval_policy/discounts/?unit=EMEA%2FDACH"


def test_readers_have_no_buttons_and_cannot_write() -> None:
    approved(CENTRAL, "2026-01-01")
    rae = signed_in("rae")
    assert "<textarea" not in read(rae, "/documents/versions/1/")
    assert rae.get("/documents/new/").status_code == 403
    assert rae.get("/documents/versions/1/edit/").status_code == 403
    answer = rae.post("/documents/versions/1/edit/", {"text": "x", "do": "save"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "address",
    [
        "/documents/versions/404/",
        "/documents/versions/99999999999999999999/",
        "/documents/approval_policy/nothing/",
        "/documents/colours/discounts/",
        "/documents/versions/404/edit/",
        "/documents/versions/404/form/",
        "/documents/versions/404/text.yaml",
    ],
)
def test_what_is_not_there_is_not_found(address: str) -> None:
    assert signed_in("ana").get(address).status_code == 404


def test_an_odd_address_is_no_error() -> None:
    approved(CENTRAL, "2026-01-01")
    ana = signed_in("ana")
    for end in (
        "?on=soon",
        "?known=%00",
        "?unit=%F0%9F%98%80",
        "?on=9999-12-31",
        "?unit=a/b/c/d/e",
    ):
        assert ana.get(f"/documents/approval_policy/discounts/{end}").status_code == 200
    for end in ("?state=x", "?page=99", "?type=%00", f"?search={'x' * 5000}"):
        assert ana.get(f"/documents/{end}").status_code == 200
    assert ana.post("/documents/versions/1/dance/", {}).status_code == 404
    assert ana.post("/documents/versions/404/submit/", {"revision": "x"}).status_code == 404


def test_strangers_are_sent_to_sign_in() -> None:
    for address in ("/documents/", "/documents/new/", "/documents/versions/1/"):
        assert Client().get(address).status_code == 302
    assert Client().post("/documents/check/", {}).status_code == 302


@pytest.mark.parametrize(
    ("address", "own"),
    [
        ("/documents/", 3),  # which there are, versions of those on the page, saved views
        ("/documents/approval_policy/discounts/", 1),
        ("/documents/approval_policy/discounts/?unit=EMEA", 1),
        ("/documents/versions/1/", 2),  # itself, and all of its name
    ],
)
def test_a_page_costs_the_same_queries_however_much_there_is(
    address: str, own: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rae = signed_in("rae")
    approved(CENTRAL, "2026-01-01")
    approved(OVERRIDE, "2026-01-02", by="lou")
    for number in range(3):
        approved(CENTRAL.replace("name: discounts", f"name: other{number}"), "2026-01-01")
        approved(CENTRAL.replace("2026-01-01", f"2026-01-0{number + 2}"), "2026-01-01")
    rae.get("/documents/")
    with django_assert_num_queries(2 + own + shell_queries()):  # and session, user
        rae.get(address)
