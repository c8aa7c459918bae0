"""Health of deals: reasons that move the score by just what they say, silent without a signal."""

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pytest

from tests.drawn_worlds import PLAIN, drawn_world
from tests.known_worlds import simulated
from wald.brain.additive import learn, score
from wald.brain.chance_judged import judged
from wald.brain.deal_facts import put_right, usual_of
from wald.brain.deal_health import Health, bin_of, healths
from wald.brain.forecast import OPEN, Known
from wald.brain.win_chance import WinModel, fit_win_chance, win_chances


@pytest.fixture(scope="module")
def known() -> Known:
    world = simulated(920, scale=0.3, has_activities=True)
    return world.known_on(world.quarters[-1], 6)


@pytest.fixture(scope="module")
def model(known: Known) -> WinModel:
    found = fit_win_chance(known, np.random.default_rng(0))
    assert isinstance(found, WinModel)
    assert found.judgement.has_signal
    return found


@pytest.fixture(scope="module")
def told(known: Known, model: WinModel) -> tuple[Health, ...]:
    return healths(model, known.open, usual_of(known.open))


def test_health_is_the_win_chance(known: Known, model: WinModel, told: tuple[Health, ...]) -> None:
    chances = {one.opportunity_id: one.chance for one in win_chances(model, known.open)}
    assert {one.opportunity_id: one.score for one in told} == chances


def test_every_reason_moves_the_score_by_what_it_says(
    known: Known, model: WinModel, told: tuple[Health, ...]
) -> None:
    """Edit the fact in the table of all deals, compute anew, and look at the deal again."""
    seen = set()
    for place, one in enumerate(told[:25]):
        assert one.reasons
        for reason in one.reasons:
            after = edited(known.open, place, reason.edit)
            score = win_chances(model, after)[place].chance
            assert score - one.score == pytest.approx(reason.moves, abs=1e-12)
            assert score != one.score
            seen.add(reason.fact)
    assert len(seen) >= 10


def edited(rows: pa.Table, place: int, edit: object) -> pa.Table:
    """Return the table with other values in one row, column by column."""
    assert hasattr(edit, "items")
    for name, value in edit.items():
        values = rows[name].to_pylist()
        values[place] = value
        column = pa.array(values, OPEN.field(name).type)
        rows = rows.set_column(rows.column_names.index(name), OPEN.field(name), column)
    return rows


def test_strongest_reasons_come_first(told: tuple[Health, ...]) -> None:
    for one in told:
        sizes = [abs(reason.moves) for reason in one.reasons]
        assert sizes == sorted(sizes, reverse=True)


def test_what_is_wrong_is_put_right(known: Known) -> None:
    """Nobody heard of it, overdue, without an amount: each would be otherwise as it should be."""
    usual = usual_of(known.open)
    wrong = {**known.open.to_pylist()[0], "active_on": None, "active_days": 0, "amount": None}
    wrong["close_on"] = known.day - timedelta(12)
    quiet, overdue, priceless = (
        put_right(wrong, usual, fact) for fact in ("last activity", "expected close", "amount")
    )
    assert quiet is not None
    assert (quiet.says, quiet.otherwise) == ("No activity", "with one today")
    assert quiet.edit == {"active_on": known.day, "active_days": 1}
    assert overdue is not None
    assert overdue.says == "Expected 12 days ago"
    assert overdue.edit == {"close_on": known.day + timedelta(usual.ahead)}
    assert priceless is not None
    assert priceless.edit == {"amount": usual.amount}


def test_an_empty_deal_has_a_health_too(known: Known, model: WinModel) -> None:
    """Nothing known of it but its key and the day: no reason rests on what is not there."""
    row = dict.fromkeys(OPEN.names) | {"on": known.day, "opportunity_id": "bare"}
    rows = pa.Table.from_pylist([row], schema=OPEN)
    (one,) = healths(model, rows, usual_of(rows))
    assert 0 < one.score < 1
    assert {reason.fact for reason in one.reasons} <= {"last activity", "expected close", "pushes"}
    assert healths(model, rows.slice(0, 0), usual_of(rows.slice(0, 0))) == ()


def test_without_a_signal_there_are_no_reasons() -> None:
    world = drawn_world(4, PLAIN)
    known = world.known_on(world.quarters[-1], 8)
    model = fit_win_chance(known, np.random.default_rng(0))
    assert isinstance(model, WinModel)
    assert not model.judgement.has_signal
    found = healths(model, known.open, usual_of(known.open))
    assert {one.reasons for one in found} == {()}
    assert {one.score == one.base for one in found} == {True}


def test_one_unknown_number_leaves_its_attribute_in_the_model() -> None:
    """Once it cost the attribute its place, and nobody was told."""
    size = np.random.default_rng(1).random(200)
    rows = pa.table({"size": [float("nan"), *size[1:]]})
    model = learn(rows, (size > 0.5).astype(float), np.ones(200), np.arange(200))
    assert set(model.scales) == {"size"}
    low, high = score(model, pa.table({"size": [0.1, 0.9]}))
    assert low < 0.3 < 0.7 < high


def test_the_lean_is_what_was_said_less_what_came() -> None:
    chance = np.array([0.5] * 40 + [0.9] * 40)
    won = np.tile([1.0, 0.0], 40)
    found = judged(chance, np.full(80, 0.5), won, np.ones(80), np.arange(80))
    assert found.lean.estimate == pytest.approx(0.7 - 0.5)
    assert 0.05 < found.lean.low < 0.2 < found.lean.high < 0.35
    assert found.bins_held == sum(one.said == pytest.approx(0.5) for one in found.bins)
    near = bin_of(found, 0.8)
    assert near is not None
    assert near.said == pytest.approx(0.9)


def test_intervals_of_the_lean_hold_as_often_as_they_say() -> None:
    """400 samples of 300 deals said 5 points too much, weighed unevenly, two rows of each deal."""
    rng, held = np.random.default_rng(8), 0
    for _ in range(400):
        truth = rng.uniform(0.2, 0.8, 300)
        won = (rng.random(300) < truth).astype(float)
        two = [np.repeat(one, 2) for one in (truth + 0.05, won, rng.uniform(1, 3, 300))]
        found = judged(two[0], np.full(600, 0.5), two[1], two[2], np.repeat(np.arange(300), 2))
        held += found.lean.low <= 0.05 <= found.lean.high
    assert 0.92 <= held / 400 <= 0.98
