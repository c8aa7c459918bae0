"""Product mix: what is sold is clearly more, or less, of one product family than before.

Question  Where does the mix of products shift, beyond growth of the whole and luck?
Reads     deals that were won, by the day they closed and the family of their main product
Measures  in the engine: won deals, their amounts and the squares of these, by family, slot, and
          region, segment or type
Judges    in Python: sums of a family beside those of all others in the same place, on the log scale
          with the variance of compound Poisson sums (`wald.brain.shifts`); families with less than
          MIN_WON won deals a slot on average before, in the place, are not looked at
Money     amounts of the family in a slot less what they would have been with the mix of before: it
          may have gone to other families, and then nothing is lost but the mix
Errors    quiet company, seeds 1 and 2, 68 nights, 1,347 looks: p <= 0.01 in 0.5 %, p <= 0.001 in
          none; no finding
Source    docs/insights/product_mix.md; Panjer (1981), ASTIN Bulletin 12: 22-26
"""

from collections.abc import Iterator, Sequence

import numpy as np
from sqlglot import exp

from wald.brain.detector import Cure, Detector, Look, Night, Row, shard_of, slot_of
from wald.brain.paces import Pace, excess, paces, relative
from wald.brain.places import Place, Where, by_place, called, places_of, stacked
from wald.brain.shifts import log_amounts
from wald.brain.telling_shifts import by_slot, in_percent, period_of, weeks
from wald.facts.reading import subject_rows
from wald.facts.relations import template
from wald.facts.subject import DEALS
from wald.kernel.unit import Unit

MIN_WON = 12
FAMILY = "product_family"
PLACES = (FAMILY, "region", "segment", "type")
PAIRS = tuple((FAMILY, name) for name in PLACES[1:])
SUMS = ("won", "amount", "squares")


def _measure(night: Night) -> exp.Select:
    names = {"opportunity_id", "outcome", "closed_on", "amount", *PLACES}
    rows = template(
        """
        SELECT 1 AS won, deal.amount,
               CAST(deal.amount AS DOUBLE) * CAST(deal.amount AS DOUBLE) AS squares
          FROM deal
         WHERE deal.outcome = 'won' AND deal.closed_on IS NOT NULL AND deal.amount > 0
        """,
        deal=subject_rows(DEALS, night.scene, names),
    )
    slot, shard = slot_of("closed_on", night), shard_of("opportunity_id")
    rows = rows.select(exp.alias_(slot, "slot"), exp.alias_(shard, "shard"), *PLACES)
    return by_place(rows, SUMS, dimensions=PLACES, pairs=PAIRS)


def _judge(rows: Sequence[Row], night: Night) -> Iterator[Look]:
    by_where = {one.where: one for one in places_of(rows, SUMS, night.told_slots)}
    places = [one for one in by_where.values() if _is_enough(one)]
    if not places:
        return
    own = [stacked(places, name) for name in SUMS]
    around = [by_where[_around(one.where)] for one in places]
    rest = [stacked(around, name) - mine for name, mine in zip(SUMS, own, strict=True)]
    for pace in paces(places, log_amounts(*own), log_amounts(*rest), night, has_rest=True):
        if np.isfinite(pace.ratio.estimate):
            yield _look(pace, by_where[_around(pace.place.where)], night)


def _around(where: Where) -> Where:
    return tuple(pair for pair in where if pair[0] != FAMILY)


def _is_enough(place: Place) -> bool:
    before = place.of("won")[1:]
    has_family = FAMILY in dict(place.where)
    return bool(has_family and len(before) and before.mean() >= MIN_WON)


def _look(pace: Pace, around: Place, night: Night) -> Look:
    place, window = pace.place, pace.window
    amount, whole = place.of("amount"), around.of("amount")
    effect = relative(pace)
    now = 100 * amount[:window].sum() / whole[:window].sum()
    before = 100 * amount[window:].sum() / max(whole[window:].sum(), 1.0)
    shares = [a / w if w else None for a, w in zip(amount.tolist(), whole.tolist(), strict=True)]
    of = f" of what {called(around.where)} buys" if around.where else " of all that is won"
    return Look(
        where=place.where,
        direction="up" if effect.estimate > 0 else "down",
        p_value=pace.p_value,
        effect=effect,
        claim=(
            f"{dict(place.where)[FAMILY]}: {now:.0f} %{of} in {weeks(window)}, {before:.0f} % "
            f"before; {in_percent(effect, ())}, beside the other products"
        ),
        money=excess(pace, amount),
        evidence=(
            ("seen over", weeks(window)),
            ("won deals in them", f"{place.of('won')[:window].sum():.0f}"),
            ("won deals per 13 weeks before", f"{place.of('won')[window:].mean():.1f}"),
            ("share of the amount", f"{now:.1f} %"),
            ("share of the amount before", f"{before:.1f} %"),
        ),
        period=period_of(night.day, window),
        chart=by_slot(shares, night.day),
    )


DETECTOR = Detector(
    key="product_mix",
    title="Product mix",
    question="Where is clearly more, or less, of a product family sold than before?",
    story="mix",
    metric="won_deals",
    unit=Unit.RATIO,
    needs=("opportunity", "product"),
    sums=SUMS,
    measure=_measure,
    judge=_judge,
    cure=Cure(
        "alert_management",
        "Ask what changed around this family: a price, a rival, a plan that pays more for another "
        "product. Check what the shift does to margin before you steer against it.",
    ),
    source="docs/insights/product_mix.md",
)
