"""Calibration of stages at every door: agreed beside measured, and the draft that would fit.

Sixty deals begin in Talk from January 2025 on, one every three days; after 10 days each is in
Offer, after 30 it is closed, and every second one is won. So both stages have a chance of one half.
Talk was agreed at 90 %, Offer at 50 %: Talk is out of line and Offer is not.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.ingesting import write
from tests.serving import served, signed, workspace
from tests.terminal import wald
from tests.two_teams import add_people
from wald.actions import documents
from wald.actions.calibration import draft_stage_chances
from wald.kernel.actor import Actor, Door, everything
from wald.kernel.policy import GRANTS, Role
from wald.kernel.problem import NotAllowed

PROCESS = """\
document: sales_process
name: company
starts_on: 2025-01-01
owner: ana
reason: What a stage means
content:
  stages:
    - {key: talk, stage: Talk, probability: 0.9} # a hope
    - {key: offer, stage: Offer, probability: 0.5}
    - {key: won, stage: Won, outcome: won}
    - {key: lost, stage: Lost, outcome: lost}
"""
PLAN = """\
document: compensation_plan
name: sellers
starts_on: 2025-01-01
owner: ana
content:
  currency: EUR
  pays: quarter
  eligible:
    roles: [rep]
  measures:
    - {key: bookings, quota: bookings}
    - {key: pieces, yearly_quota: 100}
  components:
    - {key: good, measure: bookings, every: quarter, resets: quarter, goal_bonus: {amount: 5000}}
    - {key: many, measure: pieces, every: year, goal_bonus: {amount: 5000}}
