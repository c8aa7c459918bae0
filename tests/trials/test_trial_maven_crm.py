"""The Maven CRM folder beside the repository: won deals, bookings and stages as in its CSV."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from tests.asking import ask, question
from tests.connecting import Taken, taken
from wald.engine.connect import Engine, connect
from wald.facts.terms import RateRule, Terms
from wald.kernel.period import months_calendar

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "maven_crm"
DOLLARS = Terms("USD", RateRule.ON_THE_DAY, months_calendar())
pytestmark = pytest.mark.skipif(
    not FOLDER.exists(), reason="the Maven CRM data (../shared/data/maven_crm) are not here"
)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    duck = connect("", Path())
    yield duck
    duck.close()


@pytest.fixture(scope="module")
def maven(tmp_path_factory: pytest.TempPathFactory) -> Taken:
    return taken(FOLDER, tmp_path_factory.mktemp("maven"))


def by_hand(query: str) -> list[tuple[object, ...]]:
    plain = duckdb.connect()
    for path in FOLDER.glob("*.csv"):
        plain.read_csv(str(path), all_varchar=True).create_view(path.stem)
    return plain.execute(query).fetchall()


def test_loads_without_a_fault_and_says_what_it_repaired(maven: Taken) -> None:
    assert maven.connector == "maven_crm"
    assert maven.repairs == {
        "gtx_pro_space": 1480,
        "lost_value_zero_is_unknown": 2473,
        "sector_technology": 12,
        "country_philippines": 1,
    }
    assert not any(maven.rejected.values())


def test_counts_won_and_lost_deals(engine: Engine, maven: Taken) -> None:
    stages = dict(by_hand("SELECT deal_stage, COUNT(*) FROM sales_pipeline GROUP BY 1"))
    for metric, stage in (("won_deals", "Won"), ("lost_deals", "Lost")):
        assert ask(engine, question(maven.snapshot, metric, terms=DOLLARS)).value == stages[stage]
    assert stages == {"Won": 4238, "Lost": 2473, "Engaging": 1589, "Prospecting": 500}


def test_books_by_region_and_quarter(engine: Engine, maven: Taken) -> None:
    wanted = by_hand(
        """
        SELECT regional_office, '2017-Q' || quarter(close_date::DATE),
               SUM(close_value::DECIMAL(18, 4))
          FROM sales_pipeline JOIN sales_teams USING (sales_agent)
         WHERE deal_stage = 'Won' GROUP BY ALL ORDER BY ALL
        """
    )
    asked = question(maven.snapshot, "bookings", "region", "quarter", terms=DOLLARS)
    assert sorted((*row.key, row.numerator) for row in ask(engine, asked).rows) == wanted
    assert sum(Decimal(str(amount)) for _, _, amount in wanted) == 10_005_534


def test_discount_is_measured_against_the_price_list(engine: Engine, maven: Taken) -> None:
    [(listed,)] = by_hand(
        """
        SELECT SUM(sales_price::DECIMAL(18, 4)) FROM sales_pipeline AS deal JOIN products AS p
            ON p.product = REPLACE(deal.product, 'GTXPro', 'GTX Pro')
         WHERE deal_stage = 'Won'
        """
    )
    [row] = ask(engine, question(maven.snapshot, "average_discount", terms=DOLLARS)).rows
    assert row.denominator == listed


def test_in_the_past_a_deal_is_open_that_closed_later(engine: Engine, maven: Taken) -> None:
    """Engaged by the end of June, or on no known day, and closed after it, or not at all."""
    [(wanted,)] = by_hand(
        """
        SELECT COUNT(*) FROM sales_pipeline
         WHERE COALESCE(engage_date, '') <= '2017-06-30'
           AND COALESCE(close_date, '9999') > '2017-06-30'
        """
    )
    then = maven.deals_as_of(date(2017, 6, 30), "outcome, amount, stage")
    assert len([row for row in then if row[0] == "open"]) == wanted
    assert {row[2] for row in then if row[0] == "open"} == {"Engaging", "Prospecting"}
    assert {row[1] for row in then if row[0] == "open"} == {None}
