"""Metrics by two dimensions, and a table as it stood, against SQL written by hand."""

from collections.abc import Iterator
from datetime import date

from benchmarks.figure import Figure, median_ratio, own_peak_gb
from wald.engine.connect import Engine, connect, run
from wald.facts.as_of import as_of
from wald.facts.measure import compose
from wald.facts.metric import metrics
from wald.facts.parts import Snapshot
from wald.facts.question import Question
from wald.facts.tables import TABLES
from wald.facts.terms import RateRule, Terms
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import months_calendar
from wald.language.write import Dialect, write

MOST = 1.5
MOST_GB = 4.0
PAST = date(2024, 3, 31)

_PEOPLE = "LEFT JOIN fact_person p ON p.person_id = o.owner_id"
_ACCOUNTS = "LEFT JOIN fact_account a ON a.account_id = o.account_id"
_BY_HAND = {
    "win_rate": f"""
        SELECT p.region, a.segment, COUNT(*) FILTER (WHERE outcome = 'won'), COUNT(*)
          FROM fact_opportunity o {_PEOPLE} {_ACCOUNTS}
         WHERE outcome IN ('won', 'lost') GROUP BY ALL""",
    "won_deals": f"""
        SELECT p.region, a.segment, COUNT(*) FILTER (WHERE outcome = 'won')
          FROM fact_opportunity o {_PEOPLE} {_ACCOUNTS}
         WHERE outcome IN ('won', 'lost') GROUP BY ALL""",
    "bookings": f"""
        SELECT p.region, a.segment, SUM(amount), COUNT(*) FILTER (WHERE amount IS NULL)
          FROM fact_booking o {_PEOPLE} {_ACCOUNTS} GROUP BY ALL""",
    "open_pipeline": f"""
        SELECT p.region, a.segment, SUM(amount), COUNT(*) FILTER (WHERE amount IS NULL)
          FROM fact_opportunity o {_PEOPLE} {_ACCOUNTS} WHERE outcome = 'open' GROUP BY ALL""",
    "weighted_pipeline": f"""
        SELECT p.region, a.segment,
               SUM(ROUND(CAST(amount AS DECIMAL(19, 4))
                         * COALESCE(o.probability, s.probability), 4)),
               COUNT(*) FILTER (WHERE amount IS NULL)
          FROM fact_opportunity o {_PEOPLE} {_ACCOUNTS} LEFT JOIN fact_stage s ON s.stage = o.stage
         WHERE o.outcome = 'open' GROUP BY ALL""",
    "median_cycle_days": f"""
        SELECT p.region, a.segment, MEDIAN(DATE_DIFF('day', CAST(created_at AS DATE), closed_on))
          FROM fact_opportunity o {_PEOPLE} {_ACCOUNTS} WHERE outcome = 'won' GROUP BY ALL""",
    "push_count": f"""
        SELECT p.region, a.segment, COUNT(*) FILTER (WHERE CAST(new AS DATE) > CAST(old AS DATE))
          FROM fact_opportunity_change c
          LEFT JOIN fact_opportunity o ON o.opportunity_id = c.opportunity_id {_PEOPLE} {_ACCOUNTS}
         WHERE field = 'close_on' GROUP BY ALL""",
    "stale_deals": f"""
        SELECT p.region, a.segment,
               COUNT(*) FILTER (WHERE DATE_DIFF('day',
                   CAST(COALESCE(m.moved, o.created_at) AS DATE), DATE '{{day}}') > 90)
          FROM fact_opportunity o
          LEFT JOIN (SELECT opportunity_id, MAX(changed_at) AS moved
                       FROM fact_opportunity_change GROUP BY 1) m
            ON m.opportunity_id = o.opportunity_id {_PEOPLE} {_ACCOUNTS}
         WHERE o.outcome = 'open' GROUP BY ALL""",
}

