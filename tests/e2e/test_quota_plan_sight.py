"""A quota plan that names people is private like pay, through every door; others are not."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.quota_world import PLAN, agreed, at, planning, somebody
from tests.serving import WORDS, signed, workspace
from wald.actions import documents as action
from wald.actions.overrides import check_overrides
from wald.documents.version import Version
from wald.kernel.actor import Actor, Door
from wald.kernel.policy import GRANTS, Role
from wald.kernel.problem import NotAllowed, Refusal
from wald.queries import cases, document_plans, documents, journal
from wald.queries.digest import digest
from wald.queries.quotas import plan_list, plan_page
from wald.records.models import Event
from wald.records.stores.notices import list_notices
from wald.records.stores.users import create_user

PINS = """\
  pins:
    - {name: max, node: "@R1", amount: 345678.91, reason: SECRETREASON}
  potentials:
    - {name: ben, person: R3, amount: 765432.1}
"""
SAID = "    - {name: moe, node: North/Alpha/@R2, amount: 123456.78}\n"
NAMED = PLAN.replace("  proposals:\n", f"{PINS}  proposals:\n{SAID}").replace(
    "  proposals.south.amount:\n", "  proposals.*.amount: {highest: 450000}\n"
)
UNITS = PLAN.replace("name: company", "name: units").replace(
    '    - {name: max, node: "@R1", amount: 400000, by: Max}\n', ""
).replace("  proposals.south.amount:\n", "")  # fmt: skip
FIGURES = ("345678", "345,678", "123456", "123,456", "765432", "765,432", "SECRETREASON")
SEEING, OTHERS = ("ana", "oli", "fin"), ("lea", "mia", "max", "rae", "lou", "una", "root")
ON = date(2026, 3, 1)


@pytest.fixture(autouse=True, scope="module")
def company(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Version]:
    with planning(tmp_path_factory.mktemp("company"), django_db_blocker):
        create_user("root", WORDS, Role.ADMINISTRATOR, database="default")
        made = agreed(workspace(), NAMED)
        agreed(workspace(), UNITS, "2025-12-21")
        yield made


def actor(name: str) -> Actor:
    if name != "root":
        return somebody(name)
    role = Role.ADMINISTRATOR
    return Actor(name, GRANTS[role], role, "", "", Door.PYTHON)


def signed_in(name: str) -> Client:
    client = Client()
    assert client.login(username=name, password=WORDS)
    return client


def reads(name: str, plan: str, version_id: int) -> list[str]:
    """Return the reading queries that give a plan."""
    who = {"actor": actor(name), "workspace": workspace()}
    named = {"type": "quota_plan", "name": plan}
    lists = {
        "list": documents.document_list(**who, on=ON).lines,
        "list of the type": documents.document_list(**who, on=ON, type="quota_plan").lines,
        "find": documents.find_documents(**who, text=plan),
    }
    found = {
        "effective": documents.effective(**who, **named, on=ON),
        "page": documents.document_page(**who, **named, on=ON),
        "of a unit": documents.document_page(**who, **named, unit="South", on=ON),
        "versions": documents.versions(**who, **named),
        "version": documents.one_version(**who, version_id=version_id),
        "version page": document_plans.version_page(**who, version_id=version_id),
        "difference": document_plans.difference(**who, version_id=version_id),
        **{door: [one for one in lines if one.name == plan] for door, lines in lists.items()},
    }
    return [door for door, one in found.items() if one]


@pytest.mark.parametrize("name", [*SEEING, *OTHERS])
def test_a_plan_that_names_people_is_read_by_who_may_see_everybodys_pay(
    name: str, company: Version
) -> None:
    assert len(reads(name, "company", company.version_id)) == (10 if name in SEEING else 0)


@pytest.mark.parametrize("name", OTHERS)
def test_a_plan_of_units_is_read_by_everybody(name: str, company: Version) -> None:
    assert len(reads(name, "units", company.version_id + 1)) == 10


@pytest.mark.parametrize("name", OTHERS)
def test_no_page_and_no_operation_tells_the_figures(name: str, company: Version) -> None:
    number = company.version_id
    for path in (
        "/documents/",
        "/documents/quota_plan/company/",
        f"/documents/versions/{number}/",
        f"/documents/versions/{number}/text.yaml",
        f"/documents/versions/{number}/form/",
        f"/documents/versions/{number}/edit/",
        "/api/v1/documents",
        f"/api/v1/documents/versions/{number}",
        f"/api/v1/documents/versions/{number}/diff",
        "/api/v1/documents/quota_plan/company",
        "/api/v1/documents/quota_plan/company/effective",
        "/find/?q=company",
        "/journal/",
        "/api/v1/journal",
        "/notices/",
        "/cases/",
    ):
        client = signed(name) if path.startswith("/api/") else signed_in(name)
        told = client.get(path, follow=True).content.decode()
        assert [word for word in FIGURES if word in told] == [], path
    told = str(digest(actor=actor(name), workspace=workspace(), at=at("2026-01-02"),
                      since=at("2025-12-01")))  # fmt: skip
    assert [word for word in FIGURES if word in told] == []


def test_their_own_figures_are_still_theirs_on_the_quota_pages() -> None:
    page = signed_in("max").get("/quotas/?plan=company&on=2026-03-01").content.decode()
    assert "345,678.91" in page
    assert "/documents/versions/" not in page, "there is no way to what he may not read"
    assert "123,456.78" not in page
    assert "/documents/versions/" in (
        signed_in("fin").get("/quotas/?plan=company&on=2026-03-01").content.decode()
    )
    listed = plan_list(actor=actor("max"), workspace=workspace(), on=ON)
    assert [one.name for one in listed] == ["company", "units"]


def test_what_cannot_be_met_tells_no_figure_to_who_may_not_read_why() -> None:
    text = NAMED.replace("345678.91", "900000").replace("name: company", "name: broken")
    made = action.draft(actor=actor("ana"), workspace=workspace(), text=text, at=at("2026-01-03"))
    asked = {"name": "broken", "on": ON, "version_id": made.version.version_id}
    with pytest.raises(Refusal, match="who may read its text sees why") as refusal:
        plan_page(actor=actor("max"), workspace=workspace(), **asked)
    assert "900" not in str(refusal.value)


def test_the_journal_withholds_the_text() -> None:
    of_root = [
        one
        for one in journal.entries(actor=actor("root"), workspace=workspace())
        if one.about == "document:quota_plan/company"
    ]
    assert len(of_root) == 3  # drafted, submitted, approved
    assert all(one.is_withheld for one in of_root)
    of_fin = journal.entries(actor=actor("fin"), workspace=workspace())
    assert any("345678.91" in str(one.after) for one in of_fin)
    assert not any("345678" in str(one.body) for one in Event.objects.all())


def test_who_may_not_read_it_neither_writes_nor_decides() -> None:
    new = NAMED.replace("2026-01-01", "2026-05-01")
    for name in ("root", "lea"):
        with pytest.raises(NotAllowed):
            action.draft(actor=actor(name), workspace=workspace(), text=new, at=at("2026-01-03"))
    with pytest.raises(NotAllowed, match=r"pay\.read_all"):
        document_plans.plan(
            actor=actor("rae"), workspace=workspace(), text=new, at=at("2026-01-03")
        )
    made = action.draft(
        actor=actor("ana"), workspace=workspace(), text=new, at=at("2026-01-03")
    ).version
    seen = {"version_id": made.version_id, "revision": made.revision}
    action.submit(actor=actor("ana"), workspace=workspace(), at=at("2026-01-03"), **seen)
    with pytest.raises(NotAllowed, match=r"pay\.read_all"):
        action.approve(actor=actor("lea"), workspace=workspace(), at=at("2026-01-03"), **seen)
    told = {who: str(list_notices(who, database="default")) for who in ("lea", "fin")}
    assert "To approve: quota plan company, version 2" in told["fin"]
    assert "To approve: quota plan company, version 2" not in told["lea"]
    action.withdraw(
        actor=actor("ana"), workspace=workspace(), answer="tried", at=at("2026-01-03"), **seen
    )


OVERRIDE = """\
document: quota_plan
name: company
unit: South
starts_on: 2026-01-01
expires_on: 2026-12-01
owner: lou
reason: A hedge
content:
  levels:
    - {level: team, over_assignment: 1.05}
