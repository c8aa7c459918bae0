"""Deal-days in a stage and ends of stays, by slot and by age: what a pace is measured from.

A stay that is not over counts with the days it has lasted. A stay that spans slots counts in each
with its days there, so young stays and old ones are compared with their like: days and ends are
kept apart by how long the stay had lasted by then (occurrences over exposure; Breslow and Day 1987,
chapter 2). Source: docs/insights/deal_velocity.md
"""

from itertools import pairwise

from sqlglot import exp

from wald.brain.detector import SLOT_DAYS, Night, shard_of
from wald.brain.places import DIMENSIONS, slots_table
from wald.facts.as_of import day_literal
from wald.facts.reading import subject_rows
from wald.facts.relations import template
from wald.facts.subject import DEALS
from wald.heart.pipeline.passages import DEAL_COLUMNS, compose_passages

AGES = (0, 8, 22, 50, 100_000)  # days after entering the stage: where one age ends, the next begins
DIMENSIONS_OF_STAYS = tuple(name for name in DIMENSIONS if name != "type")
EXPOSURES = tuple(f"days_{number}" for number in range(len(AGES) - 1))
ENDS = tuple(f"ends_{number}" for number in range(len(AGES) - 1))


def stays(night: Night, slots: int) -> exp.Select:
    """Return a row per stay and slot it touched: its stage, place, slot, shard, EXPOSURES in
    deal-days, ENDS, `entered` (1 in the slot it began), and of deals that closed, in that slot,
    `closed` and what the won ones `brought`."""
    names = {*DEAL_COLUMNS, "amount", *DIMENSIONS_OF_STAYS}
    deals = subject_rows(DEALS, night.scene, names)
    passages = compose_passages(subject_rows(DEALS, night.scene, DEAL_COLUMNS), night.scene)
    ago = template(
        """
        SELECT stay.opportunity_id, stay.stage,
               DATE_DIFF('day', stay.entered_on, :day) AS first,
               CASE WHEN stay.left_on IS NULL THEN 0
                    ELSE DATE_DIFF('day', stay.left_on, :day) END AS last,
               CASE WHEN stay.left_on IS NULL THEN 0 ELSE 1 END AS is_over
          FROM stay JOIN stage ON stage.stage = stay.stage AND stage.outcome = 'open'
         WHERE stay.entered_on IS NOT NULL
        """,
        stay=passages,
        stage=night.scene.table("stage", ["stage", "outcome"]),
        day=day_literal(night.day),
    )
    return _spread(ago, deals, slots)


def _spread(ago: exp.Select, deals: exp.Select, slots: int) -> exp.Select:
    """Split stays, told in days ago, over the slots they touched."""
    rows = template(
        """
        SELECT ago.stage, slot.slot, ago.first, ago.last, ago.is_over,
               CASE WHEN ago.last > slot.slot * :days THEN ago.last ELSE slot.slot * :days END
                 AS until,
               CASE WHEN ago.first < (slot.slot + 1) * :days THEN ago.first
                    ELSE (slot.slot + 1) * :days END AS since,
               CASE WHEN ago.first < (slot.slot + 1) * :days THEN 1 ELSE 0 END AS entered,
               CASE WHEN ago.is_over = 1 AND ago.last >= slot.slot * :days THEN 1 ELSE 0 END
                 AS ended,
               CASE WHEN deal.outcome IN ('won', 'lost') AND ago.last >= slot.slot * :days
                    THEN 1 ELSE 0 END AS closed,
               CASE WHEN deal.outcome = 'won' AND ago.last >= slot.slot * :days
                    THEN deal.amount END AS brought
          FROM ago
          JOIN slot ON slot.slot * :days <= ago.first AND ago.last < (slot.slot + 1) * :days
          JOIN deal ON deal.opportunity_id = ago.opportunity_id
        """,
        ago=ago,
        deal=deals,
        slot=slots_table(slots),
        days=exp.Literal.number(SLOT_DAYS),
    )
    named = [exp.column(name, "deal") for name in DIMENSIONS_OF_STAYS]
    rows = rows.select(*named, exp.alias_(_shard(), "shard"))
    told = ("stage", "slot", "shard", "entered", "closed", "brought", *DIMENSIONS_OF_STAYS)
    return exp.select(*told, *_by_age()).from_(rows.subquery("spread"))


def _shard() -> exp.Expr:
    shard = shard_of("opportunity_id")
    return shard.transform(
        lambda node: exp.column(node.name, "deal") if isinstance(node, exp.Column) else node
    )


def _by_age() -> list[exp.Expr]:
    """Return the days of each age between `since` and `until` (days ago), and the end in it."""
    found: list[exp.Expr] = []
    for number, (young, old) in enumerate(pairwise(AGES)):
        each = template(
            """
            SELECT CASE WHEN LEAST(since, first - :young) > GREATEST(until, first - :old)
                        THEN LEAST(since, first - :young) - GREATEST(until, first - :old)
                        ELSE 0 END AS days,
                   CASE WHEN ended = 1 AND first - last >= :young AND first - last < :old
                        THEN 1 ELSE 0 END AS ends
            """,
            young=exp.Literal.number(young),
            old=exp.Literal.number(old),
        )
        days, ends = each.expressions
        found += [exp.alias_(days.this, EXPOSURES[number]), exp.alias_(ends.this, ENDS[number])]
    return found