# The same roll-back an analyst would write: what the first later change of a field replaced.
_PAST_BY_HAND = """
WITH later AS (
  SELECT opportunity_id,
         ARG_MIN(old, changed_at) FILTER (WHERE field = 'stage') AS stage,
         ARG_MIN(old, changed_at) FILTER (WHERE field = 'outcome') AS outcome,
         ARG_MIN(old, changed_at) FILTER (WHERE field = 'amount') AS amount,
         ARG_MIN(old, changed_at) FILTER (WHERE field = 'close_on') AS close_on,
         ARG_MIN(old, changed_at) FILTER (WHERE field = 'closed_on') AS closed_on,
         ARG_MIN(old, changed_at) FILTER (WHERE field = 'owner_id') AS owner_id,
         ARG_MIN(old, changed_at) FILTER (WHERE field = 'probability') AS probability,
         ARG_MIN(old, changed_at) FILTER (WHERE field = 'forecast_category') AS forecast_category
    FROM fact_opportunity_change WHERE changed_at >= TIMESTAMP '2024-04-01' GROUP BY 1)
SELECT o.opportunity_id, o.name, o.account_id, COALESCE(l.owner_id, o.owner_id) AS owner_id,
       o.product_id, o.type, o.lead_source, COALESCE(l.stage, o.stage) AS stage,
       COALESCE(l.outcome, CASE WHEN o.closed_on > DATE '2024-03-31' THEN 'open'
                                ELSE o.outcome END) AS outcome,
       COALESCE(CAST(l.amount AS DECIMAL(18, 4)), o.amount) AS amount, o.currency,
       COALESCE(CAST(l.probability AS DECIMAL(9, 6)), o.probability) AS probability,
       COALESCE(l.forecast_category, o.forecast_category) AS forecast_category,
       COALESCE(CAST(l.close_on AS DATE), o.close_on) AS close_on, o.created_at,
       COALESCE(CAST(l.closed_on AS DATE), o.closed_on) AS closed_on
  FROM fact_opportunity o LEFT JOIN later l ON l.opportunity_id = o.opportunity_id
 WHERE o.created_at < TIMESTAMP '2024-04-01'
"""


def measuring(snapshot: Snapshot) -> Iterator[Figure]:
    engine = connect("", snapshot.root)
    engine.attach(snapshot)
    for key, sql in _BY_HAND.items():
        yield _metric(engine, snapshot, key, sql.replace("{day}", str(snapshot.reaches)))
    yield past(engine, snapshot)
    peak = own_peak_gb()
    yield Figure(
        "all of this section: peak memory", f"{MOST_GB:.0f} GB", f"{peak:.2f} GB", peak <= MOST_GB
    )
    engine.close()


def _metric(engine: Engine, snapshot: Snapshot, key: str, by_hand: str) -> Figure:
    day = snapshot.reaches or PAST
    terms = Terms("EUR", RateRule.ON_THE_DAY, months_calendar())
    asked = Question(metrics()[key], AsOf(day), terms, snapshot, ("region", "segment"))
    ours, theirs, ratio = median_ratio(
        lambda: run(engine, compose(asked)), lambda: engine.fetch(by_hand)
    )
    return Figure(
        f"{key} by region and segment",
        f"{MOST} x by hand",
        f"{ratio:.2f} x ({ours * 1000:.0f} against {theirs * 1000:.0f} ms)",
        ratio <= MOST,
    )


def past(engine: Engine, snapshot: Snapshot) -> Figure:
    """Every cell is hashed in the engine: what is timed is the question, not handing rows over."""
    columns = [column.name for column in TABLES["opportunity"].columns]
    ours = write(as_of("opportunity", AsOf(PAST), snapshot, columns), Dialect.DUCKDB)
    mine, other, ratio = median_ratio(
        lambda: engine.fetch(_hashed(ours)), lambda: engine.fetch(_hashed(_PAST_BY_HAND)), runs=5
    )
    return Figure(
        f"all deals as they stood on {PAST}",
        f"{MOST} x by hand",
        f"{ratio:.2f} x ({mine:.1f} against {other:.1f} s)",
        ratio <= MOST,
    )


def _hashed(select: str) -> str:
    """Return the SELECT of one row that every cell of another goes into."""
    return f"SELECT COUNT(*) AS rows, BIT_XOR(HASH(past)) AS cells FROM ({select}) AS past"
