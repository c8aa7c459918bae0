"""Pushes of closing days in a period: how often, by whom, what became of them, deal by deal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

from wald.brain.stats import Interval, share
from wald.facts.reading import names_in, subject_rows, with_day
from wald.facts.relations import Scene
from wald.facts.seen import among
from wald.facts.subject import DEALS
from wald.heart.pipeline.pushes import (
    SERIAL,
    Habit,
    Pushed,
    compose_by_owner,
    compose_moved,
    compose_outcomes,
    habits,
    pushed_of,
    together,
)
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.kept import kept, kept_rows
from wald.queries.measure import View
from wald.queries.pipeline_ground import (
    ALL,
    Which,
    at_engine,
    choices_on,
    org_day,
    read_which,
)
from wald.queries.sales_process import staged_view
from wald.queries.stages import stage_rows, stage_steps
from wald.queries.velocity import periods_asked

# What can be listed deal by deal, and which deals that is.
KINDS: Mapping[str, str] = {
    "pushed": "pushes > 0",
    "round_trip": "pushes > 0 AND pulls > 0",
    "gone_back": "backs > 0",
    "back_and_forth": "backs > 0 AND ons > 0",
    "serial": f"ever >= {SERIAL} AND outcome = 'open'",
    "never": "ever = 0",
    "once": "ever = 1",
    "twice": "ever = 2",
    "three_times": "ever = 3",
    "more_often": "ever >= 4",
}
_MOST = 500


@dataclass(frozen=True, slots=True)
class PushesAsk:
    """What a person asks. `period` "": the quarter of the last day; that of `which` is not read."""

    period: str = ""
    known: datetime | None = None
    which: Which = ALL


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of deals pushed so often by the end of the period; 4 is four times or more."""

    pushes: int
    won: int
    lost: int
    open: int

    @property
    def kind(self) -> str:
        """Return under which of KINDS these deals are listed."""
        return ("never", "once", "twice", "three_times", "more_often")[self.pushes]

    @property
    def won_share(self) -> Interval | None:
        closed = self.won + self.lost
        return share(self.won, closed) if closed else None


@dataclass(frozen=True, slots=True)
class PushesPage:
    """`habits` () where nobody pushed; `differ` says whether people differ beyond chance."""

    period: Period
    currency: str
    known_at: datetime | None
    reaches: date | None
    everybody: Pushed
    habits: tuple[Habit, ...]
    differ: bool
    fates: tuple[Fate, ...]
    choices: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class PushedDeal:
    """A deal with what moved in the period, and `ever` how often it was pushed in its life."""

    opportunity_id: str
    name: str
    rep: str | None
    stage: str | None
    outcome: str
    close_on: date | None
    amount: Decimal | None
    pushes: int
    pulls: int
    pushed_days: int
    pulled_days: int
    backs: int
    ons: int
    ever: int


@dataclass(frozen=True, slots=True)
class PushedDeals:
    kind: str
    period: Period
    currency: str
    total: int
    deals: tuple[PushedDeal, ...]


def pipeline_pushes(
    *, actor: Actor, workspace: Workspace, ask: PushesAsk, engine: str = ""
) -> PushesPage | None:
    """Return how closing days moved in a period, None when no deals are loaded.

    Only deals whose owner the actor may see as of its last day count. Raises BadInput with every
    Problem in what was asked.
    """
    seen = staged_view(actor=actor, workspace=workspace, engine=engine, known=ask.known)
    if not seen.snapshot.has("opportunity"):
        return None
    return kept((seen.signature, "pushes", ask), lambda: _made(seen, ask))


