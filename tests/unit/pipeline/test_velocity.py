"""Velocity and what moved it, against figures worked out by eye."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wald.heart.pipeline.long_run import Life
from wald.heart.pipeline.velocity import PARTS, Seen, moved, seen_of, split, velocity
from wald.kernel.period import Period

QUARTER = Period(date(2026, 1, 1), date(2026, 4, 1), "2026-Q1")  # 90 days
# Half are won after 10 days, half lost after 30: 20 days on average; each won one is worth 100.
PLAIN = Seen(
    lives=(Life(0, 10, "won", 10), Life(0, 30, "lost", 10)),
    open_deals=6,
    won=10,
    priced=10,
    total=Decimal(1000),
    squares=10 * 100.0**2,
)


def test_the_case_of_the_page() -> None:
    found = velocity(PLAIN, QUARTER)
    assert found.a_day is not None
    assert found.a_day.value == pytest.approx(15)  # 6 deals x 0.5 x 100 / 20 days
    assert found.actual == Decimal(1000) / 90
    assert found.amount is not None
    assert found.amount.error == pytest.approx(0)
    assert found.run is not None
    assert found.run.days.value == pytest.approx(20)


def test_the_interval_is_of_the_relative_errors_together() -> None:
    found = velocity(PLAIN, QUARTER)
    assert found.run is not None
    assert found.a_day is not None
    relative = (
        (found.run.share.error / 0.5) ** 2 + (found.run.days.error / 20) ** 2
    ) ** 0.5  # the amount has none
    assert found.a_day.error == pytest.approx(15 * relative)
    assert found.a_day.low * found.a_day.high == pytest.approx(15.0**2)


def test_open_deals_count_for_as_long_as_they_were_seen() -> None:
    young = replace(PLAIN, lives=(*PLAIN.lives, Life(0, 20, "", 20)))
    found = velocity(young, QUARTER)
    # Of 40 ten are won on day 10; of the 10 at risk on day 30 all are lost.
    assert found.run is not None
    assert found.run.share.value == pytest.approx(0.25)
    assert found.run.days.value == pytest.approx(10 + 20 * 0.75)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"lives": (Life(0, 10, "won", 9),)}, "fewer than 10 deals closed"),
        ({"lives": ()}, "fewer than 10 deals closed"),
        ({"priced": 4}, "fewer than 5 won deals have an amount"),
        ({"total": Decimal(-1)}, "the mean amount is not above 0"),
        ({"total": Decimal("0.1")}, "the parts are too uncertain to be multiplied"),
        ({"lives": (Life(0, 0, "won", 20),)}, "deals close on the day they are opened"),
    ],
)
def test_says_what_it_cannot_tell(change: dict[str, object], why: str) -> None:
    found = velocity(replace(PLAIN, **change), QUARTER)  # type: ignore[arg-type]  # its fields
    assert (found.a_day, found.why) == (None, why)
    assert moved(velocity(PLAIN, QUARTER), found) is None


def test_without_open_deals_nothing_comes() -> None:
    found = velocity(replace(PLAIN, open_deals=0), QUARTER)
    assert found.a_day is not None
    assert found.a_day.value == 0


def test_one_part_that_moves_is_the_whole_difference() -> None:
    found = moved(velocity(PLAIN, QUARTER), velocity(replace(PLAIN, open_deals=8), QUARTER))
    assert found is not None
    assert found.difference == Decimal("5.00")  # 20 a day after 15
    assert found.parts == {
        "deals": Decimal("5.00"),
        "win_rate": Decimal("0.00"),
        "amount": Decimal("0.00"),
        "days": Decimal("0.00"),
    }


def test_two_parts_share_what_both_moved() -> None:
    # 2 x 3 = 6 becomes 4 x 5 = 20: the first moves 2 x the mean of 3 and 5, the second likewise.
    found = split([Fraction(2), Fraction(3)], [Fraction(4), Fraction(5)])
    assert found == (Fraction(8), Fraction(6))


_NUMBERS = st.fractions(min_value=0, max_value=1000, max_denominator=97)


@given(st.lists(st.tuples(_NUMBERS, _NUMBERS), min_size=1, max_size=4))
def test_parts_add_up_exactly_whatever_moves(pairs: list[tuple[Fraction, Fraction]]) -> None:
    before, after = zip(*pairs, strict=True)
    first, second = Fraction(1), Fraction(1)
    for one, other in pairs:
        first, second = first * one, second * other
    assert sum(split(before, after)) == second - first


@given(
    st.integers(1, 500),
    st.integers(1, 500),
    st.integers(11, 90),
    st.decimals("0.01", "99999.99", places=2),
)
def test_rounded_parts_add_up_to_the_rounded_difference(
    deals: int, later: int, days: int, amount: Decimal
) -> None:
    other = replace(
        PLAIN,
        open_deals=later,
        lives=(Life(0, 11, "won", 7), Life(0, days, "lost", 9)),
        total=amount * 10,
        squares=10 * float(amount) ** 2,
    )
    found = moved(velocity(replace(PLAIN, open_deals=deals), QUARTER), velocity(other, QUARTER))
    assert found is not None
    assert list(found.parts) == list(PARTS)
    assert sum(found.parts.values()) == found.difference


def test_rows_of_the_engine_become_what_was_seen() -> None:
    def row(outcome: str, entry: int, age: int, deals: int, total: str | None) -> dict[str, object]:
        known = None if total is None else Decimal(total)
        squares = None if known is None else float(known) ** 2
        priced = 0 if total is None else 1
        return {
            "outcome": outcome, "entry": entry, "age": age, "deals": deals,
            "priced": priced, "total": known, "squares": squares,
        }  # fmt: skip

    rows = [row("won", 0, 10, 1, "100"), row("won", 5, 9, 1, None), row("open", 3, 40, 2, None)]
    found = seen_of([*rows, row("lost", 10, 4, 1, None)])  # closed before the window: no life
    assert found.lives == (Life(0, 10, "won", 1), Life(5, 9, "won", 1), Life(3, 40, "", 2))
    assert (found.open_deals, found.won, found.priced, found.total) == (2, 2, 1, Decimal(100))
