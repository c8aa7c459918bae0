"""What keeps a deal from being credited as it should: found in the facts, told with its deal.

Each fault is a SELECT of the deals that have it, where the plans look at what is wrong: who shares
a deal is nothing to a plan that pays its owner. The others are credited all the same.
Source: docs/compensation/credits.md
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlglot import exp

from wald.facts.as_of import day_literal
from wald.facts.relations import Scene, template
from wald.heart.compensation.credit import Event, Kind
from wald.heart.compensation.plan import CreditDate, CreditRule, FxDate, Plan
from wald.heart.compensation.plan_currency import union
from wald.kernel.period import Period, periods

Plans = Sequence[Plan]
Rows = exp.Select  # deal_id, happened_on and more
Deals = Callable[[Plans, Scene, Period], Rows | None]


@dataclass(frozen=True, slots=True)
class Fault:
    """`rows` gives deal_id, happened_on and the columns that `what` names, of plans of one
    currency where it counts (`by_currency`), else of all plans; None: there can be none."""

    key: str
    rows: Deals
    what: str
    many: str  # of more than are shown
    fix: str
    by_currency: bool = False
    shown: int = 20


def _rules(plans: Plans) -> Iterator[CreditRule]:
    return (rule for plan in plans for rule in plan.credits)


def _shares(plans: Plans) -> bool:
    """Does a rule credit those who share a deal, or those above them?"""
    return any(rule.kind in (Kind.SPLIT, Kind.ROLL_UP) for rule in _rules(plans))


def _reads(table: str, rule: CreditRule) -> bool:
    """Does a rule credit by the rows of a table?"""
    if table == "subscription":
        return Event.RENEWED in rule.events
    if table == "cancellation":
        return Event.CANCELLED in rule.events
    return rule.credited in _CREDITED_BY[table]


_CREDITED_BY = {
    "booking": (CreditDate.BOOKED,),
    "payment": (CreditDate.PAID, CreditDate.COLLECTED),
    "invoice": (CreditDate.INVOICED,),
}
_RECEIPTS = {"payment": "paid_on", "invoice": "invoiced_on", "cancellation": "cancelled_on"}
_TABLES = ("booking", *_RECEIPTS, "subscription")


def _within(scene: Scene, table: str, columns: Collection[str], day: str, days: Period) -> Rows:
    """Return the rows of a table that happened in some days; which day as `happened_on`."""
    rows = scene.labels(table, [*columns, day]).subquery(table, copy=False)
    on = exp.column(day)
    within = exp.and_(on >= day_literal(days.start), on.copy() < day_literal(days.end))
    return exp.select(*columns, exp.alias_(on.copy(), "happened_on")).from_(rows).where(within)


def _events(plans: Plans, scene: Scene, days: Period) -> exp.Select:
    """Return what happened to deals that the plans credit by: deal_id, booking_id, owner_id,
    currency, booked_on, happened_on."""
    tables = [one for one in _TABLES if any(_reads(one, rule) for rule in _rules(plans))]
    found = union(_happened(table, scene, days) for table in tables)
    return exp.select(*_BOOKING, "deal_id", "happened_on").from_(found.subquery("events"))


_BOOKING = ("booking_id", "owner_id", "currency", "booked_on")


def _happened(table: str, scene: Scene, days: Period) -> exp.Select:
    booking = scene.labels("booking", _BOOKING)
    if table == "booking":
        return template(
            """
            SELECT booking_id, owner_id, currency, happened_on AS booked_on,
                   booking_id AS deal_id, happened_on FROM given
            """,
            given=_within(scene, table, _BOOKING[:3], "booked_on", days),
        )
    if table == "subscription":
        columns = ["subscription_id", "booking_id", "account_id", "currency", "renews_id"]
        return template(
            """
            SELECT own.booking_id, COALESCE(own.owner_id, account.owner_id) AS owner_id,
                   COALESCE(given.currency, own.currency) AS currency,
                   given.happened_on AS booked_on,
                   COALESCE(own.booking_id, given.subscription_id) AS deal_id, given.happened_on
              FROM given LEFT JOIN own ON own.booking_id = given.booking_id
              LEFT JOIN account ON account.account_id = given.account_id
             WHERE given.renews_id IS NOT NULL
            """,
            given=_within(scene, table, columns, "starts_on", days),
            own=booking,
            account=scene.labels("account", ["account_id", "owner_id"]),
        )
    return template(
        """
        SELECT own.booking_id, own.owner_id, own.currency, own.booked_on,
               own.booking_id AS deal_id, given.happened_on
          FROM given JOIN own ON own.booking_id = given.booking_id
        """,
        given=_within(scene, table, ["booking_id"], _RECEIPTS[table], days),
        own=booking,
    )


def _uneven(plans: Plans, scene: Scene, days: Period) -> Rows | None:
    if not _shares(plans) or not scene.snapshot.has("booking_split"):
        return None
    return template(
        """
        SELECT event.deal_id, MAX(event.happened_on) AS happened_on, odd.share
          FROM event JOIN (
               SELECT booking_id, CAST(SUM(share) * 100 AS DECIMAL(18, 2)) AS share FROM part
                WHERE kind = 'split' GROUP BY booking_id HAVING SUM(share) <> 1) AS odd
            ON odd.booking_id = event.booking_id
         GROUP BY event.deal_id, odd.share
        """,
        event=_events(plans, scene, days),
        part=scene.labels("booking_split", ["booking_id", "share", "kind"]),
    )


def _without_owner(plans: Plans, scene: Scene, days: Period) -> Rows | None:
    if all(rule.kind is Kind.OVERLAY for rule in _rules(plans)):
        return None
    alone = template(
        """
        SELECT deal_id, booking_id, MAX(booked_on) AS happened_on FROM event
         WHERE owner_id IS NULL GROUP BY deal_id, booking_id
        """,
        event=_events(plans, scene, days),
    )
    if not _shares(plans) or not scene.snapshot.has("booking_split"):
        return alone
    return template(
        """
        SELECT alone.deal_id, alone.happened_on
          FROM alone LEFT JOIN part ON part.booking_id = alone.booking_id AND part.kind = 'split'
         WHERE part.booking_id IS NULL
        """,
        alone=alone,
        part=scene.labels("booking_split", ["booking_id", "kind"]),
    )


def _without_rate(plans: Plans, scene: Scene, days: Period) -> Rows | None:
    """Find deals of which no rate into the plans' currency is known on the day that needs it."""
    wanted = plans[0].currency
    tables = [one for one in ("booking", "subscription")
              if one == "booking" or any(_reads(one, rule) for rule in _rules(plans))]  # fmt: skip
    if {code for table in tables for code in scene.snapshot.currencies(table)} <= {wanted}:
        return None
    ways = dict.fromkeys((plan.fx_date, plan.pays.grain) for plan in plans)
    return template(
        """
        SELECT needed.deal_id, needed.currency, MIN(needed.needed_on) AS happened_on
          FROM needed LEFT JOIN (
               SELECT from_currency, MIN(valid_from) AS first_on
                 FROM exchange_rate WHERE to_currency = :wanted GROUP BY from_currency) AS rate
            ON rate.from_currency = needed.currency
         WHERE needed.currency <> :wanted
           AND (rate.first_on IS NULL OR needed.needed_on < rate.first_on)
         GROUP BY needed.deal_id, needed.currency
        """,
        needed=exp.select("*").from_(
            union(
                _needing([plan for plan in plans if (plan.fx_date, plan.pays.grain) == way],
                         scene, days)
                for way in ways
            ).subquery("asked")
        ),
        exchange_rate=scene.labels("exchange_rate", ["from_currency", "to_currency", "rate"]),
        wanted=exp.Literal.string(wanted),
    )  # fmt: skip


