"""The model forecast: units add up draw by draw, parts to the whole, and intervals hold."""

from dataclasses import replace

import numpy as np
import pytest

from tests.drawn_worlds import drawn_world
from tests.known_worlds import simulated
from tests.simulated_truth.__main__ import places_of
from wald.brain.bookings_ahead import Ahead, bookings_ahead
from wald.brain.forecast import BOOKED, DRAWS, Known, Unable, forecasters

DEAL_HAZARDS = forecasters()["deal_hazards"]


@pytest.fixture(scope="module")
def known() -> Known:
    world = drawn_world(31)
    return world.known_on(world.quarters[-1], 7)


@pytest.fixture(scope="module")
def ahead(known: Known) -> Ahead:
    found = bookings_ahead(known, np.random.default_rng(0))
    assert isinstance(found, Ahead)
    return found


def test_units_add_up_draw_by_draw(known: Known, ahead: Ahead) -> None:
    told = ahead.told()
    assert told["all"].shape == (DRAWS,)
    for level in ("team", "rep"):
        added = sum(told[unit.key] for unit in known.units if unit.level == level)
        assert added == pytest.approx(told["all"])


def test_parts_are_the_mean_of_what_is_not_booked_yet(known: Known) -> None:
    told = DEAL_HAZARDS.forecast(known, np.random.default_rng(4))
    assert not isinstance(told, Unable)
    assert DEAL_HAZARDS.parts is not None
    parts = DEAL_HAZARDS.parts(known, np.random.default_rng(4))
    booked = sum(
        row["amount"] for row in known.booked.to_pylist() if row["booked_on"] >= known.period.start
    )
    assert booked + parts["all"].open + parts["all"].new == pytest.approx(told["all"].mean())


def test_on_the_last_day_all_is_told(known: Known) -> None:
    world = drawn_world(31)
    last = world.known_on(world.quarters[-1], 0)
    told = DEAL_HAZARDS.forecast(last, np.random.default_rng(0))
    assert not isinstance(told, Unable)
    booked = sum(
        row["amount"] for row in last.booked.to_pylist() if row["booked_on"] >= last.period.start
    )
    assert told["all"] == pytest.approx(np.full(DRAWS, booked))


def test_intervals_hold_about_as_often_as_they_say() -> None:
    """Nominal 80 % over five drawn worlds, three weeks and eleven units each, which hang together;
    `python -m tests.simulated_truth coverage` does it over a hundred."""
    places = np.array([place for seed in range(800, 805) for _, _, place in places_of(seed)])
    assert len(places) == 5 * 3 * 11
    assert 0.7 <= (abs(places - 0.5) < 0.4).mean() <= 0.9


def test_on_a_simulated_company_it_is_nearer_than_the_year_before() -> None:
    world = simulated(41, years=3, scale=0.3)
    ours, naive = [], []
    for period in world.quarters[-3:]:
        known = world.known_on(period, 6)
        told = DEAL_HAZARDS.forecast(known, np.random.default_rng(0))
        assert not isinstance(told, Unable)
        year_ago = world.quarters[world.quarters.index(period) - 4]
        for unit in known.units:
            came = world.actual(unit, period)
            ours.append(abs(float(np.median(told[unit.key])) - came))
            naive.append(abs(world.actual(unit, year_ago) - came))
    assert sum(ours) < 0.7 * sum(naive)


def test_unable_without_earlier_periods_links_or_ends(known: Known) -> None:
    unlinked = replace(known, booked=BOOKED.empty_table())
    few = replace(known, closed=known.closed.slice(0, 20), past=known.past.slice(0, 50))
    for blind in (replace(known, before=()), unlinked, few):
        found = DEAL_HAZARDS.forecast(blind, np.random.default_rng(0))
        assert isinstance(found, Unable)
        assert found.reason.endswith(".")
