"""Chances of open deals, against worlds whose law is known."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from tests.drawn_worlds import PLAIN, Drawn, Law, drawn_world
from wald.brain.deal_weeks import WON, days, deal_weeks, ends, number, weeks_left
from wald.brain.forecast import Known, Unable
from wald.brain.hazards import Hazards, chances, chances_ever, fit_hazards


@pytest.fixture(scope="module")
def world() -> Drawn:
    return drawn_world(11)


@pytest.fixture(scope="module")
def known(world: Drawn) -> Known:
    return world.known_on(world.quarters[-1], 8)


@pytest.fixture(scope="module")
def model(known: Known) -> Hazards:
    found = fit_hazards(known, np.random.default_rng(0))
    assert isinstance(found, Hazards)
    return found


def test_in_a_plain_world_chances_are_those_of_its_law() -> None:
    """A day wins with .012 and loses with .016, whatever the deal: sums of a geometric series.

    Some 330 wins in last eight weeks of quarters tell the chance: 17 % are three standard errors.
    """
    plain = drawn_world(3, PLAIN)
    known = plain.known_on(plain.quarters[-1], 8)
    model = fit_hazards(known, np.random.default_rng(0))
    assert isinstance(model, Hazards)
    wanted = 0.012 / 0.028 * (1 - (1 - 0.028) ** 56)
    found = chances(model, known.open, known.day + timedelta(days=56))
    assert found.won.mean() == pytest.approx(wanted, rel=0.17)
    assert chances_ever(model, known.open).won.mean() == pytest.approx(0.012 / 0.028, rel=0.12)


def test_as_many_deals_win_as_chances_say(world: Drawn, known: Known, model: Hazards) -> None:
    """Over all earlier periods, eight weeks before their end; four standard deviations."""
    expected = happened = variance = 0.0
    for period in known.before[1:]:
        then = world.known_on(period, 8).open
        chance = chances(model, then, period.last_day).won
        became = ends(then, known)
        happened += ((became.outcome == WON) & (became.closed_on <= number(period.last_day))).sum()
        expected, variance = expected + chance.sum(), variance + (chance * (1 - chance)).sum()
    assert abs(happened - expected) < 4 * np.sqrt(variance) + 0.1 * expected


def test_late_stages_win_more_often(known: Known, model: Hazards) -> None:
    chance = chances(model, known.open, known.period.last_day).won
    stage = known.open["position"].to_numpy()
    assert chance[stage == 4].mean() > 1.5 * chance[stage == 1].mean()


def test_chances_grow_week_by_week_and_are_no_more_than_one(known: Known, model: Hazards) -> None:
    before = np.zeros(known.open.num_rows)
    for span in (0, 7, 14, 28, 364):
        found = chances(model, known.open, known.day + timedelta(days=span))
        assert (found.won >= before - 1e-12).all()
        assert (found.won + found.lost <= 1 + 1e-9).all()
        before = found.won
    ever = chances_ever(model, known.open)
    assert ever.won + ever.lost == pytest.approx(np.ones(known.open.num_rows))


def test_no_time_left_is_no_chance(known: Known, model: Hazards) -> None:
    assert not chances(model, known.open, known.day).won.any()


def test_what_became_of_deals_is_what_looking_each_up_finds(known: Known) -> None:
    became, rows = ends(known.past, known), known.past.to_pylist()
    closed = {row["opportunity_id"]: row for row in known.closed.to_pylist()}
    still = set(known.open["opportunity_id"].to_pylist())
    last = {row["opportunity_id"]: row["on"] for row in rows}  # by day: the last one stays
    for place in range(0, len(rows), 37):
        deal = rows[place]["opportunity_id"]
        seen = known.day if deal in still else last[deal]
        assert became.seen_on[place] == number(seen)
        if deal not in closed:
            assert (became.closed_on[place], became.place[place]) == (np.inf, -1)
            continue
        assert became.closed_on[place] == number(closed[deal]["closed_on"])
        assert (became.outcome[place] == WON) == (closed[deal]["outcome"] == "won")
        assert known.closed["opportunity_id"][int(became.place[place])].as_py() == deal


@pytest.mark.parametrize("is_last", [True, False])
def test_deal_weeks_stand_for_all_there_are(known: Known, is_last: bool) -> None:
    """Summed by weight, the wins of first weeks are those counted over every row by hand."""
    became, on = ends(known.past, known), days(known.past["on"])
    periods = (*known.before, known.period)
    weeks = deal_weeks(on, became, known.day, periods, np.random.default_rng(1))
    season = (weeks_left(on + 7, periods) == 0) == is_last
    first = (weeks.ahead == 0) & season[weeks.row]
    drawn = float(weeks.weight[first & (weeks.outcome == WON)].sum() / weeks.weight[first].sum())
    whole = (became.closed_on > on) & (on + 7 <= number(known.day)) & season
    won = whole & (became.closed_on <= on + 7) & (became.outcome == WON)
    assert drawn == pytest.approx(won.sum() / whole.sum(), rel=0.15)


def test_weeks_are_counted_to_the_end_of_their_period(known: Known) -> None:
    last = float(number(known.period.last_day))
    found = weeks_left(
        np.array([last, last - 6, last - 7, last - 91]), (*known.before, known.period)
    )
    assert found.tolist() == [0, 0, 1, 13 if known.period.days > 91 else found[3]]


def test_equal_reps_have_no_factors_and_unequal_ones_do(model: Hazards) -> None:
    equal = [won for won, _ in model.reps.values()]
    assert max(equal) < 1.3
    spread = drawn_world(5, replace(Law(), rep_spread=0.6, a_day=3.0))
    found = fit_hazards(spread.known_on(spread.quarters[-1], 4), np.random.default_rng(0))
    assert isinstance(found, Hazards)
    assert max(one for one, _ in found.reps.values()) > 1.3


def test_few_ends_make_a_coarser_model_that_says_so() -> None:
    small = drawn_world(2, replace(Law(), a_day=0.35, quarters=7))
    found = fit_hazards(small.known_on(small.quarters[-1], 6), np.random.default_rng(0))
    assert isinstance(found, Hazards)
    assert found.says.startswith("Only ")
    assert not found.reps


def test_too_few_ends_are_told(known: Known) -> None:
    early = replace(known, closed=known.closed.slice(0, 10))
    found = fit_hazards(early, np.random.default_rng(0))
    assert isinstance(found, Unable)
    assert "25 of each" in found.reason


def test_deals_without_days_amounts_and_owners_do_no_harm(known: Known, model: Hazards) -> None:
    rows = known.open
    for name in ("amount", "opened_on", "close_on", "stage_on", "owner_id", "stage", "position"):
        place = rows.column_names.index(name)
        blank = pc.if_else(pc.is_valid(rows[name]), None, rows[name])
        rows = rows.set_column(place, rows.field(name), blank.cast(rows.field(name).type))
    assert np.isfinite(chances(model, rows, known.period.last_day).won).all()


def test_a_deal_has_one_chance_whatever_deals_it_is_asked_with(world: Drawn) -> None:
    """Half of the deals have an unknown amount: alone or together they are as likely."""
    known = world.known_on(world.quarters[-1], 8)
    amount = [None if place % 2 else one for place, one in enumerate(known.open["amount"])]
    place = known.open.column_names.index("amount")
    rows = known.open.set_column(place, "amount", pa.array(amount, pa.float64()))
    past = known.past.set_column(
        place, "amount", pc.if_else(pc.less(known.past["amount"], 2e4), None, known.past["amount"])
    )
    model = fit_hazards(replace(known, past=past), np.random.default_rng(0))
    assert isinstance(model, Hazards)
    together = chances(model, rows, known.period.last_day).won
    for place in range(6):
        alone = chances(model, rows.slice(place, 1), known.period.last_day).won
        assert alone[0] == pytest.approx(together[place], rel=1e-12)
