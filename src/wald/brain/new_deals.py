"""Bookings that come from deals not yet created, and from no deal at all.

Deals come at the rate of earlier periods on the same days, in proportion to how many came lately;
each is won before the end by the share of deals won that soon after they opened (Aalen and
Johansen (1978), so that deals still open count), corrected by what earlier periods booked so. The
number is Poisson with a common factor whose variance earlier periods show; amounts are gamma with
the mean and variance of such bookings. Bookings without a deal come as on the same days of
earlier periods. Source: docs/forecast/deal_hazards.md
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wald.brain.deal_weeks import Floats, days, floats, number
from wald.brain.forecast import BOOKED, Known
from wald.brain.history import likeness, open_on, read_day, same_day
from wald.kernel.period import Period

_PRIOR_SPREAD, _PRIOR_PERIODS = 0.2, 3.0  # of the common factor
_PSEUDO = 5.0  # bookings by which corrections are drawn to none
_LATELY = 91  # days over which the present rate of new deals is counted
_FEW = 15  # amounts; below, those of all bookings are taken


@dataclass(frozen=True, slots=True)
class Flow:
    """Bookings to come: how many are expected, how far whole periods stray, and their amounts."""

    count: float
    spread: float
    mean: float
    deviation: float

    @property
    def amount(self) -> float:
        return self.count * self.mean


def new_deal_flow(known: Known) -> Flow:
    """Return the bookings of the rest of the period from deals that are not open yet."""
    linked = known.booked.filter(pc.is_valid(known.booked["opportunity_id"]))
    opened, ended, won = _courses(known)
    soon = _won_within(opened, ended, won, known)
    windows = [_window(one, known) for one in known.before]
    actual = [_not_open(linked, window, known) for window in windows]
    wanted = np.array([_soon_won(opened, soon, window) for window in windows])
    grown = np.array([_grown(opened, since, known) for since, _ in windows])
    came = np.array([float(rows.num_rows) for rows in actual])
    right = (came.sum() + _PSEUDO) / (wanted.sum() + _PSEUDO)
    return _flow(known, wanted * grown * right, came * grown, actual, linked)


def _soon_won(opened: Floats, soon: Floats, window: tuple[date, date]) -> float:
    """Return how many of the deals opened in a window are expected to be won in it."""
    since, to = number(window[0]), number(window[1])
    inside = opened[(opened > since) & (opened <= to)]
    return float(soon[np.minimum(to - inside, len(soon) - 1).astype(np.int64)].sum())


def _grown(opened: Floats, since: date, known: Known) -> float:
    """Return how many times as many deals open now; 1 where the data do not reach back so far."""
    if number(since) - _LATELY < number(known.before[0].start):
        return 1.0
    return (_rate(opened, known.day) + _PSEUDO) / (_rate(opened, since) + _PSEUDO)


def loose_flow(known: Known) -> Flow:
    """Return the bookings of the rest of the period that come from no deal."""
    loose = known.booked.filter(pc.is_null(known.booked["opportunity_id"]))
    windows = [_window(one, known) for one in known.before]
    actual = [_within(loose, window) for window in windows]
    counts = np.array([float(rows.num_rows) for rows in actual])
    return _flow(known, counts, counts, actual, loose)


def draw_flow(flow: Flow, shares: Floats, draws: int, rng: np.random.Generator) -> Floats:
    """Return amounts, a row per draw and a column per share; the shares add up to 1."""
    if flow.count <= 0 or flow.mean <= 0:
        return np.zeros((draws, len(shares)))
    factor = np.ones(draws)
    if flow.spread > 0:
        shape = flow.spread**-2
        factor = rng.gamma(shape, 1 / shape, draws)
    number_of = rng.poisson(factor[:, None] * (flow.count * shares)[None, :]).astype(np.float64)
    if flow.deviation <= 0:
        return number_of * flow.mean
    shape, scale = (flow.mean / flow.deviation) ** 2, flow.deviation**2 / flow.mean
    found = np.zeros(number_of.shape)
    some = number_of > 0
    found[some] = rng.gamma(number_of[some] * shape) * scale
    return found


def _flow(
    known: Known, expected: Floats, counts: Floats, actual: list[pa.Table], every: pa.Table
) -> Flow:
    """Weigh earlier periods, and see how far they stray from their own mean."""
    if not len(expected) or not every.num_rows:
        return Flow(0.0, 0.0, 0.0, 0.0)
    weight = likeness(known)
    count = float((weight * expected).sum() / weight.sum())
    spread = 0.0
    if count > 0:
        beyond = ((counts - count) / count) ** 2 - 1 / count
        sure = 1 / (1 + 1 / (count * _PRIOR_SPREAD**2)) ** 2
        total = _PRIOR_PERIODS * _PRIOR_SPREAD**2 + sure * float(beyond.sum())
        spread = float(np.sqrt(max(0.0, total / (_PRIOR_PERIODS + sure * len(counts)))))
    amounts = floats(pa.concat_tables(actual)["amount"])
    if len(amounts) < _FEW:
        amounts = floats(every["amount"])
    return Flow(count, min(spread, 1.0), max(0.0, float(amounts.mean())), float(amounts.std()))


def _window(period: Period, known: Known) -> tuple[date, date]:
    """Return the day of an earlier period that is as far from its end, and its last day."""
    since = read_day(known, period) or same_day(known, period)
    return max(since, period.start - timedelta(days=1)), period.last_day


def _within(rows: pa.Table, window: tuple[date, date]) -> pa.Table:
    day = pc.field("booked_on")
    return rows.filter((day > window[0]) & (day <= window[1]))


def _not_open(linked: pa.Table, window: tuple[date, date], known: Known) -> pa.Table:
    """Return the bookings of a window whose deals were not open on the day before it."""
    here = _within(linked, window)
    if not here.num_rows:
        return BOOKED.empty_table()
    then = open_on(known, window[0])["opportunity_id"].combine_chunks()
    return here.filter(pc.invert(pc.is_in(here["opportunity_id"], then)))


def _courses(known: Known) -> tuple[Floats, Floats, Floats]:
    """Return of every deal: day it opened, day it ended (or the present day), 1 if it was won."""
    closed = known.closed.filter(pc.is_valid(known.closed["opened_on"]))
    still = known.open.filter(pc.is_valid(known.open["opened_on"]))
    # Of deals older than the data only those that lasted are known.
    first = pc.field("opened_on") >= known.before[0].start
    closed, still = closed.filter(first), still.filter(first)
    opened = np.concatenate([days(closed["opened_on"]), days(still["opened_on"])])
    now = np.full(still.num_rows, float(number(known.day)) + 1)
    ended = np.concatenate([days(closed["closed_on"]), now])
    won = pc.equal(closed["outcome"], "won").to_numpy().astype(np.float64)
    return opened, np.maximum(ended, opened), np.concatenate([won, np.zeros(still.num_rows)])


def _won_within(opened: Floats, ended: Floats, won: Floats, known: Known) -> Floats:
    """Return the share of deals won within so many days of opening, from 0 days on."""
    most = max(known.days_left, 1)
    age = np.minimum(ended - opened, most + 1).astype(np.int64)
    is_open = ended > number(known.day)
    size = most + 2
    leaves = np.bincount(age, minlength=size).astype(np.float64)
    at_risk = np.maximum(leaves[::-1].cumsum()[::-1], 1.0)
    wins = np.bincount(age, weights=won, minlength=size)
    ends = np.bincount(age, weights=(~is_open).astype(np.float64), minlength=size)
    still = np.concatenate([[1.0], np.cumprod(1 - ends / at_risk)[:-1]])
    return np.asarray(np.cumsum(still * wins / at_risk))[: most + 1]


def _rate(opened: Floats, day: date) -> float:
    """Return how many deals opened in the weeks up to a day."""
    at = number(day)
    return float(((opened > at - _LATELY) & (opened <= at)).sum())