"""


def test_a_unit_still_says_what_is_about_nobody_and_not_what_is_about_somebody() -> None:
    place = workspace()
    made = action.draft(actor=actor("lou"), workspace=place, text=OVERRIDE, at=at("2026-01-04"))
    number = made.version.version_id
    assert document_plans.version_page(actor=actor("lou"), workspace=place, version_id=number)
    about = OVERRIDE.replace(
        "levels:\n    - {level: team, over_assignment: 1.05}",
        "proposals:\n    - {name: max, amount: 1}",
    )
    with pytest.raises(NotAllowed, match=r"pay\.read_all"):
        action.draft(actor=actor("lou"), workspace=place, text=about, at=at("2026-01-04"))


def test_a_case_about_an_override_tells_no_figure_of_a_person() -> None:
    place = workspace()
    about = OVERRIDE.replace("unit: South", "unit: North").replace(
        "levels:\n    - {level: team, over_assignment: 1.05}",
        "proposals:\n    - {name: max, amount: 444444}",
    )
    agreed(place, about, "2026-01-05")
    narrower = NAMED.replace("*.amount: {highest: 450000}", "max.amount: {highest: 410000}")
    agreed(place, narrower.replace("starts_on: 2026-01-01", "starts_on: 2026-02-01"), "2026-01-06")
    check_overrides(actor=actor("ana"), workspace=place, at=at("2026-02-02"))
    found = cases.find_cases(actor=actor("fin"), workspace=place, text="proposals.max", limit=9)
    titles = {one.title for one in found}
    assert titles == {"company, North: proposals.max.amount is outside the bounds"}


def test_whoever_is_the_only_one_named_reads_it() -> None:
    place = workspace()
    agreed(place, PLAN.replace("name: company", "name: one"), "2026-01-07")  # it names Max alone
    for name, doors in (("max", 1), ("ned", 0)):
        who = {"actor": actor(name), "workspace": place}
        assert len(documents.versions(**who, type="quota_plan", name="one")) == doors
        found = documents.find_documents(**who, text="one")
        assert len([line for line in found if line.name == "one"]) == doors
