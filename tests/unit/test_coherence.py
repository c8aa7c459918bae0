"""Levels that add up: MinT by hand, people by their record, nothing learned from later days."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.adding_worlds import TWO, frame, worlds
from wald.brain.coherence import BOTTOM_UP, MINT, PEOPLE, REST, Sums, rest_told, ways
from wald.brain.forecast import Unit
from wald.brain.frames import Frame
from wald.brain.ground import Seat
from wald.brain.hierarchy import Place, places_of
from wald.brain.reconciled import reconciled
from wald.brain.rounding import rounded_sums

# Rows of length 8 whose products are nothing, so that no unit's misses tell of another's.
ALONE = np.array([[1, 1, 1, 1, -1, -1, -1, -1], [1, 1, -1, -1, 1, 1, -1, -1],
                  [1, -1, 1, -1, 1, -1, 1, -1]], float)  # fmt: skip
ALONE[:, 0] += 0.01  # the library takes misses that cancel out for fitted ones
NEAR = 0.05


def missed(misses: np.ndarray, keys: Sequence[str] = ("all", "rep:a", "rep:b")) -> list[Frame]:
    """Return frames in which 50 came of each rep, and what was told missed it by so much."""
    came = {"all": 100.0, "rep:a": 50.0, "rep:b": 50.0}
    return [
        frame(
            place, {key: came[key] - float(own) for key, own in zip(keys, one, strict=True)}, came
        )
        for place, one in enumerate(misses.T)
    ]


def made(now: Frame, past: Sequence[Frame], *, floored: bool = False) -> Mapping[str, Sums]:
    rests = [rest_told(one, past[:place]) for place, one in enumerate(past)]
    return ways(now, past, rests, floored=floored)


def test_mint_of_two_reps_by_hand() -> None:
    """40 and 60 told of reps, 106 of both, all equally well: of the 6 too many a third is believed.

    By hand: W is the identity, S = [[1, 1], [1, 0], [0, 1]]; S'S = [[2, 1], [1, 2]], its inverse
    [[2, -1], [-1, 2]] / 3; S'y = (146, 166); reps (292 - 166, 332 - 146) / 3 = (42, 62).
    """
    now = frame(9, {"all": 106, "rep:a": 40, "rep:b": 60}, {})
    found = made(now, missed(ALONE))[MINT].amounts
    assert [found[key] for key in ("rep:a", "rep:b", "all")] == pytest.approx(
        [42, 62, 104], abs=NEAR
    )


def test_mint_believes_more_where_less_was_missed() -> None:
    """All misses a tenth as far: its variance is a hundredth. Reps move by 6 x 1 / 2.01 each."""
    spread = np.array([[0.1], [1], [1]]) * ALONE
    now = frame(9, {"all": 106, "rep:a": 40, "rep:b": 60}, {})
    found = made(now, missed(spread))[MINT].amounts
    assert found["rep:a"] == pytest.approx(40 + 6 / 2.01, abs=NEAR)
    assert found["all"] == pytest.approx(100 + 12 / 2.01, abs=NEAR)


def test_bottom_up_is_what_reps_are_told_and_the_rest_as_it_usually_was() -> None:
    """Twice 12 more came of nobody who is a rep, and nothing was there: 24 / (2 + 2) is told."""
    came = {"all": 112.0, "rep:a": 50.0, "rep:b": 50.0}
    past = [frame(place, came, came) for place in range(2)]
    now = frame(9, {"all": 300, "rep:a": 40, "rep:b": 60}, {}, closed={"all": 3, "rep:a": 1,
                                                                       "rep:b": 1})  # fmt: skip
    found = made(now, past)[BOTTOM_UP].amounts
    assert found[REST + "all"] == pytest.approx(1 + 24 / 4)
    assert found["all"] == pytest.approx(107)


def test_no_rep_falls_below_what_is_closed() -> None:
    now = frame(9, {"all": 40, "rep:a": 40, "rep:b": 60}, {}, closed={"all": 50, "rep:a": 39,
                                                                      "rep:b": 11})  # fmt: skip
    found = made(now, missed(ALONE), floored=True)[MINT].amounts
    # Without the floor 20 would stay of the first, as of the 60 too few two thirds are believed.
    assert found["rep:a"] == 39
    assert found["all"] == pytest.approx(found["rep:a"] + found["rep:b"])


def test_people_count_by_what_they_missed_before() -> None:
    """The method misses each by 30, and b's own word by 10: b moves most of the way to it."""
    came = {"all": 100.0, "rep:a": 50.0, "rep:b": 50.0}
    signs = [1.0, -1.0] * 4
    past = [
        frame(
            place,
            {key: amount - 30 * sign for key, amount in came.items()},
            came,
            said={"rep:b": 50 - 10 * sign},
        )
        for place, sign in enumerate(signs)
    ]
    now = frame(9, {"all": 100, "rep:a": 50, "rep:b": 50}, {}, said={"rep:b": 80})
    found = made(now, past)[PEOPLE]
    assert 70 < found.amounts["rep:b"] < 80
    assert 0.7 < found.weights["rep:b"] < 1
    # All was told as 100, which holds the first back.
    assert found.amounts["rep:a"] < 50


