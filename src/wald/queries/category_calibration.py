"""Forecast categories beside what came: said a month into a quarter, and won in it.

Shares are of everybody's deals; no deal and no person is told.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from wald.brain.shares_by_period import Count, Share, differ, share_of, share_of_sums
from wald.brain.stats import Interval
from wald.facts.relations import Scene
from wald.heart.pipeline.open_then import Moment
from wald.heart.pipeline.said_then import compose_said
from wald.heart.pipeline.standing import CATEGORIES
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Grain, period_of
from wald.kernel.workspace import Workspace
from wald.queries.kept import kept
from wald.queries.measure import View, view
from wald.queries.pipeline_ground import default_day, fetched

INTO_DAYS = 30  # of a quarter, on which one looks
PERIODS = 8
_LEVEL = 0.05
TITLES: Mapping[str, str] = {
    "commit": "Commit",
    "most_likely": "Most likely",
    "best_case": "Best case",
    "pipeline": "Pipeline",
    "omitted": "Omitted",
    "none": "No category",
    "": "Nothing was said",
}


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """A category; `won` None: too few deals. `of_amount`: the share of the amount that was said.

    `against`: how it compares to the category below it: apart, alike or upside down; "": none.
    """

    category: str
    title: str
    deals: int
    won: Share | None
    of_amount: Interval | None
    against: str = ""


@dataclass(frozen=True, slots=True)
class CategoryCalibration:
    """`unsaid` is the share of what was won after the day that nobody had said for the quarter."""

    as_of: date
    periods: tuple[str, ...]
    lines: tuple[CategoryLine, ...]
    unsaid: Interval | None

    @property
    def upside_down(self) -> tuple[CategoryLine, ...]:
        return tuple(one for one in self.lines if one.against == "upside down")


def category_calibration(
    *, actor: Actor, workspace: Workspace, as_of: date | None = None, engine: str = ""
) -> CategoryCalibration | None:
    """Return what came of what was said, None when no deals are loaded."""
    seen = view(actor=actor, workspace=workspace, engine=engine)
    if not seen.snapshot.has("opportunity"):
        return None
    day = as_of or default_day(seen)
    key = (seen.whole.signature, "calibration of categories", day)
    return kept(key, lambda: _made(seen, day))


def _made(seen: View, day: date) -> CategoryCalibration:
    moments = _moments(seen, day)
    if not moments:
        return CategoryCalibration(day, (), (), None)
    whole = seen.whole
    scene = Scene(whole.snapshot, AsOf(day, whole.snapshot.known), whole.terms)
    rows = fetched(seen, compose_said(moments, scene))
    labels = tuple(one.closing.label for one in reversed(moments))
    return CategoryCalibration(day, labels, _lines(rows), _unsaid(rows))


def _moments(seen: View, day: date) -> list[Moment]:
    """Return a day in each of the last whole quarters that the data know, the last one first."""
    parts = seen.snapshot.parts("opportunity")
    begins = min((part.first_on for part in parts if part.first_on), default=day)
    found: list[Moment] = []
    one = period_of(seen.terms.calendar, Grain.QUARTER, day + timedelta(days=1))
    while len(found) < PERIODS:
        one = period_of(seen.terms.calendar, Grain.QUARTER, one.start - timedelta(days=1))
        if one.start < begins:
            break
        found.append(Moment(one.start + timedelta(days=INTO_DAYS), one))
    return found


Rows = Sequence[Mapping[str, object]]


def _lines(rows: Rows) -> tuple[CategoryLine, ...]:
    counts: dict[str, list[Count]] = defaultdict(list)
    sums: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for row in rows:
        category = str(row["category"])
        counts[category].append(Count(int(str(row["won"])), int(str(row["deals"]))))
        sums[category].append((float(str(row["won_amount"])), float(str(row["amount"]))))
    shares = {category: share_of(found) for category, found in counts.items()}
    order = [one for one in (*CATEGORIES[:-1], "none") if one in counts]
    return tuple(
        CategoryLine(
            category,
            TITLES.get(category, category),
            sum(one.tries for one in counts[category]),
            shares[category],
            share_of_sums(sums[category]),
            _against(place, order, shares),
        )
        for place, category in enumerate(order)
    )


def _against(place: int, order: Sequence[str], shares: Mapping[str, Share | None]) -> str:
    """Say how a category compares to the one below it that deals are in."""
    own = shares[order[place]]
    below = next((shares[one] for one in order[place + 1 :] if one != "none"), None)
    if own is None or below is None or order[place] in ("omitted", "none"):
        return ""
    if differ(own, below) > _LEVEL:
        return "alike"
    return "apart" if own.value.estimate > below.value.estimate else "upside down"


def _unsaid(rows: Rows) -> Interval | None:
    """Return the share of the amount won that nothing was said of for the quarter."""
    by_period: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for row in rows:
        won = float(str(row["won_amount"]))
        by_period[str(row["label"])][1] += won
        if row["category"] == "":
            by_period[str(row["label"])][0] += won
    return share_of_sums([(one[0], one[1]) for one in by_period.values()])
