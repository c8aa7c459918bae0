"""Discounts under a limit: more deals than before get just what nobody has to approve.

Question  Where do discounts gather just under a limit of approval?
Reads     lines of bookings with list price and net amount; limits of the approval policy
Measures  in the engine: of the bookings whose discount lies within NEAR of a limit, those within
          JUST under it or on it, by limit, place and slot
Judges    in Python: their share on the arcsine scale (Anscombe 1948), of the last half year against
          those before, beside everybody else (`wald.brain.mean_shifts`). People like round numbers,
          and many discounts lie under a limit anyway: so only a change is a finding. Places with
          fewer than MIN_NOW deals near the limit, or MIN_BEFORE before, are not looked at
Money     list amount near the limit × growth of the share × how much further from the mean of the
          deals near the limit those just under it are: what it costs where it raises discounts
Errors    on quiet companies 570 looks: p <= 0.05 in 2.1 %, <= 0.01 in 0.4 %, <= 0.001 in 0
Source    docs/insights/discounts_under_limit.md; Kleven (2016), Annu. Rev. Econ. 8: 435-464
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

import numpy as np

from wald.brain.detector import Cure, Detector, Look, Night, Row, Size
from wald.brain.limit_deals import JUST, LIMIT, SUMS, called_limit, compose_limit_deals
from wald.brain.mean_shifts import (
    SLOTS,
    beside_rest,
    halves,
    of_value,
    series_of_shares,
    turned,
)
from wald.brain.places import Place, called, condition_of, places_of, stacked
from wald.brain.telling_shifts import by_slot, in_points
from wald.kernel.unit import Unit

MIN_NOW, MIN_BEFORE = 12, 24


def _judge(rows: Sequence[Row], night: Night) -> Iterator[Look]:
    for limit in night.agreed.discount_limits:
        own = of_value(rows, LIMIT, called_limit(limit))
        places = places_of(own, SUMS, night.told_slots)
        if places and not places[0].where:
            yield from _of_limit(places, limit, night)


def _of_limit(own: Sequence[Place], limit: Decimal, night: Night) -> Iterator[Look]:
    places = [one for one in own if _is_enough(one)]
    if not places or places[0] != own[0]:
        return
    deals, under = stacked(places, "deals"), stacked(places, "under")
    rest_deals, rest_under = deals[0] - deals, under[0] - under
    found = beside_rest(series_of_shares(under, deals), series_of_shares(rest_under, rest_deals))
    for number, place in enumerate(places):
        if np.isfinite(found.p_value[number]):
            now = halves(under)[number, 0] / halves(deals)[number, 0]
            effect = turned(found, number, float(now))
            yield _look(place, effect, float(found.p_value[number]), limit, night)


def _is_enough(place: Place) -> bool:
    now, before = halves(place.of("deals"))
    return bool(now >= MIN_NOW and before >= MIN_BEFORE)


def _look(place: Place, effect: Size, p_value: float, limit: Decimal, night: Night) -> Look:
    where = place.where
    deals, under = place.of("deals"), place.of("under")
    now = under[:SLOTS].sum() / deals[:SLOTS].sum()
    before = under[SLOTS:].sum() / deals[SLOTS:].sum()
    whose = called(where) if where else "Everybody"
    claim = (
        f"{whose}: of the discounts near the limit of {called_limit(limit)}, {now:.0%} lie just "
        f"under it, {before:.0%} before; {in_points(effect, where)}"
    )
    raised = place.of("under_points").sum() / max(under.sum(), 1.0)
    raised = (raised - place.of("points").sum() / deals.sum()) / 1e4
    listed = float(place.of("list")[:SLOTS].sum()) / SLOTS
    low, high = 1 - limit, 1 - limit + JUST
    rows = f"amount >= {low} * list_amount AND amount < {high} * list_amount"
    condition = " AND ".join(one for one in (condition_of(where), rows) if one)
    cost = sorted(-one * listed * float(raised) for one in (effect.low, effect.high))
    return Look(
        where=((LIMIT, called_limit(limit)), *where),
        direction="up" if effect.estimate > 0 else "down",
        p_value=p_value,
        effect=effect,
        claim=claim,
        money=Size(cost[0], -effect.estimate * listed * float(raised), cost[1]),
        evidence=(
            ("limit", called_limit(limit)),
            ("deals near the limit in the last half year", f"{deals[:SLOTS].sum():.0f}"),
            ("of them just under it", f"{under[:SLOTS].sum():.0f}"),
            ("deals near the limit before", f"{deals[SLOTS:].sum():.0f}"),
            ("of those just under it", f"{under[SLOTS:].sum():.0f}"),
            ("list amount near the limit in a quarter", f"{listed:.0f}"),
        ),
        condition=condition,
        chart=by_slot([u / n if n else None for u, n in zip(under, deals, strict=True)], night.day),
    )


DETECTOR = Detector(
    key="discounts_under_limit",
    title="Discounts just under a limit",
    question="Where do discounts gather just under a limit of approval?",
    story="price",
    metric="average_discount",
    unit=Unit.RATIO,
    needs=("booking_line", "booking"),
    sums=SUMS,
    measure=compose_limit_deals,
    judge=_judge,
    cure=Cure(
        "change_document",
        "A limit that everybody meets from below decides the price. Let the need for approval grow "
        "with the discount, or ask for a reason under the limit too.",
        document="approval_policy",
    ),
    source="docs/insights/discounts_under_limit.md",
    least_slots=5,
    documents=("approval_policy",),
)
