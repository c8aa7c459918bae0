"""The health of an open deal: its chance to win, with facts that would make it another.

Health is the win chance and no second model. A reason is a fact, how it could be otherwise, and
by how much the chance differs then: computed again with that fact edited and all others as they
are. It says what the model has seen of such deals, not what an edit would bring about.
Source: docs/forecast/win_chance.md
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from wald.brain.chance_judged import Bin, Judgement
from wald.brain.deal_facts import Otherwise, Usual, others
from wald.brain.forecast import OPEN
from wald.brain.win_chance import WinModel, win_chances


@dataclass(frozen=True, slots=True)
class Reason:
    """`moves`: what the score gains (below 0: loses) where the fact were `otherwise`.

    `edit` holds the columns of OPEN that are other values then.
    """

    fact: str
    says: str
    otherwise: str
    edit: Mapping[str, object]
    moves: float


@dataclass(frozen=True, slots=True)
class Health:
    """`score` is the chance to win, `base` the share won in the segment; strongest reason first."""

    opportunity_id: str
    score: float
    base: float
    reasons: tuple[Reason, ...]


def healths(model: WinModel, rows: pa.Table, usual: Usual) -> tuple[Health, ...]:
    """Return the health of each row (OPEN); without a signal the base rate, without reasons."""
    told = win_chances(model, rows)
    if not model.judgement.has_signal:
        return tuple(Health(one.opportunity_id, one.chance, one.base, ()) for one in told)
    found = [(row, list(others(row, usual))) for row in rows.to_pylist()]
    edited = [{**row, **one.edit} for row, ones in found for one in ones]
    scores = iter(win_chances(model, pa.Table.from_pylist(edited, schema=OPEN)))
    healthy = []
    for one, (_, ones) in zip(told, found, strict=True):
        reasons = [_reason(other, next(scores).chance - one.chance) for other in ones]
        reasons = [reason for reason in reasons if reason.moves]
        reasons.sort(key=lambda reason: -abs(reason.moves))
        healthy.append(Health(one.opportunity_id, one.chance, one.base, tuple(reasons)))
    return tuple(healthy)


def bin_of(judgement: Judgement, score: float) -> Bin | None:
    """Return how such scores came out: the bin of the calibration that is nearest to a score."""
    return min(judgement.bins, key=lambda one: abs(one.said - score), default=None)


def _reason(one: Otherwise, moves: float) -> Reason:
    return Reason(one.fact, one.says, one.otherwise, one.edit, moves)
