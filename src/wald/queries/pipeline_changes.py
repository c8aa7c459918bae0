"""What changed in the pipeline between two days, the deals of each bar, and their time lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import MappingProxyType

from sqlglot import exp

from wald.engine.connect import run
from wald.facts.as_of import instant_after, known_rows
from wald.facts.relations import Scene
from wald.facts.seen import among
from wald.facts.two_days import TwoDays
from wald.heart.pipeline.changes import (
    Flow,
    Waterfall,
    compose_deals,
    compose_flow,
    compose_shown,
    compose_totals,
    judge,
    judge_flow,
)
from wald.heart.pipeline.doubts import Doubt
from wald.heart.pipeline.parts import KEYS
from wald.heart.pipeline.walk import Compared, compose_walk
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.deal import Change
from wald.queries.kept import kept
from wald.queries.measure import View
from wald.queries.pipeline_ground import (
    ALL,
    Which,
    at_engine,
    choices_on,
    default_day,
    doubts_of,
    fetched,
    org_day,
    read_which,
)
from wald.queries.sales_process import staged_view

_USUAL_DAYS = 7
ENDS = ("start", "finish")
CLOSED_IN = ("planned", "closed")


@dataclass(frozen=True, slots=True)
class ChangesAsk:
    """Two days to compare; None: the last of the data, and a week before.

    `known_from` and `known`: as Wald knew the first and the second then. `closed_in`: whether a
    closed deal belongs to the period it was planned for just before, or to that it closed in.
    """

    first: date | None = None
    second: date | None = None
    known_from: datetime | None = None
    known: datetime | None = None
    which: Which = ALL
    closed_in: str = "planned"


@dataclass(frozen=True, slots=True)
class Changes:
    """The waterfall and the flow between categories. Amounts are in `currency`."""

    first: date
    second: date
    known_at: datetime | None
    reaches: date | None
    currency: str
    period: Period | None
    org: str
    closed_in: str
    waterfall: Waterfall
    flows: tuple[Flow, ...]
    doubts: tuple[Doubt, ...]
    choices: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Side:
    """A deal on one of the days; None where it was not there, or may not be seen."""

    stage: str | None
    category: str | None
    close_on: date | None
    owner: str | None  # the name, else the key
    outcome: str | None
    amount: Decimal | None


@dataclass(frozen=True, slots=True)
class ChangedDeal:
    """A deal of a bar: what it adds there, both states, and what was recorded between."""

    opportunity_id: str
    title: str
    adds: Decimal
    before: Side
    after: Side
    later_moves: int
    earlier_moves: int
    changes: tuple[Change, ...]  # oldest first


@dataclass(frozen=True, slots=True)
class ChangedDeals:
    """One page of the deals of a bar; all of them add up to the bar."""

    bar: str
    currency: str
    total: int
    deals: tuple[ChangedDeal, ...]


def pipeline_changes(
    *, actor: Actor, workspace: Workspace, ask: ChangesAsk, engine: str = ""
) -> Changes | None:
    """Return what changed, None when no deals are loaded. Raises BadInput with every Problem."""
    seen = staged_view(actor=actor, workspace=workspace, engine=engine, known=ask.known)
    if not seen.snapshot.has("opportunity"):
        return None
    key = (seen.signature, "pipeline changes", ask)
    return kept(key, lambda: _changes(seen, ask, workspace))


def changed_deals(
    *,
    actor: Actor,
    workspace: Workspace,
    ask: ChangesAsk,
    bar: str,
    limit: int = 50,
    offset: int = 0,
    engine: str = "",
) -> ChangedDeals | None:
    """Return `limit` deals of a bar, or of its start or finish, the largest part first.

    None when no deals are loaded. Raises BadInput for a bar that there is not.
    """
    seen = staged_view(actor=actor, workspace=workspace, engine=engine, known=ask.known)
    if bar not in (*KEYS, *ENDS):
        fix = f"choose among {', '.join((*KEYS, *ENDS))}"
        raise BadInput("There is no such bar.", [Problem("bar", f"{bar!r} is not one", fix)])
    if not seen.snapshot.has("opportunity"):
        return None
    compared = _compared(seen, ask)
    return _deals(seen, compared, bar, limit, offset)


def _changes(seen: View, ask: ChangesAsk, workspace: Workspace) -> Changes:
    compared = _compared(seen, ask)
    walk = at_engine(seen, compose_walk(compared))
    scene = Scene(seen.snapshot, compared.days.second, seen.terms)
    shown = compose_shown(walk.copy()).subquery("deals", copy=False)
    first, second = compared.valid
    return Changes(
        first=first,
        second=second,
        known_at=seen.snapshot.learned_at,
        reaches=seen.snapshot.reaches,
        currency=seen.terms.currency,
        period=compared.period,
        org=ask.which.org,
        closed_in=ask.closed_in,
        waterfall=judge(fetched(seen, compose_totals(walk.copy()))[0]),
        flows=judge_flow(fetched(seen, compose_flow(walk.copy()))),
        doubts=doubts_of(seen, shown, scene, days=(first, second), workspace=workspace),
        choices=choices_on(seen, second),
    )


def _compared(seen: View, ask: ChangesAsk) -> Compared:
    """Turn what a person asks into what is compared. Raises BadInput with every Problem."""
    conditions, period = read_which(ask.which, seen)
    second = ask.second or default_day(seen)
    first = ask.first or second - timedelta(days=_USUAL_DAYS)
    problems = []
    if second < first:
        fix = "put the earlier day first"
        problems.append(Problem("from", f"{first} comes after {second}", fix))
    if ask.closed_in not in CLOSED_IN:
        what = "a closed deal counts where it was planned, or where it closed"
        problems.append(Problem(f"closed in {ask.closed_in!r}", what, "write planned or closed"))
    if problems:
        raise BadInput("These days cannot be compared.", problems)
    known_from = ask.known if ask.known_from is None else ask.known_from
    days = TwoDays(AsOf(first, known_from), AsOf(second, ask.known), seen.snapshot)
    return Compared(
        days=days,
        terms=seen.terms,
        period=period,
        conditions=conditions,
        seen=(seen.snapshot.seen_on(first), seen.snapshot.seen_on(second)),
        org=org_day(ask.which, seen),
        is_planned=ask.closed_in == "planned",
    )


def _deals(seen: View, compared: Compared, bar: str, limit: int, offset: int) -> ChangedDeals:
    walk = at_engine(seen, compose_walk(compared))
    are_seen = tuple(
        exp.true() if persons is None else among(exp.column(f"owner_id_{side}"), persons)
        for side, persons in zip((1, 2), compared.seen, strict=True)
    )
    deals = compose_deals(walk, bar, (are_seen[0], are_seen[1]))
    count = exp.select(exp.alias_(exp.Count(this=exp.Star()), "deals"))
    total = fetched(seen, count.from_(deals.copy().subquery("deals"), copy=False))[0]["deals"]
    order = [
        exp.Ordered(this=exp.Abs(this=exp.column("adds")), desc=True, nulls_first=False),
        exp.Ordered(this=exp.column("opportunity_id"), desc=False, nulls_first=False),
    ]
    page = exp.select("*").from_(deals.subquery("deals", copy=False), copy=False)
    rows = fetched(seen, page.order_by(*order, copy=False).limit(limit).offset(offset))
    return ChangedDeals(bar, seen.terms.currency, int(str(total)), _told(seen, compared, rows))


def _told(
    seen: View, compared: Compared, rows: Sequence[Mapping[str, object]]
) -> tuple[ChangedDeal, ...]:
    keys = [str(row["opportunity_id"]) for row in rows]
    titles = _titles(seen, compared, keys)
    people = _names(seen, compared)
    lines = _time_lines(seen, compared, keys)
    return tuple(
        ChangedDeal(
            opportunity_id=key,
            title=titles.get(key) or key,
            adds=Decimal(str(row["adds"])),
            before=_side(row, 1, people),
            after=_side(row, 2, people),
            later_moves=int(str(row["later_moves"])),
            earlier_moves=int(str(row["earlier_moves"])),
            changes=lines.get(key, ()),
        )
        for key, row in zip(keys, rows, strict=True)
    )


def _side(row: Mapping[str, object], side: int, people: Mapping[str, str]) -> Side:
    owner, closes, amount = (row[f"{name}_{side}"] for name in ("owner_id", "close_on", "value"))
    stage, category, outcome = (
        row[f"{name}_{side}"] for name in ("stage", "forecast_category", "outcome")
    )
    return Side(
        stage=None if stage is None else str(stage),
        category=None if category is None else str(category),
        close_on=closes if isinstance(closes, date) else None,
        owner=None if owner is None else people.get(str(owner), str(owner)),
        outcome=None if outcome is None else str(outcome),
        amount=amount if isinstance(amount, Decimal) else None,
    )


def _titles(seen: View, compared: Compared, keys: Sequence[str]) -> Mapping[str, str]:
    """Return the names of deals of which somebody sees one side at least; names do not change
    but by a load, so nothing is rolled back for them."""
    if not keys:
        return MappingProxyType({})
    found: dict[str, str] = {}
    for scene in compared.scenes:
        columns = ["opportunity_id", "name"]
        deals = known_rows("opportunity", scene.snapshot, columns).subquery("deal", copy=False)
        rows = exp.select(*columns).from_(deals, copy=False)
        rows = rows.where(among(exp.column("opportunity_id"), keys), copy=False)
        for row in run(seen.engine, rows).to_pylist():
            if row["name"]:
                found[row["opportunity_id"]] = row["name"]
        if compared.days.is_known_once:
            break
    return MappingProxyType(found)


def _names(seen: View, compared: Compared) -> Mapping[str, str]:
    """Return the names of people by key: those of the owners of seen deals."""
    second = compared.scenes[1]
    people = second.labels("person", ["person_id", "name"]).subquery("person", copy=False)
    rows = fetched(seen, exp.select("person_id", "name").from_(people, copy=False))
    return MappingProxyType({str(row["person_id"]): str(row["name"]) for row in rows})


def _time_lines(
    seen: View, compared: Compared, keys: Sequence[str]
) -> Mapping[str, tuple[Change, ...]]:
    """Return the changes of seen deals between the two days, oldest first."""
    if not keys or not seen.snapshot.has("opportunity_change"):
        return MappingProxyType({})
    scene = Scene(seen.snapshot, compared.days.second, seen.terms)
    columns = ["opportunity_id", "field", "old", "new", "changed_at", "changed_by"]
    changes = scene.table("opportunity_change", columns).subquery("change", copy=False)
    rows = exp.select(*columns).from_(changes, copy=False)
    rows = rows.where(
        among(exp.column("opportunity_id"), keys),
        exp.column("changed_at") >= instant_after(compared.days.first.valid),
        copy=False,
    )
    people = _names(seen, compared)
    found: dict[str, list[Change]] = {}
    for row in run(seen.engine, rows.order_by("changed_at", "field", copy=False)).to_pylist():
        who = row["changed_by"]
        line = Change(
            row["field"],
            row["old"],
            row["new"],
            row["changed_at"],
            None if who is None else people.get(who, who),
        )
        found.setdefault(row["opportunity_id"], []).append(line)
    return MappingProxyType({key: tuple(lines) for key, lines in found.items()})
