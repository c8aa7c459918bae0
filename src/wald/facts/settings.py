"""What a workspace decides once: reporting currency, rate rule and fiscal calendar."""

from dataclasses import dataclass
from datetime import date

from wald.facts.terms import RateRule

CALENDARS = ("months", "4-4-5", "4-5-4", "5-4-4", "custom")


@dataclass(frozen=True, slots=True)
class Settings:
    """`currency` None: nobody decided yet; the first load does and says so."""

    currency: str | None = None
    rate_rule: RateRule = RateRule.ON_THE_DAY
    calendar: str = "months"  # one of CALENDARS
    fiscal_year_starts: int = 1  # month, 1 to 12
    # Of a custom calendar: year number -> the thirteen days that bound its twelve months.
    custom_years: tuple[tuple[int, tuple[date, ...]], ...] = ()
