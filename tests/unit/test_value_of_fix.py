"""What a fix is worth: against futures drawn case by case, and against weights found otherwise."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from scipy.optimize import minimize

from tests.known_worlds import simulated
from wald.brain.bookings_ahead import Learned, learn_ahead
from wald.brain.deal_facts import AMOUNT, EXPECTED, LAST_ACTIVITY, STAY, Usual, usual_of
from wald.brain.deal_weeks import Floats
from wald.brain.forecast import OPEN, Known, Unable
from wald.brain.hazards import chances
from wald.brain.open_deals import Amounts, Standing, draw_open
from wald.brain.shock import Shock, drawn, shifted
from wald.brain.value_of_fix import (
    Z_80,
    Outlook,
    Wrong,
    mean_bookings,
    over_shocks,
    tilt,
    together,
    values_of_fixes,
)

DRAWS = 60_000


@pytest.fixture(scope="module")
def known() -> Known:
    world = simulated(910, has_activities=True)
    return world.known_on(world.quarters[-1], 6)


@pytest.fixture(scope="module")
def learned(known: Known) -> Learned:
    found = learn_ahead(known, np.random.default_rng(0))
    assert not isinstance(found, Unable)
    return replace(found, amounts=replace(found.amounts, ratios=np.array([0.9])))


@pytest.fixture(scope="module")
def usual(known: Known) -> Usual:
    return usual_of(known.open)


@pytest.fixture(scope="module")
def deals(known: Known) -> pa.Table:
    """Twenty deals; the first is large, and nobody has heard of it for ten weeks."""
    rows = [dict(row) for row in known.open.to_pylist() if row["amount"]][:20]
    quiet = next(row for row in rows if (row["on"] - row["opened_on"]).days > 70)
    quiet |= {"active_on": quiet["opened_on"], "active_days": 0, "amount": 150_000.0}
    rows.sort(key=lambda row: row is not quiet)
    return pa.Table.from_pylist(rows, schema=OPEN)


def drawn_bookings(learned: Learned, chance: Floats, amount: Floats) -> Floats:
    """Return futures as the forecast draws them, the same luck for whatever is asked."""
    nobody = np.zeros(len(chance), dtype=np.int64)
    standing = Standing(chance, amount, nobody, nobody)
    rng = np.random.default_rng(7)
    return draw_open(standing, learned.amounts, learned.shock, (1, DRAWS, 250), rng)[:, 0]


def test_variance_falls_as_in_futures_that_know_the_case(
    known: Known, learned: Learned, deals: pa.Table, usual: Usual
) -> None:
    """Either lost, or alive and active today; the odds are those that keep the mean."""
    until = known.period.last_day
    amount = deals["amount"].to_numpy()
    now = chances(learned.hazards, deals, until).won
    first = {**deals.to_pylist()[0], "active_on": known.day, "active_days": 1}
    alive, lost = now.copy(), now.copy()
    alive[0] = chances(
        learned.hazards, pa.Table.from_pylist([first], schema=OPEN), until
    ).won[0]  # fmt: skip
    lost[0] = 0.0
    assert alive[0] > 1.1 * now[0]
    whole, living, gone = (drawn_bookings(learned, one, amount) for one in (now, alive, lost))
    odds = (whole.mean() - gone.mean()) / (living.mean() - gone.mean())
    after = odds * living.var() + (1 - odds) * gone.var()
    between = odds * living.mean() ** 2 + (1 - odds) * gone.mean() ** 2 - whole.mean() ** 2

    outlook = Outlook(learned, until, float(whole.std()))
    wrong = Wrong(first["opportunity_id"], LAST_ACTIVITY)
    (found,) = values_of_fixes(outlook, deals, usual, [wrong])
    assert found.variance == pytest.approx(between, rel=0.03)
    assert found.variance == pytest.approx(whole.var() - after, rel=0.06)
    assert found.sd == pytest.approx(whole.std() - np.sqrt(after), rel=0.06)
    assert found.width == pytest.approx(2 * Z_80 * found.sd)


def test_an_unknown_day_is_worth_what_its_cases_differ(
    known: Known, learned: Learned, deals: pa.Table, usual: Usual
) -> None:
    """Weights are found by a general solver from the same cases, listed by hand."""
    row = {**deals.to_pylist()[0], "close_on": None}
    rows = pa.Table.from_pylist([row, *deals.to_pylist()[1:]], schema=OPEN)
    outlook = Outlook(learned, known.period.last_day, 1e6)
    (found,) = values_of_fixes(outlook, rows, usual, [Wrong(row["opportunity_id"], EXPECTED)])
    due = sorted(
        one["close_on"]
        for one in rows.to_pylist()
        if one["close_on"] and one["close_on"] >= one["on"]
    )
    days = [due[int((place + 0.5) / 9 * len(due))] for place in range(9)]
    alive = [{**row, "close_on": day} for day in days]
    means = np.array([0.0, *mean_bookings(pa.Table.from_pylist(alive, schema=OPEN), outlook)])
    now = mean_bookings(rows.slice(0, 1), outlook)[0]
    lost = chances(learned.hazards, rows.slice(0, 1), outlook.until).lost[0]
    weights = np.array([lost, *[(1 - lost) / 9] * 9])
    best = nearest(means, weights, now)
    assert found.expected == pytest.approx(now)
    assert found.variance == pytest.approx(best @ means**2 - now**2, rel=1e-3)
    assert found.variance > 0


def nearest(means: Floats, weights: Floats, wanted: float) -> Floats:
    """Return weights of a given mean with the least relative entropy to others, by SLSQP."""
    scale = means.max()
    found = minimize(
        lambda x: float((x * np.log(np.maximum(x, 1e-300) / weights)).sum()),
        weights,
        bounds=[(1e-12, 1)] * len(means),
        constraints=[
            {"type": "eq", "fun": lambda x: x.sum() - 1},
            {"type": "eq", "fun": lambda x: (x @ means - wanted) / scale},
        ],
        options={"ftol": 1e-14, "maxiter": 500},
    )
    return np.asarray(found.x)


def test_tilted_weights_are_the_nearest_with_that_mean() -> None:
    rng = np.random.default_rng(2)
    means, weights = rng.random((4, 6)) * 1e5, rng.dirichlet(np.ones(6), 4)
    wanted = (means.min(axis=1) + means.max(axis=1)) / 2
    found = tilt(means, weights, wanted)
    assert (found * means).sum(axis=1) == pytest.approx(wanted)
    for place in range(4):
        best = nearest(means[place], weights[place], wanted[place])
        assert found[place] == pytest.approx(best, abs=2e-4)


def test_no_weights_reach_a_mean_beyond_all_cases() -> None:
    means, weights = np.array([[0.0, 5.0, 99.0]]), np.array([[0.5, 0.5, 0.0]])
    assert not tilt(means, weights, np.array([6.0])).any()


def test_what_may_be_booked_of_a_doubtful_amount_is_drawn_likewise(
    known: Known, learned: Learned, deals: pa.Table, usual: Usual
) -> None:
    """Knowing the ratio of a deal that wins with q: the variance of q times amount times ratio."""
    ratios = np.repeat([0.2, 1.0, 1.5], 30)
    own = replace(learned, amounts=Amounts(ratios, 1.0))
    outlook = Outlook(own, known.period.last_day, 1e6)
    (found,) = values_of_fixes(
        outlook, deals, usual, [Wrong(deals["opportunity_id"][0].as_py(), AMOUNT)]
    )
    won = over_shocks(
        chances(own.hazards, deals.slice(0, 1), outlook.until).won, own.shock
    )[0]  # fmt: skip
    assert found.variance == pytest.approx((won * 150_000) ** 2 * ratios.var(), rel=1e-6)


def test_chances_are_averaged_as_over_drawn_shocks() -> None:
    shock, chance = Shock(-0.2, 0.5, 0.3, 8, 4), np.array([0.05, 0.4, 0.9])
    shifts = drawn(shock, 1, 200_000, np.random.default_rng(0))
    found = over_shocks(chance, shock)
    for place, one in enumerate(chance):
        wanted = shifted(np.full(len(shifts), one), shifts[:, 0]).mean()
        assert found[place] == pytest.approx(wanted, rel=0.01)


def test_a_right_fact_tells_nothing_and_all_fixes_add_up_by_deal(
    known: Known, learned: Learned, deals: pa.Table, usual: Usual
) -> None:
    """A deal that was active today has nothing to tell by being called."""
    fresh = {**deals.to_pylist()[1], "active_on": known.day, "active_days": 30}
    rows = [deals.to_pylist()[0], fresh, *deals.to_pylist()[2:]]
    table = pa.Table.from_pylist(rows, schema=OPEN)
    outlook = Outlook(learned, known.period.last_day, 2e5)
    one, other = rows[0]["opportunity_id"], fresh["opportunity_id"]
    wrongs = [Wrong(one, LAST_ACTIVITY), Wrong(one, STAY), Wrong(other, LAST_ACTIVITY)]
    wrongs += [Wrong("nobody's", STAY), Wrong(one, "rep")]
    found = values_of_fixes(outlook, table, usual, wrongs)
    assert [each.wrong for each in found] == wrongs[:3]
    assert found[2].variance == pytest.approx(0.0, abs=0.01 * found[0].variance)
    best = max(found[0].variance, found[1].variance) + found[2].variance
    less, width = together(found)
    assert less == pytest.approx(2e5 - np.sqrt(4e10 - best))
    assert width == pytest.approx(2 * Z_80 * less)
    assert values_of_fixes(outlook, table, usual, []) == ()
