"""How much open pipeline is needed to make the quota with a wanted chance, by what came before.

On the same day of each earlier period so much was open and expected to close in the period, and so
much was booked in the rest of it, from those deals or from others: the yield of that period. The
coverage needed is one over the yield that all but the worst periods reached.
Source: docs/pipeline/coverage.md
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

USUAL = 3.0  # "three times", as the rule of thumb has it


@dataclass(frozen=True, slots=True)
class Before:
    """An earlier period as it stood with as many days to go, and what was booked after that day."""

    label: str
    open_amount: Decimal
    booked_later: Decimal

    @property
    def gain(self) -> float | None:
        """What one of open pipeline became; None where nothing was open."""
        return float(self.booked_later / self.open_amount) if self.open_amount > 0 else None


@dataclass(frozen=True, slots=True)
class Standing:
    """What is open and expected to close in the period, and what of the quota is still to book."""

    open_amount: Decimal
    to_book: Decimal | None  # None: no quota is known

    @property
    def coverage(self) -> float | None:
        if self.to_book is None or self.to_book <= 0:
            return None
        return float(self.open_amount / self.to_book)


@dataclass(frozen=True, slots=True)
class Needed:
    """`times` None: `why` says why not. `made` of `periods` would have made it from here."""

    chance: float
    times: float | None
    made: int | None
    periods: int
    why: str = ""


def needed(before: Sequence[Before], now: Standing, chance: float) -> Needed:
    """Return the coverage that made the quota in at least `chance` of periods like those before.

    The yield is a quantile of those seen at (n + 1) places, so that a new period reaches it with
    the chance named, whatever the distribution; `chance` of 80 % so needs four periods at least.
    Raises ValueError for a chance outside 0 to 1.
    """
    if not 0 < chance < 1:
        raise ValueError(f"{chance} is no chance")
    gains = sorted(one.gain for one in before if one.gain is not None)
    made = None
    if gains and now.to_book is not None and now.to_book > 0 and now.open_amount > 0:
        made = sum(gain * float(now.open_amount) >= float(now.to_book) for gain in gains)
    place = (1 - chance) * (len(gains) + 1)
    # One part in a thousand million: 0.2 x 5 is 1, and binary fractions give a little less.
    if place < 1 - 1e-9 or not gains:
        return Needed(chance, None, made, len(gains), "too few quarters")
    low = min(int(place + 1e-9), len(gains)) - 1
    high = min(low + 1, len(gains) - 1)
    gain = gains[low] + (gains[high] - gains[low]) * max(0.0, place - (low + 1))
    if gain <= 0:
        return Needed(chance, None, made, len(gains), "nothing was booked so late")
    return Needed(chance, 1 / gain, made, len(gains))
