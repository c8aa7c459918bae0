"""What one person has of their own is read by them and by who may see pay: through every door."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.agreeing import agreeing, approved, somebody
from tests.serving import WORDS, signed, workspace
from wald.actions import documents as action
from wald.agreements.pay_terms import PayTerms
from wald.documents.document import document_types
from wald.documents.reading import read
from wald.kernel.actor import Actor, Door
from wald.kernel.policy import GRANTS, Role
from wald.kernel.problem import NotAllowed
from wald.queries import document_plans, documents, journal
from wald.queries.digest import digest
from wald.records.models import Event
from wald.records.stores.notices import list_notices
from wald.records.stores.users import create_user

TERMS = """\
document: pay_terms
name: max
starts_on: 2026-01-01
owner: ana
reason: Raised to SECRETREASON
content:
  person: R1
  currency: EUR
  target_incentive: 818181
  rates:
    - {component: commission, rate: 0.0717}
"""
AMOUNT = "818181"
AT = datetime(2026, 1, 5, 12, tzinfo=UTC)
ON = date(2026, 3, 1)
# Who may: Max, whose terms they are; sales operations; finance.
SEEING, OTHERS = ("max", "ana", "fin"), ("moe", "mia", "sue", "rae", "lou", "root")


@pytest.fixture(autouse=True, scope="module")
def people(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with agreeing(django_db_blocker):
        for name, role, person in (
            ("max", Role.REP, "R1"),
            ("moe", Role.REP, "R2"),
            ("mia", Role.MANAGER, "M1"),
            ("root", Role.ADMINISTRATOR, ""),
        ):
            create_user(name, WORDS, role, person_id=person, database="default")
        approved(TERMS, "2026-01-05")
        yield


def actor(name: str) -> Actor:
    own = {"max": (Role.REP, "R1"), "moe": (Role.REP, "R2"), "mia": (Role.MANAGER, "M1"),
           "root": (Role.ADMINISTRATOR, "")}  # fmt: skip
    if name not in own:
        return somebody(name)
    role, person = own[name]
    return Actor(name, GRANTS[role], role, person, "", Door.PYTHON)


def signed_in(name: str) -> Client:
    client = Client()
    assert client.login(username=name, password=WORDS)
    return client


def reads(name: str) -> dict[str, bool]:
    """Say of each reading query whether it gives the terms."""
    who = {"actor": actor(name), "workspace": workspace()}
    named = {"type": "pay_terms", "name": "max"}
    page = documents.document_page(**who, **named, on=ON)
    found = {
        "effective": documents.effective(**who, **named, on=ON),
        "list": documents.document_list(**who, on=ON).lines,
        "list of the type": documents.document_list(**who, on=ON, type="pay_terms").lines,
        "page": page,
        "versions": documents.versions(**who, **named),
        "version": documents.one_version(**who, version_id=1),
        "version page": document_plans.version_page(**who, version_id=1),
        "difference": document_plans.difference(**who, version_id=1),
        "find": documents.find_documents(**who, text="max"),
    }
    return {door: bool(one) for door, one in found.items()}


@pytest.mark.parametrize("name", SEEING)
def test_who_may_see_the_pay_reads_the_terms_through_every_query(name: str) -> None:
    assert set(reads(name).values()) == {True}


@pytest.mark.parametrize("name", OTHERS)
def test_to_everybody_else_they_are_not_there(name: str) -> None:
    found = reads(name)
    assert [door for door, is_there in found.items() if is_there] == []


PATHS = (
    "/documents/",
    "/documents/pay_terms/max/",
    "/documents/versions/1/",
    "/documents/versions/1/text.yaml",
    "/documents/versions/1/form/",
    "/documents/versions/1/edit/",
    "/api/v1/documents",
    "/api/v1/documents/versions/1",
    "/api/v1/documents/versions/1/diff",
    "/api/v1/documents/pay_terms/max",
    "/api/v1/documents/pay_terms/max/effective",
    "/find/?q=max",
    "/documents/?search=max",
    "/journal/",
    "/api/v1/journal",
    "/notices/",
)


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("name", OTHERS)
def test_no_page_and_no_operation_tells_them(name: str, path: str) -> None:
    client = signed(name) if path.startswith("/api/") else signed_in(name)
    told = client.get(path, follow=True).content.decode()
    for word in (AMOUNT, "0.0717", "SECRETREASON"):
        assert word not in told
    if "pay_terms/max" not in path:  # a page carries its own address
        assert "pay_terms/max" not in told


@pytest.mark.parametrize("name", SEEING)
def test_who_may_finds_them(name: str) -> None:
    assert "pay_terms/max" in signed_in(name).get("/find/?q=max").content.decode()
    assert "pay_terms/max" in signed_in(name).get("/documents/?search=max").content.decode()


@pytest.mark.parametrize("name", [*OTHERS, *SEEING])
def test_a_digest_tells_no_amount(name: str) -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    told = str(digest(actor=actor(name), workspace=workspace(), at=AT, since=since))
    assert AMOUNT not in told
    if name in OTHERS:
        assert "pay terms" not in told


@pytest.mark.parametrize("name", SEEING)
def test_the_pages_and_the_api_show_them_to_who_may(name: str) -> None:
    assert AMOUNT in signed_in(name).get("/documents/versions/1/").content.decode()
    effective = signed(name).get("/api/v1/documents/pay_terms/max/effective?on=2026-03-01").json()
    assert effective["content"]["target_incentive"] == AMOUNT
    (line,) = signed(name).get("/api/v1/documents?type=pay_terms").json()["documents"]
    assert line["name"] == "max"


def test_the_journal_withholds_what_changed_from_who_may_not_see_the_pay() -> None:
    root = [one for one in journal.entries(actor=actor("root"), workspace=workspace())
            if one.about == "version:1"]  # fmt: skip
    assert len(root) == 3  # drafted, submitted, approved
    assert all(one.is_withheld for one in root)
    fin = journal.entries(actor=actor("fin"), workspace=workspace())
    assert any(AMOUNT in str(one.after) for one in fin)


def test_who_may_not_read_them_can_neither_write_nor_decide() -> None:
    new = TERMS.replace("818181", "90000").replace("2026-01-01", "2026-05-01")
    for name in ("root",):
        with pytest.raises(NotAllowed, match=r"pay\.read_all"):
            action.draft(actor=actor(name), workspace=workspace(), text=new, at=AT)
        with pytest.raises(NotAllowed, match=r"pay\.read_all"):
            document_plans.plan(actor=actor(name), workspace=workspace(), text=new, at=AT)
    made = action.draft(actor=actor("ana"), workspace=workspace(), text=new, at=AT).version
    seen = {"version_id": made.version_id, "revision": made.revision}
    action.submit(actor=actor("ana"), workspace=workspace(), at=AT, **seen)
    with pytest.raises(NotAllowed, match=r"pay\.read_all"):
        action.approve(actor=actor("sue"), workspace=workspace(), at=AT, **seen)
    told = {name: [one.title for one in list_notices(name, database="default")] for name in
            ("sue", "fin")}  # fmt: skip
    assert not any("pay terms" in title for title in told["sue"])
    assert any("To approve: pay terms max" in title for title in told["fin"])
    action.withdraw(actor=actor("ana"), workspace=workspace(), answer="tried", at=AT, **seen)


def test_other_systems_are_not_told_whose_they_are() -> None:
    bodies = [one.body for one in Event.objects.filter(type__startswith="document.")]
    assert bodies
    assert not any("max" in str(body) or AMOUNT in str(body) for body in bodies)


def test_units_have_no_overrides_of_them() -> None:
    text = TERMS.replace("name: max", "name: max\nunit: EMEA\nexpires_on: 2026-06-01")
    problems = [str(one) for one in read(text, document_types()).problems]
    assert any("not for a unit to change" in one for one in problems)


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("818181", "0", "0 is no target"),
        ("0.0717", "-1", "-1 is no rate"),
        ("person: R1", "person: ''", "at least 1 character"),
        ("  target_incentive: 818181\n  rates:\n    - {component: commission, rate: 0.0717}\n", "",
         "nothing of their own"),
    ],
)  # fmt: skip
def test_terms_that_make_no_sense_are_told(old: str, new: str, told: str) -> None:
    assert old in TERMS
    problems = [str(one) for one in read(TERMS.replace(old, new), document_types()).problems]
    assert any(told in one for one in problems), problems


def test_rates_are_found_by_component() -> None:
    written = read(TERMS, document_types()).written
    assert written is not None
    terms = PayTerms.model_validate(written.content)
    assert {key: str(rate) for key, rate in terms.rate_by_component.items()} == {
        "commission": "0.0717"
    }
