"""A derivation as people read it: what was done to which values, and where they stand."""

from decimal import Decimal

import pytest

from wald.heart.compensation.derivation import in_words, readable, tree, where_from
from wald.heart.compensation.figure import (
    Figure,
    How,
    given,
    if_passed,
    if_reached,
    least,
    most,
    number,
    total,
)

BASE = given("7827.68", "credit in the band", "credit:B17")
RATE = given("0.04", "rate", "plan:rate")


@pytest.mark.parametrize(
    ("figure", "words"),
    [
        (BASE * RATE, "7,827.68 × 0.04"),
        (BASE + RATE, "7,827.68 + 0.04"),
        (RATE - BASE, "0.04 − 7,827.68"),
        (BASE / number(3), "7,827.68 ÷ 3"),
        (least(BASE, RATE), "the smallest of 7,827.68 and 0.04"),
        (most(BASE, RATE), "the largest of 7,827.68 and 0.04"),
        (total([BASE] * 7), "the sum of 7"),
        (
            Figure(Decimal("0.04"), How.ROUND, (RATE, number("0.01"))),
            "0.04 rounded to 0.01, halves away from zero",
        ),
        (if_reached(RATE, RATE, BASE, BASE), "as 0.04 has reached 0.04"),
        (if_reached(RATE, BASE, BASE, BASE), "as 0.04 has not reached 7,827.68"),
        (if_passed(RATE, RATE, BASE, BASE), "as 0.04 is not above 0.04"),
        (if_passed(BASE, RATE, BASE, BASE), "as 7,827.68 is above 0.04"),
        (BASE, ""),
    ],
)
def test_what_was_done_stands_as_an_equation(figure: Figure, words: str) -> None:
    assert in_words(figure) == words


def test_long_numbers_are_cut_and_negative_ones_have_a_minus() -> None:
    assert readable(Decimal(-1234567) / 3) == "−411,522.3333333333…"
    assert readable(Decimal("-0.50")) == "−0.5"
    assert readable(Decimal(0)) == "0"


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("plan:components.commission.terms.tiers[0].rate@reps, version 1",
         "reps, version 1: commission, tiers[0].rate"),
        ("plan:rate", "rate"),
        ("credit:B17", "credit B17"),
        ("personal:target", "personal:target"),
    ],
)  # fmt: skip
def test_where_a_figure_stands_is_said_in_words(source: str, words: str) -> None:
    assert where_from(source) == words


def test_numbers_of_the_rule_itself_are_no_branches() -> None:
    branch = tree(Figure(Decimal("313.11"), How.ROUND, (BASE * RATE, number("0.01"))))
    [product] = branch.parts
    assert product.said == "7,827.68 × 0.04"
    assert [part.source for part in product.parts] == ["credit B17", "rate"]
    assert tree(BASE * RATE, depth=0).cut == 2
