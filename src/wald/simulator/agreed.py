"""What an invented company has agreed of stages and discounts, as plain JSON values.

The chances are those that its deals have: worked out from `company`, all types and segments
together, so that nothing is out of line unless a problem raises it.
"""

from wald.simulator.company import (
    OPEN_STAGES,
    SEGMENTS,
    STAGES,
    TYPES,
)
from wald.simulator.days import day_of
from wald.simulator.problems import AMOUNT_LIMIT, Further

_DISCOUNTS = ("0.15", "0.25")
_SKIPPED = 0.18


def agreed(planted: Further, cut: int) -> dict[str, object]:
    """Return stage chances, now and before they were raised, and limits of approval."""
    chances = {STAGES[stage].name: f"{_chance(stage):.2f}" for stage in range(OPEN_STAGES)}
    before, since = dict(chances), None
    problem = planted.stage_chances_off
    if problem is not None and problem.spot.starts <= cut:
        since = day_of(problem.spot.starts).isoformat()
        chances |= {"Discovery": f"{problem.discovery}", "Proposal": f"{problem.proposal}"}
    return {
        "stage_chances": chances,
        "raised_on": since,
        "before": before,
        "discount_limits": list(_DISCOUNTS),
        "amount_limit": AMOUNT_LIMIT // 100,
    }


def _chance(stage: int) -> float:
    """Return the chance to win of deals that enter a stage, mixed as deals are when they enter."""
    won = entered = 0.0
    for kind in TYPES:
        for segment in SEGMENTS:
            losing = [s.losing * kind.losing * segment.losing for s in STAGES[:OPEN_STAGES]]
            share = kind.weight * segment.weight
            for before in range(stage):
                share *= 1 - losing[before] * (1 - _SKIPPED)
            chance = 1.0
            for later in range(stage, OPEN_STAGES):
                passes = 0.0 if later in (stage, OPEN_STAGES - 1) else _SKIPPED
                chance *= 1 - losing[later] * (1 - passes)
            won, entered = won + share * chance, entered + share
    return won / entered