"""
AT = datetime(2026, 1, 2, tzinfo=UTC)
ANA = Actor("ana", GRANTS[Role.SALES_OPERATIONS], Role.SALES_OPERATIONS, "", "", Door.PYTHON)
FIN = Actor("fin", GRANTS[Role.FINANCE], Role.FINANCE, "", "", Door.PYTHON)


def _files() -> dict[str, str]:
    deals = [
        "opportunity_id,name,account_id,owner_id,stage,outcome,amount,currency,close_on,created_at,"
        "closed_on"
    ]
    changes = ["change_id,opportunity_id,field,old,new,changed_at"]
    for number in range(60):
        opened = date(2025, 1, 1) + timedelta(days=3 * number)
        offered, closed = opened + timedelta(days=10), opened + timedelta(days=30)
        end = "Won" if number % 2 else "Lost"
        deals.append(
            f"D{number},Deal {number},A1,R1,{end},{end.lower()},100,EUR,{closed},"
            f"{opened}T09:00:00Z,{closed}"
        )
        changes.append(f"C{number}a,D{number},stage,Talk,Offer,{offered}T10:00:00Z")
        changes.append(f"C{number}b,D{number},stage,Offer,{end},{closed}T10:00:00Z")
    return {
        "person.csv": "person_id,valid_from,name,team,role\nR1,2024-01-01,Max,North,rep\n",
        "account.csv": "account_id,name,segment,owner_id\nA1,Birch,Big,R1\n",
        "stage.csv": (
            "stage,label,position,outcome,probability\nTalk,,1,open,0.2\nOffer,,2,open,0.5\n"
            "Won,Won,3,won,1\nLost,Lost,4,lost,0\n"
        ),
        "booking.csv": (
            "booking_id,owner_id,booked_on,amount,currency\nB1,R1,2025-02-01,100,EUR\n"
            "B2,R1,2025-06-30,80,EUR\n"
        ),
        "quota.csv": (
            "quota_id,person_id,starts_on,ends_on,amount,currency\n"
            "Q1,R1,2025-01-01,2025-04-01,100,EUR\n"
        ),
        "opportunity.csv": "\n".join(deals) + "\n",
        "opportunity_change.csv": "\n".join(changes) + "\n",
    }


@pytest.fixture(scope="module", autouse=True)
def company(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Path]:
    export = write(tmp_path_factory.mktemp("doors") / "export", **_files())
    with served(export, django_db_blocker):
        add_people()
        yield export


@pytest.fixture(autouse=True)
def kept_apart() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def agreed() -> None:
    made = documents.draft(actor=ANA, workspace=workspace(), text=PROCESS, at=AT).version
    number, revision = made.version_id, made.revision
    documents.submit(actor=ANA, workspace=workspace(), version_id=number, revision=revision, at=AT)
    documents.approve(actor=FIN, workspace=workspace(), version_id=number, revision=revision, at=AT)


@pytest.mark.usefixtures("agreed")
def test_a_chance_that_deals_do_not_have_is_out_of_line() -> None:
    answer = signed("ana").get("/api/v1/calibration/stages")
    talk, offer = answer.json()["stages"]
    assert (talk["agreed"], talk["measured"]["estimate"]) == ("0.9", "0.5000")
    assert (talk["is_off"], talk["proposed"]) == (True, "0.50")
    assert (offer["is_off"], offer["proposed"]) == (False, None)
    assert talk["measured"]["deals"] == 60
    page = text_of(visitor("ana").get("/calibration/"))
    assert "1 of 2 agreed chances are out of line" in page
    assert "Draft the measured chances" in page
    assert "Draft the measured chances" not in text_of(visitor("rae").get("/calibration/"))


@pytest.mark.usefixtures("agreed")
def test_the_draft_changes_that_chance_and_keeps_the_rest_of_the_text() -> None:
    page = text_of(visitor("ana").get("/calibration/draft/"))
    assert "talk is expected to be won by now 50 %, was 90 %" in page
    answer = visitor("ana").post("/calibration/draft/")
    assert answer.status_code == 302
    number = int(answer["Location"].rstrip("/").rpartition("/")[2])
    text = signed("ana").get(f"/api/v1/documents/versions/{number}").json()["text"]
    assert "{key: talk, stage: Talk, probability: 0.50} # a hope" in text
    assert "{key: offer, stage: Offer, probability: 0.5}" in text
    again = signed("ana").post("/api/v1/calibration/draft")
    assert (again.status_code, again.json()["version"]["id"]) == (200, number)


@pytest.mark.usefixtures("agreed")
def test_who_may_not_draft_is_refused_at_every_door() -> None:
    assert visitor("rae").post("/calibration/draft/").status_code == 403
    assert signed("rae").post("/api/v1/calibration/draft").status_code == 403
    assert signed("rae").get("/api/v1/calibration/proposal").status_code == 403
    rae = Actor("rae", GRANTS[Role.READ_ONLY], Role.READ_ONLY, "", "", Door.PYTHON)
    with pytest.raises(NotAllowed):
        draft_stage_chances(actor=rae, workspace=workspace(), at=AT)


def test_without_a_document_one_is_proposed_from_the_stages_of_the_data() -> None:
    # The data say 20 % for Talk.
    done = draft_stage_chances(actor=everything("ana"), workspace=workspace(), at=AT)
    assert done is not None
    stages = done.version.content["stages"]
    assert isinstance(stages, list)
    assert [(one["key"], one.get("probability")) for one in stages[:2]] == [
        ("talk", "0.5"),
        ("offer", "0.5"),
    ]


@pytest.mark.usefixtures("agreed")
def test_the_terminal_tells_the_same() -> None:
    home = str(workspace().home)
    found = json.loads(wald("calibrate", "stages", "--home", home, "--json").out)
    assert found == signed("ana").get("/api/v1/calibration/stages").json()
    assert "Talk" in wald("calibrate", "stages", "--home", home).out
    shown = wald("calibrate", "draft", "--dry-run", "--home", home)
    assert "+    - {key: talk, stage: Talk, probability: 0.50}" in shown.out
    assert "is drafted" in wald("calibrate", "draft", "--home", home).err


def test_an_earlier_day_knows_nothing_later() -> None:
    found = signed("ana").get("/api/v1/calibration/stages?as_of=2025-02-01").json()
    assert all(one["measured"] is None for one in found["stages"])
    assert signed("ana").get("/api/v1/calibration/stages?as_of=soon").status_code == 422
    assert "soon" in text_of(visitor("ana").get("/calibration/?as_of=soon"))


def test_categories_and_quotas_are_told_at_every_door() -> None:
    """Nobody said anything of these deals, and one quota is too few to tell of."""
    home = str(workspace().home)
    said = signed("ana").get("/api/v1/calibration/categories").json()
    assert json.loads(wald("calibrate", "categories", "--home", home, "--json").out) == said
    assert "Said 30 days into" in wald("calibrate", "categories", "--home", home).out
    asked = signed("ana").get("/api/v1/calibration/quotas").json()
    assert (asked["everybody"]["quotas"], asked["everybody"]["reached"]) == (1, None)
    assert (asked["teams"], asked["teams_left_out"]) == ([], 1)  # a team of one is a person
    assert json.loads(wald("calibrate", "quotas", "--home", home, "--json").out) == asked
    assert "everybody" in wald("calibrate", "quotas", "--home", home).out


def test_without_a_plan_there_is_no_clause_to_look_at() -> None:
    assert signed("ana").get("/api/v1/calibration/incentives").json()["clauses"] == []
    assert "No clause to look at" in text_of(visitor("ana").get("/calibration/incentives/"))


def _plan_agreed() -> None:
    made = documents.draft(actor=ANA, workspace=workspace(), text=PLAN, at=AT).version
    number, revision = made.version_id, made.revision
    documents.submit(actor=ANA, workspace=workspace(), version_id=number, revision=revision, at=AT)
    documents.approve(actor=FIN, workspace=workspace(), version_id=number, revision=revision, at=AT)


def test_a_clause_says_what_it_can_and_what_it_cannot_tell() -> None:
    _plan_agreed()
    bonus, pieces = signed("ana").get("/api/v1/calibration/incentives").json()["clauses"]
    assert (bonus["component"], bonus["threshold"], bonus["window"]) == (
        "good",
        "1.0000",
        "quarter",
    )
    assert [one["verdict"] for one in bonus["looks"]] == ["too little"] * 3
    assert "150 are needed to tell" in bonus["looks"][0]["words"]
    assert (pieces["looks"], pieces["unable"]) == (
        [],
        "its measure has no quota of bookings in the data",
    )
    home = str(workspace().home)
    assert "nothing can be told" in wald("calibrate", "incentives", "--home", home).out
    page = text_of(visitor("ana").get("/calibration/incentives/"))
    assert "Nothing can be told of it" in page
    assert "Max" not in page.partition("<main")[2]  # who sells all of it is not named


def test_who_may_not_see_pay_sees_no_amount_of_it() -> None:
    _plan_agreed()
    for name in ("rae", "max"):
        found = signed(name).get("/api/v1/calibration/incentives")
        assert found.status_code == 200
        for clause in found.json()["clauses"]:
            assert clause["paid_in_a_year"] is None
            assert all(one["sentence"] is None for one in clause["linter"])
        page = text_of(visitor(name).get("/calibration/incentives/"))
        assert "seen by who may see everybody" in page
        assert "5,000" not in page
