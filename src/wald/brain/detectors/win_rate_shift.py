"""Win rate shift: of the deals that close here, we win clearly more or less than before.

Question  Where did our chances change, beyond what luck and the mood of all explain?
Reads     deals, by the day they closed, as of the day
Measures  in the engine: won and closed deals, and what the won ones brought, by place and slot
Judges    in Python: shares on the arcsine scale (Anscombe 1948), the place's change against that of
          all the rest (`wald.brain.shifts`), dispersion from the place's own history; places with
          less than MIN_CLOSED deals in the last slot or MIN_BEFORE before it are not looked at
Money     deals closed in the slot × change of the share × mean amount of a won deal before
Errors    quiet company, seeds 1 and 2, 85 nights, 5,377 looks: p <= 0.01 in 0.5 %, p <= 0.001 in
          none; no finding
Source    docs/insights/win_rate_shift.md; Anscombe (1948), Biometrika 35: 246-254
"""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
from sqlglot import exp

from wald.brain.detector import Cure, Detector, Look, Night, Row, Size, shard_of, slot_of
from wald.brain.places import DIMENSIONS, Place, by_place, called, places_of
from wald.brain.shares import arcsine, in_shares
from wald.brain.shifts import shifts
from wald.brain.telling_shifts import by_slot, in_points, period_of, quantile, weeks
from wald.facts.reading import subject_rows
from wald.facts.relations import template
from wald.facts.subject import DEALS
from wald.kernel.unit import Unit

MIN_CLOSED, MIN_BEFORE = 20, 60
SUMS = ("closed", "won", "brought")


def _measure(night: Night) -> exp.Select:
    names = {"opportunity_id", "outcome", "closed_on", "amount", *DIMENSIONS}
    rows = template(
        """
        SELECT CASE WHEN deal.outcome = 'won' THEN 1 ELSE 0 END AS won, 1 AS closed,
               CASE WHEN deal.outcome = 'won' THEN deal.amount END AS brought
          FROM deal WHERE deal.closed_on IS NOT NULL AND deal.outcome IN ('won', 'lost')
        """,
        deal=subject_rows(DEALS, night.scene, names),
    )
    slot, shard = slot_of("closed_on", night), shard_of("opportunity_id")
    rows = rows.select(exp.alias_(slot, "slot"), exp.alias_(shard, "shard"), *DIMENSIONS)
    return by_place(rows, SUMS)


def _judge(rows: Sequence[Row], night: Night) -> Iterator[Look]:
    slots = night.told_slots
    places = [one for one in places_of(rows, SUMS, slots) if _is_enough(one)]
    if not places or places[0].where:
        return
    won = np.array([one.of("won") for one in places])
    closed = np.array([one.of("closed") for one in places])
    rest_won, rest_closed = won[0] - won, closed[0] - closed
    values, variances = arcsine(won, closed)
    other, other_variances = arcsine(rest_won, rest_closed)
    found = shifts((values, variances), (values - other, variances + other_variances))
    for number, place in enumerate(places):
        if np.isfinite(found.p_value[number]) and night.is_read(place.where):
            spread = quantile(found.freedom[number]) * found.error[number]
            change, window = found.change[number], int(found.window[number])
            ends = (change - spread, change, change + spread)
            yield _look(place, ends, float(found.p_value[number]), window, night.day)


def _is_enough(place: Place) -> bool:
    closed = place.of("closed")
    return bool(closed[0] >= MIN_CLOSED and closed[1:].sum() >= MIN_BEFORE)


def _look(
    place: Place, change: tuple[float, float, float], p_value: float, window: int, day: date
) -> Look:
    won, closed = place.of("won"), place.of("closed")
    now_won, now_closed = won[:window].sum(), closed[:window].sum()
    was_won, was_closed = won[window:].sum(), closed[window:].sum()
    effect = in_shares(float(now_won), float(now_closed), change)
    mean = place.of("brought")[window:].sum() / max(was_won, 1.0)
    money = [float(one * now_closed / window * mean) for one in effect.ends]
    shares = [w / c if c else None for w, c in zip(won.tolist(), closed.tolist(), strict=True)]
    claim = (
        f"{called(place.where)}: {now_won / now_closed * 100:.0f} % of the deals that closed in "
        f"{weeks(window)} were won, {was_won / was_closed * 100:.0f} % before; "
        f"{in_points(effect, place.where)}"
    )
    return Look(
        where=place.where,
        direction="up" if effect.estimate > 0 else "down",
        p_value=p_value,
        effect=effect,
        claim=claim,
        money=Size(*money),
        evidence=(
            ("seen over", weeks(window)),
            ("deals closed in them", f"{now_closed:.0f}"),
            ("of them won", f"{now_won:.0f}"),
            ("deals closed before", f"{was_closed:.0f}"),
            ("of those won", f"{was_won:.0f}"),
            ("mean amount of a won deal before", f"{mean:.0f}"),
        ),
        period=period_of(day, window),
        chart=by_slot(shares, day),
    )


DETECTOR = Detector(
    key="win_rate_shift",
    title="Win rate shift",
    question="Where do we win clearly more, or fewer, of the deals that close than before?",
    story="winning",
    metric="win_rate",
    unit=Unit.RATIO,
    needs=("opportunity",),
    sums=SUMS,
    measure=_measure,
    judge=_judge,
    cure=Cure(
        "review_deals",
        "Read the deals lost here in these weeks together: what do they have in common that those "
        "before had not? Change the step that broke before anybody is blamed.",
    ),
    source="docs/insights/win_rate_shift.md",
)
