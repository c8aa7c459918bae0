"""Commit bias: a team, or a person, commits to clearly more, or less, than then comes.

Question  Whose commit is to be read with a grain of salt, and how big a grain?
Reads     submissions of the category commit, and what their people booked in the window
Measures  in the engine: of each person and window that is over, the last commit said in its first
          half, and (said - came) over the mean of both, which lies between -2 and 2; by region,
          team, person and slot
Judges    in Python: of regions and teams the mean of the last SLOTS slots against those before,
          beside everybody else (`wald.brain.mean_shifts`): half way through a window everybody
          commits to less than comes, and no company alike. Of persons the mean of all slots beside
          those of all others, by how far people differ anyway (an outlier in a sample: t with one
          left out). Places with fewer than MIN_NOW windows, or MIN_BEFORE before, and persons with
          fewer than MIN_WINDOWS are not looked at
Money     what came in a slot × the bias: by how much the plan was told wrong
Errors    on quiet companies 1,336 looks: p <= 0.05 in 3.6 %, <= 0.01 in 0.4 %, <= 0.001 in 0
Source    docs/insights/commit_bias.md; Smyth (2004), SAGMB 3: 3; Grubbs (1950), Ann. Math. Stat. 21
"""

from collections.abc import Iterator, Sequence

import numpy as np
from sqlglot import exp

from wald.brain.detector import Cure, Detector, Look, Night, Row, Size, shard_of, slot_of
from wald.brain.mean_shifts import beside_rest, halves, series_of_means, size_of, times
from wald.brain.outliers import outliers
from wald.brain.places import Place, by_place, called, places_of, stacked
from wald.brain.submitted_windows import compose_windows
from wald.brain.telling_shifts import by_slot, in_percent
from wald.kernel.unit import Unit

SLOTS = 4
MIN_NOW, MIN_BEFORE = 12, 12
MIN_WINDOWS, MIN_PEOPLE = 6, 8
PLACES = ("region", "team", "person_id")
SUMS = ("windows", "bias", "squares", "said", "came")


def _measure(night: Night) -> exp.Select:
    rows = compose_windows(night)
    bias = exp.column("bias")
    found = exp.select(
        exp.alias_(exp.Literal.number(1), "windows"),
        "bias",
        exp.alias_(bias * bias.copy(), "squares"),
        "said",
        "came",
        exp.alias_(slot_of("last_on", night), "slot"),
        exp.alias_(shard_of("window_key"), "shard"),
        *PLACES,
    ).from_(rows.subquery("told"))
    return by_place(found, SUMS, dimensions=PLACES, pairs=())


def _judge(rows: Sequence[Row], night: Night) -> Iterator[Look]:
    every = places_of(rows, SUMS, night.told_slots)
    people = [one for one in every if one.where and one.where[0][0] == "person_id"]
    places = [one for one in every if one not in people and (not one.where or _is_enough(one))]
    if places and not places[0].where:
        yield from _places(places, night)
    known = [one for one in people if one.of("windows").sum() >= MIN_WINDOWS]
    if len(known) >= MIN_PEOPLE:
        yield from _people(known, night)


def _is_enough(place: Place) -> bool:
    now, before = halves(place.of("windows"), SLOTS)
    return bool(now >= MIN_NOW and before >= MIN_BEFORE)


def _places(places: Sequence[Place], night: Night) -> Iterator[Look]:
    count, added, squares = (stacked(places, name) for name in SUMS[:3])
    rest = (count[0] - count, added[0] - added, squares[0] - squares)
    found = beside_rest(
        series_of_means(count, added, squares, last=SLOTS), series_of_means(*rest, last=SLOTS)
    )
    for number, place in enumerate(places):
        if place.where and np.isfinite(found.p_value[number]):
            effect = size_of(found, number, 1e-4)
            now, before = halves(place.of("bias"), SLOTS) / halves(place.of("windows"), SLOTS) / 1e4
            claim = (
                f"{called(place.where)}: half way through, commits of the last year were "
                f"{_beside(now)}, {_beside(before)} before; {in_percent(effect, place.where)}"
            )
            yield _look(place, effect, float(found.p_value[number]), claim, night)


def _people(people: Sequence[Place], night: Night) -> Iterator[Look]:
    count, added = (stacked(people, name).sum(axis=1) for name in SUMS[:2])
    for place, found in zip(people, outliers(added / count / 1e4, count), strict=True):
        if found is not None:
            own = float(found.others + found.size.estimate)
            claim = (
                f"One person's commits, half way through, were {_beside(own)}; those of others "
                f"{_beside(found.others)}"
            )
            yield _look(place, found.size, found.p_value, claim, night, place.where[0][1])


def _beside(bias: float) -> str:
    return f"{abs(bias):.0%} {'above' if bias > 0 else 'below'} what came"


def _look(
    place: Place, effect: Size, p_value: float, claim: str, night: Night, person_id: str = ""
) -> Look:
    windows, bias = place.of("windows"), place.of("bias") / 1e4
    slots = max(float((windows > 0).sum()), 1.0)
    came = float(place.of("came").sum()) / slots
    return Look(
        where=place.where,
        direction="up" if effect.estimate > 0 else "down",
        p_value=p_value,
        effect=effect,
        claim=claim,
        # Too much promised and too little promised are both a plan told wrong.
        money=times(effect, -came if effect.estimate > 0 else came),
        evidence=(
            ("windows of people looked at", f"{windows.sum():.0f}"),
            ("said half way through", f"{place.of('said').sum():.0f}"),
            ("came in these windows", f"{place.of('came').sum():.0f}"),
            ("mean bias", f"{bias.sum() / max(windows.sum(), 1.0):.4f}"),
        ),
        person_id=person_id,
        chart=by_slot(
            [b / n if n else None for b, n in zip(bias, windows, strict=True)], night.day
        ),
    )


DETECTOR = Detector(
    key="commit_bias",
    title="Commit bias",
    question="Whose commit is to be read with a grain of salt, and how big a grain?",
    story="promises",
    metric="quota_attainment",
    unit=Unit.RATIO,
    needs=("forecast_submission", "booking", "person"),
    sums=SUMS,
    measure=_measure,
    judge=_judge,
    cure=Cure(
        "alert_management",
        "Agree what a deal needs to be committed, and tell everybody how their last commits came "
        "out: most bias goes when people see it.",
    ),
    source="docs/insights/commit_bias.md",
    least_slots=7,
)
