"""The shipped data sets give the figures that plain SQL over their files gives, not our mapping."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.asking import ask, question
from tests.connecting import Taken, taken
from wald.engine.connect import Engine, connect
from wald.facts.question import AnswerRow
from wald.facts.terms import RateRule, Terms
from wald.kernel.period import months_calendar

EXAMPLES = Path(__file__).parents[2] / "examples"
DOLLARS = Terms("USD", RateRule.ON_THE_DAY, months_calendar())
Figures = dict[tuple[object, ...], object]


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    duck = connect("", Path())
    yield duck
    duck.close()


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    return taken(EXAMPLES / "adventureworks", tmp_path_factory.mktemp("works"))


@pytest.fixture(scope="module")
def northwind(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    return taken(EXAMPLES / "northwind", tmp_path_factory.mktemp("northwind"))


def measured(
    engine: Engine, made: Taken, metric: str, *by: str, period: str = "", where: str = ""
) -> dict[tuple[str | None, ...], AnswerRow]:
    asked = question(made.snapshot, metric, *by, period=period, where=where, terms=DOLLARS)
    return {row.key: row for row in ask(engine, asked).rows}


def by_hand(folder: str, query: str) -> Figures:
    """Run plain SQL over the CSV files of an example, named without their ending."""
    plain = duckdb.connect()
    for path in (EXAMPLES / folder).glob("*.csv*"):
        plain.read_csv(str(path), all_varchar=True).create_view(path.name.split(".")[0])
    return {tuple(key): value for *key, value in plain.execute(query).fetchall()}


def amounts(rows: dict[tuple[str | None, ...], AnswerRow]) -> Figures:
    """Return the exact sums; what has no rep, or no name, is left out."""
    return {key: row.numerator for key, row in rows.items() if None not in key}


def test_adventureworks_books_by_rep_and_quarter(engine: Engine, works: Taken) -> None:
    wanted = by_hand(
        "adventureworks",
        """
        SELECT SalesPersonID, CONCAT(year(OrderDate::DATE), '-Q', quarter(OrderDate::DATE)),
               SUM(SubTotal::DECIMAL(18, 4))
          FROM sales_order_header WHERE SalesPersonID IS NOT NULL GROUP BY ALL
        """,
    )
    assert amounts(measured(engine, works, "bookings", "rep_id", "quarter")) == wanted
    assert len(wanted) == 144


def test_adventureworks_books_through_two_channels(engine: Engine, works: Taken) -> None:
    assert amounts(measured(engine, works, "bookings", "channel")) == {
        ("online",): Decimal("20985847.4907"),
        ("reseller",): Decimal("68802605.1019"),
    }


def test_adventureworks_attains_quota_by_rep_and_window(engine: Engine, works: Taken) -> None:
    """A window runs to before the same person's next quota date."""
    wanted = by_hand(
        "adventureworks",
        """
        WITH quota AS (
             SELECT BusinessEntityID AS rep, QuotaDate AS begins,
                    SalesQuota::DECIMAL(18, 4) AS goal,
                    LEAD(QuotaDate) OVER (PARTITION BY BusinessEntityID ORDER BY QuotaDate) AS next
               FROM sales_person_quota_history)
        SELECT rep, begins, (COALESCE(SUM(SubTotal::DECIMAL(18, 4)), 0), ANY_VALUE(goal))
          FROM quota LEFT JOIN sales_order_header AS o
            ON o.SalesPersonID = rep AND o.OrderDate >= begins AND o.OrderDate < next
         WHERE begins <= '2013-12-31' GROUP BY ALL
        """,
    )
    got = measured(engine, works, "quota_attainment", "rep_id", "starts_on")
    assert {key: (row.numerator, row.denominator) for key, row in got.items()} == wanted
    assert len(wanted) == 146


def test_adventureworks_keeps_what_is_left_after_cost(engine: Engine, works: Taken) -> None:
    wanted = by_hand(
        "adventureworks",
        """
        SELECT IF(Channel = 'internet', 'online', Channel),
               (SUM(LineTotal::DECIMAL(18, 4)
                    - UnitStandardCost::DECIMAL(12, 4) * OrderQty::INT)::DECIMAL(18, 4),
                SUM(LineTotal::DECIMAL(18, 4)))
          FROM sales_order_line GROUP BY ALL
        """,
    )
    got = measured(engine, works, "gross_margin", "channel")
    assert {key: (row.numerator, row.denominator) for key, row in got.items()} == wanted


def test_adventureworks_lists_at_the_price_of_the_day(engine: Engine, works: Taken) -> None:
    wanted = by_hand(
        "adventureworks",
        """
        SELECT SUM(OrderQty::INT * p.ListPrice::DECIMAL(12, 4))
          FROM sales_order_line JOIN sales_order_header USING (SalesOrderID)
          JOIN product_list_price_history AS p USING (ProductID)
         WHERE OrderDate BETWEEN StartDate AND COALESCE(EndDate, '9999')
        """,
    )
    [row] = measured(engine, works, "average_discount").values()
    assert {(): row.denominator} == wanted


def test_adventureworks_is_loaded_without_a_fault(works: Taken) -> None:
    assert works.repairs == {}
    assert not any(works.rejected.values())
    assert [one.file for one in works.reading.files if one.sheet is None] == [
        "LICENSE",
        "README.md",
    ]
    assert {line.left_out for line in works.lines} == {0}


def test_adventureworks_keeps_the_faults_its_readme_names(works: Taken) -> None:
    homeless = "person_id = '280' AND territory IS NULL"
    assert works.rows("person", "valid_from", homeless) == [(date(2012, 9, 30),)]
    abroad = works.rows("person", "territory, region", "person_id = '289'")
    assert abroad == [("Canada", "North America")]  # a rep of the European team
    unlisted = works.rows("product", "COUNT(*)", "list_price = 0")
    assert unlisted == [(200,)]


def test_northwind_books_by_seller(engine: Engine, northwind: Taken) -> None:
    wanted = by_hand(
        "northwind",
        """
        SELECT EmployeeID, SUM(UnitPrice::DECIMAL(9, 2) * Quantity::INT
                               * (1 - Discount::DECIMAL(4, 2)))::DECIMAL(18, 4)
          FROM orders JOIN order_details USING (OrderID) GROUP BY ALL
        """,
    )
    assert amounts(measured(engine, northwind, "bookings", "rep_id")) == wanted
    assert sum(Decimal(str(amount)) for amount in wanted.values()) == Decimal("1265793.0395")


def test_northwind_gives_discounts(engine: Engine, northwind: Taken) -> None:
    wanted = by_hand(
        "northwind", "SELECT SUM(UnitPrice::DECIMAL(9, 2) * Quantity::INT) FROM order_details"
    )
    [row] = measured(engine, northwind, "average_discount").values()
    assert {(): row.denominator} == wanted


def test_northwind_is_loaded_without_a_fault(northwind: Taken) -> None:
    assert not any(northwind.rejected.values())
    assert {line.left_out for line in northwind.lines} == {0}
