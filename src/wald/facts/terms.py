"""On which terms numbers are given: currency, rate rule, calendar."""

from dataclasses import dataclass
from enum import Enum

from wald.kernel.period import Calendar


class RateRule(Enum):
    """Which day's exchange rate converts an amount."""

    ON_THE_DAY = "on_the_day"  # the rate of the day the row is about, such as the booking day
    LATEST = "latest"  # one rate for all rows: that of the day asked about


@dataclass(frozen=True, slots=True)
class Terms:
    currency: str
    rate_rule: RateRule
    calendar: Calendar
