"""What was known on a day of a simulated company, for tests of forecasters below the desk.

A second, short way beside the queries: intervals of values by plain SQL, dollars and pounds at
fixed rates, the day's team for all days. Good enough to forecast from; no test of what is read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from wald.brain.forecast import BOOKED, CLOSED, OPEN, SUBMITTED, Known, Unit, grid, unit_keys
from wald.brain.ground import Seat
from wald.kernel.period import Grain, Period, months_calendar, periods
from wald.simulator.simulate import simulate

_RATES = "CASE currency WHEN 'USD' THEN 0.92 WHEN 'GBP' THEN 1.16 ELSE 1.0 END"

_OPEN = f"""
WITH change AS (
  SELECT opportunity_id AS id, field, old, new, changed_at::DATE AS moved_on,
         CASE WHEN field = 'close_on' THEN try_cast(old AS DATE) END AS was_due_on,
         CASE WHEN field = 'close_on' THEN try_cast(new AS DATE) END AS due_on,
         row_number() OVER (PARTITION BY opportunity_id, field ORDER BY changed_at, change_id) AS n
    FROM opportunity_change),
span AS (
  SELECT id, field, new AS value, moved_on AS since,
         lead(moved_on) OVER (PARTITION BY id, field ORDER BY n) AS until FROM change
  UNION ALL
  SELECT id, field, old, DATE '1900-01-01', moved_on FROM change WHERE n = 1),
deal AS (
  SELECT *, opportunity_id AS id, created_at::DATE AS opened_on FROM opportunity),
cell AS (
  SELECT grid."on", deal.* FROM grid JOIN deal ON deal.opened_on <= grid."on"
     AND (deal.closed_on IS NULL OR deal.closed_on > grid."on")),
was AS (
  SELECT cell."on", cell.id,
         max(value) FILTER (field = 'stage') AS stage,
         max(since) FILTER (field = 'stage') AS stage_since,
         max(value) FILTER (field = 'outcome') AS outcome,
         max(value) FILTER (field = 'owner_id') AS owner_id,
         max(value) FILTER (field = 'amount') AS amount,
         bool_or(field = 'amount') AS has_amount,
         max(value) FILTER (field = 'close_on') AS close_on,
         bool_or(field = 'close_on') AS has_close,
         max(value) FILTER (field = 'probability') AS probability,
         max(value) FILTER (field = 'forecast_category') AS category
    FROM cell JOIN span ON span.id = cell.id AND span.since <= cell."on"
     AND (span.until IS NULL OR span.until > cell."on")
   GROUP BY 1, 2),
moved AS (
  SELECT cell."on", cell.id,
         count(*) FILTER (field = 'stage') AS moves,
         count(*) FILTER (date_trunc('month', due_on) > date_trunc('month', was_due_on))
           AS pushes,
         sum(date_diff('day', was_due_on, due_on)) AS pushed_days
    FROM cell JOIN change ON change.id = cell.id AND change.moved_on <= cell."on"
     AND field IN ('stage', 'close_on')
   GROUP BY 1, 2),
act AS (
  SELECT cell."on", cell.id, max(a.happened_at::DATE) AS active_on,
         count(DISTINCT a.happened_at::DATE) FILTER (a.happened_at::DATE > cell."on" - 30)
           AS active_days
    FROM cell JOIN activity a ON a.opportunity_id = cell.id AND a.happened_at::DATE <= cell."on"
   GROUP BY 1, 2)
SELECT cell."on", cell.id AS opportunity_id, coalesce(was.owner_id, cell.owner_id) AS owner_id,
       crew.team, account.segment, cell.type, cell.lead_source,
       coalesce(was.stage, cell.stage) AS stage, stage.position,
       coalesce(was.probability::DOUBLE, cell.probability::DOUBLE) AS probability,
       coalesce(was.category, cell.forecast_category) AS category,
       CASE WHEN has_amount THEN was.amount::DOUBLE ELSE cell.amount::DOUBLE END
         * {_RATES.replace("currency", "cell.currency")} AS amount,
       cell.opened_on,
       CASE WHEN has_close THEN was.close_on::DATE ELSE cell.close_on END AS close_on,
       greatest(coalesce(was.stage_since, cell.opened_on), cell.opened_on) AS stage_on,
       coalesce(moved.moves, 0) AS moves, coalesce(moved.pushes, 0) AS pushes,
       coalesce(moved.pushed_days, 0) AS pushed_days,
       act.active_on, coalesce(act.active_days, 0) AS active_days
  FROM cell LEFT JOIN was USING ("on", id) LEFT JOIN moved USING ("on", id)
  LEFT JOIN act USING ("on", id)
  LEFT JOIN account USING (account_id)
  LEFT JOIN stage ON stage.stage = coalesce(was.stage, cell.stage)
  LEFT JOIN crew ON crew.person_id = coalesce(was.owner_id, cell.owner_id)
 WHERE coalesce(was.outcome, 'open') = 'open'