def _needing(plans: Plans, scene: Scene, days: Period) -> exp.Select:
    """Return deal_id, currency, needed_on: the day whose rate plans with one way to it ask for."""
    needed = exp.alias_(_rate_day(plans[0], scene, days), "needed_on")
    events = _events(plans, scene, days).subquery("event", copy=False)
    return exp.select("deal_id", "currency", needed).from_(events)


def _rate_day(plan: Plan, scene: Scene, days: Period) -> exp.Expr:
    on = exp.column("happened_on")
    if plan.fx_date is FxDate.BOOKED:
        return exp.column("booked_on")
    if plan.fx_date is FxDate.CREDITED or plan.pays.grain is None:
        return on
    case = exp.Case()
    for period in periods(scene.terms.calendar, plan.pays.grain, days.start, days.end):
        case = case.when(on.copy() < day_literal(period.end), day_literal(period.last_day))
    return case


def _in_another_currency(table: str) -> Deals:
    def rows(plans: Plans, scene: Scene, days: Period) -> Rows | None:
        codes = {*scene.snapshot.currencies(table), *scene.snapshot.currencies("booking")}
        if len(codes) < 2 or not any(_reads(table, rule) for rule in _rules(plans)):
            return None
        return template(
            """
            SELECT DISTINCT given.booking_id AS deal_id, given.happened_on, given.currency,
                   own.currency AS own_currency
              FROM given JOIN own ON own.booking_id = given.booking_id
             WHERE given.currency <> own.currency
            """,
            given=_within(scene, table, ["booking_id", "currency"], _RECEIPTS[table], days),
            own=scene.labels("booking", ["booking_id", "currency"]),
        )

    return rows


FAULTS = (
    Fault(
        "uneven",
        _uneven,
        "its shares come to {share:f} %: nobody is paid on it",
        "bookings have shares that do not come to 100 %",
        "correct the shares, or call what goes beyond 100 % an overlay",
    ),
    Fault(
        "without_owner",
        _without_owner,
        "booked on {happened_on}, and nobody owns or shares it: nobody is paid on it",
        "bookings have no owner",
        "give it an owner in the source, or load its split",
    ),
    Fault(
        "without_rate",
        _without_rate,
        "no rate from {currency} into {wanted} is known on {happened_on}: it is not credited",
        "bookings are in a currency without a rate on their day",
        "load the exchange rate of that day",
        by_currency=True,
    ),
    *(
        Fault(
            f"{table}_currency",
            _in_another_currency(table),
            f"a {table} of it is in {{currency}}, the booking in {{own_currency}}: not counted",
            f"{table} rows are in another currency than their booking",
            "load it in the currency of the booking",
        )
        for table in _RECEIPTS
    ),
)
