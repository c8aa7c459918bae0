"""How deals came out that first entered a stage lately: counted by stage, segment and quarter year.

One row for deals that entered a stage in one stretch of SLOT_DAYS, counted back from the day, ended
alike after as many weeks, or are open since. Source: docs/calibration/stages.md
"""

from datetime import date, timedelta

from sqlglot import exp

from wald.facts.as_of import day_literal
from wald.facts.relations import template

SLOT_DAYS = 91
SLOTS = 8  # about two years


def compose_entries(deals: exp.Select, passages: exp.Select, day: date) -> exp.Select:
    """Return the SELECT of stage, segment, outcome, slot, weeks, deals.

    Slot 0 ends with the day. `weeks` run from a deal's first day in the stage to its closing, or
    to the day. `deals` has segment beside what `compose_passages` needs.
    """
    return template(
        """
        SELECT entry.stage, entry.segment, entry.outcome,
               CAST(FLOOR(DATE_DIFF('day', entry.first_on, :day) / :slot) AS INT) AS slot,
               CAST(FLOOR(DATE_DIFF('day', entry.first_on, COALESCE(entry.closed_on, :day)) / 7)
                    AS INT) AS weeks,
               COUNT(*) AS deals
          FROM (SELECT stay.opportunity_id, stay.stage, deal.segment, deal.outcome, deal.closed_on,
                       MIN(stay.entered_on) AS first_on
                  FROM stay JOIN deal ON deal.opportunity_id = stay.opportunity_id
                 GROUP BY 1, 2, 3, 4, 5) AS entry
         WHERE entry.first_on > :since AND entry.first_on <= :day
         GROUP BY 1, 2, 3, 4, 5
        """,
        stay=passages,
        deal=deals,
        day=day_literal(day),
        slot=exp.Literal.number(SLOT_DAYS),
        since=day_literal(day - timedelta(days=SLOTS * SLOT_DAYS)),
    )
