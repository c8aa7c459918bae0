"""Stalled deals: of the open deals, clearly more, or fewer, have seen nothing happen than before.

Question  Where do open deals lie still, beyond what is usual there and for everybody of late?
Reads     deals, their changes and activities, as of the day
Measures  in the engine: deals open at the end of each slot for at least QUIET days, and those of
          them in which nothing changed and nobody did anything for QUIET days
Judges    in Python: shares on the arcsine scale (Anscombe 1948), the place's change against that of
          the rest, with the dispersion of its history (`wald.brain.shifts`); places with less than
          MIN_OPEN such deals at the end of the last slot, or four times that before, are not
          looked at
Money     deals too many that lie still × what such a deal brought before, lost ones included: what
          waits, not what is lost
Errors    quiet company, seeds 1 and 2, 46 nights, 1,204 looks: p <= 0.01 in 0.7 %, p <= 0.001 in
          none; no finding
Source    docs/insights/stalled_deals.md; Anscombe (1948), Biometrika 35: 246-254
"""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from wald.brain.detector import SLOT_DAYS, Cure, Detector, Look, Night, Row
from wald.brain.open_at import marked, open_at
from wald.brain.places import by_place, places_of
from wald.brain.shares import ShareWords, share_looks
from wald.facts.as_of import day_literal
from wald.facts.relations import template
from wald.kernel.unit import Unit

QUIET = 45  # days
MIN_OPEN = 25
SUMS = ("at_hand", "still", "closed", "brought")
WORDS = ShareWords("open deals", "have seen nothing happen for 45 days", -1.0)


def _measure(night: Night) -> exp.Select:
    moves = template(
        """
        SELECT move.opportunity_id, move.slot
          FROM (SELECT moved.opportunity_id, moved.ago,
                       CAST(FLOOR(moved.ago / :days) AS INT) AS slot
                  FROM (SELECT opportunity_id,
                               DATE_DIFF('day', CAST(changed_at AS DATE), :day) AS ago
                          FROM change
                        UNION ALL
                        SELECT opportunity_id,
                               DATE_DIFF('day', CAST(happened_at AS DATE), :day) AS ago
                          FROM activity WHERE opportunity_id IS NOT NULL) AS moved) AS move
         WHERE move.ago >= 0 AND move.ago - move.slot * :days < :quiet
         GROUP BY move.opportunity_id, move.slot
        """,
        change=night.scene.table("opportunity_change", ["opportunity_id", "changed_at"]),
        activity=night.scene.table("activity", ["opportunity_id", "happened_at"]),
        day=day_literal(night.day),
        days=exp.Literal.number(SLOT_DAYS),
        quiet=exp.Literal.number(QUIET),
    )
    rows = marked(open_at(night, night.told_slots + 1, 0, QUIET), moves, "moved")
    still = exp.alias_(exp.Literal.number(1) - exp.column("moved"), "still")
    return by_place(exp.select("*", still).from_(rows.subquery("marked")), SUMS)


def _judge(rows: Sequence[Row], night: Night) -> Iterator[Look]:
    places = places_of(rows, SUMS, night.told_slots)
    yield from share_looks(places, ("at_hand", "still"), MIN_OPEN, WORDS, night)


DETECTOR = Detector(
    key="stalled_deals",
    title="Stalled deals",
    question="Where do clearly more, or fewer, open deals lie still than before?",
    story="speed",
    metric="stale_deals",
    unit=Unit.RATIO,
    needs=("opportunity", "opportunity_change"),
    sums=SUMS,
    measure=_measure,
    judge=_judge,
    cure=Cure(
        "review_deals",
        "Go through the deals that lie still one by one: the next step with a day, or the end. "
        "Where most wait for the same thing, mend that thing.",
    ),
    source="docs/insights/stalled_deals.md",
)
