"""How a year is spread over its months: by given shares, evenly, or as it was in years before."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from wald.kernel.problem import Problem

MONTHS = 12
EVEN = tuple([Fraction(1, MONTHS)] * MONTHS)


class Season(Enum):
    """Where the shares of the months come from."""

    EVEN = "even"
    GIVEN = "given"
    MEASURED = "measured"  # from what was measured in the years before


def given_season(shares: Mapping[int, Decimal]) -> tuple[Fraction, ...]:
    """Return the shares of twelve months from those of months or of quarters, by their number;
    a quarter is divided evenly among its months. Raises ValueError for what is neither."""
    if sorted(shares) == [1, 2, 3, 4]:
        quarters = [Fraction(shares[place]) for place in (1, 2, 3, 4)]
        return tuple(share / 3 for share in quarters for _ in range(3))
    if sorted(shares) != list(range(1, MONTHS + 1)):
        raise ValueError("a season has twelve months or four quarters")
    return tuple(Fraction(shares[place]) for place in range(1, MONTHS + 1))


def season_problems(shares: Mapping[int, Decimal], where: str) -> Iterator[Problem]:
    """Yield what is wrong with given shares."""
    if sorted(shares) not in ([1, 2, 3, 4], list(range(1, MONTHS + 1))):
        fix = "give the shares of quarters 1 to 4, or of months 1 to 12"
        told = ", ".join(str(place) for place in sorted(shares)) or "none"
        yield Problem(where, f"periods {told} are neither four quarters nor twelve months", fix)
        return
    for place, share in shares.items():
        if share < 0:
            yield Problem(where, f"the share of period {place} is below zero", "write 0 or more")
    total = sum(shares.values(), Decimal(0))
    if total != 1:
        yield Problem(where, f"the shares add up to {total.normalize():f}", "let them add up to 1")


def measured_season(amounts: Sequence[Mapping[int, Decimal]]) -> tuple[Fraction, ...] | None:
    """Return each month's part of what all years together had, `amounts` by year and month 1 to 12.

    A month below zero counts as nothing. None where there is nothing to go by.
    """
    sums = [
        max(Decimal(0), sum((year.get(month, Decimal(0)) for year in amounts), Decimal(0)))
        for month in range(1, MONTHS + 1)
    ]
    total = sum(sums, Decimal(0))
    return tuple(Fraction(one) / Fraction(total) for one in sums) if total else None
