"""Pipeline creation: clearly fewer, or more, new deals come in here than before.

Question  Where does the pipeline dry up, or fill, beyond season, growth and luck?
Reads     deals, by the day they were opened, as of the day
Measures  in the engine: deals opened, and of those that closed how many and what they brought
Judges    in Python: counts on the log scale, the place's change against that of all the rest, with
          the dispersion of its own history (`wald.brain.shifts`); places that opened less than
          MIN_OPENED deals a slot on average before are not looked at
Money     deals too few in a slot × what a closed deal brought, lost ones included, before
Errors    quiet company, seeds 1 and 2, 37 nights, 2,498 looks: p <= 0.01 in 0.3 %, p <= 0.001 in
          0.04 %; no finding. With teams as places there was one: a team had lost people
Source    docs/insights/pipeline_creation.md; McCullagh and Nelder (1989), Generalized Linear Models
"""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from wald.brain.detector import Cure, Detector, Look, Night, Row, Size, shard_of, slot_of
from wald.brain.paces import Pace, excess, paces, relative
from wald.brain.places import DIMENSIONS, PAIRS, Place, by_place, called, places_of, stacked
from wald.brain.shifts import log_counts
from wald.brain.telling_shifts import by_slot, in_percent, period_of, weeks
from wald.facts.reading import subject_rows
from wald.facts.relations import template
from wald.facts.subject import DEALS
from wald.kernel.unit import Unit

MIN_OPENED = 15
# Teams are not looked at: people come and go, and their deals with them.
PLACES = tuple(name for name in DIMENSIONS if name != "team")
SOURCED = (*PAIRS, ("region", "lead_source"))
SUMS = ("opened", "closed", "brought")


def _measure(night: Night) -> exp.Select:
    names = {"opportunity_id", "outcome", "opened_on", "closed_on", "amount", *PLACES}
    rows = template(
        """
        SELECT 1 AS opened,
               CASE WHEN deal.outcome IN ('won', 'lost') THEN 1 ELSE 0 END AS closed,
               CASE WHEN deal.outcome = 'won' THEN deal.amount END AS brought
          FROM deal WHERE deal.opened_on IS NOT NULL
        """,
        deal=subject_rows(DEALS, night.scene, names),
    )
    slot, shard = slot_of("opened_on", night), shard_of("opportunity_id")
    rows = rows.select(exp.alias_(slot, "slot"), exp.alias_(shard, "shard"), *PLACES)
    return by_place(rows, SUMS, dimensions=PLACES, pairs=SOURCED)


def _judge(rows: Sequence[Row], night: Night) -> Iterator[Look]:
    found = places_of(rows, SUMS, night.told_slots)
    places = [one for one in found if not one.where or _is_enough(one)]
    if not places or not _is_enough(places[0]):
        return
    opened = stacked(places, "opened")
    for pace in paces(places, log_counts(opened), log_counts(opened[0] - opened), night):
        yield _look(pace, night)


def _is_enough(place: Place) -> bool:
    before = place.of("opened")[1:]
    return bool(len(before) and before.mean() >= MIN_OPENED)


def _look(pace: Pace, night: Night) -> Look:
    place, window = pace.place, pace.window
    opened, closed, brought = (place.of(name) for name in SUMS)
    effect = relative(pace)
    worth = float(brought[window:].sum() / max(closed[window:].sum(), 1.0))
    money = [one * worth for one in excess(pace, opened).ends]
    now, before = opened[:window].mean() / 13, opened[window:].mean() / 13
    return Look(
        where=place.where,
        direction="up" if effect.estimate > 0 else "down",
        p_value=pace.p_value,
        effect=effect,
        claim=(
            f"{called(place.where)}: {now:.1f} new deals a week in {weeks(window)}, {before:.1f} "
            f"before; {in_percent(effect, place.where)}"
        ),
        money=Size(*money),
        evidence=(
            ("seen over", weeks(window)),
            ("deals opened in them", f"{opened[:window].sum():.0f}"),
            ("deals opened per week before", f"{before:.1f}"),
            ("what a closed deal brought before", f"{worth:.0f}"),
        ),
        period=period_of(night.day, window),
        chart=by_slot(opened.tolist(), night.day),
    )


DETECTOR = Detector(
    key="pipeline_creation",
    title="Pipeline creation",
    question="Where do clearly fewer, or more, new deals come in than before?",
    story="volume",
    metric="pipeline_created",
    unit=Unit.RATIO,
    needs=("opportunity",),
    sums=SUMS,
    measure=_measure,
    judge=_judge,
    cure=Cure(
        "alert_management",
        "Bookings follow in a cycle's time: tell those who plan them now. Ask which source dried "
        "up, who stopped working it, and what would fill the gap soonest.",
    ),
    source="docs/insights/pipeline_creation.md",
)
