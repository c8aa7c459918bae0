"""What open deals book by the end of a period, drawn: which of them win, and for how much.

Futures come in groups that share a shock and the ratios of amounts; within a group each deal of
each future is drawn on its own. Chances are compared with random 16-bit numbers after rounding
them up or down at random, so that the mean is exact. Source: docs/forecast/deal_hazards.md
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wald.brain.deal_weeks import WON, Ends, Flags, Floats, Ints, ends, floats
from wald.brain.forecast import Known
from wald.brain.shock import Shock, drawn, shifted

_STEPS = 65_536
_MOST_RATIO = 4.0  # a deal that books more than that was mistyped
_POOL = 2_000  # earlier wins whose ratios are drawn from
_FEW = 20
_ROOM = 4_000_000  # draws of deals held at once


@dataclass(frozen=True, slots=True)
class Amounts:
    """`ratios` of what wins booked to what they stood at before; `usual`: of a deal unknown."""

    ratios: Floats
    usual: float

    def filled(self, rows: pa.Table) -> Floats:
        """Return the amounts of rows (OPEN), the usual one where nobody knows."""
        amount = floats(rows["amount"])
        return np.where(np.isnan(amount), self.usual, np.maximum(amount, 0.0))


@dataclass(frozen=True, slots=True)
class Standing:
    """Open deals: chance to win in the period, amount, place of the owner and of the team."""

    chance: Floats
    amount: Floats
    owner: Ints
    team: Ints


def amounts_of(known: Known, became: Ends | None = None) -> Amounts:
    """Learn from deals of the past that were won: what did they book, against what they stood at?

    A deal that was won and booked nothing has ratio 0. Every week in which it was seen counts.
    `became` as for `fit_hazards`.
    """
    became = ends(known.past, known) if became is None else became
    rows = known.past.select(["opportunity_id", "amount"])
    rows = rows.filter(pa.array(became.outcome == WON))
    booked = known.booked.group_by("opportunity_id").aggregate([("amount", "sum")])
    usual = floats(booked.filter(pc.is_valid(booked["opportunity_id"]))["amount_sum"])
    stood = floats(rows["amount"])
    place = floats(pc.index_in(rows["opportunity_id"], booked["opportunity_id"].combine_chunks()))
    found = floats(booked["amount_sum"])[np.nan_to_num(place).astype(np.int64)]
    paid = np.where(np.isnan(place), 0.0, found)
    known_amount = stood > 0
    ratios = np.clip(paid[known_amount] / stood[known_amount], 0.0, _MOST_RATIO)
    if len(ratios) < _FEW:
        ratios = np.ones(1)
    step = max(1, len(ratios) // _POOL)
    return Amounts(ratios[::step], float(usual.mean()) if len(usual) else 0.0)


def draw_open(
    deals: Standing,
    amounts: Amounts,
    shock: Shock,
    size: tuple[int, int, int],
    rng: np.random.Generator,
) -> Floats:
    """Return amounts, a row per draw and a column per owner.

    `size` is the number of owners, of draws and of shocks; draws share a shock evenly.
    """
    owners, draws, shocks = size
    found = np.zeros((draws, owners))
    order = np.argsort(deals.owner, kind="stable")
    chance, amount, team = deals.chance[order], deals.amount[order], deals.team[order]
    seats, starts = np.unique(deals.owner[order], return_index=True)
    if not len(seats):
        return found
    shifts = drawn(shock, int(team.max()) + 1, shocks, rng)
    edges = np.linspace(0, draws, shocks + 1).astype(np.int64)
    most = max(1, _ROOM // len(order))
    for group in range(shocks):
        bent = shifted(chance, shifts[group][team])
        for first in range(edges[group], edges[group + 1], most):
            last = min(first + most, int(edges[group + 1]))
            worth = (amount * rng.choice(amounts.ratios, len(order))).astype(np.float32)
            won = _won(bent, last - first, rng)
            found[first:last, seats] = np.add.reduceat(won * worth, starts, axis=1)
    return found


def _won(chance: Floats, draws: int, rng: np.random.Generator) -> Flags:
    """Return per draw and deal whether it wins."""
    bound = np.floor(chance * _STEPS + rng.random(len(chance))).astype(np.uint32)
    raw = np.frombuffer(rng.bytes(2 * draws * len(chance)), dtype=np.uint16)
    return raw.reshape(draws, len(chance)) < np.minimum(bound, _STEPS - 1).astype(np.uint16)
