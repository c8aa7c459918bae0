"""Events of deals in the currency of a plan, at the rate of the day that the plan names.

A row without a currency counts as the plan's. Where no rate is known the amount is null, never a
guess. Amounts are rounded to four digits, half away from zero. Source: docs/compensation/credits.md
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from sqlglot import exp, parse_one

from wald.facts.as_of import day_literal
from wald.facts.relations import WIDE_MONEY, Scene, template
from wald.heart.compensation.credit import Event
from wald.heart.compensation.plan import CreditRule, FxDate, Plan
from wald.kernel.period import Calendar, periods


@dataclass(frozen=True, slots=True)
class Days:
    """The days that credits are asked for: from `start` up to, not including, `end`."""

    start: date
    end: date


def piece(text: str) -> exp.Expr:
    """Read a part of a SELECT, to be put where a template has a placeholder."""
    return _piece(text).copy()


@cache
def _piece(text: str) -> exp.Expr:
    return parse_one(text, dialect="duckdb")


def union(selects: Iterator[exp.Select]) -> exp.Query:
    """Put the rows of SELECTs with the same columns together."""
    first, *others = selects
    found: exp.Query = first
    for one in others:
        found = exp.union(found, one, distinct=False, copy=False)
    return found


def converted(
    plan: Plan,
    rule: CreditRule,
    scene: Scene,
    days: Days,
    rows: exp.Select,
    parts: Collection[str],
) -> exp.Select:
    """Keep the days asked for, and turn amounts into the plan's currency by its rate of the day."""
    within = exp.and_(
        exp.column("credited_on", "event") >= day_literal(days.start),
        exp.column("credited_on", "event") < day_literal(days.end),
    )
    money = ["net_amount", "tax", *(name for name in parts if name != "quantity")]
    tables = ["booking", *(["subscription"] if Event.RENEWED in rule.events else [])]
    found = {code for table in tables for code in scene.snapshot.currencies(table)}
    if found <= {plan.currency}:
        return exp.select(*rows.named_selects).from_(rows.subquery("event")).where(within)
    fx_on = _fx_day(plan, scene.terms.calendar, days)
    shown = [_at_rate(name, plan) if name in money else exp.column(name, "event")
             for name in rows.named_selects]  # fmt: skip
    joined = exp.select(*shown).from_(rows.subquery("event", copy=False)).where(within)
    on = exp.and_(
        exp.column("currency", "event").eq(exp.column("from_currency", "fx")),
        exp.column("day", "fx").eq(fx_on),
    )
    rates = _rates(plan, rule, scene, days)
    return joined.join(rates.subquery("fx", copy=False), on=on, join_type="left", copy=False)


def _at_rate(name: str, plan: Plan) -> exp.Expr:
    own = exp.column(name, "event")
    wanted = exp.Literal.string(plan.currency)
    currency = exp.column("currency", "event")
    product = exp.cast(own, WIDE_MONEY) * exp.cast(exp.column("rate", "fx"), "DECIMAL(18,8)")
    ours = exp.or_(currency.is_(exp.null()), currency.eq(wanted))
    value = exp.Case().when(ours, own.copy())
    value = value.else_(exp.func("ROUND", product, exp.Literal.number(4)))
    return exp.alias_(exp.cast(value, "DECIMAL(18,4)"), name)


def _fx_day(plan: Plan, calendar: Calendar, days: Days) -> exp.Expr:
    """Return the day whose rate converts an event."""
    credited_on = exp.column("credited_on", "event")
    if plan.fx_date is FxDate.CREDITED:
        return credited_on
    if plan.fx_date is FxDate.PERIOD_END and plan.pays.grain is not None:
        case = exp.Case()
        for period in periods(calendar, plan.pays.grain, days.start, days.end):
            within = credited_on.copy() < day_literal(period.end)
            case = case.when(within, day_literal(period.last_day))
        return case
    return exp.func("COALESCE", exp.column("fx_on", "event"), exp.column("booked_on", "event"))


def _rates(plan: Plan, rule: CreditRule, scene: Scene, days: Days) -> exp.Select:
    """Return from_currency, day, rate: the rate of each day on which something is converted."""
    return template(
        """
        SELECT rates.from_currency, needed.day, rates.rate
          FROM needed JOIN (
               SELECT from_currency, rate, valid_from,
                      COALESCE(LEAD(valid_from) OVER (PARTITION BY from_currency
                               ORDER BY valid_from), CAST('9999-12-31' AS DATE)) AS valid_to
                 FROM exchange_rate WHERE to_currency = :wanted) AS rates
            ON rates.valid_from <= needed.day AND needed.day < rates.valid_to
        """,
        needed=_days_needed(plan, rule, scene, days),
        exchange_rate=scene.labels("exchange_rate", ["from_currency", "to_currency", "rate"]),
        wanted=exp.Literal.string(plan.currency),
    )


def _days_needed(plan: Plan, rule: CreditRule, scene: Scene, days: Days) -> exp.Select:
    """Return the days, each once: so rates are looked up for a day, not for each deal."""
    if plan.fx_date is FxDate.PERIOD_END and plan.pays.grain is not None:
        listed = periods(scene.terms.calendar, plan.pays.grain, days.start, days.end)
        ends = (exp.select(exp.alias_(day_literal(one.last_day), "day")) for one in listed)
        return exp.select("day").from_(union(ends).subquery("listed", copy=False))
    tables = {"booking": "booked_on"}
    if plan.fx_date is FxDate.CREDITED:
        tables |= {"invoice": "invoiced_on", "payment": "paid_on", "cancellation": "cancelled_on"}
    if Event.RENEWED in rule.events:
        tables["subscription"] = "starts_on"
    found = (
        exp.select(exp.alias_(exp.column(day), "day")).from_(
            scene.labels(table, [day]).subquery(table, copy=False)
        )
        for table, day in tables.items()
    )
    return exp.select("day").distinct().from_(union(found).subquery("listed", copy=False))
