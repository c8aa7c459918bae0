"""Discounts as detectors see them: one row per booking, beside what is usual for its kind.

A booking's discount is one minus its net amount over its amount at list price. Big customers get
more than small ones, renewals less than new business: so each discount is also told as a distance
from the mean of its own kind (segment and type), in standard deviations of that kind, and never
further than FURTHEST: one odd deal decides nothing (Winsor; Tukey 1962, Ann. Math. Stat. 33: 1-67).
Source: docs/insights/discount_creep.md
"""

from collections.abc import Collection

from sqlglot import exp

from wald.brain.detector import MOST_SLOTS, SLOT_DAYS, Night
from wald.facts.as_of import day_literal
from wald.facts.reading import subject_rows
from wald.facts.relations import template
from wald.facts.subject import BOOKING_LINES

FURTHEST = 3  # standard deviations
KIND = 30  # bookings of a kind, below which it is judged by all bookings
# Of a booking: where somebody decides about its price.
PLACES = ("region", "segment", "product_family", "type", "team")
PAIRS = (("region", "segment"), ("segment", "product_family"))

_OF_LINES = ("booking_id", "booked_on", "amount", "list_amount", "segment", "type")


def sold(night: Night, names: Collection[str] = ()) -> exp.Select:
    """Return one row per booking of the last slots: booking_id, booked_on, net, list, discount
    (a double), segment, type, and `names`; a product family only where there is but one."""
    more = sorted({*names} - {"segment", "type", "product_family"})
    lines = subject_rows(BOOKING_LINES, night.scene, {*_OF_LINES, *names})
    family: exp.Expr = exp.column("product_family", "line")
    if "product_family" not in names:
        family = exp.cast(exp.null(), "TEXT")
    rows = template(
        """
        SELECT line.booking_id, MIN(line.booked_on) AS booked_on, MIN(line.segment) AS segment,
               MIN(line.type) AS type, MIN(:family) AS least, MAX(:family) AS last,
               CAST(SUM(line.amount) AS DECIMAL(18, 4)) AS net,
               CAST(SUM(line.list_amount) AS DECIMAL(18, 4)) AS list
          FROM line
         WHERE line.amount IS NOT NULL AND line.list_amount IS NOT NULL
           AND DATE_DIFF('day', line.booked_on, :day) < :days
         GROUP BY line.booking_id
        """,
        line=lines,
        family=family,
        day=day_literal(night.day),
        days=exp.Literal.number(MOST_SLOTS * SLOT_DAYS),
    )
    rows = rows.select(*[exp.alias_(exp.Min(this=exp.column(name, "line")), name) for name in more])
    told = template(
        """
        SELECT booking.booking_id, booking.booked_on, booking.segment, booking.type, booking.net,
               booking.list, CASE WHEN booking.least = booking.last THEN booking.least END
                 AS product_family,
               1.0 - CAST(booking.net AS DOUBLE) / CAST(booking.list AS DOUBLE) AS discount
          FROM booking WHERE booking.list > 0 AND booking.net > 0
        """,
        booking=rows,
    )
    return told.select(*[exp.column(name, "booking") for name in more])


def beside_kind(rows: exp.Select, names: Collection[str]) -> exp.Select:
    """Return rows of `sold` with `z`, the distance from their kind in hundredths of a standard
    deviation, `spread`, that deviation, and `points`, the discount, both in hundredths of a point.

    Whole numbers, so that every engine adds up the same.
    """
    kept = [name for name in dict.fromkeys(["booking_id", "booked_on", "net", "list", *names])]
    usual = template(
        """
        SELECT CASE WHEN COUNT(*) OVER (PARTITION BY sold.segment, sold.type) >= :few
                    THEN AVG(sold.discount) OVER (PARTITION BY sold.segment, sold.type)
                    ELSE AVG(sold.discount) OVER () END AS usual,
               CASE WHEN COUNT(*) OVER (PARTITION BY sold.segment, sold.type) >= :few
                    THEN AVG(sold.discount * sold.discount)
                         OVER (PARTITION BY sold.segment, sold.type)
                    ELSE AVG(sold.discount * sold.discount) OVER () END AS square,
               sold.discount
          FROM sold
        """,
        sold=rows,
        few=exp.Literal.number(KIND),
    ).select(*[exp.column(name, "sold") for name in kept])
    widths = template(
        """
        SELECT told.discount, told.usual,
               CASE WHEN told.square - told.usual * told.usual > 0.0001
                    THEN SQRT(told.square - told.usual * told.usual) ELSE 0.01 END AS width
          FROM told
        """,
        told=usual,
    ).select(*[exp.column(name, "told") for name in kept])
    return template(
        """
        SELECT CAST(ROUND(100 * CASE
                      WHEN known.discount > known.usual + :most * known.width THEN :most
                      WHEN known.discount < known.usual - :most * known.width THEN -:most
                      ELSE (known.discount - known.usual) / known.width END) AS BIGINT) AS z,
               CAST(ROUND(10000 * known.width) AS BIGINT) AS spread,
               CAST(ROUND(10000 * known.discount) AS BIGINT) AS points
          FROM known
        """,
        known=widths,
        most=exp.Literal.number(FURTHEST),
    ).select(*[exp.column(name, "known") for name in kept])
