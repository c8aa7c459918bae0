"""Steps given in any order become one chain; values are looked up by deal and instant."""

import numpy as np

from wald.simulator.histories import history


def numbers(*values: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


FIRST = numbers(10, 20)
STEPS = (
    (numbers(0, 1), numbers(300, 100), numbers(13, 21)),
    (
        numbers(
            0,
        ),
        numbers(200),
        numbers(12),
    ),
)


def test_old_is_the_new_of_the_step_before() -> None:
    chain = history(FIRST, *STEPS)
    assert chain.deal.tolist() == [0, 0, 1]
    assert chain.at.tolist() == [200, 300, 100]
    assert chain.old.tolist() == [10, 12, 20]
    assert chain.new.tolist() == [12, 13, 21]


def test_a_step_that_changes_nothing_is_left_out() -> None:
    chain = history(FIRST, (numbers(0, 0), numbers(5, 9), numbers(10, 11)))
    assert list(zip(chain.at, chain.old, chain.new, strict=True)) == [(9, 10, 11)]


def test_of_two_steps_at_one_instant_the_later_given_holds() -> None:
    chain = history(
        FIRST, (numbers(1), numbers(7), numbers(1)), (numbers(1), numbers(7), numbers(2))
    )
    assert list(zip(chain.at, chain.old, chain.new, strict=True)) == [(7, 20, 2)]


def test_a_value_holds_from_its_instant_on() -> None:
    chain = history(FIRST, *STEPS)
    deals, at = numbers(0, 0, 0, 0, 1, 1), numbers(199, 200, 299, 300, 99, 100)
    assert chain.value(deals, at).tolist() == [10, 12, 12, 13, 20, 21]


def test_without_steps_the_first_value_holds() -> None:
    chain = history(FIRST, (numbers(), numbers(), numbers()))
    assert chain.value(numbers(1, 0), numbers(5, 5)).tolist() == [20, 10]
