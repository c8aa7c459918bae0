"""Monthly revenue of AdventureWorks and Online Retail: the seasonal series against seasonal naive.

Figures stand in docs/reference/forecast.md, whichever wins; this holds them to it.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from wald.brain.backtest import backtest
from wald.brain.forecast import BOOKED, CLOSED, OPEN, SUBMITTED, forecasters, grid
from wald.brain.ground import VERSIONS, Ground
from wald.brain.scoring import wape
from wald.kernel.period import Grain, Period, months_calendar, periods

DATA = Path(__file__).parents[3] / "shared" / "data"
SERIES = ("seasonal_series", "closed_linearity", "same_period_growth", "usual_rest")

ADVENTUREWORKS = """
    SELECT OrderDate::DATE AS booked_on, SUM(SubTotal)::DOUBLE AS amount
      FROM read_csv('{data}/adventureworks/sales_order_header.csv.gz') GROUP BY 1 ORDER BY 1"""
RETAIL = """
    SELECT InvoiceDate::DATE AS booked_on, SUM(Quantity * Price)::DOUBLE AS amount
      FROM '{data}/online_retail_2010/online_retail.parquet' GROUP BY 1 ORDER BY 1"""


def ground(query: str, last: date) -> Ground:
    rows = duckdb.sql(query.format(data=DATA)).to_arrow_table()
    empty = pa.nulls(rows.num_rows, pa.string())
    columns = {"opportunity_id": empty, "owner_id": empty, "team": empty,
               "booked_on": rows["booked_on"], "amount": rows["amount"]}  # fmt: skip
    booked = pa.table({name: columns[name] for name in BOOKED.names}, schema=BOOKED)
    first = booked["booked_on"][0].as_py()
    start = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    start = first if first.day <= 2 else start
    found = tuple(periods(months_calendar(), Grain.MONTH, start, last))
    days = sorted({day for one in found for day in grid(one) if day <= last})
    assert CLOSED.names == VERSIONS.names[: len(CLOSED.names)]
    return Ground(last, "USD", found, tuple(days), booked, OPEN.empty_table(),
                  VERSIONS.empty_table(), SUBMITTED.empty_table(), (), (), ())  # fmt: skip


def errors(found: Ground, months: Sequence[Period]) -> dict[str, tuple[float, int]]:
    """Return the WAPE of each method told on the eve of each month, and of seasonal naive."""
    methods = {key: forecasters()[key] for key in SERIES}
    trials = backtest(found, months, methods)
    whole = pa.concat_tables(trials).unify_dictionaries().combine_chunks()
    eve = whole.filter(pc.equal(whole["weeks_left"], 4))
    scores: dict[str, tuple[float, int]] = {}
    for method in pc.unique(eve["method"]).to_pylist():
        own = eve.filter(pc.equal(eve["method"], method))
        off = wape(own["point"].to_numpy(), own["actual"].to_numpy())
        scores[method] = (float(off or 0), own.num_rows)
    scores["naive"] = _naive(found, months)
    return scores


def _naive(found: Ground, months: Sequence[Period]) -> tuple[float, int]:
    """Return the WAPE of the same month of the year before; where there is none, the last month."""
    totals = {}
    assert found.booked is not None
    rows = found.booked.to_pylist()
    for period in found.periods:
        totals[period.start] = sum(row["amount"] for row in rows if row["booked_on"] in period)
    said, came = [], []
    for period in months:
        year = period.start.replace(year=period.start.year - 1)
        before = max(start for start in totals if start < period.start)
        said.append(totals.get(year, totals[before]))
        came.append(totals[period.start])
    return float(wape(np.array(said), np.array(came)) or 0), len(said)


@pytest.mark.skipif(not (DATA / "adventureworks").exists(), reason="AdventureWorks is not here")
def test_adventureworks_by_month() -> None:
    found = ground(ADVENTUREWORKS, date(2013, 12, 31))
    scores = errors(found, found.periods[-12:])
    told = {method: (round(off, 3), months) for method, (off, months) in scores.items()}
    assert told == {
        "seasonal_series": (0.215, 12),
        "same_period_growth": (0.213, 12),
        "usual_rest": (0.220, 12),
        "combination": (0.177, 12),
        "naive": (0.318, 12),
    }


@pytest.mark.skipif(not (DATA / "online_retail_2010").exists(), reason="Online Retail is not here")
def test_online_retail_by_month() -> None:
    found = ground(RETAIL, date(2010, 11, 30))
    scores = errors(found, found.periods[-3:])
    told = {method: (round(off, 3), months) for method, (off, months) in scores.items()}
    assert told == {
        "seasonal_series": (0.286, 3),
        "usual_rest": (0.388, 3),
        "combination": (0.259, 3),
        "naive": (0.231, 3),
    }
