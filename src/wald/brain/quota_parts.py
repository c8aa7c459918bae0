"""Quotas of bookings whose window is over, and which part of each was booked.

Source: docs/insights/quota_out_of_reach.md
"""

from sqlglot import exp

from wald.brain.detector import Night, shard_of, slot_of
from wald.brain.places import by_place
from wald.facts.as_of import day_literal
from wald.facts.reading import subject_rows
from wald.facts.relations import template
from wald.facts.subject import QUOTAS

MOST = 2  # times a quota; what is booked beyond it counts no further
PLACES = ("region", "team")
SUMS = ("quotas", "part", "squares", "quota", "booked")
SCALES = (1.0, 1e4, 1e8)  # of the first three: parts are counted in hundredths of a per cent


def compose_quota_parts(night: Night) -> exp.Select:
    """Return the SELECT of SUMS by place, shard and slot of the window's last day."""
    names = {"quota_id", "ends_on", "amount", "booked", "measure", *PLACES}
    rows = template(
        """
        SELECT quota.quota_id, CAST(quota.ends_on - 1 AS DATE) AS last_on, quota.amount AS quota,
               quota.booked,
               CAST(ROUND(10000 * CASE WHEN quota.booked > :most * quota.amount THEN :most
                                       ELSE CAST(quota.booked AS DOUBLE)
                                            / CAST(quota.amount AS DOUBLE) END) AS BIGINT) AS part
          FROM quota
         WHERE quota.measure = 'bookings' AND quota.amount > 0 AND quota.booked >= 0
           AND quota.ends_on <= :day
        """,
        quota=subject_rows(QUOTAS, night.scene, names),
        most=exp.Literal.number(MOST),
        day=day_literal(night.day),
    ).select(*[exp.column(name, "quota") for name in PLACES])
    found = exp.select(
        exp.alias_(exp.Literal.number(1), "quotas"),
        "part",
        exp.alias_(exp.column("part") * exp.column("part"), "squares"),
        "quota",
        "booked",
        exp.alias_(slot_of("last_on", night), "slot"),
        exp.alias_(shard_of("quota_id"), "shard"),
        *PLACES,
    ).from_(rows.subquery("ended"))
    return by_place(found, SUMS, dimensions=PLACES, pairs=())