def test_people_without_a_record_do_not_count() -> None:
    now = frame(9, {"all": 100, "rep:a": 50, "rep:b": 50}, {}, said={"rep:b": 80})
    assert PEOPLE not in made(now, missed(ALONE))


def test_a_new_rep_moves_with_the_rest_of_the_team() -> None:
    """c has no record: what reconciling adds beside a and b goes to c."""
    rng = np.random.default_rng(5)
    places = (*TWO, Place("rep:c", "rep", "all", "C", frozenset("c"), "c"))
    past = []
    for place in range(9):
        came = {"rep:a": 50.0, "rep:b": 50.0}
        told = {key: amount + rng.normal(0, 5) for key, amount in came.items()}
        left = float(rng.normal(20, 5))  # of somebody who is no rep any more
        past.append(frame(place, {**told, "all": 120 + rng.normal(0, 2)},
                          {**came, "all": 100 + left}))  # fmt: skip
    now = frame(9, {"all": 150, "rep:a": 50, "rep:b": 50, "rep:c": 20}, {}, places=places)
    found = made(now, past)[MINT].amounts
    assert found["rep:c"] != pytest.approx(20, abs=0.5)
    parts = sum(found[key] for key in ("rep:a", "rep:b", "rep:c", REST + "all"))
    assert found["all"] == pytest.approx(parts)


def test_reconciling_is_used_and_said_to_be_better_where_it_is() -> None:
    """Everybody is told well and reps badly; over 24 periods that shows."""
    *past, now = worlds(25, (10, 15, 40), 3)
    found = reconciled(now, past, floored=False)
    assert found is not None
    assert found.sums.method == MINT
    assert "less off than reps added up" in found.why
    assert found.over is not None
    assert found.over.low > 0
    errors = {(one.way, one.level): one.error for one in found.scores}
    assert errors[MINT, "all"] < 0.5 * errors[BOTTOM_UP, "all"]


def test_reps_are_added_up_where_reconciling_is_no_better() -> None:
    """Reps are told well and their sums badly: nothing is to be learned from above."""
    *past, now = worlds(25, (200, 80, 5), 4)
    found = reconciled(now, past, floored=False)
    assert found is not None
    errors = {(one.way, one.level): one.error for one in found.scores}
    if found.sums.method == BOTTOM_UP:
        assert "not better" in found.why
    else:
        assert "not shown to be better" in found.why
    assert errors[MINT, "all"] > 0.9 * errors[BOTTOM_UP, "all"]


def test_few_periods_add_reps_up_and_say_so() -> None:
    *past, now = worlds(5, (10, 15, 40), 3)
    found = reconciled(now, past, floored=False)
    assert found is not None
    assert found.sums.method == BOTTOM_UP
    assert "4 earlier periods" in found.why
    assert found.over is None
    alone = reconciled(now, [], floored=False)
    assert alone is not None
    assert alone.sums.amounts["all"] == pytest.approx(
        sum(now.points[one.key] for one in now.places if one.level == "rep")
    )


