"""Whole units divided and handed down, worked out by hand."""

from collections.abc import Callable
from decimal import Decimal as D
from fractions import Fraction as F

import pytest

from wald.heart.quota.cascade import Handing, Held, cascade
from wald.heart.quota.split import (
    added,
    cumulative,
    fractions,
    in_money,
    in_units,
    largest_remainder,
    nearest,
    running,
    whole_shares,
)
from wald.heart.quota.tree import Level, Seat, Tree, Unit, tree_of
from wald.kernel.problem import BadInput


@pytest.mark.parametrize(
    ("units", "weights", "parts"),
    [
        (10, [1], [10]),
        (10, [1, 1], [5, 5]),
        (10, [1, 1, 1], [4, 3, 3]),  # 3.33 each; the unit that is left to the first
        (11, [1, 1, 1], [4, 4, 3]),
        (10, [0, 1], [0, 10]),
        (10, [0, 0], [5, 5]),  # weigh nothing: alike
        (9, [0, 0], [5, 4]),
        (0, [1, 2], [0, 0]),
        (100, [1, 2, 4], [14, 29, 57]),  # 14.29, 28.57, 57.14
        (1, [F(1, 3), F(1, 2)], [0, 1]),  # 0.4, 0.6
        (7, [F(1, 2), F(1, 3), F(1, 6)], [4, 2, 1]),  # 3.5, 2.33, 1.17
        (1, [1, 2, 2], [0, 1, 0]),
    ],
)
def test_by_largest_remainder(units: int, weights: list[F], parts: list[int]) -> None:
    assert list(largest_remainder(units, [F(one) for one in weights])) == parts


@pytest.mark.parametrize(("units", "weights"), [(10, []), (-1, [1]), (10, [1, -1]), (10, [-1])])
def test_what_cannot_be_divided_is_refused(units: int, weights: list[int]) -> None:
    told = f"^{units} units cannot be divided by {len(weights)} weights$"
    with pytest.raises(ValueError, match=told):
        largest_remainder(units, [F(one) for one in weights])


@pytest.mark.parametrize(
    ("units", "shares", "parts"),
    [
        (10, [1, 1, 1], [3, 4, 3]),  # 3.33, 6.67, 10
        (1, [1, 1], [1, 0]),  # half away from zero
        (3, [1, 1], [2, 1]),
        (100, [1, 0, 3], [25, 0, 75]),
        (10, [F(1, 3), F(1, 6)], [7, 3]),  # 6.67
        (12, [0, 1], [0, 12]),
    ],
)
def test_over_time_each_running_total_is_rounded(
    units: int, shares: list[F], parts: list[int]
) -> None:
    assert list(cumulative(units, [F(one) for one in shares])) == parts


@pytest.mark.parametrize("shares", [[0, 0], [2, -1]])
def test_over_nothing_nothing_is_spread(shares: list[int]) -> None:
    with pytest.raises(ValueError, match="weigh nothing"):
        running(10, shares)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (F(1, 2), 1),
        (F(-1, 2), -1),
        (F(49, 100), 0),
        (F(-49, 100), 0),
        (F(3, 2), 2),
        (F(7, 5), 1),
        (F(-7, 5), -1),
        (F(-8, 5), -2),
        (F(0), 0),
        (F(3), 3),
    ],
)
def test_nearest(value: F, found: int) -> None:
    assert nearest(value) == found


def test_fractions_are_added_over_one_denominator() -> None:
    assert added([F(1, 2), F(1, 3), F(1, 6)]) == 1
    assert added([F(1, 4), F(1, 6)]) == F(5, 12)
    assert added([]) == 0
    assert whole_shares([F(1, 2), F(1, 3)]) == [3, 2]
    assert whole_shares([F(2), F(5)]) == [2, 5]
    assert fractions([D("0.25"), D(3)]) == (F(1, 4), F(3))


def test_amounts_in_minor_units_and_back() -> None:
    assert in_units(D("12.345"), 2) == 1235
    assert in_units(D("-12.345"), 2) == -1235
    assert in_units(D("12.344"), 2) == 1234
    assert in_units(D("12.5"), 0) == 13
    assert str(in_money(1235, 2)) == "12.35"
    assert str(in_money(1200, 2)) == "12.00"
    assert str(in_money(5, 0)) == "5"
    assert str(in_money(5, 3)) == "0.005"


def seat(person: str, *units: str) -> Seat:
    above = tuple(
        Unit(name, name, level)
        for name, level in zip(units, (Level.REGION, Level.TEAM), strict=False)
    )
    return Seat(person, person, above, (), ())


# North: Ada and Bea; South: Cid.
TREE = tree_of([seat("A", "N"), seat("B", "N"), seat("C", "S")])


def handed(units: int, *, tree: Tree = TREE, **how: dict[str, object]) -> dict[str, Held]:
    given: dict[str, dict[str, object]] = {"weights": {}, "over": {}, "pins": {}, **how}
    return dict(cascade(tree, units, Handing(**given)))  # type: ignore[arg-type]  # by name


