"""Deal velocity: deals stay clearly longer, or shorter, in a stage of the process than before.

Question  In which stage, and where, do deals slow down beyond what their ages and luck explain?
Reads     stays of deals in open stages, from the record of changes, as of the day
Measures  in the engine: deal-days and ends of stays by age, by place and stage and slot
          (`wald.brain.stays`); stays that are not over count with their days
Judges    in Python: ends over the ends expected at the stage's usual pace for these ages (indirect
          standardisation; Breslow and Day 1987), on the log scale, the place's change against that
          of the rest (`wald.brain.shifts`); places with less than MIN_ENDS ends expected in the
          last slot, or four times that before, are not looked at
Money     bookings that come later: won amount per stay × stays that began per day × days longer
Errors    quiet company, seeds 1 and 2, 37 nights, 9,577 looks: p <= 0.01 in 0.2 %, p <= 0.001 in
          0.01 %; no finding
Source    docs/insights/deal_velocity.md; Breslow and Day (1987), IARC 82, chapter 2
"""

from collections.abc import Iterator, Sequence

import numpy as np
from sqlglot import exp

from wald.brain.detector import SLOT_DAYS, Cure, Detector, Look, Night, Row, Size
from wald.brain.places import Floats, Place, by_place, called, grouped, places_of, stacked
from wald.brain.shifts import log_counts, shifts
from wald.brain.stays import DIMENSIONS_OF_STAYS, ENDS, EXPOSURES, stays
from wald.brain.telling_shifts import by_slot, quantile, weeks
from wald.kernel.unit import Unit

MIN_ENDS = 15
SLOTS = 9  # two years before: a pace of long ago is no measure
SUMS = ("entered", "closed", "brought", *EXPOSURES, *ENDS)


def _measure(night: Night) -> exp.Select:
    rows = stays(night, SLOTS)
    return by_place(rows, SUMS, dimensions=DIMENSIONS_OF_STAYS, always=("stage",), most_slots=SLOTS)


def _judge(rows: Sequence[Row], night: Night) -> Iterator[Look]:
    slots = min(SLOTS, night.told_slots)
    for group in grouped(places_of(rows, SUMS, slots), "stage"):
        usual = _usual(group[0])
        expected = _expected(group, usual)
        enough = (expected[:, 0] >= MIN_ENDS) & (expected[:, 1:].sum(axis=1) >= 4 * MIN_ENDS)
        if not enough[0]:
            continue
        kept = [one for one, is_enough in zip(group, enough, strict=True) if is_enough]
        ends, expected = _ends(kept), expected[enough]
        own = _log_ratio(ends, expected)
        rest = _log_ratio(ends[0] - ends, expected[0] - expected)
        found = shifts(own, (own[0] - rest[0], own[1] + rest[1]))
        for number, place in enumerate(kept):
            if np.isfinite(found.p_value[number]) and night.is_read(place.where):
                spread = quantile(found.freedom[number]) * found.error[number]
                change, window = found.change[number], int(found.window[number])
                pace = (change - spread, change, change + spread)
                yield _look(place, pace, float(found.p_value[number]), window, night)


def _usual(whole: Place) -> Floats:
    """Return the stage's usual ends per deal-day by age, from all slots before the last."""
    days = np.array([whole.of(name)[1:].sum() for name in EXPOSURES])
    ends = np.array([whole.of(name)[1:].sum() for name in ENDS])
    return np.asarray(np.where(days > 0, ends / np.where(days > 0, days, 1.0), 0.0))


def _expected(places: Sequence[Place], usual: Floats) -> Floats:
    each = [stacked(places, name) * rate for name, rate in zip(EXPOSURES, usual, strict=True)]
    return np.asarray(np.sum(each, axis=0))


def _ends(places: Sequence[Place]) -> Floats:
    return np.asarray(np.sum([stacked(places, name) for name in ENDS], axis=0))


def _log_ratio(ends: Floats, expected: Floats) -> tuple[Floats, Floats]:
    value, variance = log_counts(ends, expected)
    some = expected > 1.0
    return np.where(some, value, np.nan), np.where(some, variance, np.nan)


def _per_end(days: Floats, ends: Floats) -> list[float | None]:
    return [float(d / e) if e else None for d, e in zip(days, ends, strict=True)]


def _look(
    place: Place, pace: tuple[float, float, float], p_value: float, window: int, night: Night
) -> Look:
    days = np.sum([place.of(name) for name in EXPOSURES], axis=0)
    ends = np.sum([place.of(name) for name in ENDS], axis=0)
    now = float(days[:window].sum() / max(ends[:window].sum(), 1.0))
    before = float(days[window:].sum() / max(ends[window:].sum(), 1.0))
    effect = Size(*sorted(before * (float(np.exp(-one)) - 1.0) for one in pace))
    slots = len(days) - window
    worth = place.of("brought")[window:].sum() / max(place.of("closed")[window:].sum(), 1.0)
    begun = float(place.of("entered")[window:].sum() / slots / SLOT_DAYS)
    late = sorted(float(-begun * worth * one) for one in effect.ends)
    rest = tuple(pair for pair in place.where if pair[0] != "stage")
    low, high = sorted(abs(one) for one in (effect.low, effect.high))
    return Look(
        where=place.where,
        direction="up" if effect.estimate > 0 else "down",
        p_value=p_value,
        effect=effect,
        claim=(
            f"{called(rest)}: deals stay {now:.0f} days in {dict(place.where)['stage']}, "
            f"{before:.0f} before; at equal ages {abs(effect.estimate):.0f} days "
            f"{'longer' if effect.estimate > 0 else 'shorter'} (95 %: {low:.0f} to {high:.0f})"
        ),
        money=Size(*late),
        evidence=(
            ("seen over", weeks(window)),
            ("stays that ended in them", f"{ends[:window].sum():.0f}"),
            ("days in the stage per end, in them", f"{now:.1f}"),
            ("days in the stage per end, before", f"{before:.1f}"),
            ("stays that begin per week", f"{begun * 7:.1f}"),
            ("won amount per stay", f"{worth:.0f}"),
        ),
        chart=by_slot(
            [float(d / e) if e else None for d, e in zip(days, ends, strict=True)], night.day
        ),
    )


DETECTOR = Detector(
    key="deal_velocity",
    title="Deal velocity",
    question="In which stage, and where, do deals stay clearly longer or shorter than before?",
    story="speed",
    metric="stage_conversion",
    unit=Unit.DAYS,
    needs=("opportunity", "opportunity_change", "stage"),
    sums=SUMS,
    measure=_measure,
    judge=_judge,
    cure=Cure(
        "change_document",
        "Ask what this stage waits for now that it did not wait for before: an approval, a form, a "
        "colleague. Take the wait out of the sales process, or give it an owner and a deadline.",
        "sales_process",
    ),
    source="docs/insights/deal_velocity.md",
)
