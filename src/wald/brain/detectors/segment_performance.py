"""Segment performance: the bookings of a place are out of line with everybody's, and its own.

Question  Which region, segment, industry, type or channel books clearly less, or more, than it
          used to, beyond what everybody's bookings did meanwhile?
Reads     bookings, by the day they were booked, as of the day
Measures  in the engine: bookings, their amounts and the squares of these, by place and slot
Judges    in Python: sums on the log scale, with the variance of a compound Poisson sum, the place's
          change against that of the rest (`wald.brain.shifts`); places with less than MIN_BOOKED
          bookings a slot on average before, or none of late, are not looked at
Money     bookings of a slot less what they would have been, had the place moved like the rest
Errors    quiet company, seeds 1 and 2, 68 nights, 1,807 looks: p <= 0.01 in 0.5 %, p <= 0.001 in
          none; no finding
Source    docs/insights/segment_performance.md; Panjer (1981), ASTIN Bulletin 12: 22-26
"""

from collections.abc import Iterator, Sequence

from sqlglot import exp

from wald.brain.detector import Cure, Detector, Look, Night, Row, shard_of, slot_of
from wald.brain.paces import Pace, excess, paces, relative
from wald.brain.places import Place, by_place, called, places_of, stacked
from wald.brain.shifts import log_amounts
from wald.brain.telling_shifts import by_slot, in_percent, period_of, weeks
from wald.facts.reading import subject_rows
from wald.facts.relations import template
from wald.facts.subject import BOOKINGS
from wald.kernel.unit import Unit

MIN_BOOKED = 12
PLACES = ("region", "segment", "industry", "type", "channel")  # teams: people come and go
SUMS = ("orders", "booked", "squares")


def _measure(night: Night) -> exp.Select:
    names = {"booking_id", "booked_on", "amount", *PLACES}
    rows = template(
        """
        SELECT 1 AS orders, booking.amount AS booked,
               CAST(booking.amount AS DOUBLE) * CAST(booking.amount AS DOUBLE) AS squares
          FROM booking WHERE booking.amount > 0
        """,
        booking=subject_rows(BOOKINGS, night.scene, names),
    )
    slot, shard = slot_of("booked_on", night), shard_of("booking_id")
    rows = rows.select(exp.alias_(slot, "slot"), exp.alias_(shard, "shard"), *PLACES)
    return by_place(rows, SUMS, dimensions=PLACES)


def _judge(rows: Sequence[Row], night: Night) -> Iterator[Look]:
    found = places_of(rows, SUMS, night.told_slots)
    places = [one for one in found if not one.where or _is_enough(one)]
    if not places or not _is_enough(places[0]):
        return
    sums = [stacked(places, name) for name in SUMS]
    own, rest = log_amounts(*sums), log_amounts(*(one[0] - one for one in sums))
    for pace in paces(places, own, rest, night):
        yield _look(pace, night)


def _is_enough(place: Place) -> bool:
    before = place.of("orders")[1:]
    return bool(len(before) and before.mean() >= MIN_BOOKED)


def _look(pace: Pace, night: Night) -> Look:
    place, window = pace.place, pace.window
    booked, orders = place.of("booked"), place.of("orders")
    effect = relative(pace)
    now, before = booked[:window].mean(), booked[window:].mean()
    return Look(
        where=place.where,
        direction="up" if effect.estimate > 0 else "down",
        p_value=pace.p_value,
        effect=effect,
        claim=(
            f"{called(place.where)}: bookings of {now:,.0f} a quarter in {weeks(window)}, "
            f"{before:,.0f} before; {in_percent(effect, place.where)}"
        ),
        money=excess(pace, booked),
        evidence=(
            ("seen over", weeks(window)),
            ("orders in them", f"{orders[:window].sum():.0f}"),
            ("orders per 13 weeks before", f"{orders[window:].mean():.1f}"),
            ("booked per 13 weeks", f"{now:.0f}"),
            ("booked per 13 weeks before", f"{before:.0f}"),
        ),
        period=period_of(night.day, window),
        chart=by_slot(booked.tolist(), night.day),
    )


DETECTOR = Detector(
    key="segment_performance",
    title="Segment performance",
    question="Whose bookings moved clearly out of line with everybody's?",
    story="volume",
    metric="bookings",
    unit=Unit.RATIO,
    needs=("booking",),
    sums=SUMS,
    measure=_measure,
    judge=_judge,
    cure=Cure(
        "alert_management",
        "Tell management what is missing beside the projection, and take the number apart: are "
        "there fewer deals, smaller ones, or fewer of them won?",
    ),
    source="docs/insights/segment_performance.md",
)