def holds(found: dict[str, Held], told: Callable[[Held], int]) -> dict[str, int]:
    return {key: told(one) for key, one in found.items()}


def test_a_target_goes_down_to_the_people() -> None:
    """1,000: North 2 of 3, 666.67; of its 667 Ada 1 of 4, 166.75."""
    weights = {"N": F(2), "S": F(1), "N/@A": F(1), "N/@B": F(3), "S/@C": F(5)}
    found = handed(1000, weights=weights)
    assert holds(found, lambda one: one.held) == {
        "": 1000, "N": 667, "S": 333, "N/@A": 167, "N/@B": 500, "S/@C": 333,
    }  # fmt: skip
    assert holds(found, lambda one: one.hands_down) == {
        "": 1000, "N": 667, "S": 333, "N/@A": 0, "N/@B": 0, "S/@C": 0,
    }  # fmt: skip
    assert [(one.weight, one.weights) for one in found.values()] == [
        (1, 1), (2, 3), (1, 3), (1, 4), (3, 4), (5, 5),
    ]  # fmt: skip
    assert not any(one.gave or one.is_pinned for one in found.values())
    assert {one.over for one in found.values()} == {D(1)}


def test_a_node_without_a_weight_weighs_nothing() -> None:
    found = handed(90, weights={"N": F(1), "N/@B": F(1)})
    assert holds(found, lambda one: one.held) == {
        "": 90, "N": 90, "S": 0, "N/@A": 0, "N/@B": 90, "S/@C": 0,
    }  # fmt: skip


def test_more_is_handed_down_than_held_where_the_plan_says_so() -> None:
    """1.1 x 100 = 110 in halves; South hands down 1.01 x 55 = 55.55, 56; people hand nothing."""
    over = {"": D("1.1"), "S": D("1.01"), "S/@C": D(2)}
    found = handed(100, weights={"N": F(1), "S": F(1), "N/@A": F(1), "S/@C": F(1)}, over=over)
    assert holds(found, lambda one: one.held) == {
        "": 100, "N": 55, "S": 55, "N/@A": 55, "N/@B": 0, "S/@C": 56,
    }  # fmt: skip
    assert holds(found, lambda one: one.hands_down) == {
        "": 110, "N": 55, "S": 56, "N/@A": 0, "N/@B": 0, "S/@C": 0,
    }  # fmt: skip
    assert [str(one.over) for one in found.values()] == ["1.1", "1", "1.01", "1", "1", "1"]


def test_a_pin_is_exact_and_its_siblings_divide_what_is_left() -> None:
    """100 in halves; Ada is pinned at 30, so Bea has 20, and gave 5 of her 25."""
    weights = {"N": F(1), "S": F(1), "N/@A": F(1), "N/@B": F(1)}
    found = handed(100, weights=weights, pins={"N/@A": 30})
    assert (found["N/@A"].held, found["N/@A"].free, found["N/@A"].gave) == (30, 25, -5)
    assert (found["N/@B"].held, found["N/@B"].free, found["N/@B"].gave) == (20, 25, 5)
    assert [key for key, one in found.items() if one.is_pinned] == ["N/@A"]


def test_pins_that_take_all_are_met_and_a_pin_of_nothing_is_one() -> None:
    found = handed(100, weights={"N": F(1)}, pins={"N/@A": 0, "N/@B": 100})
    assert (found["N/@A"].held, found["N/@B"].held) == (0, 100)
    assert found["N/@A"].is_pinned
    some = handed(100, weights={"N": F(1)}, pins={"N/@A": 100})
    assert (some["N/@A"].held, some["N/@B"].held) == (100, 0)


@pytest.mark.parametrize(
    ("pins", "where", "what", "fix"),
    [
        (
            {"N": 101},
            "pins below the organization",
            "hands down 1.00, and the pins below it hold 0.01 more than that",
            "lower pins by 0.01, or let the organization hold more",
        ),
        (
            {"N": 60, "S": 30},
            "pins below the organization",
            "hands down 1.00, and 0.10 of it is left: everybody below it is pinned",
            "raise a pin by 0.10, or take one away",
        ),
        (
            {"N": 60, "N/@A": 30, "N/@B": 29},
            "pins below N",
            "hands down 0.60, and 0.01 of it is left: everybody below it is pinned",
            "raise a pin by 0.01, or take one away",
        ),
    ],
)
def test_pins_that_cannot_be_met_are_told(
    pins: dict[str, object], where: str, what: str, fix: str
) -> None:
    with pytest.raises(BadInput, match="The pins cannot be met") as told:
        handed(100, weights={"S": F(1)}, pins=pins)
    problem = told.value.problems[0]
    assert (problem.where, problem.what, problem.fix) == (where, what, fix)


def test_every_place_whose_pins_cannot_be_met_is_told() -> None:
    with pytest.raises(BadInput) as told:
        handed(100, weights={"N": F(1)}, pins={"N": 40, "N/@A": 41, "S/@C": 61})
    assert [one.where for one in told.value.problems] == ["pins below N", "pins below S"]
