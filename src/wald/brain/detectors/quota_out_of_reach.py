"""Quota out of reach: a whole team's quotas are clearly harder, or easier, to reach than they were.

Question  Which team's quotas no longer fit what the team can book?
Reads     quotas of bookings whose window is over, with what their people booked in it
Measures  in the engine: the part of each quota that was booked (at most MOST times it), its square,
          and quotas and bookings, by region, team and slot of the window's end
Judges    in Python: the mean part of the last SLOTS slots beside everybody else's, by Welch's test
          (1947); each quota counts once, so one large deal decides nothing, and variances are
          multiplied by how much more slots vary than single quotas would. A difference of no
          more than MARGIN counts as none. It is the quotas' doing only where the mean quota
          moved since the slots before, beside everybody's, by half as much as attainment, the other
          way. Places with fewer than MIN_NOW quotas, or MIN_BEFORE before, are not looked at
Money     what the quotas of a slot ask beyond (below) what they asked for before at the same
          bookings: a plan that will not come, told below zero
Errors    on quiet companies 326 looks: p <= 0.05 in 0.0 %, <= 0.01 in 0.0 %, <= 0.001 in 0
Source    docs/insights/quota_out_of_reach.md; Welch (1947), Biometrika 34: 28-35
"""

from collections.abc import Iterator, Sequence

import numpy as np

from wald.brain.detector import Cure, Detector, Look, Night, Row, Size
from wald.brain.mean_shifts import halves, times
from wald.brain.places import Place, called, places_of, stacked
from wald.brain.quota_parts import SCALES, SUMS, compose_quota_parts
from wald.brain.telling_shifts import by_slot, in_points
from wald.brain.welch import spread_of, welch
from wald.kernel.unit import Unit

SLOTS = 4
MARGIN = 0.1
MIN_NOW, MIN_BEFORE = 12, 8


def _judge(rows: Sequence[Row], night: Night) -> Iterator[Look]:
    every = places_of(rows, SUMS, night.told_slots)
    places = [one for one in every if not one.where or _is_enough(one)]
    if not places or places[0].where:
        return
    sums = [stacked(places, name) for name in ("quotas", "part", "squares")]
    spread = spread_of(*(one[1:, SLOTS:] for one in sums))
    lately = [halves(one, SLOTS)[:, 0] / scale for one, scale in zip(sums, SCALES, strict=True)]
    moved = _moved(places)
    for number, place in enumerate(places):
        rest = tuple(float(one[0] - one[number]) for one in lately)
        if place.where and rest[0] >= MIN_NOW:
            own = tuple(float(one[number]) for one in lately)
            effect, p_value = welch(own, rest, spread=spread, margin=MARGIN)
            quota, attained = moved[number] - moved[0], _attained(place)
            is_quota = quota * attained < 0 and abs(quota) >= abs(attained) / 2
            yield _look(place, effect, p_value if is_quota else 1.0, night)


def _is_enough(place: Place) -> bool:
    now, before = halves(place.of("quotas"), SLOTS)
    return bool(now >= MIN_NOW and before >= MIN_BEFORE)


def _moved(places: Sequence[Place]) -> list[float]:
    """Return by how much the mean quota of each place moved, as a logarithm."""
    found = []
    for one in places:
        now, before = halves(one.of("quota"), SLOTS) / np.maximum(
            halves(one.of("quotas"), SLOTS), 1
        )
        found.append(float(np.log(now / before)) if min(now, before) > 0 else 0.0)
    return found


def _attained(place: Place) -> float:
    """Return by how much bookings over quotas moved, as a logarithm."""
    now, before = halves(place.of("booked"), SLOTS) / np.maximum(
        halves(place.of("quota"), SLOTS), 1
    )
    return float(np.log(max(now, 0.01) / max(before, 0.01)))


def _look(place: Place, effect: Size, p_value: float, night: Night) -> Look:
    quotas, quota, booked = (place.of(name) for name in ("quotas", "quota", "booked"))
    now, before = halves(booked, SLOTS) / np.maximum(halves(quota, SLOTS), 1.0)
    asked = halves(place.of("quota"), SLOTS) / np.maximum(halves(quotas, SLOTS), 1.0)
    claim = (
        f"{called(place.where)}: people booked {now:.0%} of their quotas in the last year, "
        f"{before:.0%} before, while the mean quota went from {asked[1]:,.0f} to {asked[0]:,.0f}; "
        f"{in_points(effect, place.where)}"
    )
    slot = float(halves(place.of("quota"), SLOTS)[0]) / SLOTS
    return Look(
        where=place.where,
        direction="up" if effect.estimate > 0 else "down",
        p_value=p_value,
        effect=effect,
        claim=claim,
        money=times(effect, slot),
        evidence=(
            ("quotas that ended in the last year", f"{halves(quotas, SLOTS)[0]:.0f}"),
            ("part booked of them", f"{now:.4f}"),
            ("quotas before", f"{halves(quotas, SLOTS)[1]:.0f}"),
            ("part booked of those", f"{before:.4f}"),
            ("mean quota of the last year", f"{asked[0]:.0f}"),
            ("mean quota before", f"{asked[1]:.0f}"),
        ),
        chart=by_slot(
            [b / q if q else None for b, q in zip(booked, quota, strict=True)], night.day
        ),
    )


DETECTOR = Detector(
    key="quota_out_of_reach",
    title="Quota out of reach",
    question="Which team's quotas no longer fit what the team can book?",
    story="promises",
    metric="quota_attainment",
    unit=Unit.RATIO,
    needs=("quota", "booking"),
    sums=SUMS,
    measure=compose_quota_parts,
    judge=_judge,
    cure=Cure(
        "change_document",
        "Hold the quotas of the whole team beside what its accounts can buy before anybody is "
        "asked to work harder; a quota that nobody reaches steers nobody.",
        document="quota_plan",
    ),
    source="docs/insights/quota_out_of_reach.md",
    least_slots=7,
)
