"""The deals table: one page of deals as they stood on a day, filtered and sorted in the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

import pyarrow as pa
from sqlglot import exp

from wald.engine.connect import Stage, run
from wald.facts.dimension import DIMENSIONS
from wald.facts.reading import PARAMETERS, columns_of, subject_rows, with_day
from wald.facts.relations import Scene
from wald.facts.seen import among
from wald.facts.subject import DEALS
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.language.parse import read_condition
from wald.language.write import write
from wald.queries.kept import kept, kept_rows
from wald.queries.measure import View
from wald.queries.sales_process import staged_view
from wald.queries.stages import stage_positions

# Every column the table can show, with its title, in the order people choose from.
COLUMNS: Mapping[str, str] = MappingProxyType(
    {
        "name": "Deal",
        "account": "Account",
        "rep": "Rep",
        "team": "Team",
        "region": "Region",
        "territory": "Territory",
        "segment": "Segment",
        "industry": "Industry",
        "country": "Country",
        "product": "Product",
        "product_family": "Product family",
        "type": "Type",
        "lead_source": "Lead source",
        "stage": "Stage",
        "outcome": "Outcome",
        "forecast_category": "Forecast category",
        "probability": "Chance",
        "amount": "Amount",
        "currency": "Currency",
        "opened_on": "Opened",
        "close_on": "Closes",
        "closed_on": "Closed",
        "cycle_days": "Cycle, days",
        "open_days": "Open, days",
        "opportunity_id": "Key",
    }
)
USUAL = ("name", "account", "rep", "stage", "outcome", "amount", "opened_on", "close_on")
FILTERS = ("outcome", "stage", "rep", "team", "region", "segment")
NOBODY = "(none)"  # as a filter: deals of which it is not known


@dataclass(frozen=True, slots=True)
class DealsAsk:
    """What a person asks of the table; empty means no filter and the usual columns and order."""

    as_of: date | None = None
    known: datetime | None = None
    search: str = ""  # in name, account or key, whatever the case
    filters: tuple[tuple[str, str], ...] = ()  # of FILTERS, with the value wanted
    where: str = ""  # a condition in the language
    sort: str = "-opened_on"  # a column; a minus before it: largest first
    columns: tuple[str, ...] = USUAL

    @property
    def sorted_by(self) -> str:
        return self.sort.removeprefix("-")

    @property
    def is_falling(self) -> bool:
        return self.sort.startswith("-")


@dataclass(frozen=True, slots=True)
class DealsPage:
    """One page of deals. Amounts are in `currency`; `total` and `amount` are over all pages."""

    as_of: date
    known_at: datetime | None
    reaches: date | None
    currency: str
    columns: tuple[str, ...]
    rows: pa.Table  # `columns` and opportunity_id
    total: int
    amount: Decimal | None
    choices: Mapping[str, tuple[str, ...]]  # per filter, the values there are


@dataclass(frozen=True, slots=True)
class _Table:
    """A checked question to the table: all deals as of a day, and which of them."""

    deals: exp.Expr
    conditions: tuple[exp.Expr, ...]

    @property
    def rows(self) -> exp.Select:
        return exp.select().from_(self.deals).where(*self.conditions)


def deals_page(
    *, actor: Actor, workspace: Workspace, ask: DealsAsk, limit: int | None, offset: int = 0
) -> DealsPage | None:
    """Return `limit` deals from `offset` on (None: all of them), or None when none are loaded.

    Raises BadInput with every Problem in what was asked.
    """
    seen = staged_view(actor=actor, workspace=workspace, known=ask.known)
    if not seen.snapshot.has("opportunity"):
        return None
    if limit is None:
        return _deals_page(seen, ask, limit, offset)
    key = (seen.signature, "deals page", ask, limit, offset)
    return kept(key, lambda: _deals_page(seen, ask, limit, offset))


def _deals_page(seen: View, ask: DealsAsk, limit: int | None, offset: int) -> DealsPage:
    day = ask.as_of or seen.snapshot.reaches or date(1970, 1, 1)
    scene = Scene(seen.snapshot, AsOf(day, ask.known), seen.terms)
    table = _Table(deals_as_of(seen, scene), _conditions(ask, scene))
    whole = _summary(seen, table)
    return DealsPage(
        as_of=day,
        known_at=seen.snapshot.learned_at,
        reaches=seen.snapshot.reaches,
        currency=seen.terms.currency,
        columns=ask.columns,
        rows=_page(seen, table, ask, limit, offset),
        total=int(whole["deals"] or 0),
        amount=whole["amount"],
        choices=_choices(seen, table),
    )


def deals_as_of(seen: View, scene: Scene) -> exp.Expr:
    """Return all deals with every column: kept at hand by an engine that can, else a SELECT.

    A person sorts, filters and turns pages many times over the deals of one day. Everybody's
    deals are kept once, and of them each sees the deals of the persons they see.
    """
    persons = scene.snapshot.seen_on(scene.when.valid)
    if seen.engine.stage is None:
        return subject_rows(DEALS, scene, _names()).subquery("deals")
    staged = exp.alias_(
        exp.to_table(staged_deals(seen, scene, seen.engine.stage)), "deals", table=True
    )
    if persons is None:
        return staged
    own = among(exp.column("owner_id"), persons)
    return exp.select("*").from_(staged).where(own).subquery("deals")


def staged_deals(seen: View, scene: Scene, stage: Stage) -> str:
    """Return the name of the relation that holds everybody's deals with every column."""
    key = (seen.whole.signature, "deals", scene.when)
    # The text is kept for longer than what an engine has at hand, so it names nothing of that.
    alone = replace(scene.whole, stage=None)
    text = kept(key, lambda: write(subject_rows(DEALS, alone, _names()), seen.engine.dialect))
    return stage(text)


