"""Discounts for a threshold: deals just over what a plan pays more for cost more discount.

Question  Which clause of a plan is reached with discounts?
Reads     bookings with list price and net amount; amounts of one deal from which plans pay more
Measures  in the engine: discounts as distances from those of their kind (segment and type), by how
          large the deal is beside the clause's amount, and slot; amounts in the clause's currency
Judges    in Python: deals from the amount to a tenth more, since the clause holds (at most
          MOST_SLOTS slots, and so many where nobody knows since when), against the line through
          deals somewhat smaller and larger, then and before (weighted least squares); nothing where
          they were as far off before. A clause with fewer than MIN_NOW such deals is not looked at
Money     list amount of deals just over the threshold in a slot × how much more discount they cost
Errors    on quiet companies 49 looks: p <= 0.05 in 4.1 %, <= 0.01 in 0.0 %, <= 0.001 in 0
Source    docs/insights/discounts_for_threshold.md; Larkin (2014), J. Labor Econ. 32: 199-227
"""

from collections.abc import Iterator, Sequence

import numpy as np

from wald.brain.clause_deals import (
    JUST,
    SUMS,
    beside_other_sizes,
    called_clause,
    compose_clause_deals,
    slots_since,
)
from wald.brain.detector import SLOT_DAYS, Cure, Detector, Look, Night, Row, Size
from wald.brain.mean_shifts import halves, of_value, times
from wald.brain.places import Place, places_of
from wald.brain.telling_shifts import by_slot, in_points, quantile
from wald.kernel.unit import Unit

MIN_NOW, MIN_BEFORE = 15, 15


def _judge(rows: Sequence[Row], night: Night) -> Iterator[Look]:
    for name in dict.fromkeys(called_clause(one) for one in night.agreed.thresholds):
        places = places_of(of_value(rows, "clause", name), SUMS, night.told_slots)
        just = next((one for one in places if one.where == (("size", JUST),)), None)
        if just is not None and len(places) > 2:
            yield from _of_clause(name, just, places, night)


def _of_clause(name: str, just: Place, places: Sequence[Place], night: Night) -> Iterator[Look]:
    last = slots_since(name, night)
    now, before = halves(just.of("deals"), last)
    if now < MIN_NOW:
        return
    found = beside_other_sizes(places, last)
    if found is None:
        return
    change, error, freedom, p_value = found
    if before >= MIN_BEFORE:
        z = halves(just.of("z"), last) / halves(just.of("deals"), last)
        # What was so before the clause is not bought with it.
        p_value = p_value if abs(z[0] - z[1]) >= abs(change) / 2 else 1.0
    scale = float(halves(just.of("spread"), last)[0] / now) / 1e6
    reach = quantile(freedom) * error
    effect = times(Size(change - reach, change, change + reach), scale)
    yield _look(name, just, effect, p_value, night)


def _look(name: str, just: Place, effect: Size, p_value: float, night: Night) -> Look:
    last = slots_since(name, night)
    deals, points = just.of("deals"), just.of("points") / 1e4
    now, before = halves(points, last) / np.maximum(halves(deals, last), 1.0)
    listed = float(halves(just.of("list"), last)[0]) / last
    amounts = [one for one in night.agreed.thresholds if called_clause(one) == name]
    told = ", ".join(f"{one.amount:,.0f} {one.currency}" for one in amounts)
    claim = (
        f"{name}: deals just over {told} were sold {now:.1%} below list, {before:.1%} before; "
        f"{in_points(effect, (('clause', name),))}"
    )
    low, high = amounts[0].amount, amounts[0].amount * 11 / 10
    return Look(
        where=(("clause", name),),
        direction="up" if effect.estimate > 0 else "down",
        p_value=p_value,
        effect=effect,
        claim=claim,
        money=times(effect, -listed),
        evidence=(
            ("clause", name),
            ("pays more from", told),
            ("weeks looked at", f"{last * SLOT_DAYS // 7}"),
            ("deals just over it", f"{halves(deals, last)[0]:.0f}"),
            ("their mean discount", f"{now:.4f}"),
            ("deals there before", f"{halves(deals, last)[1]:.0f}"),
            ("their mean discount before", f"{before:.4f}"),
            ("list amount just over it in a quarter", f"{listed:.0f}"),
        ),
        condition=f"amount >= {low} AND amount < {high}",
        chart=by_slot(
            [p / n if n else None for p, n in zip(points, deals, strict=True)], night.day
        ),
    )


DETECTOR = Detector(
    key="discounts_for_threshold",
    title="Discounts to reach a threshold",
    question="Which clause of a plan is reached with discounts?",
    story="price",
    metric="bookings",
    unit=Unit.RATIO,
    needs=("booking_line", "booking"),
    sums=SUMS,
    measure=compose_clause_deals,
    judge=_judge,
    cure=Cure(
        "change_document",
        "A clause that pays for the size of a deal pays for the discount that makes it large. Let "
        "it count margin, or let it rise without a step.",
        document="compensation_plan",
    ),
    source="docs/insights/discounts_for_threshold.md",
    least_slots=5,
    documents=("compensation_plan",),
)
