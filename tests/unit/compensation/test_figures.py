"""Figures by hand: sums, choices, rounding, and that each of them can be walked."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal as D
from operator import ge, gt, le, lt

import pytest

from wald.heart.compensation.credit import Credit
from wald.heart.compensation.figure import (
    EXACT,
    ONE,
    ZERO,
    Figure,
    How,
    figures_of,
    from_plan,
    given,
    if_passed,
    if_reached,
    least,
    most,
    number,
    rounded,
    total,
)

THREE, FIVE = number(3), number(5)


def test_arithmetic_is_exact_to_fifty_digits() -> None:
    third = ONE / THREE
    assert third.value == D("0." + "3" * 50)
    assert (third * THREE).value == D("0." + "9" * 50)
    assert (FIVE - THREE).value == 2
    assert (FIVE + THREE).value == 8
    assert (-FIVE).value == -5
    assert EXACT.prec == 50
    assert [one.how for one in (third, FIVE - THREE, FIVE + THREE, FIVE * THREE)] == [
        How.OVER, How.MINUS, How.SUM, How.TIMES,
    ]  # fmt: skip


def test_over_zero_is_refused_by_name() -> None:
    with pytest.raises(ZeroDivisionError, match=r"^quota over zero"):
        given(5, "quota", "x") / ZERO
    with pytest.raises(ZeroDivisionError, match=r"^a figure over zero"):
        FIVE / ZERO


# Each operator of 3 and 5, 5 and 3, 3 and 3, 3 and 4.
BY_VALUE = [
    (lt, [True, False, False, True]),
    (gt, [False, True, False, False]),
    (le, [True, False, True, True]),
    (ge, [False, True, True, False]),
]
PAIRS = [(3, 5), (5, 3), (3, 3), (3, 4)]


@pytest.mark.parametrize(("operator", "found"), BY_VALUE)
def test_of_two_figures_the_value_says_which_is_larger(
    operator: Callable[[Figure, Figure], bool], found: list[bool]
) -> None:
    assert [operator(number(a), number(b)) for a, b in PAIRS] == found
    assert [bool(number(value)) for value in (3, -3, 0, 1, -1)] == [True, True, False, True, True]


def test_of_one_the_total_is_that_one_under_the_new_name() -> None:
    assert total([FIVE]) is FIVE
    named = total([given(5, "five", "x")], "earned")
    assert (named.label, named.source, named.how, named.value) == ("earned", "x", How.GIVEN, 5)
    assert total([given(5, "five", "x")]).label == "five"
    assert (total([]).value, total([]).how) == (0, How.SUM)
    both = total([FIVE, THREE], "both")
    assert (both.value, both.how, both.parts, both.label) == (8, How.SUM, (FIVE, THREE), "both")


def test_choices_keep_all_they_chose_from() -> None:
    assert (least(THREE, FIVE).value, most(THREE, FIVE).value) == (3, 5)
    assert if_reached(THREE, number(3), FIVE, ZERO).value == 5
    assert if_reached(number("2.99"), THREE, FIVE, ZERO).value == 0
    assert if_reached(FIVE, THREE, FIVE, ZERO).value == 5
    assert if_passed(THREE, number(3), FIVE, ZERO).value == 0
    assert if_passed(number("3.01"), THREE, FIVE, ZERO).value == 5
    assert if_passed(number("2.99"), THREE, FIVE, ZERO).value == 0
    chosen = if_reached(THREE, FIVE, given(1, "then", "a"), given(2, "else", "b"))
    assert (chosen.label, [part.value for part in chosen.parts]) == ("else", [3, 5, 1, 2])


@pytest.mark.parametrize(
    ("value", "step", "away", "even"),
    [
        ("0.005", "0.01", "0.01", "0"),
        ("0.015", "0.01", "0.02", "0.02"),
        ("-0.005", "0.01", "-0.01", "0"),
        ("0.0249", "0.05", "0", "0"),
        ("0.025", "0.05", "0.05", "0"),
        ("2.5", "1", "3", "2"),
        ("1.004", "0.01", "1", "1"),
    ],
)
def test_rounded_to_a_step(value: str, step: str, away: str, even: str) -> None:
    assert rounded(number(value), D(step)).value == D(away)
    assert rounded(number(value), D(step), half_even=True).value == D(even)


def test_what_was_rounded_says_how_and_to_what() -> None:
    kept = given("0.125", "commission", "x")
    found = rounded(kept, D("0.01"))
    assert (found.how, found.label) == (How.ROUND, "commission")
    assert found.parts[0] is kept
    assert found.parts[1].value == D("0.01")
    assert rounded(kept, D("0.01"), half_even=True).how is How.ROUND_EVEN


def test_every_figure_comes_once_its_parts_before_it() -> None:
    both = THREE + FIVE
    twice = both * both
    other = both - ONE
    assert list(figures_of([twice, other])) == [THREE, FIVE, both, twice, ONE, other]
    assert list(figures_of([])) == []
    assert list(figures_of([FIVE, FIVE])) == [FIVE]


def test_a_figure_of_a_plan_names_its_place_and_version() -> None:
    assert from_plan(1, "rate", "a.b", "reps, version 2").source == "plan:a.b@reps, version 2"
    assert from_plan(1, "rate", "a.b", "").source == "plan:a.b"


def test_a_credit_is_its_deal_times_its_share() -> None:
    day = date(2026, 1, 2)
    whole = Credit("c1", "max", "D1", day, D("100.10"))
    assert (whole.figure().value, whole.figure().how) == (D("100.10"), How.GIVEN)
    assert whole.figure().source == "credit:c1"
    half = Credit("c2", "max", "D1", day, D("100.10"), D("0.5"))
    assert (half.amount, half.figure().value) == (D("50.05"), D("50.05"))
    assert [part.value for part in half.figure().parts] == [D("100.10"), D("0.5")]
    assert [part.source for part in half.figure().parts] == ["credit:c2", "credit:c2.share"]