"""


@dataclass(frozen=True, slots=True)
class History:
    """All rows of one company on every grid day; `known_on` cuts what a day could know."""

    quarters: tuple[Period, ...]
    open: pa.Table
    closed: pa.Table
    booked: pa.Table
    submitted: pa.Table
    crew: pa.Table
    leads: Mapping[str, str]
    seats: tuple[Seat, ...]

    def known_on(self, period: Period, weeks_left: int) -> Known:
        day = grid(period)[-1 - weeks_left]
        owners = frozenset(self.crew["person_id"].to_pylist())
        teams: dict[str, set[str]] = {}
        for row in self.crew.to_pylist():
            teams.setdefault(row["team"] or "", set()).add(row["person_id"])
        units = [Unit("all", "all", "Everybody", owners)]
        units += [
            Unit(f"team:{name}", "team", name, frozenset(people), self.leads.get(name, ""))
            for name, people in sorted(teams.items())
            if name
        ]
        units += [Unit(f"rep:{one}", "rep", one, frozenset({one}), one) for one in sorted(owners)]
        return Known(
            day=day,
            period=period,
            before=tuple(one for one in self.quarters if one.end <= period.start),
            units=tuple(units),
            booked=self.booked.filter(pc.field("booked_on") <= day),
            open=self.open.filter(pc.field("on") == day),
            past=self.open.filter(pc.field("on") < day),
            closed=self.closed.filter(pc.field("closed_on") <= day),
            submitted=self.submitted.filter(pc.field("submitted_on") <= day),
            quotas={},
        )

    def actual(self, unit: Unit, period: Period) -> float:
        """Return what the unit booked in the period in the end."""
        return actual(self.booked, unit, period)


def actual(booked: pa.Table, unit: Unit, period: Period) -> float:
    """Return the sum of the bookings of a period that are a unit's."""
    keys = pc.fill_null(unit_keys(booked, unit.level), "")
    rows = booked.filter(pc.equal(keys, unit.key))
    inside = (pc.field("booked_on") >= period.start) & (pc.field("booked_on") < period.end)
    return float(pc.sum(rows.filter(inside)["amount"]).as_py() or 0.0)


@cache
def simulated(
    seed: int,
    *,
    company: str = "quiet",
    years: int = 3,
    scale: float = 0.4,
    has_activities: bool = False,
) -> History:
    """Return the history of one simulated company; the reporting currency is the euro."""
    tables = simulate(company=company, seed=seed, years=years, scale=scale).tables
    if not has_activities:
        tables = {**tables, "activity": tables["activity"].slice(0, 0)}
    duck = duckdb.connect()
    duck.execute("SET threads = 1")
    for name, table in tables.items():
        duck.register(name, table)
    last = duck.sql("SELECT max(booked_on) FROM booking").fetchall()[0][0]
    quarters = _quarters(last, years)
    duck.register("grid", pa.table({"on": sorted({day for one in quarters for day in grid(one)})}))
    crew = duck.sql(
        "SELECT person_id, max(team) AS team, max(role) AS role FROM person"
        " WHERE role IN ('rep', 'manager') GROUP BY 1"
    ).to_arrow_table()
    duck.register("crew", crew)
    leads = {row["team"]: row["person_id"] for row in crew.to_pylist() if row["role"] == "manager"}
    closed = duck.sql(
        f"SELECT opportunity_id, owner_id, team, outcome, amount::DOUBLE * {_RATES} AS amount,"
        " created_at::DATE AS opened_on, closed_on"
        " FROM opportunity LEFT JOIN crew ON crew.person_id = owner_id WHERE closed_on IS NOT NULL"
    ).to_arrow_table()
    booked = duck.sql(
        "SELECT booked_on, opportunity_id, owner_id, team,"
        f" amount::DOUBLE * {_RATES} AS amount"
        " FROM booking LEFT JOIN crew ON crew.person_id = owner_id"
    ).to_arrow_table()
    said = duck.sql(
        "SELECT person_id, starts_on, ends_on, category, submitted_at::DATE AS submitted_on,"
        f" amount::DOUBLE * {_RATES} AS amount FROM forecast_submission"
    ).to_arrow_table()
    return History(
        quarters,
        duck.sql(_OPEN).to_arrow_table().cast(OPEN).sort_by("on"),
        closed.cast(CLOSED),
        booked.cast(BOOKED),
        said.cast(SUBMITTED),
        crew.select(["person_id", "team"]),
        leads,
        tuple(
            Seat(
                row["person_id"],
                date(1900, 1, 1),
                None,
                row["person_id"],
                row["team"] or "",
                leads.get(row["team"], "") if row["role"] == "rep" else "",
                row["role"],
                None,
            )
            for row in crew.to_pylist()
        ),
    )


def _quarters(last: date, years: int) -> tuple[Period, ...]:
    first = last.replace(year=last.year - years) + timedelta(days=20)
    found = periods(months_calendar(), Grain.QUARTER, first, last)
    return tuple(one for one in found if one.start >= first - timedelta(days=31))
