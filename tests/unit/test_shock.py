"""What periods share: found where it is and not where it is not, and what it does to intervals."""

import numpy as np
import pytest

from wald.brain.open_deals import Amounts, Standing, draw_open
from wald.brain.shock import Past, Shock, drawn, fit_shock, shifted


def pasts(spread: float, count: int, seed: int = 0) -> list[Past]:
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        chance, amount = rng.beta(2, 5, 400), rng.lognormal(0, 0.5, 400)
        won = rng.random(400) < shifted(chance, np.full(400, spread * rng.standard_normal()))
        found.append(Past(chance, amount, rng.integers(0, 3, 400), won.astype(float)))
    return found


def test_finds_the_shock_of_forty_periods() -> None:
    assert fit_shock(pasts(0.4, 40)).spread == pytest.approx(0.4, abs=0.1)


def test_finds_next_to_none_where_there_is_none() -> None:
    found = fit_shock(pasts(0.0, 40))
    assert found.spread < 0.12
    assert found.team_spread < 0.12


def test_few_periods_say_little() -> None:
    assert fit_shock([]).spread == 0.2
    assert 0.1 < fit_shock(pasts(0.0, 2)).spread < 0.2


def test_a_bias_of_the_model_is_taken_out() -> None:
    rng = np.random.default_rng(4)
    found = []
    for one in pasts(0.0, 12):
        won = rng.random(400) < shifted(one.chance, np.full(400, 0.4))
        found.append(Past(one.chance, one.amount, one.team, won.astype(float)))
    assert fit_shock(found).mean == pytest.approx(0.4, abs=0.12)


def test_draws_have_the_spread_and_share_it_among_teams() -> None:
    shifts = drawn(Shock(0.1, 0.3, 0.1, 50.0, 8), 4, 4_000, np.random.default_rng(0))
    assert shifts.mean() == pytest.approx(0.1, abs=0.02)
    assert shifts.std() == pytest.approx(np.hypot(0.3, 0.1), rel=0.06)
    assert np.corrcoef(shifts[:, 0], shifts[:, 1])[0, 1] == pytest.approx(0.9, abs=0.05)


@pytest.mark.parametrize(("spread", "low", "high"), [(0.0, 0.12, 0.23), (0.35, 0.26, 0.36)])
def test_a_shock_widens_what_many_deals_add_up_to(spread: float, low: float, high: float) -> None:
    """200 deals at 25 %, log-normal amounts: published 0.21 drawn alone, 0.33 with a shock."""
    rng = np.random.default_rng(1)
    deals = Standing(
        np.full(200, 0.25),
        rng.lognormal(0, 1, 200),
        np.zeros(200, np.int64),
        np.zeros(200, np.int64),
    )
    shock = Shock(0.0, spread, 0.0, 1e6, 0)
    found = draw_open(deals, Amounts(np.ones(1), 1.0), shock, (1, 4_000, 400), rng)[:, 0]
    assert low < found.std() / found.mean() < high
