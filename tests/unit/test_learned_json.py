"""What is kept of learned models is the same model, to the last bit."""

import json

import numpy as np
import pytest

from tests.known_worlds import simulated
from wald.brain.bookings_ahead import Learned, learn_ahead
from wald.brain.forecast import Known
from wald.brain.hazards import chances
from wald.brain.win_chance import WinModel, fit_win_chance, win_chances
from wald.queries.learned_json import learned, learned_plain, win_model, win_model_plain


@pytest.fixture(scope="module")
def known() -> Known:
    world = simulated(921, scale=0.3, has_activities=True)
    return world.known_on(world.quarters[-1], 6)


def test_chances_are_those_of_the_model_that_was_kept(known: Known) -> None:
    model = fit_win_chance(known, np.random.default_rng(0))
    assert isinstance(model, WinModel)
    again = win_model(json.loads(json.dumps(win_model_plain(model))))
    assert win_chances(again, known.open) == win_chances(model, known.open)
    assert again.judgement == model.judgement
    assert again.deals == model.deals


def test_the_outlook_is_that_which_the_forecast_was_drawn_from(known: Known) -> None:
    found = learn_ahead(known, np.random.default_rng(0))
    assert isinstance(found, Learned)
    again = learned(json.loads(json.dumps(learned_plain(found))))
    until = known.period.last_day
    first, second = (chances(one.hazards, known.open, until) for one in (found, again))
    assert (first.won == second.won).all()
    assert (first.lost == second.lost).all()
    assert (found.amounts.ratios == again.amounts.ratios).all()
    assert (found.amounts.usual, found.shock) == (again.amounts.usual, again.shock)


def test_another_shape_is_refused() -> None:
    with pytest.raises(KeyError):
        win_model({"levels": {}, "scales": {}})
