"""What a load reports, stores and takes back."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tests.ingesting import ANA, Desk, problems
from wald.actions import ingest
from wald.engine.intake.lock import held
from wald.facts.load_report import Counts, LoadOptions, as_json, from_json
from wald.kernel.actor import Actor
from wald.kernel.problem import Conflict, NotAllowed, Refusal
from wald.queries.loads import loads, rejected_rows
from wald.records.stores import loads as store
from wald.records.stores.settings import load_settings

DEALS = "opportunity_id,outcome,amount,currency,created_at\n"
ONE = DEALS + "A,open,1,EUR,2024-01-01\n"


def test_accounts_for_every_row(desk: Desk) -> None:
    rows = "A,open,1,EUR,\nB,open,2,EUR,\nC,open,3,EUR,\n"
    desk.write(opportunity__csv=DEALS + rows).load()
    changed = "A,open,1,EUR,\nB,won,2,EUR,\nD,open,4,EUR,\nD,open,4,EUR,\nE,lost,x,EUR,\n"
    report = desk.write(opportunity__csv=DEALS + changed).load()
    assert report.totals == Counts(read=5, new=1, changed=1, same=1, rejected=1, duplicate=1)
    assert report.totals.balances


def test_the_same_folder_again_stores_nothing(desk: Desk) -> None:
    first = desk.write(opportunity__csv=ONE).load()
    again = desk.load()
    assert (first.load_id, again.load_id) == (1, None)
    assert again.totals == Counts(read=1, same=1)
    assert [load.load_id for load in desk.snapshot().loads] == [1]


def test_a_dry_run_tells_the_same_and_writes_nothing(desk: Desk) -> None:
    desk.write(opportunity__csv=DEALS + "A,open,x,EUR,\nB,open,2,EUR,\n")
    plan = desk.plan()
    assert plan.dry_run
    assert not list(desk.workspace.facts.glob("*"))
    assert not list(desk.workspace.rejects.glob("*"))
    assert load_settings(database=desk.workspace.database).currency is None
    report = desk.load()
    assert (plan.totals, plan.problems) == (report.totals, report.problems)


def test_a_changed_row_is_a_whole_new_row(desk: Desk) -> None:
    desk.write(opportunity__csv=ONE).load()
    desk.write(opportunity__csv=DEALS + "A,won,2,EUR,2024-01-01\n").load()
    assert desk.rows("opportunity", "outcome, amount") == [("won", Decimal(2))]
    before = desk.rows("opportunity", "outcome, amount", known=desk.times[0])
    assert before == [("open", Decimal(1))]


def test_a_small_load_into_much_sees_its_changes(desk: Desk) -> None:
    many = "".join(f"O{n},open,{n},EUR,\n" for n in range(100))
    desk.write(opportunity__csv=DEALS + many).load()
    desk.write(opportunity__csv=DEALS + "O1,won,1,EUR,\n").load()
    few = "O1,open,1,EUR,\nO2,open,2,EUR,\nO200,open,2,EUR,\n"
    report = desk.write(opportunity__csv=DEALS + few).load()
    assert report.totals == Counts(read=3, new=1, changed=1, same=1)


def test_a_row_taken_back_is_gone_and_was_there(desk: Desk) -> None:
    desk.write(opportunity__csv=ONE).load()
    gone = "opportunity_id,outcome,is_deleted\nA,,true\nB,,true\n"
    report = desk.write(opportunity__csv=gone).load()
    assert report.totals == Counts(read=2, changed=1, same=1)
    assert desk.rows("opportunity") == []
    assert len(desk.rows("opportunity", known=desk.times[0])) == 1
    assert desk.load().totals.same == 2


def test_a_row_that_comes_back_is_a_change(desk: Desk) -> None:
    desk.write(opportunity__csv=ONE).load()
    desk.write(opportunity__csv="opportunity_id,outcome,is_deleted\nA,,true\n").load()
    assert desk.write(opportunity__csv=ONE).load().totals.changed == 1
    assert len(desk.rows("opportunity")) == 1


def test_a_part_says_what_it_holds(desk: Desk) -> None:
    rows = "A,open,1,EUR,2024-01-01\nB,open,1,USD,2024-02-01\n"
    desk.write(opportunity__csv=DEALS + rows).load()
    [part] = desk.snapshot().parts("opportunity")
    assert (part.rows, part.replaces, part.currencies) == (2, False, ("EUR", "USD"))
    assert (part.first_on, part.last_on) == (date(2024, 1, 1), date(2024, 2, 1))
    desk.write(opportunity__csv=DEALS + "A,won,1,EUR,2024-01-01\n").load()
    assert desk.snapshot().parts("opportunity")[1].replaces


def test_the_first_load_decides_the_reporting_currency(desk: Desk) -> None:
    rows = "A,open,1,USD,\nB,open,1,EUR,\nC,open,1,EUR,\n"
    first = desk.write(opportunity__csv=DEALS + rows).load()
    assert (first.reporting_currency, first.decides_currency) == ("EUR", True)
    more = "".join(f"{n},open,1,USD,\n" for n in range(5))
    second = desk.write(opportunity__csv=DEALS + more).load()
    assert (second.reporting_currency, second.decides_currency) == ("EUR", False)


def test_a_given_currency_fills_rows_that_name_none(desk: Desk) -> None:
    desk.write(opportunity__csv=DEALS + "A,open,1,,\nB,open,2,usd,\n")
    desk.load(LoadOptions(currency="CHF"))
    assert desk.rows("opportunity", "opportunity_id, currency") == [("A", "CHF"), ("B", "USD")]


def test_an_empty_cell_means_the_default(desk: Desk) -> None:
    desk.write(person__csv="person_id,name,valid_from\nP1,Ann,\nP1,Ann,2024-01-01\n").load()
    found = desk.rows("person", "valid_from")
    assert found == [(date(1900, 1, 1),), (date(2024, 1, 1),)]


def test_reject_files_are_no_formulas(desk: Desk) -> None:
    rows = "=1+1,maybe,-5,EUR,\n+A,maybe,1,EUR,\n@B,maybe,2,EUR,\n-C,maybe,3,EUR,\n"
    kept = desk.rejects(desk.write(opportunity__csv=DEALS + rows).load())
    lines = kept.splitlines()[1:]
    assert [line.split(",")[0] for line in lines] == ["'=1+1", "'+A", "'@B", "'-C"]
    assert ",-5," in lines[0]


def test_rejected_rows_keep_what_they_said(desk: Desk) -> None:
    report = desk.write(opportunity__csv=DEALS + "A,open,1.0x,EUR,\n").load()
    [page] = rejected_rows(actor=ANA, workspace=desk.workspace, load_id=1, limit=10) or ()
    assert (page.rows[0]["amount"], page.rows[0]["line"]) == ("1.0x", "2")
    assert page.rows[0]["file"] == "opportunity.csv"
    assert report.reject_files == ("rejects/1/opportunity.csv-opportunity.csv",)


def test_a_load_of_rejects_alone_publishes_nothing_and_keeps_them(desk: Desk) -> None:
    report = desk.write(opportunity__csv=DEALS + "A,maybe,1,EUR,\n").load()
    assert report.load_id is None
    assert desk.snapshot().loads == ()
    [kept] = loads(actor=ANA, workspace=desk.workspace)
    assert (kept.state, kept.rejected, kept.may_undo) == ("rejected", 1, False)


def test_undo_takes_back_the_newest_load_only(desk: Desk) -> None:
    desk.write(opportunity__csv=ONE).load()
    desk.write(opportunity__csv=DEALS + "A,won,2,EUR,\n").load()
    desk.write(opportunity__csv=DEALS + "B,won,2,EUR,\n").load()
    with pytest.raises(Refusal, match="undo 3, 2 first, in this order"):
        desk.undo(1)
    assert desk.undo(3).rows == 1
    assert desk.undo(2).tables == ("opportunity",)
    assert desk.rows("opportunity", "outcome") == [("open",)]


def test_what_was_known_before_an_undo_can_still_be_asked(desk: Desk) -> None:
    desk.write(opportunity__csv=ONE).load()
    desk.undo(1)
    assert desk.rows("opportunity") == []
    assert len(desk.rows("opportunity", known=desk.times[0])) == 1


def test_a_load_is_undone_once(desk: Desk) -> None:
    desk.write(opportunity__csv=ONE).load()
    desk.undo(1)
    with pytest.raises(Refusal, match="Load 1 was undone on 2024-06-01 12:02 UTC"):
        desk.undo(1)
    with pytest.raises(Refusal, match="There is no load 9"):
        desk.undo(9)


def test_what_was_undone_can_be_loaded_again(desk: Desk) -> None:
    desk.write(opportunity__csv=ONE).load()
    desk.undo(1)
    assert (desk.load().load_id, len(desk.rows("opportunity"))) == (2, 1)


def test_loads_follow_in_time(desk: Desk) -> None:
    desk.write(opportunity__csv=ONE).load()
    desk.at = datetime(2020, 1, 1, tzinfo=UTC)
    with pytest.raises(Refusal, match="what is known must follow in time"):
        desk.load()


def test_only_one_load_runs_at_a_time(desk: Desk) -> None:
    desk.write(opportunity__csv=ONE)
    with (
        held(desk.workspace.home / "load.lock", "big, begun by Max"),
        pytest.raises(Conflict, match="Another load is running: big, begun by Max"),
    ):
        desk.load()
    assert desk.load().load_id == 1


def test_what_a_dead_load_left_is_removed(desk: Desk) -> None:
    dead = store.start_load(
        database=desk.workspace.database, at=desk.tick(), by="max", source="x", connector="y"
    )
    orphans = [
        desk.workspace.facts / "booking" / f"{dead}.parquet",
        desk.workspace.facts / "booking" / "77.parquet.unfinished",
        desk.workspace.rejects / str(dead) / "x.csv",
    ]
    for orphan in orphans:
        orphan.parent.mkdir(parents=True, exist_ok=True)
        orphan.write_text("half")
    desk.write(opportunity__csv=ONE).load()
    assert not any(orphan.exists() for orphan in orphans)
    assert store.unfinished_loads(database=desk.workspace.database) == ()
    assert len(desk.rows("opportunity")) == 1


def test_nothing_of_a_load_remains_in_the_cache(desk: Desk) -> None:
    desk.write(opportunity__csv=ONE).load()
    assert list((desk.workspace.cache / "loading").iterdir()) == []


def test_who_may_not_load_is_refused(desk: Desk) -> None:
    reader = Actor("rae", frozenset({"facts.read"}))
    with pytest.raises(NotAllowed, match=r"facts\.load"):
        ingest.load(
            actor=reader,
            workspace=desk.workspace,
            folder=desk.folder,
            options=LoadOptions(),
            at=desk.tick(),
        )


def test_who_may_not_undo_is_refused(desk: Desk) -> None:
    reader = Actor("rae", frozenset({"facts.read"}))
    with pytest.raises(NotAllowed, match=r"facts\.undo"):
        ingest.undo(actor=reader, workspace=desk.workspace, load_id=1, at=desk.tick())


def test_a_report_reads_back_what_it_wrote(desk: Desk) -> None:
    report = desk.write(opportunity__csv=DEALS + "A,open,1,EUR,2024-01-01\nB,x,1,EUR,\n").load()
    assert from_json(as_json(report)) == report
    assert report.reaches == date(2024, 1, 1)


def test_a_derived_row_is_not_counted_as_read(desk: Desk) -> None:
    desk.write(
        sales_pipeline__csv="""
            opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value
            A1,Ann,GTX,Acme,Won,2017-01-02,2017-03-01,5000
        """,
        products__csv="product,series,sales_price\nGTX,G,5000\n",
        accounts__csv=(
            "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n"
            "Acme,retail,2000,1,2,Japan,\n"
        ),
        sales_teams__csv="sales_agent,manager,regional_office\nAnn,Cara,East\n",
    )
    report = desk.load()
    assert report.connector == "maven_crm"
    assert report.totals.read == sum(file.rows for file in report.files) == 4
    assert report.derived.new > 0


def test_files_of_one_table_are_one(desk: Desk) -> None:
    desk.write(
        opportunity_1__csv=DEALS + "A,open,1,EUR,\nB,open,1,EUR,\n",
        opportunity_2__csv=DEALS + "B,open,1,EUR,\nC,open,x,EUR,\n",
    )
    report = desk.load()
    assert [line.counts for line in report.lines] == [
        Counts(read=2, new=2),
        Counts(read=2, rejected=1, duplicate=1),
    ]
    assert "opportunity_2.csv:3: amount" in problems(report)
