"""Three kinds of Salesforce history, each alone and together: no change counts twice."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.connecting import Taken, taken, write

DEALS = """
    Id,Name,StageName,Amount,Probability,CloseDate,IsClosed,IsWon,OwnerId,CreatedDate
    A,Deal,Closed Won,120.50,100,2023-04-15,true,true,0051G00000600MlQAI,2023-01-10T09:00:00Z
    B,Reopened,Proposal,5,50,2023-09-30,false,false,0051G00000600MlQAI,2023-01-10T09:00:00Z
    C,Lost,Closed Lost,7,0,2023-01-10,true,false,0051G00000600MlQAI,2023-01-10T09:00:00Z
"""
HISTORY = """
    Id,OpportunityId,StageName,Amount,CloseDate,Probability,ForecastCategory,CreatedDate
    1,A,Qualify,100,2023-03-31,10,Pipeline,2023-01-10T09:00:00Z
    2,A,Proposal,120.50,2023-04-30,50,BestCase,2023-02-01T10:00:00Z
    3,A,Closed Won,120.50,2023-04-15,100,Closed,2023-04-15T12:00:00Z
    4,B,Proposal,5,2023-03-31,50,Pipeline,2023-01-10T09:00:00Z
    5,B,Closed Lost,5,2023-03-31,0,Omitted,2023-03-31T09:00:00Z
    6,B,Proposal,5,2023-09-30,50,Pipeline,2023-05-01T09:00:00Z
    7,C,Closed Lost,7,2023-01-10,0,Omitted,2023-01-10T09:00:00Z
"""
FIELD_HISTORY = """
    Id,OpportunityId,Field,OldValue,NewValue,CreatedDate,CreatedById
    f1,A,created,,,2023-01-10T09:00:00Z,0051G000005MumuQAC
    f2,A,StageName,Proposal,Closed Won,2023-04-15T12:00:00Z,0051G000005MumuQAC
    f3,A,Owner,Max Boss,Ann Rep,2023-02-15T12:00:00Z,0051G000005MumuQAC
    f4,A,Owner,0051G000005Mumu,0051G00000600MlQAI,2023-02-15T12:00:00Z,0051G000005MumuQAC
    f5,A,Amount,100.0,120.50,2023-02-01T10:00:02Z,0051G000005MumuQAC
    f6,A,NextStep,call,write,2023-02-01T10:00:02Z,0051G000005MumuQAC
"""
SNAPSHOTS = """
    id,name,stage_name,close_date,amount,is_closed,is_won,owner_id,created_date,_fivetran_start,_fivetran_end
    A,Deal,Proposal,2023-04-30,100,false,false,u1,2023-01-10 09:00:00,2023-02-01 00:00:00,2023-04-14
    A,Deal,Closed Won,2023-04-15,100,true,true,u2,2023-01-10 09:00:00,2023-04-15 00:00:00,9999-12-31
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    """Return deals with the opportunity history alone."""
    room = tmp_path_factory.mktemp("told")
    files = {"Opportunity.csv": DEALS, "OpportunityHistory.csv": HISTORY}
    return taken(write(room / "export", files), room / "facts")


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    room = tmp_path_factory.mktemp("both")
    files = {
        "Opportunity.csv": DEALS,
        "OpportunityHistory.csv": HISTORY,
        "OpportunityFieldHistory.csv": FIELD_HISTORY,
    }
    return taken(write(room / "export", files), room / "facts")


def moves(told: Taken, field: str, deal: str = "A") -> list[tuple[object, ...]]:
    where = f"field = '{field}' AND opportunity_id = '{deal}'"
    return told.rows("opportunity_change", "CAST(changed_at AS DATE), old, new", where)


def test_old_values_are_those_of_the_row_before(told: Taken) -> None:
    assert moves(told, "stage") == [
        (date(2023, 2, 1), "Qualify", "Proposal"),
        (date(2023, 4, 15), "Proposal", "Closed Won"),
    ]
    assert moves(told, "amount") == [(date(2023, 2, 1), "100", "120.5")]
    assert moves(told, "probability") == [
        (date(2023, 2, 1), "0.1", "0.5"),
        (date(2023, 4, 15), "0.5", "1"),
    ]
    assert moves(told, "forecast_category") == [
        (date(2023, 2, 1), "pipeline", "best_case"),
        (date(2023, 4, 15), "best_case", "closed"),
    ]


def test_a_stage_that_closes_changes_the_outcome_and_the_day_of_closing(told: Taken) -> None:
    assert moves(told, "outcome") == [(date(2023, 4, 15), "open", "won")]
    assert moves(told, "closed_on") == [(date(2023, 4, 15), None, "2023-04-15")]


def test_a_deal_can_be_lost_and_opened_again(told: Taken) -> None:
    assert moves(told, "outcome", "B") == [
        (date(2023, 3, 31), "open", "lost"),
        (date(2023, 5, 1), "lost", "open"),
    ]
    assert moves(told, "closed_on", "B") == [
        (date(2023, 3, 31), None, "2023-03-31"),
        (date(2023, 5, 1), "2023-03-31", None),
    ]