def pushed_deals(
    *,
    actor: Actor,
    workspace: Workspace,
    ask: PushesAsk,
    kind: str,
    limit: int = 50,
    offset: int = 0,
    engine: str = "",
) -> PushedDeals | None:
    """Return the deals of a kind, those moved most often first; None when no deals are loaded.

    Raises BadInput for a kind that there is not.
    """
    seen = staged_view(actor=actor, workspace=workspace, engine=engine, known=ask.known)
    if kind not in KINDS:
        problem = Problem("kind", f"{kind!r} is not one", f"choose among {', '.join(KINDS)}")
        raise BadInput("Deals are not listed like this.", [problem])
    if not seen.snapshot.has("opportunity"):
        return None
    period, _ = periods_asked(seen, ask.period, "")
    rows = _moved(seen, ask, period)
    condition = exp.condition(KINDS[kind], dialect="duckdb")
    wanted = exp.select("*").from_(rows, copy=False).where(condition, copy=False)
    count = exp.select(exp.alias_(exp.Count(this=exp.Star()), "deals"))
    total = kept_rows(seen.engine, seen.snapshot, count.from_(wanted.copy().subquery("wanted")))
    order = ("pushes", "backs", "ever")
    page = wanted.order_by(
        *[exp.Ordered(this=exp.column(name), desc=True) for name in order], "opportunity_id"
    )
    found = kept_rows(seen.engine, seen.snapshot, page.limit(min(limit, _MOST)).offset(offset))
    names = [name for name in PushedDeal.__slots__ if name != "name"]
    return PushedDeals(
        kind,
        period,
        seen.terms.currency,
        int(total["deals"][0].as_py()),
        tuple(
            PushedDeal(
                name=row["name"] or row["opportunity_id"], **{name: row[name] for name in names}
            )
            for row in found.to_pylist()
        ),
    )


def _made(seen: View, ask: PushesAsk) -> PushesPage:
    period, _ = periods_asked(seen, ask.period, "")
    rows = at_engine(seen, exp.select("*").from_(_moved(seen, ask, period), copy=False))
    owners = kept_rows(seen.engine, seen.snapshot, compose_by_owner(rows.copy())).to_pylist()
    found = [(pushed_of(row), float(row["squares"] or 0)) for row in owners]
    people = habits(found)
    outcomes = kept_rows(seen.engine, seen.snapshot, compose_outcomes(rows)).to_pylist()
    counts = {(row["ever"], row["outcome"]): row["deals"] for row in outcomes}
    return PushesPage(
        period,
        seen.terms.currency,
        seen.snapshot.learned_at,
        seen.snapshot.reaches,
        together([one for one, _ in found]),
        people,
        any(one.low < one.high for one in people),
        tuple(
            Fate(ever, *(counts.get((ever, outcome), 0) for outcome in ("won", "lost", "open")))
            for ever in sorted({ever for ever, _ in counts})
        ),
        choices_on(seen, period.last_day),
    )


def _moved(seen: View, ask: PushesAsk, period: Period) -> exp.Expr:
    """Return the deals seen in the period, each with what moved."""
    conditions, _ = read_which(Which(ask.which.filters, ask.which.where, "", ask.which.org), seen)
    day = period.last_day
    scene = Scene(seen.snapshot, AsOf(day, ask.known), seen.terms, org=org_day(ask.which, seen))
    columns = (
        "opportunity_id name owner_id rep stage outcome opened_on closed_on close_on amount"
    ).split()
    rows = subject_rows(DEALS, scene.whole, {*columns, *names_in(*conditions)})
    wanted = [with_day(condition, scene) for condition in conditions]
    persons = seen.snapshot.seen_on(day)
    if persons is not None:
        wanted.append(among(exp.column("owner_id"), persons))
    wanted.append(
        exp.or_(
            exp.column("outcome").eq(exp.Literal.string("open")),
            exp.column("closed_on") >= exp.cast(exp.Literal.string(str(period.start)), "DATE"),
        )
    )
    wanted.append(exp.column("opened_on").is_(exp.null()).not_())
    deals = exp.select(*columns).from_(at_engine(seen, rows), copy=False).where(*wanted, copy=False)
    moved = compose_moved(deals, stage_rows(stage_steps(seen, day)), period, scene)
    return moved.subquery("moved", copy=False)
