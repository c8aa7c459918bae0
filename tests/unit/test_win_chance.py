"""Chances to win: judged fairly, silent without a signal, sums of what attributes add."""

import numpy as np
import pyarrow as pa
import pytest
from sklearn.metrics import roc_auc_score

from tests.drawn_worlds import PLAIN, drawn_world
from wald.brain.additive import contributions, learn, score
from wald.brain.chance_judged import judged
from wald.brain.forecast import Known, Unable
from wald.brain.win_chance import WinModel, fit_win_chance, standing, win_chances


@pytest.fixture(scope="module")
def known() -> Known:
    world = drawn_world(21)
    return world.known_on(world.quarters[-1], 8)


@pytest.fixture(scope="module")
def model(known: Known) -> WinModel:
    found = fit_win_chance(known, np.random.default_rng(0))
    assert isinstance(found, WinModel)
    return found


def test_stages_that_matter_are_a_signal(model: WinModel) -> None:
    assert model.judgement.has_signal
    assert model.judgement.auc is not None
    assert model.judgement.auc.low > 0.55


def test_a_plain_world_has_no_signal_and_gets_the_base_rate() -> None:
    """Wins .012 and losses .016 a day: 43 % of all deals, whatever they look like."""
    world = drawn_world(4, PLAIN)
    known = world.known_on(world.quarters[-1], 8)
    found = fit_win_chance(known, np.random.default_rng(0))
    assert isinstance(found, WinModel)
    assert not found.judgement.has_signal
    assert found.judgement.verdict.startswith("No signal")
    told = win_chances(found, known.open)
    assert all(one.chance == one.base for one in told)
    assert told[0].chance == pytest.approx(0.43, abs=0.06)


def test_contributions_add_up_to_the_score(known: Known, model: WinModel) -> None:
    adds = contributions(model.additive, standing(known.open))
    for place, one in enumerate(win_chances(model, known.open)[:20]):
        logit = model.additive.start + sum(part[place] for part in adds.values())
        assert one.chance == pytest.approx(1 / (1 + np.exp(-logit)))


def test_a_contribution_moves_the_score_by_what_it_says(known: Known, model: WinModel) -> None:
    """Another stage changes the logit by the difference of the two contributions."""
    rows = known.open.slice(0, 1)
    place = rows.column_names.index("stage")
    other = rows.set_column(place, rows.field("stage"), pa.array(["S3"]))
    scores = [score(model.additive, standing(each))[0] for each in (rows, other)]
    adds = [contributions(model.additive, standing(each))["stage"][0] for each in (rows, other)]
    logits = [np.log(one / (1 - one)) for one in scores]
    assert logits[1] - logits[0] == pytest.approx(adds[1] - adds[0])


def test_chances_are_learned_of_what_was_known_alone(known: Known) -> None:
    """Deals that end later change nothing."""
    first, second = (
        fit_win_chance(known, np.random.default_rng(3)),
        fit_win_chance(known, np.random.default_rng(3)),
    )
    assert isinstance(first, WinModel)
    assert isinstance(second, WinModel)
    assert first.judgement == second.judgement


def test_few_deals_are_no_ground(known: Known) -> None:
    world = drawn_world(21)
    early = world.known_on(world.quarters[1], 8)
    assert isinstance(fit_win_chance(early, np.random.default_rng(0)), Unable)


def test_area_is_that_of_the_library() -> None:
    rng = np.random.default_rng(0)
    chance, won = rng.random(200).round(1), (rng.random(200) < 0.4).astype(float)
    found = judged(chance, np.full(200, 0.4), won, np.ones(200), np.arange(200))
    assert found.auc is not None
    assert found.auc.estimate == pytest.approx(roc_auc_score(won, chance))


@pytest.mark.parametrize("signal", [0.0, 0.6])
def test_intervals_of_skill_and_area_hold_as_often_as_they_say(signal: float) -> None:
    """95 % intervals over 400 drawn samples of 300 deals; truth from a million, on the same law."""
    truth = sample(10**6, signal, np.random.default_rng(99))
    rng, skills, areas = np.random.default_rng(5), 0, 0
    for _ in range(400):
        found = sample(300, signal, rng)
        skills += found.skill.low <= truth.skill.estimate <= found.skill.high
        assert found.auc is not None
        assert truth.auc is not None
        areas += found.auc.low <= truth.auc.estimate <= found.auc.high
    assert 0.92 <= skills / 400 <= 0.98
    assert 0.92 <= areas / 400 <= 0.98


def sample(count: int, signal: float, rng: np.random.Generator):  # type: ignore[no-untyped-def]  # a Judgement
    drift = rng.standard_normal(count)
    chance = 1 / (1 + np.exp(-signal * drift))
    won = (rng.random(count) < chance).astype(float)
    told = chance if signal else np.clip(0.5 + 0.05 * drift, 0, 1)
    return judged(told, np.full(count, 0.5), won, np.ones(count), np.arange(count))


def test_deals_that_never_were_seen_before_have_the_mean_of_their_words() -> None:
    rng = np.random.default_rng(1)
    rows = pa.table({"word": ["a", "b"] * 50, "size": rng.random(100)})
    won = np.array([1.0, 0.0] * 50)
    model = learn(rows, won, np.ones(100), np.arange(100))
    strange = pa.table({"word": ["never", None], "size": [None, 0.5]}, schema=rows.schema)
    assert np.isfinite(score(model, strange)).all()
    assert score(model, rows)[0] > 0.6 > 0.4 > score(model, rows)[1]