def test_a_deal_that_was_entered_as_closed_never_was_open(told: Taken) -> None:
    assert told.rows("opportunity_change", "*", "opportunity_id = 'C'") == []


def test_the_past_is_what_the_history_tells(told: Taken) -> None:
    columns = "opportunity_id, outcome, stage, amount, close_on, closed_on, probability"
    assert told.deals_as_of(date(2023, 4, 14), columns) == [
        ("A", "open", "Proposal", Decimal("120.5"), date(2023, 4, 30), None, Decimal("0.5")),
        ("B", "lost", "Closed Lost", Decimal(5), date(2023, 3, 31), date(2023, 3, 31), Decimal(0)),
        ("C", "lost", "Closed Lost", Decimal(7), date(2023, 1, 10), date(2023, 1, 10), Decimal(0)),
    ]
    assert told.deals_as_of(date(2023, 1, 31), columns)[0] == (
        "A", "open", "Qualify", Decimal(100), date(2023, 3, 31), None, Decimal("0.1"),
    )  # fmt: skip


def test_a_tracked_field_counts_once_and_the_history_tells_what_was_before(both: Taken) -> None:
    """Stages are tracked since April, amounts two seconds after the history's own row."""
    assert moves(both, "stage") == [
        (date(2023, 2, 1), "Qualify", "Proposal"),
        (date(2023, 4, 15), "Proposal", "Closed Won"),
    ]
    assert moves(both, "amount") == [(date(2023, 2, 1), "100", "120.5")]
    ids = both.rows("opportunity_change", "change_id", "field IN ('stage', 'amount')")
    assert ids == [("2/stage",), ("5/stage",), ("6/stage",), ("f2",), ("f5",)]


def test_who_changed_it_is_known(both: Taken) -> None:
    changed_by = both.rows("opportunity_change", "changed_by", "change_id = 'f2'")
    assert changed_by == [("0051G000005MumuQAC",)]


def test_an_owner_change_counts_once_by_its_keys(both: Taken) -> None:
    assert moves(both, "owner_id") == [
        (date(2023, 2, 15), "0051G000005MumuQAC", "0051G00000600MlQAI")
    ]


def test_fields_we_do_not_follow_are_left(both: Taken) -> None:
    assert both.rows("opportunity_change", "*", "change_id IN ('f1', 'f6')") == []


def test_a_field_history_that_comes_later_takes_the_double_back(
    tmp_path: Path, told: Taken, both: Taken
) -> None:
    files = {
        "Opportunity.csv": DEALS,
        "OpportunityHistory.csv": HISTORY,
        "OpportunityFieldHistory.csv": FIELD_HISTORY,
    }
    after = taken(write(tmp_path, files), told.snapshot.root, before=told.snapshot)
    columns = "change_id, opportunity_id, field, old, new, changed_at"
    assert after.rows("opportunity_change", columns) == both.rows("opportunity_change", columns)


def test_a_history_that_comes_later_takes_the_supplied_closing_back(tmp_path: Path) -> None:
    first = taken(write(tmp_path / "one", {"Opportunity.csv": DEALS}), tmp_path / "facts")
    assert moves(first, "stage") == [(date(2023, 4, 15), None, "Closed Won")]
    files = {"Opportunity.csv": DEALS, "OpportunityHistory.csv": HISTORY}
    after = taken(write(tmp_path / "two", files), tmp_path / "facts", before=first.snapshot)
    assert moves(after, "stage") == [
        (date(2023, 2, 1), "Qualify", "Proposal"),
        (date(2023, 4, 15), "Proposal", "Closed Won"),
    ]


def test_snapshots_alone_tell_deals_and_their_changes(tmp_path: Path) -> None:
    folder = write(tmp_path / "export", {"opportunity_history.csv": SNAPSHOTS})
    snapped = taken(folder, tmp_path / "facts")
    assert snapped.rows("opportunity", "opportunity_id, outcome, stage, owner_id") == [
        ("A", "won", "Closed Won", "u2")
    ]
    assert moves(snapped, "owner_id") == [(date(2023, 4, 15), "u1", "u2")]
    assert moves(snapped, "outcome") == [(date(2023, 4, 15), "open", "won")]
    assert snapped.rows("booking", "booking_id, amount") == [("A", Decimal(100))]


def test_a_deal_without_a_snapshot_that_holds_was_deleted(tmp_path: Path) -> None:
    ended = """
        id,name,stage_name,close_date,is_closed,is_won,_fivetran_start,_fivetran_end,_fivetran_active
        A,Deal,Proposal,2023-04-30,false,false,2023-02-01 00:00:00,2023-04-14,false
    """
    folder = write(tmp_path / "export", {"opportunity_history.csv": ended})
    assert taken(folder, tmp_path / "facts").rows("opportunity", "*") == []
