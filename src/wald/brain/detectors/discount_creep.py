"""Discount creep: deals are sold further below list than before, here more than elsewhere.

Question  Where do discounts grow, or shrink, beyond what the mix of deals and luck explain?
Reads     lines of bookings with list price and net amount, by the day they were booked
Measures  in the engine: discounts as distances from those of their kind (segment and type), their
          squares and list amounts, by place and slot
Judges    in Python: the mean of the last half year against those before, beside everybody else
          (`wald.brain.mean_shifts`); places with fewer than MIN_NOW deals in it, or MIN_BEFORE
          before, are not looked at
Money     list amount of a slot × growth of the discount: what it costs
Errors    on quiet companies 1,225 looks: p <= 0.05 in 3.8 %, <= 0.01 in 0.7 %, <= 0.001 in 1
Source    docs/insights/discount_creep.md; Winsor's means: Tukey (1962), Ann. Math. Stat. 33: 1-67
"""

from collections.abc import Iterator, Sequence

import numpy as np
from sqlglot import exp

from wald.brain.detector import Cure, Detector, Look, Night, Row, Size, shard_of, slot_of
from wald.brain.discounts import PAIRS, PLACES, beside_kind, sold
from wald.brain.mean_shifts import (
    SLOTS,
    beside_rest,
    halves,
    series_of_means,
    size_of,
    times,
)
from wald.brain.places import Place, by_place, called, places_of, stacked
from wald.brain.telling_shifts import by_slot, in_points
from wald.kernel.unit import Unit

MIN_NOW, MIN_BEFORE = 30, 60
SUMS = ("deals", "z", "squares", "spread", "points", "list")


def _measure(night: Night) -> exp.Select:
    rows = beside_kind(sold(night, PLACES), PLACES)
    found = exp.select(
        *PLACES,
        exp.alias_(slot_of("booked_on", night), "slot"),
        exp.alias_(shard_of("booking_id"), "shard"),
        exp.alias_(exp.Literal.number(1), "deals"),
        "z",
        exp.alias_(exp.column("z") * exp.column("z"), "squares"),
        "spread",
        "points",
        "list",
    ).from_(rows.subquery("judged"))
    return by_place(found, SUMS, dimensions=PLACES, pairs=PAIRS)


def _judge(rows: Sequence[Row], night: Night) -> Iterator[Look]:
    every = places_of(rows, SUMS, night.told_slots)
    places = [one for one in every if not one.where or _is_enough(one)]
    if not places or places[0].where:
        return
    count, added, squares = (stacked(places, name) for name in ("deals", "z", "squares"))
    own = series_of_means(count, added, squares)
    rest = series_of_means(count[0] - count, added[0] - added, squares[0] - squares)
    found = beside_rest(own, rest)
    for number, place in enumerate(places):
        if np.isfinite(found.p_value[number]):
            deals, spread = (float(halves(place.of(one))[0]) for one in ("deals", "spread"))
            scale = spread / max(deals, 1.0) / 1e6
            yield _look(place, size_of(found, number, scale), float(found.p_value[number]), night)


def _is_enough(place: Place) -> bool:
    now, before = halves(place.of("deals"))
    return bool(now >= MIN_NOW and before >= MIN_BEFORE)


def _look(place: Place, effect: Size, p_value: float, night: Night) -> Look:
    deals, points = place.of("deals"), place.of("points") / 1e4
    now = points[:SLOTS].sum() / max(deals[:SLOTS].sum(), 1.0)
    before = points[SLOTS:].sum() / max(deals[SLOTS:].sum(), 1.0)
    whose = called(place.where) if place.where else "Everybody"
    claim = (
        f"{whose}: deals of the last half year were sold {now:.1%} below list, {before:.1%} "
        f"before; {in_points(effect, place.where)}"
    )
    listed = place.of("list")[:SLOTS].sum() / SLOTS
    return Look(
        where=place.where,
        direction="up" if effect.estimate > 0 else "down",
        p_value=p_value,
        effect=effect,
        claim=claim,
        money=times(effect, -float(listed)),
        evidence=(
            ("deals of the last half year", f"{deals[:SLOTS].sum():.0f}"),
            ("their mean discount", f"{now:.4f}"),
            ("deals before", f"{deals[SLOTS:].sum():.0f}"),
            ("their mean discount before", f"{before:.4f}"),
            ("list amount of a quarter", f"{listed:.0f}"),
        ),
        chart=by_slot(
            [p / n if n else None for p, n in zip(points, deals, strict=True)], night.day
        ),
    )


DETECTOR = Detector(
    key="discount_creep",
    title="Discount creep",
    question="Where are deals sold further below list than before?",
    story="price",
    metric="average_discount",
    unit=Unit.RATIO,
    needs=("booking_line", "booking"),
    sums=SUMS,
    measure=_measure,
    judge=_judge,
    cure=Cure(
        "change_document",
        "Read who may give which discount here, and what was asked for in return. Set a limit "
        "above which somebody else looks at the deal before it goes out.",
        document="approval_policy",
    ),
    source="docs/insights/discount_creep.md",
    least_slots=5,
)
