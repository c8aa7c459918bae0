"""The rows behind a number of the roll-up: the deals and bookings that it adds up."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

from wald.engine.connect import run
from wald.facts.as_of import day_literal
from wald.facts.relations import Scene, converted, template
from wald.facts.seen import among
from wald.heart.cadence import RollUp
from wald.heart.rollup import CLOSED, NO_CATEGORY, OMITTED, OPEN_CATEGORIES
from wald.heart.seating import Node
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period
from wald.kernel.policy import Reach
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.rollup_deals import OVERDUE, UNDATED, counted
from wald.queries.rollup_stage import AskedRollUp, Stage, node_of, stage_of

NOBODY = "nobody"
NONE = "none"  # as a word: deals in no category
_ASIDE = (UNDATED, OVERDUE)
_WHAT = (CLOSED, *OPEN_CATEGORIES, OMITTED, NONE)


@dataclass(frozen=True, slots=True)
class Row:
    """A deal or a booking. `amount` None: nobody knows it, or there is no rate."""

    kind: str  # deal or booking
    key: str
    opportunity_id: str
    name: str
    owner_id: str
    category: str
    amount: Decimal | None
    counts_on: date | None  # booked, won or expected


@dataclass(frozen=True, slots=True)
class RowsOfForecast:
    """`amount` is the number they add up to; `total` counts them all."""

    node: Node | None  # None: everybody seen, or nobody's
    what: str
    categories: tuple[str, ...]
    period: Period
    as_of: date
    currency: str
    rows: tuple[Row, ...]
    total: int
    amount: Decimal
    names: dict[str, str]


def forecast_rows(
    *,
    actor: Actor,
    workspace: Workspace,
    person_id: str,
    what: str,
    ask: AskedRollUp,
    at: datetime,
    limit: int | None = 100,
    offset: int = 0,
) -> RowsOfForecast | None:
    """Return the rows behind what somebody and those below them have closed, or have open in a
    category; `person_id` "" is everybody seen, NOBODY what belongs to nobody. None for a person
    who may not be seen. Raises BadInput for a category or period that does not exist."""
    actor.must("facts.read")
    stage = stage_of(actor=actor, workspace=workspace, ask=ask, at=at)
    if stage is None:
        return None
    if what not in _WHAT:
        problem = Problem("what", f"{what[:40]!r} is no category", f"ask for {', '.join(_WHAT)}")
        raise BadInput("There are no such rows.", [problem])
    node = node_of(stage, person_id)
    if person_id and node is None and not (person_id == NOBODY and _sees_all(actor)):
        return None
    categories = _categories(stage, node, what)
    every = _every(stage, categories).subquery("every")
    theirs = _whose(stage, person_id)
    count = exp.select("COUNT(*) AS rows", "COALESCE(SUM(amount), 0) AS amount").from_(every)
    page = exp.select("*").from_(every.copy()).order_by("category", "amount DESC NULLS LAST", "key")
    if limit is not None:
        page = page.limit(limit).offset(offset)
    if theirs is not None:
        count, page = count.where(theirs), page.where(theirs.copy())
    whole = run(stage.seen.engine, count).to_pylist()[0]
    return RowsOfForecast(
        node=node,
        what=what,
        categories=categories,
        period=stage.period,
        as_of=stage.day,
        currency=stage.seen.terms.currency,
        rows=tuple(Row(**row) for row in run(stage.seen.engine, page).to_pylist()),
        total=int(whole["rows"]),
        amount=Decimal(whole["amount"]),
        names={one.person_id: one.name for one in stage.nodes},
    )


def _categories(stage: Stage, node: Node | None, what: str) -> tuple[str, ...]:
    """Return which categories of deals a number holds: cumulative, all that are surer too."""
    cadence = stage.calendars.of(node.unit if node is not None else "")
    if what == NONE:
        return (NO_CATEGORY,)
    if cadence.roll_up is RollUp.SINGLE or what not in OPEN_CATEGORIES:
        return (what,)
    return (CLOSED, *OPEN_CATEGORIES[: OPEN_CATEGORIES.index(what) + 1])


def _whose(stage: Stage, person_id: str) -> exp.Expr | None:
    """Return the condition on the owner, None for no condition."""
    owner = exp.column("owner_id")
    if not person_id:
        return None
    if person_id == NOBODY:
        return exp.not_(among(owner, [one.person_id for one in stage.nodes]))
    found = {person_id}
    for node in stage.nodes:  # parents come first
        if node.parent in found:
            found.add(node.person_id)
    return among(owner, sorted(found))


def _every(stage: Stage, categories: tuple[str, ...]) -> exp.Select:
    """Return the SELECT of deals and bookings of some categories, of everybody seen."""
    has, parts = stage.seen.snapshot.has, []
    # Where bookings are loaded, what was booked is what is closed.
    of_deals = {one for one in categories if one != CLOSED or not has("booking")}
    if of_deals and has("opportunity"):
        parts.append(_deals(stage, of_deals))
    if CLOSED in categories and has("booking"):
        parts.append(_bookings(stage))
    if not parts:
        fix = "load deals or bookings"
        raise BadInput("There are no such rows.", [Problem("what", "nothing is loaded", fix)])
    both = parts[0] if len(parts) == 1 else exp.union(*parts, distinct=False)
    return exp.select("*").from_(both.subquery("either"))


def _deals(stage: Stage, wanted: Collection[str]) -> exp.Select:
    known = [exp.Literal.string(one) for one in (*OPEN_CATEGORIES, OMITTED, CLOSED, *_ASIDE)]
    category = exp.column("category")
    condition: exp.Expr = category.isin(*[exp.Literal.string(one) for one in sorted(wanted)])
    if NO_CATEGORY in wanted:
        condition = exp.or_(condition, exp.not_(category.copy().isin(*known)))
    rows = template(
        """
        SELECT 'deal' AS kind, opportunity_id AS key, opportunity_id, COALESCE(name, '') AS name,
               owner_id, category, amount, counts_on FROM counted
        """,
        counted=counted(stage.seen, stage.period, stage.day),
    )
    return rows.where(condition)


def _bookings(stage: Stage) -> exp.Select:
    seen = stage.seen
    scene = Scene(seen.snapshot, AsOf(stage.day, seen.snapshot.known), seen.terms)
    columns = ["booking_id", "opportunity_id", "owner_id", "booked_on", "amount", "currency"]
    rows = scene.table("booking", columns)
    return template(
        """
        SELECT 'booking' AS kind, booking_id AS key, COALESCE(opportunity_id, '') AS opportunity_id,
               booking_id AS name, COALESCE(owner_id, '') AS owner_id, 'closed' AS category, amount,
               booked_on AS counts_on
          FROM booking WHERE booked_on >= :starts AND booked_on < :ends
        """,
        booking=converted(rows, ["amount"], exp.column("booked_on"), "booking", scene),
        starts=day_literal(stage.period.start),
        ends=day_literal(stage.period.end),
    )


def _sees_all(actor: Actor) -> bool:
    return actor.reach is Reach.EVERYBODY
