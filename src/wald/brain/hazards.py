"""The chance that an open deal is won or lost in a coming week, given how it stands today.

Discrete-time competing risks: per deal and week ahead a multinomial logistic model (scikit-learn,
ridge) of won, lost or still open, from age, stage, time in stage, pushes, expected close, amount,
segment, type, source, category and the place of the week in its period. Each rep has a factor on
the chance to win and one to lose, shrunk to 1 by how far reps differ beyond chance (gamma-Poisson,
moments). With few ends the model is coarser, and says so. Assumes that ends in past weeks tell
those to come. Tutz and Schmid (2016), Modeling Discrete Time-to-Event Data.
Source: docs/forecast/deal_hazards.md
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wald.brain.deal_states import Coded, Coding, coded, coding, moving
from wald.brain.deal_weeks import (
    LOST,
    OPEN,
    WON,
    Ends,
    Flags,
    Floats,
    Ints,
    Weeks,
    days,
    deal_weeks,
    ends,
    number,
    weeks_left,
)
from wald.brain.forecast import Known, Unable
from wald.kernel.period import Period

FULL, COARSE = 150, 25  # ends of the rarer kind that a model of that detail needs
EVER_WEEKS = 104  # what is open for two years more ends as its last week goes
_MOST_ROWS = 60_000  # deal-weeks on which reps are compared


@dataclass(frozen=True, slots=True)
class Hazards:
    """`weights` has two columns, won and lost against open, and a row per column of numbers."""

    coding: Coding
    weights: Floats
    start: Floats
    periods: tuple[Period, ...]
    reps: Mapping[str, tuple[float, float]]  # factors on won and lost; others have 1 and 1
    wins: int
    losses: int
    says: str


@dataclass(frozen=True, slots=True)
class Chances:
    """Per deal: won or lost within the time asked; the rest is still open."""

    won: Floats
    lost: Floats


def fit_hazards(
    known: Known, rng: np.random.Generator, became: Ends | None = None
) -> Hazards | Unable:
    """Learn from the deal-weeks of the past. Unable below 25 won or 25 lost deals.

    `became` is what became of the rows of the past, for who has looked it up already.
    """
    became = ends(known.past, known) if became is None else became
    wins, losses = (_ended(became, how) for how in (WON, LOST))
    if min(wins, losses) < COARSE:
        return Unable(
            f"{wins} won and {losses} lost deals were seen open on earlier days; "
            f"chances are learned from {COARSE} of each on."
        )
    on, periods = days(known.past["on"]), (*known.before, known.period)
    weeks = deal_weeks(on, became, known.day, periods, rng)
    is_full = min(wins, losses) >= FULL
    schema = coding(known.past, is_full=is_full)
    rows = known.past.take(pa.array(weeks.row))
    fixed = coded(rows, schema)
    matrix = np.concatenate([fixed.matrix, _weeks(fixed, on[weeks.row], weeks, periods)], axis=1)
    weights, start = _fitted(matrix, weeks, ridge=1.0 if is_full else 10.0)
    few = (
        f"Only {wins} won and {losses} lost deals were seen open on earlier days: chances "
        "differ by stage, age, expected close and week alone."
    )
    plain = Hazards(schema, weights, start, periods, {}, wins, losses, "" if is_full else few)
    return replace(plain, reps=_reps(plain, known, became, rng)) if is_full else plain


def chances(model: Hazards, rows: pa.Table, until: Floats | date) -> Chances:
    """Return the chance of each row's deal (OPEN) to end after its day, up to `until`.

    `until` is the last day that counts, for all rows or (in days since 1970) for each.
    """
    on = days(rows["on"])
    last = float(number(until)) if isinstance(until, date) else until
    return _walked(model, rows, on, np.maximum(0.0, last - on) / 7)


def chances_ever(model: Hazards, rows: pa.Table) -> Chances:
    """Return the chance to end each way at all; what is open after two years ends as others."""
    on = days(rows["on"])
    found = _walked(model, rows, on, np.full(len(on), float(EVER_WEEKS)))
    ended = np.maximum(found.won + found.lost, 1e-12)
    return Chances(found.won / ended, found.lost / ended)


def _walked(model: Hazards, rows: pa.Table, on: Floats, left: Floats) -> Chances:
    """Go week by week through the weeks left; the first is what whole weeks leave over."""
    fixed = coded(rows, model.coding)
    wide = fixed.matrix.shape[1]
    steady = fixed.matrix @ model.weights[:wide] + model.start
    factors, every = _factors(model, rows), np.arange(len(on), dtype=np.int64)
    whole = np.ceil(left)
    won, lost, still = (np.full(len(on), value) for value in (0.0, 0.0, 1.0))
    for week in range(int(whole.max(initial=0.0))):
        part = np.where(week == 0, left - np.maximum(whole - 1, 0), whole > week)
        ending = on + 7 * np.maximum(left - np.maximum(whole - 1 - week, 0), 0)
        ahead = np.full(len(on), float(week))
        season = weeks_left(ending, model.periods)
        turn = moving(fixed, every, np.minimum(ahead, 25), ending, season)
        hazard = _risks(steady + turn @ model.weights[wide:], factors)
        ended = hazard.sum(axis=1)
        now = (1 - (1 - ended) ** part) * still
        share = now / np.maximum(ended, 1e-12)
        won, lost, still = won + hazard[:, 0] * share, lost + hazard[:, 1] * share, still - now
    return Chances(won, lost)


def _risks(scores: Floats, factors: Floats) -> Floats:
    """Return the chances of won and lost in one week, by row."""
    odds = np.exp(np.clip(scores, -30, 30)) * factors
    return np.asarray(odds / (1 + odds.sum(axis=1))[:, None])


def _factors(model: Hazards, rows: pa.Table) -> Floats:
    names = list(model.reps)
    place = pc.index_in(rows["owner_id"], pa.array(names, pa.string()))
    index = pc.fill_null(place, len(names)).to_numpy()
    table = np.array([*model.reps.values(), (1.0, 1.0)])
    return np.asarray(table[index])


def _weeks(fixed: Coded, on: Floats, weeks: Weeks, periods: tuple[Period, ...]) -> Floats:
    ending = on + 7 * (weeks.ahead + 1)
    season = weeks_left(ending, periods)
    return moving(
        fixed, np.arange(len(on), dtype=np.int64), weeks.ahead.astype(np.float64), ending, season
    )


def _fitted(matrix: Floats, weeks: Weeks, *, ridge: float) -> tuple[Floats, Floats]:
    """Return weights and starts of won and lost against open."""
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    fit = LogisticRegression(C=1 / ridge, solver="newton-cholesky", max_iter=40, tol=1e-2)
    with threadpool_limits(1):  # several threads quarrel over matrices this narrow
        fit.fit(matrix, weeks.outcome, sample_weight=weeks.weight)
    spot = {int(kind): place for place, kind in enumerate(fit.classes_)}
    weights = np.column_stack([fit.coef_[spot[k]] - fit.coef_[spot[OPEN]] for k in (WON, LOST)])
    starts = [fit.intercept_[spot[k]] - fit.intercept_[spot[OPEN]] for k in (WON, LOST)]
    return weights, np.array(starts)


def _ended(became: Ends, how: int) -> int:
    """Return how many deals ended so."""
    return len(np.unique(became.place[became.outcome == how]))


def _reps(
    model: Hazards, known: Known, became: Ends, rng: np.random.Generator
) -> Mapping[str, tuple[float, float]]:
    """Return each rep's factors: what happened in their deal-weeks over what was expected."""
    on = days(known.past["on"])
    complete = np.flatnonzero((on + 7 <= number(known.day)) & (became.closed_on > on))
    if len(complete) > _MOST_ROWS:
        complete = np.sort(rng.choice(complete, _MOST_ROWS, replace=False))
    rows = known.past.take(pa.array(complete))
    expected = _walked(model, rows, on[complete], np.ones(len(complete)))
    owner = pc.fill_null(rows["owner_id"], "").combine_chunks().dictionary_encode()
    code, names = owner.indices.to_numpy(), owner.dictionary.to_pylist()
    comes = became.closed_on[complete] <= on[complete] + 7
    found = []
    for how, wanted in ((WON, expected.won), (LOST, expected.lost)):
        happened = comes & (became.outcome[complete] == how)
        found.append(
            _shrunk(_summed(code, happened, len(names)), _summed(code, wanted, len(names)))
        )
    return {name: (float(won), float(lost)) for name, won, lost in zip(names, *found, strict=True)}


def _summed(code: Ints, values: Floats | Flags, size: int) -> Floats:
    return np.asarray(np.bincount(code, values.astype(np.float64), size), dtype=np.float64)


def _shrunk(happened: Floats, expected: Floats) -> Floats:
    """Return happened over expected, shrunk to 1: gamma-Poisson with its variance by moments."""
    beyond = float(((happened - expected) ** 2 - expected).sum())
    variance = max(0.0, beyond / max(float((expected**2).sum()), 1e-9))
    if variance < 1e-4:
        return np.ones(len(happened))
    return np.asarray((happened + 1 / variance) / (expected + 1 / variance))
