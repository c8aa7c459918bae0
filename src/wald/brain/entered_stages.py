"""Deals that first entered a stage lately: how they ended, and after how long.

Source: docs/insights/stage_chances.md
"""

from sqlglot import exp

from wald.brain.detector import SLOT_DAYS, Night, shard_of, slot_of
from wald.facts.as_of import day_literal
from wald.facts.reading import subject_rows
from wald.facts.relations import template
from wald.facts.subject import DEALS
from wald.heart.pipeline.passages import DEAL_COLUMNS, compose_passages

SLOTS = 4
WEEKS = 4  # deals are counted by how many weeks they took, four by four
SUMS = ("deals", "open_amount")


def compose_entered_stages(night: Night) -> exp.Select:
    """Return the SELECT of SUMS by stage, outcome ("" is open), span, slot of entry and shard."""
    names = (*DEAL_COLUMNS, "amount")
    # Deals that closed before the first slot entered no stage in it.
    still = template(
        "SELECT * FROM deal WHERE COALESCE(DATE_DIFF('day', closed_on, :day), 0) < :days",
        deal=subject_rows(DEALS, night.scene, names),
        day=day_literal(night.day),
        days=exp.Literal.number(SLOTS * SLOT_DAYS),
    )
    deals = exp.select(*names).from_(still.subquery("still"))
    stays = compose_passages(deals.copy(), night.scene)
    entered = template(
        """
        SELECT entry.opportunity_id, entry.stage, entry.first_on,
               CASE WHEN entry.outcome = 'open' THEN '' ELSE entry.outcome END AS outcome,
               CAST(FLOOR(DATE_DIFF('day', entry.first_on, COALESCE(entry.closed_on, :day)) / :days)
                    AS INT) AS span,
               CASE WHEN entry.outcome = 'open' AND entry.stage = entry.stands
                    THEN entry.amount END AS open_amount
          FROM (SELECT stay.opportunity_id, stay.stage, deal.outcome, deal.closed_on, deal.amount,
                       deal.stage AS stands, MIN(stay.entered_on) AS first_on
                  FROM stay JOIN deal ON deal.opportunity_id = stay.opportunity_id
                 GROUP BY 1, 2, 3, 4, 5, 6) AS entry
        """,
        stay=stays,
        deal=deals,
        day=day_literal(night.day),
        days=exp.Literal.number(7 * WEEKS),
    )
    told = template(
        "SELECT entered.stage, entered.outcome, entered.span, entered.open_amount FROM entered",
        entered=entered,
    ).select(
        exp.alias_(slot_of("first_on", night), "slot"),
        exp.alias_(shard_of("opportunity_id"), "shard"),
    )
    return template(
        """
        SELECT told.stage, told.outcome, told.span, told.slot, told.shard, COUNT(*) AS deals,
               SUM(told.open_amount) AS open_amount
          FROM told WHERE told.slot >= 0 AND told.slot < :slots
         GROUP BY 1, 2, 3, 4, 5
        """,
        told=told,
        slots=exp.Literal.number(SLOTS),
    )
