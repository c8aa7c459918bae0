"""HubSpot in a few rows: Fivetran tables, an export with labels, histories, merges, engagements."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.connecting import Taken, taken, write

DIGEST = "1B2M2Y8AsgTpgAmY7PhCfg=="  # of an empty text
FIVETRAN = {
    "deal_data.csv": (
        "deal_id,is_deleted,deal_pipeline_id,deal_pipeline_stage_id,owner_id,property_dealname,"
        "property_amount,property_closedate,property_createdate,property_dealtype\n"
        "1,false,p1,s3,10,Big,900.25,2021-03-31 9:30:00,2021-01-05 8:00:00,newbusiness\n"
        "2,false,p1,s1,10,Open,50,,1609833600000,existingbusiness\n"
        "3,false,p1,s2,10,Merged,50,,2021-01-05 08:00:00,\n"
        "4,true,p1,s1,10,Gone,50,,2021-01-05 08:00:00,\n"
    ),
    "deal_pipeline_data.csv": "pipeline_id,label,display_order\np1,Sales,0\np2,Partners,1",
    "deal_pipeline_stage_data.csv": """
        stage_id,pipeline_id,label,display_order,probability,closed_won,is_closed,_fivetran_deleted
        s1,p1,Qualify,0,0.2,false,false,false
        s3,p1,Won,1,1.0,true,true,false
        s4,p1,Lost,2,0.0,false,true,false
        s2,p2,Qualify,0,0.4,false,false,false
        s9,p2,Retired,1,0.4,false,false,true
    """,
    "deal_property_history_data.csv": """
        deal_id,name,value,timestamp,source
        1,dealstage,s1,2021-01-05 08:00:00,CRM_UI
        1,dealstage,s3,2021-03-31 09:30:00,CRM_UI
        1,amount,900.25,2021-02-01 10:00:00,CRM_UI
        1,closedate,1617148800000,2021-02-01 10:00:00,CRM_UI
        1,hs_deal_stage_probability,0.2,2021-01-05 08:00:00,CRM_UI
        1,hs_deal_stage_probability,1,2021-03-31 09:30:00,CRM_UI
        1,num_notes,4,2021-03-31 09:30:00,CRM_UI
    """,
    "deal_stage_data.csv": """
        deal_id,value,date_entered,_fivetran_start,_fivetran_end
        1,s1,2021-01-05 8:00:00,2021-01-05 8:00:00,2050-01-01 00:00:00
        2,s2,2021-01-05 8:00:00,2021-01-05 8:00:00,2021-02-01 00:00:00
        2,s1,2021-02-01 7:00:00,2021-02-01 7:00:00,2050-01-01 00:00:00
    """,
    "merged_deal_data.csv": "deal_id,merged_deal_id\n3,30\n2,3",
    "deal_company_data.csv": "company_id,deal_id,type_id\n98,1,341\n99,1,5",
    "company_data.csv": f"""
        id,is_deleted,property_name,property_createdate,property_industry,property_country
        98,false,Ninety-eight,2020-01-01 00:00:00,{DIGEST},Spain
        99,false,Ninety-nine,2020-01-01 00:00:00,d41d8cd98f00b204e9800998ecf8427e,Italy
    """,
    "contact_data.csv": """
        id,property_email,property_firstname,property_lastname,property_createdate,property_hs_merged_object_ids
        501,a@b.c,Ada,Byron,2020-01-01 00:00:00,502;503
        502,a@b.d,Ada,B,2020-01-01 00:00:00,
    """,
    "owner_data.csv": f"""
        owner_id,email,first_name,last_name,active_user_id
        10,ann@x.y,Ann,Rep,
        11,bob@x.y,{DIGEST},{DIGEST},777
    """,
    "owner_team_data.csv": "owner_id,team_id,is_team_primary\n10,1,false\n10,2,true",
    "team_data.csv": "id,name\n1,Second\n2,First\n3,Third",
    "users_data.csv": "id,primary_team_id,email,first_name,last_name\n777,3,bob@x.y,Bob,Rep",
    "engagement_call_data.csv": """
        engagement_id,property_hs_createdate,property_hs_timestamp,property_hubspot_owner_id
        1,2022-03-01 19:43:05.526000,2021-02-02 20:50:44.778000,10
    """,
    "engagement_meeting_data.csv": """
        engagement_id,start_time,end_time
        2,2021-02-03 13:00:00,2021-02-03 14:00:00
        3,1970-01-19 07:52:03,1970-01-19 07:52:06.600
    """,
    "engagement_task_data.csv": """
        engagement_id,property_hs_timestamp,property_hs_task_status
        4,2021-02-04 13:00:00,COMPLETED
        5,2021-02-05 13:00:00,NOT_STARTED
    """,
    "engagement_deal_data.csv": "deal_id,engagement_id\n1,1\n30,2",
    "engagement_company_data.csv": "company_id,engagement_id\n99,1",
    "engagement_contact_data.csv": "contact_id,engagement_id\n501,1",
}
LABELS = {
    "hubspot-crm-exports-all-deals.csv": """
    Record ID,Deal Name,Deal Stage,Pipeline,Amount,Close Date,Create Date,Deal owner,HubSpot Team
        7,Big,Closed Won,Sales,"1,200.50",2021-03-31 09:30,2021-01-05 08:00,Ann Rep,North
        8,Small,Appointment Scheduled,Sales,10,2021-06-30 09:30,2021-01-06 08:00,Ann Rep,North
        9,Lost,Closed Lost,Sales,20,2021-02-28 09:30,2021-01-07 08:00,Bob Rep,South
    """
}


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    room = tmp_path_factory.mktemp("hub")
    return taken(write(room / "export", FIVETRAN), room / "facts")


@pytest.fixture(scope="module")
def labels(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    room = tmp_path_factory.mktemp("labels")
    return taken(write(room / "export", LABELS), room / "facts")


def moves(told: Taken, field: str, deal: str) -> list[tuple[object, ...]]:
    where = f"field = '{field}' AND opportunity_id = '{deal}'"
    return told.rows("opportunity_change", "CAST(changed_at AS DATE), old, new", where)


def test_is_recognised(hub: Taken, labels: Taken) -> None:
    assert hub.connector == labels.connector == "hubspot"
    assert [one.file for one in hub.reading.files if one.sheet is None] == []


def test_a_deal_is_what_its_stage_is(hub: Taken) -> None:
    columns = "opportunity_id, outcome, stage, amount, probability, type, closed_on"
    assert hub.rows("opportunity", columns) == [
        ("1", "won", "s3", Decimal("900.25"), Decimal(1), "new_business", date(2021, 3, 31)),
        ("2", "open", "s1", Decimal(50), Decimal("0.2"), "existingbusiness", None),
    ]


def test_instants_come_in_three_forms(hub: Taken) -> None:
    opened = hub.rows("opportunity", "opportunity_id, CAST(created_at AS TEXT)")
    assert opened == [("1", "2021-01-05 08:00:00"), ("2", "2021-01-05 08:00:00")]


def test_a_merged_deal_lives_on_in_its_survivor(hub: Taken) -> None:
    """Deal 30 was merged into 3, and 3 into 2."""
    assert hub.rows("opportunity", "name", "opportunity_id = '3'") == []
    assert hub.rows("activity", "opportunity_id", "activity_id = '2'") == [("2",)]


def test_the_primary_company_is_the_account(hub: Taken) -> None:
    assert hub.rows("opportunity", "account_id", "opportunity_id = '1'") == [("99",)]


def test_the_property_history_tells_each_value(hub: Taken) -> None:
    assert moves(hub, "stage", "1") == [(date(2021, 3, 31), "s1", "s3")]
    assert moves(hub, "probability", "1") == [(date(2021, 3, 31), "0.2", "1")]
    assert moves(hub, "outcome", "1") == [(date(2021, 3, 31), "open", "won")]
    assert moves(hub, "closed_on", "1") == [(date(2021, 3, 31), None, "2021-03-31")]


def test_a_first_value_after_the_opening_replaced_nothing(hub: Taken) -> None:
    assert moves(hub, "amount", "1") == [(date(2021, 2, 1), None, "900.25")]
    assert moves(hub, "close_on", "1") == [(date(2021, 2, 1), None, "2021-03-31")]


def test_stays_in_stages_tell_where_the_property_history_does_not(hub: Taken) -> None:
    assert moves(hub, "stage", "2") == [(date(2021, 2, 1), "s2", "s1")]


def test_the_past_is_what_the_history_tells(hub: Taken) -> None:
    columns = "opportunity_id, outcome, stage, amount, close_on, probability"
    assert hub.deals_as_of(date(2021, 1, 31), columns) == [
        ("1", "open", "s1", None, None, Decimal("0.2")),
        ("2", "open", "s2", Decimal(50), None, Decimal("0.2")),
    ]


def test_stages_of_all_pipelines_are_there_and_retired_ones_not(hub: Taken) -> None:
    assert hub.rows("stage", "stage, label, position, outcome, probability") == [
        ("s1", "Qualify", 1, "open", Decimal("0.2")),
        ("s2", "Qualify", 1, "open", Decimal("0.4")),
        ("s3", "Won", 2, "won", Decimal(1)),
        ("s4", "Lost", 3, "lost", Decimal(0)),
    ]


def test_a_won_deal_is_a_booking(hub: Taken) -> None:
    assert hub.rows("booking", "booking_id, account_id, owner_id, booked_on, amount") == [
        ("1", "99", "10", date(2021, 3, 31), Decimal("900.25"))
    ]


def test_owners_are_reps_in_their_primary_team(hub: Taken) -> None:
    assert hub.rows("person", "person_id, name, team, role") == [
        ("10", "Ann Rep", "First", "rep"),
        ("11", "bob@x.y", "Third", "rep"),  # no name; the team of the user
    ]


def test_a_merged_contact_is_gone(hub: Taken) -> None:
    assert hub.rows("contact", "contact_id, name, email") == [("501", "Ada Byron", "a@b.c")]


def test_what_was_done_is_about_a_deal_a_company_and_a_contact(hub: Taken) -> None:
    columns = "activity_id, kind, person_id, account_id, opportunity_id, contact_id"
    assert hub.rows("activity", columns) == [
        ("1", "call", "10", "99", "1", "501"),
        ("2", "meeting", None, None, "2", None),
        ("3", "meeting", None, None, None, None),
        ("4", "task", None, None, None, None),
    ]


def test_seconds_that_were_read_as_milliseconds_are_seconds(hub: Taken) -> None:
    """19 January 1970, 07:52:03, is 1,583,523 s; a thousand times that is 6 March 2020, 19:30."""
    happened = hub.rows("activity", "CAST(happened_at AS TEXT)", "activity_id = '3'")
    assert happened == [("2020-03-06 19:30:00",)]


def test_faults_are_repaired_by_name(hub: Taken) -> None:
    assert hub.repairs == {"empty_text_digest": 4, "seconds_read_as_milliseconds": 1}
    assert hub.rows("account", "DISTINCT industry") == [(None,)]


def test_an_export_with_labels_is_read_alike(labels: Taken) -> None:
    columns = "opportunity_id, outcome, stage, amount, owner_id, closed_on"
    assert labels.rows("opportunity", columns) == [
        ("7", "won", "Closed Won", Decimal("1200.5"), "Ann Rep", date(2021, 3, 31)),
        ("8", "open", "Appointment Scheduled", Decimal(10), "Ann Rep", None),
        ("9", "lost", "Closed Lost", Decimal(20), "Bob Rep", date(2021, 2, 28)),
    ]


def test_without_owners_the_names_on_deals_are_people(labels: Taken) -> None:
    assert labels.rows("person", "person_id, name, team") == [
        ("Ann Rep", "Ann Rep", "North"),
        ("Bob Rep", "Bob Rep", "South"),
    ]


def test_without_pipelines_stages_are_those_seen(labels: Taken) -> None:
    assert labels.rows("stage", "position, stage, outcome") == [
        (1, "Appointment Scheduled", "open"),
        (2, "Closed Won", "won"),
        (3, "Closed Lost", "lost"),
    ]


def test_without_history_the_closing_is_supplied(labels: Taken) -> None:
    assert moves(labels, "outcome", "7") == [(date(2021, 3, 31), "open", "won")]
    assert moves(labels, "stage", "7") == [(date(2021, 3, 31), None, "Closed Won")]
    assert moves(labels, "outcome", "8") == []


def test_a_probability_with_a_percent_sign_is_a_share(tmp_path: Path) -> None:
    deals = """
        hs_object_id,dealname,dealstage,hs_deal_stage_probability,createdate
        1,Percent,a,65%,2021-01-05T08:00:00Z
        2,Share,a,0.65,2021-01-05T08:00:00Z
        3,Neither,a,65,2021-01-05T08:00:00Z
    """
    read = taken(write(tmp_path / "export", {"deals.csv": deals}), tmp_path / "facts")
    assert read.rows("opportunity", "name, probability") == [
        ("Neither", None),
        ("Percent", Decimal("0.65")),
        ("Share", Decimal("0.65")),
    ]
    assert read.repairs == {"probability_not_0_to_1": 2}