def test_intervals_hold_as_often_as_they_say() -> None:
    """80 % intervals of 120 worlds, 13 units each, after 4 to 16 periods: 77 to 86 %."""
    hits = []
    for seed in range(120):
        *past, last = worlds((4, 8, 12, 16)[seed % 4] + 1, (60, 40, 30), 1000 + seed)
        now = replace(last, actual=MappingProxyType({}))
        found = reconciled(now, past, floored=False)
        assert found is not None
        for place in now.places:
            low, high = np.quantile(found.draws[place.key], [0.1, 0.9])
            hits.append(low <= last.actual[place.key] <= high)
    assert 0.77 <= np.mean(hits) <= 0.86


def test_a_later_frame_moves_no_earlier_answer() -> None:
    frames = worlds(12, (10, 15, 40), 8)
    changed = [*frames[:11], replace(frames[11], actual=MappingProxyType(
        {key: 9 * one for key, one in frames[11].actual.items()}))]  # fmt: skip
    one, other = (reconciled(some[11], some[:11], floored=False) for some in (frames, changed))
    assert one is not None
    assert other is not None
    assert one.sums.amounts == other.sums.amounts
    assert one.why == other.why


def _seat(person: str, team: str, region: str, boss: str) -> Seat:
    return Seat(person, date(2000, 1, 1), None, person, team, boss, "rep", None, region)


def test_regions_are_those_that_neither_one_team_nor_everybody_is() -> None:
    seats = {"a": _seat("a", "N", "Up", "n"), "b": _seat("b", "S", "Up", "s"),
             "c": _seat("c", "W", "Far", "w"), "n": _seat("n", "N", "Up", "u"),
             "s": _seat("s", "S", "Up", "u"), "w": _seat("w", "W", "Far", "x"),
             "d": _seat("d", "", "", "x")}  # fmt: skip
    units = [
        Unit("all", "all", "Everybody", frozenset("abcd")),
        *(Unit(f"team:{t}", "team", t, frozenset({o, t.lower()}), t.lower())
          for t, o in (("N", "a"), ("S", "b"), ("W", "c"))),
        *(Unit(f"rep:{one}", "rep", one, frozenset({one}), one) for one in "abcd"),
    ]  # fmt: skip
    found = {one.key: one for one in places_of(units, seats)}
    assert (found["region:Up"].parent, found["region:Up"].lead) == ("all", "u")
    assert "region:Far" not in found
    parents = {key: one.parent for key, one in found.items()}
    assert (parents["team:N"], parents["team:W"], parents["rep:a"], parents["rep:d"]) == (
        "region:Up", "all", "team:N", "all",
    )  # fmt: skip


@given(st.lists(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=7), min_size=1, max_size=6),
       st.sampled_from([0, 2, 3]))  # fmt: skip
def test_rounded_children_add_up_to_their_parents_to_the_cent(
    teams: list[list[float]], digits: int
) -> None:
    leaves: dict[str, float] = {}
    below = {"all": tuple(f"team:{place}" for place in range(len(teams)))}
    for place, amounts in enumerate(teams):
        own = {f"rep:{place}.{number}": one for number, one in enumerate(amounts)}
        leaves |= own
        below[f"team:{place}"] = tuple(own)
    found = rounded_sums(leaves, below, "all", digits)
    step = Decimal(1).scaleb(-digits)
    for key, parts in below.items():
        assert found[key] == sum((found[one] for one in parts), Decimal(0))
    assert all(one == one.quantize(step) for one in found.values())
    # Each level may take a cent more; two levels lie below everybody.
    assert all(abs(found[key] - Decimal(repr(one))) < 2 * step for key, one in leaves.items())


def test_cents_go_to_those_that_lost_the_most() -> None:
    """0.335 + 0.334 + 0.333 = 1.002, told as 1.00: 33 cents each, one more to the first."""
    found = rounded_sums({"a": 0.335, "b": 0.334, "c": 0.333}, {"all": ("a", "b", "c")}, "all", 2)
    assert {key: str(one) for key, one in found.items()} == {
        "all": "1.00", "a": "0.34", "b": "0.33", "c": "0.33",
    }  # fmt: skip
