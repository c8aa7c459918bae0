"""By which design a decision's effect is measured, chosen beforehand, and what the design said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from types import MappingProxyType

from wald.kernel.period import Period
from wald.memory.change import Change

READING, BEFORE_AFTER, DIFFERENCES = "reading", "before_after", "differences"
SYNTHETIC, RANDOMISED = "synthetic", "randomised"
PROPOSED = "proposed"  # of a draft: Wald chooses, and says why
DESIGNS: Mapping[str, str] = MappingProxyType(
    {
        READING: "Before and after, as read",
        BEFORE_AFTER: "Before and after, against its own ups and downs",
        DIFFERENCES: "Against how the others changed",
        SYNTHETIC: "Against the others, weighed to look like it",
        RANDOMISED: "Against others, drawn by lot",
    }
)


@dataclass(frozen=True, slots=True)
class Design:
    """`key` is one of DESIGNS but READING, which is no design; `unit` the dimension whose values
    are compared, "" for all together; `slots` the months before the decision, oldest first.

    `treated` and `others` count units then. `least` is the smallest effect that it tells from none
    four times in five, None where nobody knows. `pool` is the condition of whom the lot was drawn
    among and `drawn` who it fell on.
    """

    key: str
    why: str
    unit: str
    slots: tuple[Period, ...]
    treated: int
    others: int
    least: Decimal | None = None
    pool: str = ""
    drawn: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A month of the chart: what was, what would have been without the decision."""

    label: str
    start: date
    value: Decimal | None
    without: Decimal | None
    is_after: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """What a design said on the review date; `effect` None: it could not tell, and `reason` says
    why. `effect` is on the population over the period, so that it compares with what was expected.

    `trend` is how much faster per month those it reaches moved before, with `trend_chance` to see
    as much by chance; `chance` the share of new draws that show as large a difference. The chart is
    of the metric itself, of a sum per unit.
    """

    effect: Change | None
    reason: str
    waits: bool
    treated: int = 0
    others: int = 0
    trend: Change | None = None
    trend_chance: Decimal | None = None
    chance: Decimal | None = None
    chart: tuple[Slot, ...] = ()
    low_limit: Decimal | None = None
    high_limit: Decimal | None = None
    signals: int = 0
    weights: tuple[tuple[str, Decimal], ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_doubted(self) -> bool:
        """Did those it reaches move apart from the others before it was made?"""
        return self.trend_chance is not None and self.trend_chance < _DOUBTED


_DOUBTED = Decimal("0.05")


def verdict(measured: Measured, expected: Change) -> tuple[bool | None, str]:
    """Return whether the effect came, and why where that cannot be told.

    It came where the interval leaves no doubt that the metric moved the right way and the estimate
    is at least the least that was expected; it did not where the interval ends before that. Who
    expects the metric to stay is right where the whole interval lies in what they expect. Anything
    else cannot be told: the data are too few for the size of the effect.
    """
    effect = measured.effect
    if effect is None:
        return None, measured.reason
    if measured.is_doubted:
        return None, (
            "Those it reaches moved apart from the others already before it was made, so the "
            "others do not show what would have been without it."
        )
    if expected.low >= 0 and expected.high > 0:
        return _came(effect, expected.low)
    if expected.high <= 0 and expected.low < 0:
        return _came(Change(-effect.high, -effect.estimate, -effect.low), -expected.high)
    if expected.low <= effect.low and effect.high <= expected.high:
        return True, ""
    if effect.high < expected.low or effect.low > expected.high:
        return False, ""
    return None, _TOO_WIDE


_TOO_WIDE = "The interval holds both what was expected and what was not: it is too wide to tell."


def _came(effect: Change, least: Decimal) -> tuple[bool | None, str]:
    """Judge a rise that was expected to be at least `least`, which is 0 or more."""
    if effect.low > 0 and effect.estimate >= least:
        return True, ""
    if effect.high < least or effect.high <= 0:
        return False, ""
    return None, _TOO_WIDE
