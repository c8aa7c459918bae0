"""How far chance alone may have moved a share between two readings."""

from decimal import Decimal

from wald.brain.stats import Interval, difference_of_shares
from wald.kernel.unit import Unit
from wald.memory.decision import Reading


def movement(unit: Unit, before: Reading, after: Reading) -> Interval | None:
    """Return the change of a share of rows with its 95 % interval, None for any other metric.

    A win rate is such a share: of so many rows so many were won. A margin is not: it is a
    ratio of two amounts, whose rows differ in weight. Source: `brain.stats`, Newcombe (1998).
    """
    if unit is not Unit.RATIO:
        return None
    then, now = _counted(before), _counted(after)
    if then is None or now is None:
        return None
    return difference_of_shares(now, then)


def _counted(reading: Reading) -> tuple[int, int] | None:
    hits, tries = reading.numerator, reading.denominator
    if hits is None or tries is None or tries != reading.records:
        return None
    if hits != hits.to_integral_value() or not 0 <= hits <= tries or tries == Decimal(0):
        return None
    return int(hits), int(tries)
