"""Small named statistics, each with its source and what it assumes."""

from dataclasses import dataclass
from math import sqrt

_TWO_SIDED_95 = 1.959963984540054  # standard normal quantile of 0.975


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with the 95 % interval around it."""

    low: float
    estimate: float
    high: float


def share(hits: int, tries: int) -> Interval:
    """Return a share with its score interval.

    Assumes tries that do not hang together. Wilson (1927), JASA 22: 209-212. Raises ValueError
    without tries.
    """
    if not 0 <= hits <= tries or tries == 0:
        raise ValueError(f"{hits} of {tries} is no share")
    z, p = _TWO_SIDED_95, hits / tries
    middle = 2 * hits + z * z
    spread = z * sqrt(z * z + 4 * hits * (1 - p))
    below = 2 * (tries + z * z)
    return Interval((middle - spread) / below, p, (middle + spread) / below)


def difference_of_shares(first: tuple[int, int], second: tuple[int, int]) -> Interval:
    """Return the first share minus the second, each given as (hits, tries).

    The hybrid score interval, method 10 of Newcombe (1998), Statistics in Medicine 17: 873-890.
    Assumes two groups that share no tries.
    """
    one, two = share(*first), share(*second)
    estimate = one.estimate - two.estimate
    below = sqrt((one.estimate - one.low) ** 2 + (two.high - two.estimate) ** 2)
    above = sqrt((one.high - one.estimate) ** 2 + (two.estimate - two.low) ** 2)
    return Interval(estimate - below, estimate, estimate + above)