def _names() -> set[str]:
    return set(columns_of(DEALS, dated=False))


def _summary(seen: View, table: _Table) -> dict[str, Decimal | None]:
    count = exp.alias_(exp.Count(this=exp.Star()), "deals")
    amount = exp.alias_(exp.Sum(this=exp.column("amount")), "amount")
    found = kept_rows(seen.engine, seen.snapshot, table.rows.select(count, amount))
    row: dict[str, Decimal | None] = found.to_pylist()[0]
    return row


def _page(seen: View, table: _Table, ask: DealsAsk, limit: int | None, offset: int) -> pa.Table:
    names = dict.fromkeys([*ask.columns, "opportunity_id"])
    order = [
        exp.Ordered(this=exp.column(ask.sorted_by), desc=ask.is_falling, nulls_first=False),
        exp.Ordered(this=exp.column("opportunity_id"), desc=False, nulls_first=False),
    ]
    page = table.rows.select(*[exp.column(name) for name in names]).order_by(*order)
    if limit is not None:
        page = page.limit(limit).offset(offset)
    return run(seen.engine, page)


def _choices(seen: View, table: _Table) -> Mapping[str, tuple[str, ...]]:
    """Return the values each filter can have, all of them from one pass over the deals."""
    names = [exp.column(name) for name in FILTERS]
    sets = exp.GroupingSets(expressions=[exp.Paren(this=name.copy()) for name in names])
    tree = exp.select(*names).from_(table.deals.copy())
    tree.set("group", exp.Group(expressions=[sets]))
    rows = kept_rows(seen.engine, seen.snapshot, tree).to_pylist()
    found = {name: sorted({row[name] for row in rows if row[name] is not None}) for name in FILTERS}
    order = stage_positions(seen)
    found["stage"].sort(key=lambda stage: order.get(stage, len(order) + 1))
    return MappingProxyType({name: tuple(values) for name, values in found.items()})


def _conditions(ask: DealsAsk, scene: Scene) -> tuple[exp.Expr, ...]:
    """Turn what a person wrote into conditions. Raises BadInput with every Problem."""
    problems = list(_unknown_columns(ask))
    conditions: list[exp.Expr] = []
    for name, value in ask.filters:
        if name in FILTERS:
            column = exp.column(name)
            is_it = column.eq(exp.Literal.string(value))
            conditions.append(column.is_(exp.null()) if value == NOBODY else is_it)
    if ask.search:
        conditions.append(_holds(ask.search))
    if ask.where.strip():
        checked = read_condition(ask.where, columns_of(DEALS, dated=False), PARAMETERS)
        problems += [replace(p, where=f"filter, {p.where}") for p in checked.problems]
        if checked.tree is not None:
            conditions.append(with_day(checked.tree, scene))
    if problems:
        raise BadInput("The deals cannot be shown like this.", problems)
    return tuple(conditions)


def _unknown_columns(ask: DealsAsk) -> list[Problem]:
    wanted = [*ask.columns, ask.sorted_by, *[name for name, _ in ask.filters]]
    return [
        Problem(
            f"column {name!r}", "deals have no such column", f"choose among {', '.join(COLUMNS)}"
        )
        for name in dict.fromkeys(wanted)
        if name not in COLUMNS
    ]


def _holds(search: str) -> exp.Expr:
    """Does the name, the account or the key hold this text? Signs of patterns mean themselves."""
    wanted = exp.Literal.string(search.lower())
    found = [
        exp.StrPosition(this=exp.Lower(this=exp.column(name)), substr=wanted.copy())
        > exp.Literal.number(0)
        for name in ("name", "account", "opportunity_id")
    ]
    return exp.or_(*found)


def titles() -> Mapping[str, str]:
    """Return the title of each filter."""
    return MappingProxyType({name: DIMENSIONS[name].title for name in FILTERS})
