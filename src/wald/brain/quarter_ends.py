"""Discounts in the last days of fiscal quarters, and in the rest of them.

Source: docs/insights/quarter_end_discounting.md
"""

from sqlglot import exp

from wald.brain.detector import Night, shard_of, slot_of
from wald.brain.discounts import beside_kind, sold
from wald.brain.places import by_place
from wald.facts.reading import bucket
from wald.facts.relations import template
from wald.kernel.period import Grain

LAST_DAYS = 14
PLACES = ("region", "segment", "team")
SUMS = (
    *("end_deals", "end_z", "end_squares", "end_points", "end_list"),
    *("deals", "z", "squares", "points", "spread"),
)


def compose_quarter_ends(night: Night) -> exp.Select:
    """Return the SELECT of SUMS by place, slot and shard."""
    rows = beside_kind(sold(night, PLACES), PLACES)
    day = exp.column("booked_on", "judged")
    later = template(
        "SELECT CAST(:day + :days AS DATE)", day=day, days=exp.Literal.number(LAST_DAYS)
    )
    quarter = bucket(Grain.QUARTER, day, night.scene)
    following = bucket(Grain.QUARTER, later.expressions[0], night.scene)
    told = template(
        """
        SELECT CASE WHEN :quarter < :following THEN 1 ELSE 0 END AS is_end,
               judged.booking_id, judged.booked_on, judged.z, judged.spread, judged.points,
               judged.list FROM judged
        """,
        judged=rows,
        quarter=quarter,
        following=following,
    ).select(*[exp.column(name, "judged") for name in PLACES])
    found = template(
        """
        SELECT told.is_end AS end_deals, told.is_end * told.z AS end_z,
               told.is_end * told.z * told.z AS end_squares,
               told.is_end * told.points AS end_points,
               CASE WHEN told.is_end = 1 THEN told.list END AS end_list, 1 - told.is_end AS deals,
               (1 - told.is_end) * told.z AS z, (1 - told.is_end) * told.z * told.z AS squares,
               (1 - told.is_end) * told.points AS points, told.spread FROM told
        """,
        told=told,
    )
    slot, shard = slot_of("booked_on", night), shard_of("booking_id")
    found = found.select(exp.alias_(slot, "slot"), exp.alias_(shard, "shard"), *PLACES)
    return by_place(found, SUMS, dimensions=PLACES, pairs=())
