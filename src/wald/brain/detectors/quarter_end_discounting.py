"""Quarter-end discounting: the last days of a quarter cost more discount than they used to.

Question  Where is the end of a quarter bought with discounts, more than before?
Reads     lines of bookings with list price and net amount, by the day they were booked
Measures  in the engine: discounts as distances from those of their kind (segment and type), in the
          last LAST_DAYS days of fiscal quarters and in the rest, by place and slot
Judges    in Python: the mean at the ends of the last half year against those before, beside that of
          everybody else (`wald.brain.mean_shifts`); nothing where the rest of the quarter moved
          half as far or further. That ends cost more than the rest is usual and no finding; that
          they cost more than they did is. Places with fewer than MIN_END deals in a part are not
          looked at
Money     list amount sold at the end of a quarter × growth of its discount: what it costs
Errors    on quiet companies 566 looks: p <= 0.05 in 1.8 %, <= 0.01 in 0.5 %, <= 0.001 in 0
Source    docs/insights/quarter_end_discounting.md; Larkin (2014), J. Labor Econ. 32: 199-227
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from wald.brain.detector import Cure, Detector, Look, Night, Row, Size
from wald.brain.mean_shifts import (
    SLOTS,
    Found,
    beside_rest,
    halves,
    series_of_means,
    size_of,
    times,
)
from wald.brain.places import Floats, Place, called, places_of, stacked
from wald.brain.quarter_ends import LAST_DAYS, SUMS, compose_quarter_ends
from wald.brain.telling_shifts import by_slot, in_points
from wald.kernel.unit import Unit

MIN_END = 20


def _judge(rows: Sequence[Row], night: Night) -> Iterator[Look]:
    every = places_of(rows, SUMS, night.told_slots)
    places = [one for one in every if not one.where or _is_enough(one)]
    if not places or places[0].where:
        return
    sums = {name: stacked(places, name) for name in SUMS}
    found, others = _found(sums, "end_"), _found(sums, "")
    # What the rest of the quarter did too is no habit of its end.
    is_own = np.abs(found.change) >= 2 * np.abs(np.nan_to_num(others.change))
    for number, place in enumerate(places):
        if np.isfinite(found.p_value[number]):
            p_value = float(found.p_value[number]) if is_own[number] else 1.0
            deals = halves(place.of("end_deals") + place.of("deals"))[0]
            spread = halves(place.of("spread"))[0] / max(deals, 1.0) / 1e6
            effect = size_of(found, number, float(spread))
            yield _look(place, effect, p_value, night)


def _found(sums: Mapping[str, Floats], part: str) -> Found:
    count, added, squares = (sums[part + name] for name in ("deals", "z", "squares"))
    rest = series_of_means(count[0] - count, added[0] - added, squares[0] - squares)
    return beside_rest(series_of_means(count, added, squares), rest)


def _is_enough(place: Place) -> bool:
    parts = (halves(place.of("end_deals")), halves(place.of("deals")))
    return min(float(one.min()) for one in parts) >= MIN_END


def _apart(place: Place, part: slice) -> float:
    """Return by how much more was given at the end than in the rest."""
    end, rest = place.of("end_deals")[part].sum(), place.of("deals")[part].sum()
    given, usual = place.of("end_points")[part].sum(), place.of("points")[part].sum()
    return float(given / max(end, 1.0) - usual / max(rest, 1.0)) / 1e4


def _look(place: Place, effect: Size, p_value: float, night: Night) -> Look:
    now, before = _apart(place, slice(0, SLOTS)), _apart(place, slice(SLOTS, None))
    end = place.of("end_deals")
    listed = float(place.of("end_list")[:SLOTS].sum()) / SLOTS
    whose = called(place.where) if place.where else "Everybody"
    claim = (
        f"{whose}: in the last {LAST_DAYS} days of quarters deals cost {now * 100:.1f} points more "
        f"discount than in the rest, {before * 100:.1f} before; {in_points(effect, place.where)}"
    )
    return Look(
        where=place.where,
        direction="up" if effect.estimate > 0 else "down",
        p_value=p_value,
        effect=effect,
        claim=claim,
        money=times(effect, -listed),
        evidence=(
            ("deals at the ends of the last two quarters", f"{end[:SLOTS].sum():.0f}"),
            ("more discount there than in the rest", f"{now:.4f}"),
            ("deals at ends of quarters before", f"{end[SLOTS:].sum():.0f}"),
            ("more discount there before", f"{before:.4f}"),
            ("list amount at the end of a quarter", f"{listed:.0f}"),
        ),
        chart=by_slot(_series(end, place), night.day),
    )


def _series(end: Floats, place: Place) -> list[float | None]:
    slots = range(len(end))
    return [_apart(place, slice(one, one + 1)) if end[one] else None for one in slots]


DETECTOR = Detector(
    key="quarter_end_discounting",
    title="Quarter-end discounting",
    question="Where is the end of a quarter bought with discounts, more than before?",
    story="price",
    metric="average_discount",
    unit=Unit.RATIO,
    needs=("booking_line", "booking"),
    sums=SUMS,
    measure=compose_quarter_ends,
    judge=_judge,
    cure=Cure(
        "change_document",
        "Look at what the plan pays for a deal a week earlier or later, and who may approve a "
        "discount in the last days. Customers learn to wait where waiting pays.",
        document="compensation_plan",
    ),
    source="docs/insights/quarter_end_discounting.md",
    least_slots=5,
)
