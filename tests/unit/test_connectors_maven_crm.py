"""Maven CRM in a few rows: what becomes of a deal in each stage."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.connecting import Taken, taken, write

PIPELINE = """
    opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
    A1,Ann,GTX Pro,Acme,Won,2017-01-02,2017-03-01,5000
    A2,Ann,GTXPro,Acme,Lost,2017-01-03,2017-03-02,0
    B1,Bob,MG Special,,Engaging,2017-02-01,,
    B2,Bob,MG Special,,Prospecting,,,
"""
FILES = {
    "sales_pipeline.csv": PIPELINE,
    "products.csv": "product,series,sales_price\nGTX Pro,GTX,4821\nMG Special,MG,55",
    "accounts.csv": """
        account,sector,year_established,revenue,employees,office_location,subsidiary_of
        Acme,technolgy,1996,1100.04,2822,Philipines,
        Acme East,retail,2001,4.5,10,Japan,Acme
    """,
    "sales_teams.csv": """
        sales_agent,manager,regional_office
        Ann,Cara,East
        Bob,Dan,West
        Cleo,Dan,Central
    """,
}


@pytest.fixture(scope="module")
def maven(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    tmp_path = tmp_path_factory.mktemp("maven")
    return taken(write(tmp_path / "export", FILES), tmp_path / "facts")


def test_is_recognised(maven: Taken) -> None:
    assert maven.connector == "maven_crm"


def test_each_row_is_a_deal(maven: Taken) -> None:
    assert maven.rows("opportunity", "opportunity_id, stage, outcome, amount, close_on") == [
        ("A1", "Won", "won", Decimal(5000), date(2017, 3, 1)),
        ("A2", "Lost", "lost", None, date(2017, 3, 2)),
        ("B1", "Engaging", "open", None, None),
        ("B2", "Prospecting", "open", None, None),
    ]


def test_a_deal_begins_on_its_engage_date(maven: Taken) -> None:
    begun = maven.rows(
        "opportunity", "opportunity_id, created_at::TEXT", "product_id = 'MG Special'"
    )
    assert begun == [("B1", "2017-02-01 00:00:00"), ("B2", None)]


def test_the_close_is_the_one_change_there_is(maven: Taken) -> None:
    assert maven.rows("opportunity_change", "field, old, new", "opportunity_id = 'A1'") == [
        ("amount", None, "5000"),
        ("close_on", None, "2017-03-01"),
        ("closed_on", None, "2017-03-01"),
        ("outcome", "open", "won"),
        ("stage", "Engaging", "Won"),
    ]
    assert maven.rows("opportunity_change", "DISTINCT opportunity_id") == [("A1",), ("A2",)]


def test_a_lost_deal_never_had_an_amount(maven: Taken) -> None:
    assert (
        maven.rows("opportunity_change", "new", "opportunity_id = 'A2' AND field = 'amount'") == []
    )


def test_a_won_deal_is_a_booking_of_one_unit(maven: Taken) -> None:
    booked = maven.rows("booking", "booking_id, account_id, owner_id, booked_on, amount, currency")
    assert booked == [("A1", "Acme", "Ann", date(2017, 3, 1), Decimal(5000), "USD")]
    sold = maven.rows("booking_line", "product_id, quantity, list_price, net_price, amount")
    assert sold == [("GTX Pro", 1, Decimal(4821), Decimal(5000), Decimal(5000))]


def test_people_are_reps_and_the_managers_they_name(maven: Taken) -> None:
    assert maven.rows("person", "person_id, role, manager_id, team, region") == [
        ("Ann", "rep", "Cara", "Cara", "East"),
        ("Bob", "rep", "Dan", "Dan", "West"),
        ("Cara", "manager", None, "Cara", "East"),
        ("Cleo", "rep", "Dan", "Dan", "Central"),
        ("Dan", "manager", None, "Dan", None),  # reps in two offices
    ]


def test_revenue_is_in_dollars_not_millions(maven: Taken) -> None:
    assert maven.rows("account", "account_id, parent_id, industry, annual_revenue") == [
        ("Acme", None, "technology", Decimal(1_100_040_000)),
        ("Acme East", "Acme", "retail", Decimal(4_500_000)),
    ]


def test_stages_stand_in_their_order(maven: Taken) -> None:
    assert maven.rows("stage", "position, stage, outcome") == [
        (1, "Prospecting", "open"),
        (2, "Engaging", "open"),
        (3, "Won", "won"),
        (4, "Lost", "lost"),
    ]


def test_faults_are_repaired_by_name(maven: Taken) -> None:
    assert maven.repairs == {
        "gtx_pro_space": 1,
        "lost_value_zero_is_unknown": 1,
        "sector_technology": 1,
        "country_philippines": 1,
    }


def test_a_repair_can_be_switched_off(tmp_path: Path) -> None:
    folder = write(tmp_path / "export", FILES)
    plain = taken(folder, tmp_path / "facts", without="gtx_pro_space lost_value_zero_is_unknown")
    lost = plain.rows("opportunity", "product_id, amount", "opportunity_id = 'A2'")
    assert lost == [("GTXPro", Decimal(0))]


def test_a_deal_that_is_won_no_longer_takes_its_booking_back(tmp_path: Path, maven: Taken) -> None:
    reopened = PIPELINE.replace("Won,2017-01-02,2017-03-01,5000", "Engaging,2017-01-02,,")
    folder = write(tmp_path / "next", {**FILES, "sales_pipeline.csv": reopened})
    after = taken(folder, maven.snapshot.root, before=maven.snapshot)
    assert after.rows("booking", "booking_id") == []
    assert after.rows("opportunity_change", "DISTINCT opportunity_id") == [("A2",)]


def test_an_unknown_stage_is_rejected_with_its_reason(tmp_path: Path) -> None:
    odd = PIPELINE.replace("Prospecting", "Dreaming")
    folder = write(tmp_path / "export", {**FILES, "sales_pipeline.csv": odd})
    dreaming = taken(folder, tmp_path / "facts")
    assert len(dreaming.rows("opportunity", "*")) == 3
    assert dreaming.rejected["opportunity"][0].startswith("outcome is empty")
