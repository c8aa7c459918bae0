"""Win rate shift: of the deals that close here, we win clearly more or less than before.

Question  Where did our chances change, beyond what luck and the mood of all explain?
Reads     deals, by the day they closed, as of the day
Measures  in the engine: won and closed deals, and what the won ones brought, by place and slot
Judges    in Python: shares on the arcsine scale (Anscombe 1948), the place's change against that of
          all the rest (`wald.brain.shifts`), dispersion from the place's own history; places with
          less than MIN_CLOSED deals in the last slot or MIN_BEFORE before it are not looked at
Money     deals closed in the slot × change of the share × mean amount of a won deal before
Errors    PENDING
Source    docs/insights/win_rate_shift.md; Anscombe (1948), Biometrika 35: 246-254
"""

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
from sqlglot import exp

from wald.brain.detector import Cure, Detector, Look, Night, Row, Size, shard_of, slot_of
from wald.brain.places import DIMENSIONS, Floats, Place, by_place, called, places_of
from wald.brain.shifts import shifts
from wald.brain.telling_shifts import by_slot, in_points, quantile
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
    values, variances = _arcsine(won, closed)
    other, other_variances = _arcsine(rest_won, rest_closed)
    found = shifts((values, variances), (values - other, variances + other_variances))
    for number, place in enumerate(places):
        if np.isfinite(found.p_value[number]):
            spread = quantile(found.freedom[number]) * found.error[number]
            change = found.change[number]
            ends = (change - spread, change, change + spread)
            yield _look(place, ends, float(found.p_value[number]), values[number, 0], night.day)


def _is_enough(place: Place) -> bool:
    closed = place.of("closed")
    return bool(closed[0] >= MIN_CLOSED and closed[1:].sum() >= MIN_BEFORE)


def _arcsine(hits: Floats, tries: Floats) -> tuple[Floats, Floats]:
    """Return shares on the arcsine scale, where their variance is that of the tries alone."""
    some = tries > 0
    share = (hits + 0.375) / (tries + 0.75)
    value = np.where(some, np.arcsin(np.sqrt(np.clip(share, 0.0, 1.0))), np.nan)
    return value, np.where(some, 0.25 / (tries + 0.5), np.nan)


def _share(angle: float) -> float:
    return float(np.sin(np.clip(angle, 0.0, np.pi / 2.0)) ** 2)


def _look(
    place: Place, change: tuple[float, float, float], p_value: float, now: float, day: date
) -> Look:
    # What the share would be had the place moved like the rest: now, less the change.
    sizes = [_share(now) - _share(now - one) for one in change]
    effect = Size(*sizes)
    won, closed = place.of("won"), place.of("closed")
    mean = place.of("brought")[1:].sum() / max(won[1:].sum(), 1.0)
    money = Size(*(one * closed[0] * mean for one in sizes))
    shares = [w / c if c else None for w, c in zip(won.tolist(), closed.tolist(), strict=True)]
    before = won[1:].sum() / closed[1:].sum()
    claim = (
        f"{called(place.where)}: {won[0] / closed[0] * 100:.0f} % of the deals that closed in 13 "
        f"weeks were won, {before * 100:.0f} % before; {in_points(effect, place.where)}"
    )
    return Look(
        where=place.where,
        direction="up" if effect.estimate > 0 else "down",
        p_value=p_value,
        effect=effect,
        claim=claim,
        money=money,
        evidence=(
            ("deals closed in the last 13 weeks", f"{closed[0]:.0f}"),
            ("of them won", f"{won[0]:.0f}"),
            ("deals closed before", f"{closed[1:].sum():.0f}"),
            ("of those won", f"{won[1:].sum():.0f}"),
            ("mean amount of a won deal before", f"{mean:.0f}"),
        ),
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
