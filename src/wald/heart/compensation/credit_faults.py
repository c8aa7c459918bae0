"""What keeps a deal from being credited as it should: found in the facts, told with its deal.

Each fault is a SELECT of the deals that have it. The others are credited all the same.
Source: docs/compensation/credits.md
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from wald.facts.as_of import day_literal
from wald.facts.relations import Scene, template
from wald.heart.compensation.plan import Plan

Deals = Callable[[Plan, Scene, date, date], exp.Select | None]


@dataclass(frozen=True, slots=True)
class Fault:
    """`rows` gives the deals with their columns that `what` names; None: there can be none."""

    key: str
    rows: Deals
    what: str
    many: str  # of more than are shown
    fix: str
    shown: int = 20


def _booked(scene: Scene, start: date, end: date) -> exp.Select:
    columns = ["booking_id", "owner_id", "booked_on", "currency"]
    rows = scene.labels("booking", columns).subquery("booking", copy=False)
    booked_on = exp.column("booked_on")
    within = exp.and_(booked_on >= day_literal(start), booked_on.copy() < day_literal(end))
    return exp.select(*columns).from_(rows).where(within)


def _uneven(plan: Plan, scene: Scene, start: date, end: date) -> exp.Select:
    return template(
        """
        SELECT booking.booking_id AS deal_id, CAST(SUM(part.share) * 100 AS DECIMAL(18, 2)) AS share
          FROM booking JOIN part ON part.booking_id = booking.booking_id AND part.kind = 'split'
         GROUP BY booking.booking_id HAVING SUM(part.share) <> 1
        """,
        booking=_booked(scene, start, end),
        part=scene.labels("booking_split", ["booking_id", "share", "kind"]),
    )


def _without_owner(plan: Plan, scene: Scene, start: date, end: date) -> exp.Select:
    return template(
        """
        SELECT booking.booking_id AS deal_id, booking.booked_on
          FROM booking LEFT JOIN part ON part.booking_id = booking.booking_id
         WHERE booking.owner_id IS NULL AND part.booking_id IS NULL
        """,
        booking=_booked(scene, start, end),
        part=scene.labels("booking_split", ["booking_id"]),
    )


def _without_rate(plan: Plan, scene: Scene, start: date, end: date) -> exp.Select | None:
    """Find deals of which no rate into the plan's currency is known on the day they were booked."""
    if set(scene.snapshot.currencies("booking")) <= {plan.currency}:
        return None
    return template(
        """
        SELECT booking.booking_id AS deal_id, booking.currency, booking.booked_on
          FROM booking LEFT JOIN (
               SELECT from_currency, MIN(valid_from) AS first_on
                 FROM exchange_rate WHERE to_currency = :wanted GROUP BY from_currency) AS rate
            ON rate.from_currency = booking.currency
         WHERE booking.currency <> :wanted
           AND (rate.first_on IS NULL OR booking.booked_on < rate.first_on)
        """,
        booking=_booked(scene, start, end),
        exchange_rate=scene.labels("exchange_rate", ["from_currency", "to_currency", "rate"]),
        wanted=exp.Literal.string(plan.currency),
    )


def _in_another_currency(table: str, day: str) -> Deals:
    def rows(plan: Plan, scene: Scene, start: date, end: date) -> exp.Select | None:
        if not scene.snapshot.currencies(table):
            return None
        given = scene.labels(table, ["booking_id", "currency", day]).subquery(table, copy=False)
        happened = exp.column(day)
        within = exp.and_(happened >= day_literal(start), happened.copy() < day_literal(end))
        return template(
            """
            SELECT given.booking_id AS deal_id, given.currency, own.currency AS own_currency
              FROM given JOIN own ON own.booking_id = given.booking_id
             WHERE given.currency <> own.currency
            """,
            given=exp.select("booking_id", "currency", day).from_(given).where(within),
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
        "booked on {booked_on}, and nobody owns or shares it",
        "bookings have no owner",
        "give it an owner in the source, or load its split",
    ),
    Fault(
        "without_rate",
        _without_rate,
        "no rate from {currency} is known on {booked_on}",
        "bookings are in a currency without a rate on their day",
        "load the exchange rate of that day",
    ),
    *(
        Fault(
            f"{table}_currency",
            _in_another_currency(table, day),
            f"a {table} of it is in {{currency}}, the booking in {{own_currency}}: not counted",
            f"{table} rows are in another currency than their booking",
            "load it in the currency of the booking",
        )
        for table, day in (
            ("payment", "paid_on"),
            ("invoice", "invoiced_on"),
            ("cancellation", "cancelled_on"),
        )
    ),
)
