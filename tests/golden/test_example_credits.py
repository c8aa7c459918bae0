"""AdventureWorks: every order with a rep is credited, by rep and month, as plain SQL adds it up."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.connecting import Taken, taken
from tests.small_world import stored
from wald.engine.connect import Engine, connect, run
from wald.facts.relations import Scene
from wald.facts.terms import RateRule, Terms
from wald.heart.compensation.credit import Kind
from wald.heart.compensation.crediting import Only, credit_rows
from wald.heart.compensation.measure_rows import measure_rows
from wald.heart.compensation.plan import CreditRule, MeasureRule, Plan
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Grain, months_calendar, periods

WORKS = Path(__file__).parents[2] / "examples" / "adventureworks"
START, END = date(2011, 1, 1), date(2014, 1, 1)
CALENDAR = months_calendar()
PLAN = Plan(
    "works",
    "USD",
    (),
    measures=(MeasureRule("sales", rules=("own",)), MeasureRule("tax", "tax", rules=("own",))),
    credits=(CreditRule("own"), CreditRule("team", Kind.ROLL_UP, levels=3)),
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    duck = connect("", Path())
    yield duck
    duck.close()


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    return taken(WORKS, tmp_path_factory.mktemp("works"))


@pytest.fixture(scope="module")
def scene(engine: Engine, works: Taken) -> Scene:
    engine.attach(works.snapshot)
    terms = Terms("USD", RateRule.ON_THE_DAY, CALENDAR)
    return Scene(works.snapshot, AsOf(END), terms)


def by_hand(query: str) -> list[tuple[object, ...]]:
    path = str(WORKS / "sales_order_header.csv.gz")
    return duckdb.sql(query.format(orders=f"read_csv('{path}', all_varchar=true)")).fetchall()


def test_every_order_with_a_rep_is_credited_once_with_its_amount(
    engine: Engine, scene: Scene
) -> None:
    rows = run(engine, credit_rows(PLAN, scene, START, END)).to_pylist()
    own = [row for row in rows if row["rule"] == "own"]
    found = sorted((row["deal_id"], row["person_id"], row["amount"]) for row in own)
    assert len(found) == len(set(found)) > 2_000
    assert found == by_hand(
        "SELECT SalesOrderID, SalesPersonID, CAST(SubTotal AS DECIMAL(18, 4)) FROM {orders} "
        "WHERE SalesPersonID IS NOT NULL AND OrderDate < '2014-01-01' ORDER BY ALL"
    )


def test_measures_by_rep_and_month_are_those_of_plain_sql(engine: Engine, scene: Scene) -> None:
    cuts = [month.start for month in periods(CALENDAR, Grain.MONTH, START, END)]
    credits = credit_rows(PLAN, scene, START, END, Only(columns=frozenset({"tax"})))
    rows = run(engine, measure_rows(PLAN, credits, cuts)).to_pylist()
    assert {row["measure"] for row in rows} == {"sales", "tax"}
    for measure, column in (("sales", "SubTotal"), ("tax", "TaxAmt")):
        found = sorted(
            (row["person_id"], row["counted_on"], row["amount"])
            for row in rows
            if row["measure"] == measure
        )
        assert found == by_hand(
            "SELECT SalesPersonID, CAST(DATE_TRUNC('month', CAST(OrderDate AS DATE)) AS DATE), "
            f"SUM(CAST({column} AS DECIMAL(18, 4))) FROM {{orders}} "
            "WHERE SalesPersonID IS NOT NULL AND OrderDate < '2014-01-01' "
            "GROUP BY 1, 2 ORDER BY ALL"
        )


def test_the_head_of_sales_is_credited_with_what_all_reps_sold(
    engine: Engine, scene: Scene
) -> None:
    """Three managers report to one head and sell themselves: levels differ, sums do not."""
    rows = run(engine, credit_rows(PLAN, scene, START, END)).to_pylist()
    [(whole,)] = by_hand(
        "SELECT SUM(CAST(SubTotal AS DECIMAL(18, 4))) FROM {orders} "
        "WHERE SalesPersonID IS NOT NULL AND OrderDate < '2014-01-01'"
    )
    team: dict[str, Decimal] = {}
    for row in rows:
        if row["rule"] == "team":
            team[row["person_id"]] = team.get(row["person_id"], Decimal(0)) + row["amount"]
    assert max(team.values()) == whole


def test_the_worked_case_of_the_page(engine: Engine, tmp_path: Path) -> None:
    """The figures of docs/compensation/credits.md, worked out by hand there."""
    people = [("ana", "mia"), ("ben", "mia"), ("mia", None)]
    booked = {"booking_id": "B1", "owner_id": "ana", "booked_on": date(2026, 3, 10)}
    cancelled = {"cancellation_id": "C1", "booking_id": "B1", "cancelled_on": date(2026, 4, 2)}
    rate = {"from_currency": "USD", "to_currency": "EUR", "valid_from": date(2026, 3, 1)}
    snapshot = stored(
        tmp_path,
        {
            "person": [{"person_id": one, "name": one, "manager_id": boss} for one, boss in people],
            "booking": [{**booked, "amount": 10_000, "currency": "USD"}],
            "booking_split": [
                {"booking_split_id": "S1", "booking_id": "B1", "person_id": "ana", "share": "0.7"},
                {"booking_split_id": "S2", "booking_id": "B1", "person_id": "ben", "share": "0.3"},
            ],
            "cancellation": [{**cancelled, "amount": 4_000, "currency": "USD"}],
            "exchange_rate": [
                {**rate, "rate": "0.9"},
                {**rate, "valid_from": date(2026, 4, 1), "rate": "0.8"},
            ],
        },
    )
    engine.attach(snapshot)
    scene = Scene(snapshot, AsOf(END.replace(2027)), Terms("EUR", RateRule.ON_THE_DAY, CALENDAR))
    plan = Plan(
        "p", "EUR", (), credits=(CreditRule("split", Kind.SPLIT), CreditRule("team", Kind.ROLL_UP))
    )
    tree = credit_rows(plan, scene, date(2026, 1, 1), date(2027, 1, 1))
    rows = run(engine, tree).to_pylist()
    assert {row["credit_id"]: (row["deal_amount"], row["amount"]) for row in rows} == {
        "split/B1/booked/ana/S1": (9_000, 6_300),
        "split/B1/booked/ben/S2": (9_000, 2_700),
        "team/B1/booked/mia/ana/S1": (9_000, 6_300),
        "team/B1/booked/mia/ben/S2": (9_000, 2_700),
        "split/B1/cancelled:C1/ana/S1": (-3_600, -2_520),
        "split/B1/cancelled:C1/ben/S2": (-3_600, -1_080),
        "team/B1/cancelled:C1/mia/ana/S1": (-3_600, -2_520),
        "team/B1/cancelled:C1/mia/ben/S2": (-3_600, -1_080),
    }
