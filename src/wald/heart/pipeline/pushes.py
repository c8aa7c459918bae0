"""Closing days that move: how often, by how much, back again; stages that go back and forth.

A push moves the expected closing day of an open deal later, a pull earlier. What a closing itself
does to the day is neither. Deals differ in how long they can be pushed, so pushes are held against
the days deals were open. Whether somebody pushes more than others is told by a gamma-Poisson model
(Robbins, 1956; its moments after Marshall, 1991, Applied Statistics 40: 283-294): figures of few
deals are drawn towards everybody's, and pushes that come in bunches count for less.
Source: docs/pipeline/pushes.md
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlglot import exp

from wald.facts.as_of import day_literal
from wald.facts.relations import Scene, template
from wald.kernel.period import Period

SERIAL = 3  # pushes of one deal
_FEW = 0.025, 0.975

# A change on the day a deal closed is the closing's own.
_MOVES = """
SELECT deal.opportunity_id,
       CASE WHEN CAST(change.changed_at AS DATE) >= :first THEN 1 ELSE 0 END AS is_in,
       CASE WHEN change.field = 'close_on'
            THEN DATE_DIFF('day', CAST(change.old AS DATE), CAST(change.new AS DATE)) END AS days,
       CASE WHEN change.field = 'stage' THEN latter.position - former.position END AS steps
  FROM deal JOIN change ON change.opportunity_id = deal.opportunity_id
  LEFT JOIN stage AS former ON former.stage = change.old AND former.outcome = 'open'
                           AND change.field = 'stage'
  LEFT JOIN stage AS latter ON latter.stage = change.new AND latter.outcome = 'open'
                           AND change.field = 'stage'
 WHERE change.field IN ('close_on', 'stage')
   AND COALESCE(CAST(change.changed_at AS DATE) < deal.closed_on, TRUE)
"""
_COUNTED = """
SELECT move.opportunity_id,
       COUNT(CASE WHEN move.is_in = 1 AND move.days > 0 THEN 1 END) AS pushes,
       COUNT(CASE WHEN move.is_in = 1 AND move.days < 0 THEN 1 END) AS pulls,
       SUM(CASE WHEN move.is_in = 1 AND move.days > 0 THEN move.days ELSE 0 END) AS pushed_days,
       SUM(CASE WHEN move.is_in = 1 AND move.days < 0 THEN -move.days ELSE 0 END) AS pulled_days,
       COUNT(CASE WHEN move.is_in = 1 AND move.steps < 0 THEN 1 END) AS backs,
       COUNT(CASE WHEN move.is_in = 1 AND move.steps > 0 THEN 1 END) AS ons,
       COUNT(CASE WHEN move.days > 0 THEN 1 END) AS ever
  FROM move GROUP BY 1
"""
_DEALS = """
SELECT deal.*,
       COALESCE(counted.pushes, 0) AS pushes, COALESCE(counted.pulls, 0) AS pulls,
       COALESCE(counted.pushed_days, 0) AS pushed_days,
       COALESCE(counted.pulled_days, 0) AS pulled_days,
       COALESCE(counted.backs, 0) AS backs, COALESCE(counted.ons, 0) AS ons,
       COALESCE(counted.ever, 0) AS ever,
       CASE WHEN DATE_DIFF('day', CASE WHEN deal.opened_on < :first THEN :first
                                       ELSE deal.opened_on END,
                           COALESCE(deal.closed_on, :last)) < 1 THEN 1
            ELSE DATE_DIFF('day', CASE WHEN deal.opened_on < :first THEN :first
                                       ELSE deal.opened_on END,
                           COALESCE(deal.closed_on, :last)) END AS days_seen
  FROM deal LEFT JOIN counted ON counted.opportunity_id = deal.opportunity_id
