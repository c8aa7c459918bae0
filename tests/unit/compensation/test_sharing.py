"""What is shared comes to what was there, to the cent, whatever the weights."""

from decimal import Decimal

from hypothesis import assume, given
from hypothesis import strategies as st

from wald.heart.compensation.sharing import shared

CENT = Decimal("0.01")


def test_the_cents_that_are_left_go_to_the_largest_remainders() -> None:
    """100.00 in three: 33.34, 33.33, 33.33; equal remainders go by key."""
    found = shared(Decimal(100), dict.fromkeys("cab", Decimal(1)), CENT)
    assert found == {"a": Decimal("33.34"), "b": Decimal("33.33"), "c": Decimal("33.33")}


def test_a_large_share_with_a_small_remainder_waits() -> None:
    """0.661 and 0.339: the cent that is left goes to 0.009, not to 0.001."""
    found = shared(Decimal(1), {"a": Decimal(661), "b": Decimal(339)}, CENT)
    assert found == {"a": Decimal("0.66"), "b": Decimal("0.34")}


def test_what_is_taken_back_is_shared_too() -> None:
    """-10.00 by 2 to 1: -6.666..., -3.333...; floors -6.67 and -3.34, a cent back to the first."""
    found = shared(Decimal(-10), {"a": Decimal(2), "b": Decimal(1)}, CENT)
    assert found == {"a": Decimal("-6.67"), "b": Decimal("-3.33")}


def test_without_weight_nothing_is_shared() -> None:
    assert shared(Decimal(10), {}, CENT) == {}
    assert shared(Decimal(10), {"a": Decimal(1), "b": Decimal(-1)}, CENT) == {}


@given(
    st.decimals(-(10**6), 10**6, places=2),
    st.dictionaries(st.text("abc", min_size=1, max_size=3), st.decimals(0, 10**6, places=4)),
)
def test_shares_come_to_the_whole(amount: Decimal, weights: dict[str, Decimal]) -> None:
    assume(sum(weights.values()) > 0)
    found = shared(amount, weights, CENT)
    assert sum(found.values()) == amount
    whole = sum(weights.values())
    assert all(abs(found[k] - amount * weights[k] / whole) < CENT for k in weights)
