"""The chance of each open deal to be won in the end, as somebody sees it, and how good chances are.

Chances are learned from everybody's deals; what is listed is cut to the deals the asker sees. The
model of one load is learned once and kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp as e_to
from math import log
from typing import Any

import numpy as np
from sqlglot import exp

from wald.brain.chance_judged import Judgement
from wald.brain.forecast import Unable
from wald.brain.ground import known_on
from wald.brain.win_chance import WinChance, WinModel, fit_win_chance, win_chances
from wald.engine.connect import run
from wald.facts.relations import Scene
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.deals import deals_as_of
from wald.queries.forecast_ground import Wanted, asked_period, read_ground
from wald.queries.kept import kept
from wald.queries.measure import View, view

SEED = 0  # of what is drawn: the same facts give the same chances
_BACK = 9  # quarters of deals that are learned from


@dataclass(frozen=True, slots=True)
class Reason:
    """An attribute, how the deal stands in it, and by how much the chance would be lower if it
    stood as the mean deal does: a share, below 0 where it would be higher."""

    name: str
    adds: float


@dataclass(frozen=True, slots=True)
class ChanceLine:
    opportunity_id: str
    name: str
    account: str
    rep: str
    stage: str
    amount: float | None
    chance: float
    base: float
    reasons: tuple[Reason, ...]  # strongest first; none where there is no signal


@dataclass(frozen=True, slots=True)
class WinChancePage:
    """`unable` says why nothing can be told; then there is no judgement and there are no lines."""

    day: date
    currency: str
    unable: str
    judgement: Judgement | None
    learned_from: int
    base: Mapping[str, float]
    lines: tuple[ChanceLine, ...]
    total: int


def win_chance_page(
    *,
    actor: Actor,
    workspace: Workspace,
    deal: str = "",
    limit: int | None = None,
    offset: int = 0,
) -> WinChancePage | None:
    """Return open deals with their chance, largest amount first; None where no deals are loaded.

    `deal` asks for one alone. Raises BadInput where it is no open deal that the asker sees.
    """
    seen = view(actor=actor, workspace=workspace)
    if not seen.snapshot.has("opportunity") or seen.snapshot.reaches is None:
        return None
    day, _ = asked_period(seen, Wanted())
    currency = seen.terms.currency
    key = (seen.whole.signature, "win chances")
    model, chances = kept(key, lambda: _chances(seen))
    if isinstance(model, Unable):
        return WinChancePage(day, currency, model.reason, None, 0, {}, (), 0)
    rows = [row for row in _open(seen, day) if row["opportunity_id"] in chances]
    if deal:
        rows = [row for row in rows if row["opportunity_id"] == deal]
        if not rows:
            problem = Problem("deal", f"{deal!r} is no open deal that you see", "choose another")
            raise BadInput("There is no chance of this deal.", [problem])
    part = rows[offset:] if limit is None else rows[offset : offset + limit]
    lines = tuple(_line(row, chances[row["opportunity_id"]]) for row in part)
    return WinChancePage(
        day, currency, "", model.judgement, model.deals, model.base, lines, len(rows)
    )


def _chances(seen: View) -> tuple[WinModel | Unable, Mapping[str, WinChance]]:
    """Learn from everybody's deals and return every open deal's chance."""
    wanted = Wanted(back=_BACK)
    ground = read_ground(seen, wanted, _untold)
    day, period = asked_period(seen, wanted)
    known = known_on(ground, day, period)
    chance = np.random.Generator(np.random.PCG64(SEED))
    model = fit_win_chance(known, chance)
    if isinstance(model, Unable):
        return model, {}
    return model, {one.opportunity_id: one for one in win_chances(model, known.open)}


def _untold(what: str, done: int, of: int | None) -> None:
    """Nobody watches how far this is."""


def _open(seen: View, day: date) -> Sequence[Mapping[str, Any]]:
    """Return the open deals that the asker sees, largest first."""
    scene = Scene(seen.snapshot, AsOf(day, seen.snapshot.known), seen.terms)
    names = ("opportunity_id", "name", "account", "rep", "stage", "amount")
    is_open = exp.column("outcome").eq(exp.Literal.string("open"))
    tree = exp.select(*[exp.column(name) for name in names]).from_(deals_as_of(seen, scene))
    found: list[dict[str, Any]] = run(seen.engine, tree.where(is_open)).to_pylist()
    return sorted(found, key=lambda row: (-(row["amount"] or 0), row["opportunity_id"]))


def _line(row: Mapping[str, Any], told: WinChance) -> ChanceLine:
    amount = row["amount"]
    return ChanceLine(
        opportunity_id=row["opportunity_id"],
        name=row["name"] or row["account"] or row["opportunity_id"],
        account=row["account"] or "",
        rep=row["rep"] or "",
        stage=row["stage"] or "",
        amount=None if amount is None else float(amount),
        chance=told.chance,
        base=told.base,
        reasons=tuple(Reason(name, _moved(told.chance, by)) for name, by in told.reasons if by),
    )


def _moved(chance: float, by: float) -> float:
    """Return what a chance would lose without a contribution in logits."""
    logit = log(chance / (1 - chance))
    return chance - 1 / (1 + e_to(by - logit))
