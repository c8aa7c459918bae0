"""Pushed deals: of the open deals, clearly more, or fewer, have their closing put off than before.

Question  Where are closings put off, beyond what is usual there and for everybody of late?
Reads     deals and the changes of their closing day, as of the day
Measures  in the engine: deals open when a slot began, and those of them whose closing was put off
          by FAR days or more within the slot
Judges    in Python: shares on the arcsine scale (Anscombe 1948), the place's change against that of
          the rest, with the dispersion of its history (`wald.brain.shifts`); places with less than
          MIN_OPEN deals open when the last slot began, or four times that before, are not looked at
Money     deals too many put off in a slot × what such a deal brought before, lost ones included:
          what comes later than was said, not what is lost
Errors    quiet company, seeds 1 and 2, 46 nights, 2,291 looks: p <= 0.01 in 0.6 %, p <= 0.001 in
          none; no finding. A planted rise by 12 points
          in one region (seed 6, p 0.002) was not found
Source    docs/insights/pushed_deals.md; Anscombe (1948), Biometrika 35: 246-254
"""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from wald.brain.detector import Cure, Detector, Look, Night, Row, slot_of
from wald.brain.open_at import marked, open_at
from wald.brain.places import by_place, places_of
from wald.brain.shares import ShareWords, share_looks
from wald.facts.relations import template
from wald.kernel.unit import Unit

FAR = 14  # days
MIN_OPEN = 25
SUMS = ("at_hand", "pushed", "closed", "brought")
WORDS = ShareWords("deals open when it began", "had their closing put off", -1.0)


def _measure(night: Night) -> exp.Select:
    changes = template(
        """
        SELECT opportunity_id, CAST(changed_at AS DATE) AS changed_on
          FROM change
         WHERE field = 'close_on' AND old IS NOT NULL AND new IS NOT NULL
           AND DATE_DIFF('day', CAST(old AS DATE), CAST(new AS DATE)) >= :far
        """,
        change=night.scene.table(
            "opportunity_change", ["opportunity_id", "changed_at", "field", "old", "new"]
        ),
        far=exp.Literal.number(FAR),
    )
    slot = exp.alias_(slot_of("changed_on", night), "slot")
    pushes = exp.select("opportunity_id", slot).distinct().from_(changes.subquery("change"))
    rows = marked(open_at(night, night.told_slots + 1, 91, 0), pushes, "pushed")
    return by_place(rows, SUMS)


def _judge(rows: Sequence[Row], night: Night) -> Iterator[Look]:
    places = places_of(rows, SUMS, night.told_slots)
    yield from share_looks(places, ("at_hand", "pushed"), MIN_OPEN, WORDS, night)


DETECTOR = Detector(
    key="pushed_deals",
    title="Pushed deals",
    question="Where have clearly more, or fewer, open deals their closing put off than before?",
    story="speed",
    metric="push_count",
    unit=Unit.RATIO,
    needs=("opportunity", "opportunity_change"),
    sums=SUMS,
    measure=_measure,
    judge=_judge,
    cure=Cure(
        "review_deals",
        "Ask of the deals put off who set the first day, and on what word of the customer. A "
        "closing day without a customer's step behind it is a wish: take it out of the commit.",
    ),
    source="docs/insights/pushed_deals.md",
)