"""


def compose_moved(
    deals: exp.Select, stages: exp.Select, period: Period, scene: Scene
) -> exp.Select:
    """Return `deals` (with opportunity_id, opened_on, closed_on, as of the period's last day), and
    of each pushes, pulls, pushed_days, pulled_days, backs, ons in the period, pushes `ever`, and
    days_seen. `stages` has stage, position and outcome."""
    columns = ["opportunity_id", "field", "old", "new", "changed_at"]
    first, last = day_literal(period.start), day_literal(period.last_day)
    moves = template(
        _MOVES,
        deal=deals.copy(),
        change=scene.labels("opportunity_change", columns),
        stage=stages,
        first=first,
    )
    return template(
        _DEALS, deal=deals, counted=template(_COUNTED, move=moves), first=first, last=last
    )


def compose_by_owner(rows: exp.Expr) -> exp.Select:
    """Return the SELECT of one row per owner over the rows of `compose_moved`."""
    return template(
        """
        SELECT owner_id, rep, COUNT(*) AS deals, SUM(pushes) AS pushes, SUM(pulls) AS pulls,
               SUM(pushed_days) AS pushed_days, SUM(days_seen) AS days,
               COUNT(CASE WHEN pushes > 0 THEN 1 END) AS pushed,
               COUNT(CASE WHEN pushes > 0 AND pulls > 0 THEN 1 END) AS round_trips,
               COUNT(CASE WHEN backs > 0 AND ons > 0 THEN 1 END) AS back_and_forth,
               COUNT(CASE WHEN backs > 0 THEN 1 END) AS gone_back,
               COUNT(CASE WHEN ever >= 3 AND outcome = 'open' THEN 1 END) AS serial,
               SUM(CAST(pushes * pushes AS DOUBLE) / days_seen) AS squares
          FROM moved GROUP BY 1, 2
        """,
        moved=exp.select("*").from_(rows, copy=False),
    )


def compose_outcomes(rows: exp.Expr) -> exp.Select:
    """Return the SELECT of ever, outcome, deals: how deals pushed so often came out."""
    return template(
        """
        SELECT CASE WHEN ever > 4 THEN 4 ELSE ever END AS ever, outcome, COUNT(*) AS deals
          FROM moved GROUP BY 1, 2
        """,
        moved=exp.select("*").from_(rows, copy=False),
    )


@dataclass(frozen=True, slots=True)
class Pushed:
    """Deals of one owner, or of everybody, in a period. `days` they were open in it."""

    owner_id: str | None
    name: str
    deals: int
    pushed: int
    pushes: int
    pushed_days: int
    pulls: int
    round_trips: int
    back_and_forth: int
    gone_back: int
    serial: int
    days: int

    @property
    def length(self) -> float | None:
        """Days that one push moves the closing, on average."""
        return self.pushed_days / self.pushes if self.pushes else None


@dataclass(frozen=True, slots=True)
class Habit:
    """How much more often somebody pushes than everybody: `times` drawn towards 1, with its 95 %
    interval; `expected` pushes are those of everybody over as many open days."""

    pushed: Pushed
    expected: float
    times: float
    low: float
    high: float

    @property
    def stands_out(self) -> bool:
        """Does the interval leave out 1: as everybody?"""
        return not self.low <= 1 <= self.high


def pushed_of(row: Mapping[str, Any]) -> Pushed:
    """Return one row of `compose_by_owner`."""
    names = "deals pushed pushes pushed_days pulls round_trips back_and_forth gone_back serial days"
    counts = {name: int(row[name] or 0) for name in names.split()}
    return Pushed(row["owner_id"], row["rep"] or row["owner_id"] or "", **counts)


def together(rows: Sequence[Pushed]) -> Pushed:
    """Return everybody's."""
    names = [name for name in Pushed.__slots__ if name not in ("owner_id", "name")]
    return Pushed(None, "", **{name: sum(getattr(one, name) for one in rows) for name in names})


def habits(rows: Iterable[tuple[Pushed, float]]) -> tuple[Habit, ...]:
    """Return how each owner pushes, most first. Each comes with the sum over deals of the square
    of pushes over days open, by which pushes in bunches are told from pushes by chance."""
    listed = [(one, squares) for one, squares in rows if one.days > 0]
    pushes, days = (sum(getattr(one, name) for one, _ in listed) for name in ("pushes", "days"))
    deals = sum(one.deals for one, _ in listed)
    if not pushes or deals < 2:
        return ()
    rate = pushes / days
    bunched = sum(squares for _, squares in listed) / rate - 2 * pushes + rate * days
    factor = max(1.0, bunched / (deals - 1))
    found = [(one, one.pushes / factor, rate * one.days / factor) for one, _ in listed]
    spread = _between([(count, expected) for _, count, expected in found])
    habits = [
        _habit(one, rate * one.days, count, expected, spread) for one, count, expected in found
    ]
    return tuple(sorted(habits, key=lambda one: (-one.times, one.pushed.name)))


def _between(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the variance of people's true ratios: what is seen beyond chance, 0 where nothing."""
    total = sum(expected for _, expected in pairs)
    seen = sum(expected * (count / expected - 1) ** 2 for count, expected in pairs) / total
    return max(0.0, (seen - len(pairs) / total))


def _habit(one: Pushed, everybody: float, count: float, expected: float, spread: float) -> Habit:
    if spread <= 0:
        return Habit(one, everybody, 1.0, 1.0, 1.0)
    from scipy.stats import gamma

    shape, rate = 1 / spread + count, 1 / spread + expected
    low, high = (float(gamma.ppf(place, shape, scale=1 / rate)) for place in _FEW)
    return Habit(one, everybody, shape / rate, low, high)
