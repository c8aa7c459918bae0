"""Open deals at the end, or at the beginning, of each slot, beside what happened around that day.

One row per deal and slot: as every slot's end is one day, and a deal is seldom open for many of
them, rows of one place hang together little; what is left of it is for the dispersion to find.
Source: docs/insights/README.md
"""

from sqlglot import exp

from wald.brain.detector import SLOT_DAYS, Night, shard_of
from wald.brain.places import DIMENSIONS, slots_table
from wald.facts.as_of import day_literal
from wald.facts.reading import subject_rows
from wald.facts.relations import template
from wald.facts.subject import DEALS

_COLUMNS = ("opportunity_id", "outcome", "opened_on", "closed_on", "amount")


def open_at(night: Night, slots: int, days_before: int, age: int) -> exp.Select:
    """Return deals that were open so many days before the end of each slot, and had been for `age`
    days: opportunity_id, slot, shard, DIMENSIONS, `at_hand` (1), `closed` (1 where it has closed
    since) and what the won ones `brought`."""
    deals = subject_rows(DEALS, night.scene, {*_COLUMNS, *DIMENSIONS})
    ago = template(
        """
        SELECT deal.opportunity_id, deal.outcome, deal.amount,
               DATE_DIFF('day', deal.opened_on, :day) AS opened,
               CASE WHEN deal.closed_on IS NULL OR deal.outcome = 'open' THEN -1
                    ELSE DATE_DIFF('day', deal.closed_on, :day) END AS ended
          FROM deal WHERE deal.opened_on IS NOT NULL
        """,
        deal=deals,
        day=day_literal(night.day),
    ).select(*[exp.column(name, "deal") for name in DIMENSIONS])
    rows = template(
        """
        SELECT ago.opportunity_id, slot.slot, 1 AS at_hand,
               CASE WHEN ago.outcome IN ('won', 'lost') THEN 1 ELSE 0 END AS closed,
               CASE WHEN ago.outcome = 'won' THEN ago.amount END AS brought
          FROM ago
          JOIN slot ON ago.opened >= slot.slot * :days + :since
                   AND ago.ended < slot.slot * :days + :before
        """,
        ago=ago,
        slot=slots_table(slots),
        days=exp.Literal.number(SLOT_DAYS),
        before=exp.Literal.number(days_before),
        since=exp.Literal.number(days_before + age),
    )
    return rows.select(*[exp.column(name, "ago") for name in DIMENSIONS])


def marked(rows: exp.Select, touched: exp.Select, name: str) -> exp.Select:
    """Return rows of `open_at` with `name`: 1 where `touched` has the deal in the slot, else 0;
    `touched` has opportunity_id and slot, each pair once."""
    told = template(
        """
        SELECT deal.slot, deal.at_hand, deal.closed, deal.brought,
               CASE WHEN touched.slot IS NULL THEN 0 ELSE 1 END AS is_touched
          FROM deal
          LEFT JOIN touched ON touched.opportunity_id = deal.opportunity_id
                           AND touched.slot = deal.slot
        """,
        deal=rows,
        touched=touched,
    ).select(*[exp.column(one, "deal") for one in ("opportunity_id", *DIMENSIONS)])
    mark = exp.alias_(exp.column("is_touched"), name)
    kept = exp.select("slot", "at_hand", "closed", "brought", mark, *DIMENSIONS)
    kept = kept.select(exp.alias_(shard_of("opportunity_id"), "shard"))
    return kept.from_(told.subquery("told"))
