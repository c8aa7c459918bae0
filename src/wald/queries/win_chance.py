"""The chance of each open deal to be won in the end, as somebody sees it, and how good chances are.

Chances are learned from everybody's deals by a back-test, which keeps them; what is listed is cut
to the deals the asker sees. Nothing is learned while somebody waits.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from wald.brain.chance_judged import Bin, Judgement
from wald.brain.deal_health import Health, Reason, bin_of, healths
from wald.brain.forecast import Unable
from wald.brain.hazards import chances
from wald.engine.connect import run
from wald.facts.relations import Scene
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.chances_kept import KeptChances, find_chances
from wald.queries.deals import deals_as_of
from wald.queries.kept import kept
from wald.queries.measure import View, view

HOW = "wald forecast backtest"
NOT_KEPT = "No chances are kept yet: a back-test of forecasts makes them."


@dataclass(frozen=True, slots=True)
class ChanceLine:
    """`chance` is the deal's health; `alike` tells how such chances came out on later deals.

    `in_period` is the chance to be won by the end of the forecast's period, None: it cannot be
    told.
    """

    opportunity_id: str
    name: str
    account: str
    rep: str
    stage: str
    amount: float | None
    chance: float
    base: float
    in_period: float | None
    alike: Bin | None
    reasons: tuple[Reason, ...]  # strongest first; none where there is no signal


@dataclass(frozen=True, slots=True)
class WinChancePage:
    """`unable` says why nothing can be told, `how` by which command it can; then there is no
    judgement and there are no lines. `made_at` None: nothing is kept."""

    day: date
    made_at: datetime | None
    is_fresh: bool
    period: str
    currency: str
    unable: str
    how: str
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
    found = find_chances(seen)
    if found is None:
        return _nothing(seen, seen.snapshot.reaches)
    if isinstance(found.model, Unable):
        return _page(seen, found, found.model.reason, (), 0)
    rows = open_seen(seen, found)
    if deal:
        rows = [row for row in rows if row["opportunity_id"] == deal]
        if not rows:
            problem = Problem("deal", f"{deal!r} is no open deal that you see", "choose another")
            raise BadInput("There is no chance of this deal.", [problem])
    part = rows[offset:] if limit is None else rows[offset : offset + limit]
    return _page(seen, found, "", lines_of(found, part), len(rows))


def open_seen(seen: View, found: KeptChances) -> Sequence[Mapping[str, Any]]:
    """Return the open deals with a chance that the asker sees, largest first."""
    key = (seen.signature, "open deals with a chance", found.key, found.made_at)
    return kept(key, lambda: _open(seen, found))


def lines_of(found: KeptChances, rows: Sequence[Mapping[str, Any]]) -> tuple[ChanceLine, ...]:
    """Return lines for deals as `open_seen` has them."""
    if isinstance(found.model, Unable) or not rows:
        return ()
    ids = pa.array([row["opportunity_id"] for row in rows], pa.string())
    deals = found.open.take(pc.index_in(ids, found.open["opportunity_id"].combine_chunks()))
    healthy = healths(found.model, deals, found.usual)
    soon: list[float | None] = [None] * len(rows)
    if not isinstance(found.outlook, Unable):
        hazards, until = found.outlook.learned.hazards, found.outlook.until
        soon = list(chances(hazards, deals, until).won.tolist())
    return tuple(
        _line(row, one, within, found.model.judgement)
        for row, one, within in zip(rows, healthy, soon, strict=True)
    )


def _nothing(seen: View, day: date) -> WinChancePage:
    return WinChancePage(
        day=day,
        made_at=None,
        is_fresh=False,
        period="",
        currency=seen.terms.currency,
        unable=NOT_KEPT,
        how=HOW,
        judgement=None,
        learned_from=0,
        base=MappingProxyType({}),
        lines=(),
        total=0,
    )


def _page(
    seen: View, found: KeptChances, unable: str, lines: tuple[ChanceLine, ...], total: int
) -> WinChancePage:
    model = None if isinstance(found.model, Unable) else found.model
    return WinChancePage(
        day=found.day,
        made_at=found.made_at,
        is_fresh=found.is_fresh,
        period=found.period,
        currency=seen.terms.currency,
        unable=unable,
        how="" if found.is_fresh else HOW,
        judgement=model.judgement if model else None,
        learned_from=model.deals if model else 0,
        base=model.base if model else MappingProxyType({}),
        lines=lines,
        total=total,
    )


def _open(seen: View, found: KeptChances) -> Sequence[Mapping[str, Any]]:
    scene = Scene(seen.snapshot, AsOf(found.day, seen.snapshot.known), seen.terms)
    names = ("opportunity_id", "name", "account", "rep", "stage", "amount")
    is_open = exp.column("outcome").eq(exp.Literal.string("open"))
    tree = exp.select(*[exp.column(name) for name in names]).from_(deals_as_of(seen, scene))
    rows: list[dict[str, Any]] = run(seen.engine, tree.where(is_open)).to_pylist()
    known = set(found.open["opportunity_id"].to_pylist())
    rows = [row for row in rows if row["opportunity_id"] in known]
    return tuple(sorted(rows, key=lambda row: (-(row["amount"] or 0), row["opportunity_id"])))


def _line(
    row: Mapping[str, Any], one: Health, within: float | None, judgement: Judgement
) -> ChanceLine:
    amount = row["amount"]
    return ChanceLine(
        opportunity_id=row["opportunity_id"],
        name=row["name"] or row["account"] or row["opportunity_id"],
        account=row["account"] or "",
        rep=row["rep"] or "",
        stage=row["stage"] or "",
        amount=None if amount is None else float(amount),
        chance=one.score,
        base=one.base,
        in_period=within,
        alike=bin_of(judgement, one.score) if judgement.has_signal else None,
        reasons=one.reasons,
    )
