"""Salesforce objects in a few rows: deals, people, what was sold, what was done."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.connecting import Taken, taken, write
from wald.facts.parts import Snapshot

# The three last letters stand for five letters each and say which are capitals: none (A), none
# (A), and of Hddoh the first alone, which is B; of hdDo2 it would be the third, E.
WON, LOST, OPEN, GONE = "006q000000HddohAAB", "006q000000Hddo1AAB", "006q000000hdDo2AAE", "006q3"
ACME, ANN, BOSS = "0015500000Xyy06AAB", "0051G00000600MlQAI", "0051G000005MumuQAC"
FILES = {
    "Opportunity.csv": (
        "Id,IsDeleted,AccountId,Name,StageName,Amount,Probability,CloseDate,IsClosed,IsWon,"
        "ForecastCategory,OwnerId,CreatedDate,Type\n"
        f"{WON},false,{ACME},Big,Closed Won,1000.50,100,2023-03-31,true,true,"
        f"Closed,{ANN},2023-01-10T09:00:00.000+0000,Renewal\n"
        f"{LOST},false,{ACME},Lost,Closed Lost,10,0,2023-02-01,true,false,"
        f"Omitted,{ANN},2023-01-10T09:00:00.000Z,\n"
        f"{OPEN},false,,Open,Proposal,20,65,2023-06-30,false,false,"
        f"Forecast,{ANN},2023-01-11T09:00:00Z,\n"
        f"{GONE},true,,Gone,Proposal,30,1000,2023-06-30,false,false,"
        f"Upside,{ANN},2023-01-11T09:00:00Z,\n"
    ),
    "OpportunityLineItem.csv": f"""
        Id,OpportunityId,Product2Id,PricebookEntryId,Quantity,UnitPrice,ListPrice,TotalPrice,Discount,IsDeleted
        00k1,{WON},01t1,01u1,2,300,400,540,10,false
        00k2,006q000000Hddoh,01t2,01u2,1,460.50,,460.50,,false
        00k3,{OPEN},01t1,01u1,1,20,400,20,,false
        00k4,{WON},01t1,01u1,9,999,400,8991,,true
    """,
    "Product2.csv": """
        Id,Name,ProductCode,Family,IsActive,IsDeleted
        01t1,Engine,E-1,Hardware,true,false
        01t2,Care,C-1,Services,true,false
    """,
    "Pricebook2.csv": "Id,Name,IsStandard\n01s1,Standard,true\n01s2,Partners,false",
    "PricebookEntry.csv": """
        Id,Pricebook2Id,Product2Id,UnitPrice,IsActive
        01u1,01s1,01t1,400,true
        01u3,01s2,01t1,350,true
        01u2,01s2,01t2,500,true
    """,
    "Account.csv": f"""
        Id,Name,ParentId,BillingCountry,OwnerId,Type,Industry,NumberOfEmployees,CreatedDate
        {ACME},Acme,,Germany,{ANN},Customer,Banking,120,2020-05-01T00:00:00Z
    """,
    "User.csv": f"""
        Id,Name,LastName,ManagerId,UserRoleId,IsActive,LastLoginDate,Division
        {ANN},Ann Rep,Rep,{BOSS},00E1,true,2023-04-01T08:00:00Z,EMEA
        {BOSS},Max Boss,Boss,0051G000005MreTOP,00E2,true,,EMEA
        0051G000005MreTOP,Top Head,Head,,,true,,
        0051G000005MreOLD,Old Rep,Rep,{BOSS},00E1,false,2022-12-30T08:00:00Z,EMEA
    """,
    "UserRole.csv": "Id,Name,ParentRoleId\n00E1,North,00E2\n00E2,Sales,",
    "Lead.csv": f"""
        Id,Name,Company,Status,IsConverted,ConvertedDate,OwnerId,CreatedDate,IsDeleted
        00Q1,Lea Lead,Newco,Working,false,,{ANN},2023-01-01T09:00:00Z,false
        00Q2,Con Verted,Oldco,Converted,true,2023-02-01,{ANN},2023-01-02T09:00:00Z,false
    """,
    "Task.csv": f"""
        Id,WhoId,WhatId,Status,ActivityDate,TaskSubtype,IsClosed,CompletedDateTime,OwnerId,IsDeleted
        00T1,00Q1,,Completed,2023-01-02,Call,true,2023-01-01T11:00:00Z,{ANN},false
        00T2,0031,{WON},Completed,2023-01-20,Email,true,2023-01-20T11:00:00Z,{ANN},false
        00T3,0031,{WON},Open,2023-05-20,Task,false,,{ANN},false
    """,
    "Event.csv": f"""
        Id,WhoId,WhatId,StartDateTime,OwnerId,Type,IsDeleted
        00U1,0031,{ACME},2023-01-15T10:00:00Z,{ANN},Demo,false
    """,
    "ForecastingQuota.csv": f"""
        Id,OwnerId,QuotaAmount,StartDate
        0J91,{ANN},1000,2023-01-01
        0J92,{ANN},1200,2023-02-01
    """,
    "CurrencyType.csv": "IsoCode,ConversionRate,IsCorporate\nEUR,1,true\nUSD,1.25,false",
}


@pytest.fixture(scope="module")
def org(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    room = tmp_path_factory.mktemp("org")
    return taken(write(room / "export", FILES), room / "facts")


def test_is_recognised(org: Taken) -> None:
    assert org.connector == "salesforce"
    assert [one.file for one in org.reading.files if one.sheet is None] == []


def test_a_deal_keeps_its_words_in_ours(org: Taken) -> None:
    columns = "opportunity_id, outcome, amount, probability, forecast_category, closed_on"
    assert org.rows("opportunity", columns) == [
        (LOST, "lost", Decimal(10), Decimal(0), "omitted", date(2023, 2, 1)),
        (WON, "won", Decimal("1000.5"), Decimal(1), "closed", date(2023, 3, 31)),
        (OPEN, "open", Decimal(20), Decimal("0.65"), "commit", None),
    ]


def test_instants_are_read_with_their_offset(org: Taken) -> None:
    opened = org.rows("opportunity", "CAST(created_at AS TEXT), close_on", "name = 'Big'")
    assert opened == [("2023-01-10 09:00:00", date(2023, 3, 31))]


def test_a_deleted_deal_is_not_there(org: Taken) -> None:
    assert org.rows("opportunity", "name", "name = 'Gone'") == []


def test_faults_are_repaired_by_name(org: Taken) -> None:
    """One key of 15 letters, on a line; 1000 percent; a category called Upside."""
    assert org.repairs == {
        "id_of_15_letters": 1,
        "probability_not_0_to_100": 1,
        "forecast_category_not_known": 1,
    }


def test_the_product_of_a_deal_is_the_one_it_is_mainly_about(org: Taken) -> None:
    assert org.rows("opportunity", "product_id", "name = 'Big'") == [("01t1",)]


def test_a_closed_deal_without_history_closed_on_its_close_date(org: Taken) -> None:
    columns = "opportunity_id, field, old, new, CAST(changed_at AS DATE)"
    assert org.rows("opportunity_change", columns, f"opportunity_id = '{WON}'") == [
        (WON, "closed_on", None, "2023-03-31", date(2023, 3, 31)),
        (WON, "forecast_category", None, "closed", date(2023, 3, 31)),
        (WON, "outcome", "open", "won", date(2023, 3, 31)),
        (WON, "probability", None, "1", date(2023, 3, 31)),
        (WON, "stage", None, "Closed Won", date(2023, 3, 31)),
    ]
    assert org.rows("opportunity_change", "*", f"opportunity_id = '{OPEN}'") == []


def test_the_day_before_a_close_does_not_know_of_it(org: Taken) -> None:
    columns = "name, outcome, stage, probability, amount"
    assert org.deals_as_of(date(2023, 3, 30), columns) == [
        ("Big", "open", None, None, Decimal("1000.5")),
        ("Lost", "lost", "Closed Lost", Decimal(0), Decimal(10)),
        ("Open", "open", "Proposal", Decimal("0.65"), Decimal(20)),
    ]


def test_a_won_deal_is_a_booking_in_the_companys_currency(org: Taken) -> None:
    columns = "booking_id, account_id, owner_id, type, booked_on, amount, currency"
    assert org.rows("booking", columns) == [
        (
            WON,
            ACME,
            ANN,
            "Renewal",
            date(2023, 3, 31),
            Decimal("1000.5"),
            "EUR",
        )
    ]


def test_its_lines_list_at_their_own_price_or_the_price_books(org: Taken) -> None:
    """300 less 10 % is 270, and 2 x 270 = 540."""
    assert org.rows("booking_line", "booking_line_id, list_price, net_price, amount") == [
        ("00k1", Decimal(400), Decimal(270), Decimal(540)),
        ("00k2", Decimal(500), Decimal("460.5"), Decimal("460.5")),
    ]
    assert len(org.rows("opportunity_line", "opportunity_line_id")) == 3


def test_a_product_lists_at_the_standard_price(org: Taken) -> None:
    assert org.rows("product", "product_id, family, list_price") == [
        ("01t1", "Hardware", Decimal(400)),
        ("01t2", "Services", Decimal(500)),  # in one price book only
    ]


def test_people_lead_those_who_report_to_them(org: Taken) -> None:
    columns = "name, role, team, region, manager_id, left_on"
    assert org.rows("person", columns) == [
        ("Ann Rep", "rep", "North", "EMEA", BOSS, None),
        ("Max Boss", "manager", "Sales", "EMEA", "0051G000005MreTOP", None),
        ("Old Rep", "rep", "North", "EMEA", BOSS, date(2022, 12, 31)),
        ("Top Head", "leader", None, None, None, None),
    ]


def test_what_was_done_is_told_by_the_first_letters_of_keys(org: Taken) -> None:
    columns = "activity_id, kind, account_id, opportunity_id, contact_id, lead_id"
    assert org.rows("activity", columns) == [
        ("00T1", "call", None, None, None, "00Q1"),
        ("00T2", "email", None, WON, "0031", None),
        ("00U1", "meeting", ACME, None, "0031", None),
    ]


def test_the_first_call_answers_a_lead(org: Taken) -> None:
    columns = "lead_id, CAST(first_response_at AS TEXT), converted_on"
    assert org.rows("lead", columns) == [
        ("00Q1", "2023-01-01 11:00:00", None),
        ("00Q2", None, date(2023, 2, 1)),
    ]


def test_a_quota_holds_up_to_the_next_and_the_last_as_long_as_the_one_before(org: Taken) -> None:
    assert org.rows("quota", "person_id, starts_on, ends_on, amount") == [
        (ANN, date(2023, 1, 1), date(2023, 2, 1), Decimal(1000)),
        (ANN, date(2023, 2, 1), date(2023, 3, 1), Decimal(1200)),
    ]


def test_a_rate_turns_a_currency_into_the_companys(org: Taken) -> None:
    """1 EUR buys 1.25 USD, so 1 USD is worth 0.80 EUR."""
    rates = org.rows("exchange_rate", "from_currency, to_currency, rate")
    assert ("USD", "EUR", Decimal("0.8")) in rates


def test_without_a_stage_list_stages_follow_their_chance(org: Taken) -> None:
    assert org.rows("stage", "position, stage, outcome, forecast_category") == [
        (1, "Proposal", "open", "commit"),
        (2, "Closed Won", "won", "closed"),
        (3, "Closed Lost", "lost", "omitted"),
    ]


def test_deals_that_do_not_say_are_closed_as_the_stage_list_says(tmp_path: Path) -> None:
    files = {
        "sf_opportunity_data.csv": """
            id,name,stage_name,close_date,amount,created_date
            A,Deal,Signed,2023-03-31,10,2023-01-01
            B,Deal,Closed Lost,2023-03-31,10,2023-01-01
        """,
        "stages.csv": """
            master_label,sort_order,is_closed,is_won,default_probability,forecast_category
            Signed,9,true,true,100,Closed
        """,
    }
    signed = taken(write(tmp_path / "export", files), tmp_path / "facts")
    assert signed.rows("opportunity", "opportunity_id, outcome") == [("A", "won"), ("B", "lost")]
    assert signed.rows("stage", "position, stage, outcome, probability") == [
        (9, "Signed", "won", Decimal(1)),
        (10, "Closed Lost", "lost", None),
    ]
    assert signed.repairs == {"closed_as_its_stage": 3}


def test_a_deal_that_vanishes_takes_its_booking_with_it(tmp_path: Path, org: Taken) -> None:
    gone = FILES["Opportunity.csv"].replace(f"{WON},false", f"{WON},true")
    folder = write(tmp_path, {"Opportunity.csv": gone})
    after = taken(folder, org.snapshot.root, before=org.snapshot)
    assert after.rows("booking", "booking_id") == []
    assert after.rows("opportunity_change", "DISTINCT opportunity_id") == [(LOST,)]


def test_parquet_is_read_like_text(tmp_path: Path, org: Taken) -> None:
    """Flags, numbers and instants that come with their types say the same."""
    plain = write(tmp_path / "plain", FILES)
    typed = tmp_path / "typed"
    typed.mkdir()
    for path in plain.iterdir():
        duckdb.read_csv(str(path)).write_parquet(str(typed / f"{path.stem}.parquet"))
    read = taken(typed, tmp_path / "facts")
    first = Snapshot(org.snapshot.root, org.snapshot.loads[:1])
    for table in ("opportunity", "opportunity_change", "booking", "booking_line", "person"):
        columns = "* EXCLUDE (load_id)"
        assert read.rows(table, columns) == replace(org, snapshot=first).rows(table, columns)
