"""The workspace's settings as rows and as a value."""

from datetime import date

from wald.facts.settings import Settings
from wald.facts.terms import RateRule
from wald.records import models


def load_settings(*, database: str) -> Settings:
    """Return the settings; what nobody decided has the default."""
    rows = models.Setting.objects.using(database)
    found = dict(rows.values_list("key", "value"))
    plain = Settings()
    return Settings(
        currency=found.get("currency", plain.currency),
        rate_rule=RateRule(found.get("rate_rule", plain.rate_rule.value)),
        calendar=found.get("calendar", plain.calendar),
        fiscal_year_starts=found.get("fiscal_year_starts", plain.fiscal_year_starts),
        custom_years=tuple(
            (int(number), tuple(date.fromisoformat(day) for day in bounds))
            for number, bounds in found.get("custom_years", [])
        ),
    )


def save_settings(settings: Settings, *, database: str) -> None:
    years = [[number, [day.isoformat() for day in days]] for number, days in settings.custom_years]
    values: dict[str, object] = {
        "currency": settings.currency,
        "rate_rule": settings.rate_rule.value,
        "calendar": settings.calendar,
        "fiscal_year_starts": settings.fiscal_year_starts,
        "custom_years": years,
    }
    for key, value in values.items():
        models.Setting.objects.using(database).update_or_create(key=key, defaults={"value": value})
