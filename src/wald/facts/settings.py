"""What a workspace decides once: reporting currency, rate rule and fiscal calendar."""

from dataclasses import dataclass
from datetime import date

from wald.facts.terms import RateRule, Terms
from wald.kernel.period import (
    Calendar,
    Year,
    custom_calendar,
    months_calendar,
    weeks_calendar,
)

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


def calendar_of(settings: Settings) -> Calendar:
    """Return the fiscal calendar; raises ValueError if the custom years do not fit together."""
    if settings.calendar == "months":
        return months_calendar(settings.fiscal_year_starts)
    if settings.calendar == "custom":
        return custom_calendar(tuple(Year(number, days) for number, days in settings.custom_years))
    ends_month = (settings.fiscal_year_starts - 2) % 12 + 1
    return weeks_calendar(settings.calendar, ends_month=ends_month)


def terms_of(settings: Settings) -> Terms:
    """Return the terms on which numbers are given; without a currency they are plain amounts."""
    return Terms(settings.currency or "", settings.rate_rule, calendar_of(settings))
